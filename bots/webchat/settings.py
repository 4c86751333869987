"""What an operator may set for the web chat."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bots.sealing import OldSecretKey
from bots.webchat.origins import origin_of


class Way(BaseModel):
    """Another way to write to us, shown beside the chat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["telegram", "sms", "whatsapp", "email", "phone"] = Field(description="Which mark it bears.")
    label: str = Field(description="What the customer reads, as in: Telegram.")
    href: str = Field(pattern=r"^(https|mailto|tel|sms):", description="Where pressing it leads.")
    hint: str = Field(default="", description="A few words at the end of the line.")


class Settings(BaseModel):
    """The web chat's settings; each field says what it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret_key: SecretStr = Field(
        min_length=16,
        description="The application's secret; the keys that sign visitors and files are derived from it.",
        json_schema_extra={
            "env": "TIDINGS_SECRET_KEY",
            "where": "any 32 random characters: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        },
    )
    old_secret_key: OldSecretKey = SecretStr("")
    identity_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Shared with your own site, which proves with it who a signed-in customer is.",
        json_schema_extra={
            "env": "TIDINGS_CHAT_IDENTITY_SECRET",
            "where": "any 32 random characters, the same on your site's server",
        },
    )
    old_identity_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The secret shared before this one: proofs made with it still hold.",
        json_schema_extra={
            "env": "TIDINGS_CHAT_OLD_IDENTITY_SECRET",
            "where": "What TIDINGS_CHAT_IDENTITY_SECRET was before.",
        },
    )
    sites: tuple[str, ...] = Field(
        default=(), description="Origins whose pages may show the widget, as in https://shop.example."
    )
    identity_days: int = Field(
        default=400, ge=1, le=3_650, description="Days without a visit after which a visitor is new again."
    )
    file_bytes: int = Field(default=10_000_000, ge=1, description="Largest file a visitor may add, in bytes.")
    unsent_bytes: int = Field(
        default=2_000_000_000,
        ge=1,
        description="Room for files that visitors added and have not sent, in bytes; each is kept a day.",
    )
    about: dict[str, str] = Field(
        default_factory=dict, description="Who answers and when, by language: en, pt, es."
    )
    ways: tuple[Way, ...] = Field(default=(), description="Other ways to write to us, in order.")

    @field_validator("sites")
    @classmethod
    def _are_origins(cls, sites: tuple[str, ...]) -> tuple[str, ...]:
        for site in sites:
            if origin_of(site) != site:
                raise ValueError(f"{site!r} is not an origin; write it as https://shop.example, no path")
        return sites
