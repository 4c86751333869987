"""What an operator may set about the Slack face of the desk."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class SlackSettings(BaseModel):
    """One Slack workspace; without *app_token* events come over HTTP and need *signing_secret*."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bot_token: SecretStr = Field(
        description="The app's token, by which tidings posts.",
        json_schema_extra={
            "env": "SLACK_BOT_TOKEN",
            "where": "api.slack.com/apps, your app, OAuth & Permissions, Bot User OAuth Token (xoxb-…)",
        },
    )
    app_token: SecretStr = Field(
        SecretStr(""),
        description="The app-level token for Socket Mode, which works without a public address.",
        json_schema_extra={
            "env": "SLACK_APP_TOKEN",
            "where": "api.slack.com/apps, your app, Basic Information, App-Level Tokens, "
            "scope connections:write (xapp-…)",
        },
    )
    signing_secret: SecretStr = Field(
        SecretStr(""),
        description="The secret Slack signs its requests with, for events over HTTP.",
        json_schema_extra={
            "env": "SLACK_SIGNING_SECRET",
            "where": "api.slack.com/apps, your app, Basic Information, Signing Secret",
        },
    )
    old_signing_secret: SecretStr = Field(
        SecretStr(""),
        description="The signing secret before this one, still valid while Slack changes over.",
        json_schema_extra={
            "env": "SLACK_OLD_SIGNING_SECRET",
            "where": "What SLACK_SIGNING_SECRET was before.",
        },
    )
    channel: str = Field(
        "",
        description="The Slack channel (its id, C…) for teams that name none, or whose own is archived.",
    )
    api_url: str = Field("https://slack.com/api/", description="Where Slack's Web API answers.")
    posts_per_second: float = Field(1.0, gt=0, description="Posts a second in one Slack channel.")
    posts_burst: int = Field(3, ge=1, description="Posts that may go at once after a quiet time.")
    workspace_posts_per_minute: float = Field(200.0, gt=0, description="Posts a minute in all.")
    edits_per_minute: float = Field(45.0, gt=0, description="Card edits a minute; Slack allows 50.")
    marks_per_minute: float = Field(45.0, gt=0, description="Marks a minute; Slack allows 50.")
    reads_per_minute: float = Field(45.0, gt=0, description="Threads read a minute; Slack allows 50.")
    hold_seconds: float = Field(5.0, ge=0, le=30, description="How long a reply can still be taken back.")
    settle_seconds: float = Field(0.4, ge=0, le=5, description="How long events wait for earlier ones.")
    card_gap_seconds: float = Field(10.0, ge=0, description="The least time between two edits of a card.")
    mark_delay_seconds: float = Field(3.0, ge=0, description="How long a mark waits for a better one.")
    ask_again_seconds: float = Field(120.0, gt=0, description="When an unanswered question is posted.")
    safe_mode: bool = Field(False, description="Nothing typed goes to a customer before [Send] is pressed.")
    allow_public: bool = Field(
        False,
        description="Whether a public Slack channel is meant, read by all; else a warning.",
    )
    sockets: int = Field(2, ge=1, le=10, description="Socket Mode connections of this process.")
    timeout_seconds: float = Field(10.0, gt=0, description="How long one call to Slack may take.")
    file_bytes: int = Field(25_000_000, gt=0, description="The largest file that is carried, in bytes.")

    @property
    def socket_mode(self) -> bool:
        """Whether events come over sockets that we open."""
        return bool(self.app_token.get_secret_value())

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """What Slack may sign with, the newest first."""
        both = (self.signing_secret, self.old_signing_secret)
        return tuple(one.get_secret_value() for one in both if one.get_secret_value())

    @property
    def over_http(self) -> bool:
        """Whether events are taken over HTTP; never without a secret to check them with."""
        return bool(self.signing_secret.get_secret_value())
