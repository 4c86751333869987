"""What an operator sets for the Slack app that customers write to; it is not the desk's."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from bots.sealing import OldSecretKey

APP = "api.slack.com/apps, the customers' app"


class Settings(BaseModel):
    """One app in one workspace, and how its events reach us."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bot_token: SecretStr = Field(
        min_length=1,
        description="The bot's token, xoxb-….",
        json_schema_extra={"env": "SLACK_CONNECT_BOT_TOKEN", "where": f"{APP}, OAuth & Permissions."},
    )
    signing_secret: SecretStr | None = Field(
        default=None,
        description="Signs events that come to our public address.",
        json_schema_extra={"env": "SLACK_CONNECT_SIGNING_SECRET", "where": f"{APP}, Basic Information."},
    )
    old_signing_secret: SecretStr | None = Field(
        default=None,
        description="The signing secret before this one, still valid while Slack changes over.",
        json_schema_extra={"env": "SLACK_CONNECT_OLD_SIGNING_SECRET", "where": "What it was before."},
    )
    app_token: SecretStr | None = Field(
        default=None,
        description="For Socket Mode, which needs no public address: xapp-… with connections:write.",
        json_schema_extra={"env": "SLACK_CONNECT_APP_TOKEN", "where": f"{APP}, App-Level Tokens."},
    )
    secret_key: SecretStr = Field(
        min_length=16,
        description="The application's secret; what comes by Socket Mode is sealed with a key of it.",
        json_schema_extra={"env": "TIDINGS_SECRET_KEY", "where": "any 32 random characters"},
    )
    old_secret_key: OldSecretKey = SecretStr("")
    colleagues: bool = Field(
        default=False, description="People of our own workspace are customers too: a community, or guests."
    )
    rate: float = Field(default=1.0, gt=0, le=100, description="Messages a second; Slack allows 1 a channel.")
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for Slack's answer.")
    retry_seconds: float = Field(
        default=30.0,
        gt=0,
        description="First wait before a socket is opened again; it doubles to 5 minutes.",
    )
    api_url: Annotated[str, StringConstraints(pattern=r"^https?://\S+/$")] = Field(
        default="https://slack.com/api/", description="Slack's Web API, with a slash at the end."
    )
    files_origin: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")] = Field(
        default="https://files.slack.com", description="Where customers' files are; only it sees the token."
    )

    @model_validator(mode="after")
    def _hears(self) -> Self:
        if self.signing_secret is None and self.app_token is None:
            raise ValueError("set SLACK_CONNECT_APP_TOKEN (Socket Mode) or SLACK_CONNECT_SIGNING_SECRET")
        return self
