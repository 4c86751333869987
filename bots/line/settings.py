"""What an operator sets for one LINE Official Account."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

CONSOLE: Final = "LINE Developers Console, your provider > your Messaging API channel"
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")]


class Settings(BaseModel):
    """One Messaging API channel: its secret, its token, and how answers go out."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    channel_secret: SecretStr = Field(
        min_length=1,
        description="The channel secret: LINE signs its hooks with it.",
        json_schema_extra={"env": "LINE_CHANNEL_SECRET", "where": f"{CONSOLE} > Basic settings."},
    )
    old_channel_secret: SecretStr | None = Field(
        default=None,
        min_length=1,
        description="The secret before it was issued anew: hooks signed with it are still taken.",
        json_schema_extra={"env": "LINE_OLD_CHANNEL_SECRET", "where": "Only while a secret is changed."},
    )
    access_token: SecretStr = Field(
        min_length=1,
        description="The channel access token, long-lived: it opens LINE's API.",
        json_schema_extra={
            "env": "LINE_CHANNEL_ACCESS_TOKEN",
            "where": f"{CONSOLE} > Messaging API > Channel access token (long-lived) > Issue.",
        },
    )
    replies: bool = Field(
        default=True,
        description="Answer with the reply token while it lives, which costs nothing; else always push.",
    )
    preview_url: Annotated[str, StringConstraints(pattern=r"^(|https://\S+)$", max_length=2000)] = Field(
        default="",
        description="A picture (JPEG, 1 MB) shown before a video plays; without it videos go as links.",
    )
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for LINE's answer.")
    api_url: Origin = Field(default="https://api.line.me", description="LINE's API; a look-alike's in tests.")
    data_url: Origin = Field(
        default="https://api-data.line.me", description="Where LINE keeps what customers send."
    )
