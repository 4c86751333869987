"""What an operator sets for one Telegram bot."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class Settings(BaseModel):
    """One bot: its token, and how its updates reach us."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr = Field(
        description="The bot's token.",
        json_schema_extra={
            "env": "TELEGRAM_BOT_TOKEN",
            "where": "Write /newbot to @BotFather in Telegram; the token is in the answer.",
        },
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="What Telegram repeats with each hook; made from the token if absent.",
        json_schema_extra={
            "env": "TELEGRAM_WEBHOOK_SECRET",
            "where": "Only to set a secret of your own; nothing to fetch anywhere.",
        },
    )
    old_webhook_secret: SecretStr | None = Field(
        default=None,
        description="The webhook secret before this one: hooks that bear it are still taken.",
        json_schema_extra={
            "env": "TELEGRAM_OLD_WEBHOOK_SECRET",
            "where": "What TELEGRAM_WEBHOOK_SECRET was before.",
        },
    )
    old_token: SecretStr | None = Field(
        default=None,
        description="The token before this one: hooks are still taken that bear the secret made from it.",
        json_schema_extra={"env": "TELEGRAM_OLD_BOT_TOKEN", "where": "What TELEGRAM_BOT_TOKEN was before."},
    )
    delivery: Literal["auto", "webhook", "polling"] = Field(
        default="auto",
        description="How updates come: by webhook where our address is public https, else by long polling.",
    )
    api_url: str = Field(
        default="https://api.telegram.org",
        description="The Bot API server, without a slash at the end.",
    )
    poll_seconds: int = Field(
        default=25, ge=0, le=50, description="How long one long poll waits for an update, in seconds."
    )
    retry_seconds: float = Field(
        default=1.0,
        gt=0,
        description="First wait after a failed poll or registration, in seconds; it doubles up to a minute.",
    )
    answer_seconds: float = Field(
        default=15.0, gt=0, description="How long to wait for the answer to one call, in seconds."
    )

    @field_validator("token", "old_token")
    @classmethod
    def _is_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(r"[A-Za-z0-9:_-]+", token.get_secret_value()):
            raise ValueError("a bot token is digits, a colon, then letters, digits, _ and -")
        return token

    @field_validator("webhook_secret", "old_webhook_secret")
    @classmethod
    def _is_a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise ValueError("Telegram takes 1 to 256 letters, digits, _ and -")
        return secret
