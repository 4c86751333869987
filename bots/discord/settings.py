"""What an operator sets for one Discord bot."""

import re
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from bots.sealing import OldSecretKey

PORTAL: Final = "Discord Developer Portal > Applications > yours"
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?]+[^\s?/]$")]


class Settings(BaseModel):
    """One bot: its token, where it listens, and the key its buttons are signed with."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr = Field(
        description="The bot's token.",
        json_schema_extra={"env": "DISCORD_BOT_TOKEN", "where": f"{PORTAL} > Bot > Reset Token."},
    )
    secret_key: SecretStr = Field(
        min_length=16,
        description="The application's secret; the key that seals what the bot hears is derived from it.",
        json_schema_extra={
            "env": "TIDINGS_SECRET_KEY",
            "where": "any 32 random characters: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        },
    )
    old_secret_key: OldSecretKey = SecretStr("")
    public_key: Annotated[str, StringConstraints(pattern=r"^(|[0-9a-fA-F]{64})$")] = Field(
        default="",
        description="The application's public key, for buttons over HTTP; without it such hooks are refused.",
        json_schema_extra={"where": f"{PORTAL} > General Information > Public Key."},
    )
    old_public_key: Annotated[str, StringConstraints(pattern=r"^(|[0-9a-fA-F]{64})$")] = Field(
        default="",
        description="The public key before this one: calls signed with it are still taken.",
        json_schema_extra={"where": "What public_key was before."},
    )
    support_channel: Annotated[str, StringConstraints(pattern=r"^(|[0-9]{15,20})$")] = Field(
        default="",
        description="A text channel of our server whose messages are customers' too, by its number.",
        json_schema_extra={
            "where": "Discord, Developer Mode on: right click on the channel, Copy Channel ID."
        },
    )
    retry_seconds: float = Field(
        default=1.0,
        gt=0,
        description="First wait after a lost connection, in seconds; it doubles to a minute.",
    )
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for Discord's answer.")
    api_url: Url = Field(
        default="https://discord.com/api/v10",
        description="Discord's API with its version; a look-alike's in tests.",
    )

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token.get_secret_value()):
            raise ValueError("a bot token is three words of letters, digits, _ and -, with dots between")
        return token
