"""What an operator sets for one provider that a script joins over HTTP."""

from base64 import b64decode
from binascii import Error
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from bots.channel import AttachmentKind

MAKE = "echo whsec_$(openssl rand -base64 32)"
KEY_BYTES = range(24, 65)
"""How long a key may be: https://www.standardwebhooks.com, "Signature scheme"."""


class Closes(BaseModel):
    """What one code of the provider says of the customer's address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Literal["no_such_number", "undeliverable", "blocked"] = Field(
        description="Why the address cannot be reached."
    )
    days: float | None = Field(default=None, gt=0, description="Days until it is tried again; never without.")


class Settings(BaseModel):
    """One account at a provider: how it is signed, where our messages go, and what the provider can do."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    secret: SecretStr = Field(
        description="Signs both ways: whsec_ and 24 to 64 bytes in base64.",
        json_schema_extra={
            "env": "TIDINGS_HTTP_SECRET",
            "where": f"Make one, and give it to the script: {MAKE}",
        },
    )
    old_secret: SecretStr | None = Field(
        default=None,
        description="The secret before this one, still valid while the script is changed over.",
        json_schema_extra={"env": "TIDINGS_HTTP_OLD_SECRET", "where": "What TIDINGS_HTTP_SECRET was before."},
    )
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s@]+$")] = Field(
        description="Where the script listens: what we say is posted there.",
        json_schema_extra={"env": "TIDINGS_HTTP_URL", "where": "The script's own address."},
    )
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for the script's answer.")
    media_origin: Annotated[str, StringConstraints(pattern=r"^(|https?://[^/\s@]+)$")] = Field(
        default="",
        description="Scheme, host and port of customers' files that need credentials or are inside.",
    )
    media_authorization: SecretStr | None = Field(
        default=None,
        description="The Authorization header for media_origin, as in: Basic dXNlcjpwYXNz.",
        json_schema_extra={"env": "TIDINGS_HTTP_MEDIA_AUTHORIZATION", "where": "The provider's console."},
    )
    stop_words: bool = Field(
        default=True,
        description="Read STOP, BAJA and the like in messages; off where the provider or the script does it.",
    )

    label: str = Field(
        default="HTTP", min_length=1, max_length=40, description="The provider's name for agents."
    )
    mark: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}$")] = Field(
        default="http",
        description="The sign beside conversations: sms, telegram, whatsapp and the like are drawn.",
    )
    scheme: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,19}$")] = Field(
        default="http", description="What customers' addresses begin with; tel for telephone numbers."
    )
    phone: bool = Field(default=False, description="Addresses are telephone numbers, tel:+34600123456.")
    pushed: bool = Field(default=True, description="A message rings at the customer, so quiet hours matter.")
    text_limit: int = Field(default=2_000, ge=1, le=100_000, description="The longest text of one message.")
    text_unit: Literal["characters", "utf16", "bytes"] = Field(
        default="characters", description="What text_limit counts."
    )
    caption_limit: int = Field(default=0, ge=0, description="The longest text beside a file; 0: none.")
    media_sizes: dict[AttachmentKind, int] = Field(
        default_factory=dict,
        description="Largest file of each kind in bytes; a kind not named cannot be sent.",
    )
    media_per_message: int = Field(default=1, ge=1, le=100, description="The most files in one message.")
    rate: float = Field(default=1.0, gt=0, le=10_000, description="Messages a second.")
    rate_per_address: float | None = Field(
        default=None, gt=0, description="Messages a second to one customer."
    )
    a_day: int | None = Field(default=None, gt=0, description="The most messages in a day.")
    window_hours: float | None = Field(
        default=None, gt=0, description="Hours after the customer's last words in which we may write freely."
    )
    human_window_hours: float | None = Field(
        default=None, gt=0, description="Hours in which an agent may still answer, where that is longer."
    )
    margin_minutes: float = Field(
        default=0.0, ge=0, description="Minutes kept from the window's end for what we begin ourselves."
    )
    templates: dict[str, tuple[str, ...]] | None = Field(
        default=None, description="Approved texts outside the window: their languages, by name."
    )
    receipts: bool = Field(default=False, description="The provider says what became of our messages.")
    reads: bool = Field(default=False, description="It says that they were read.")
    looks_up: bool = Field(
        default=True,
        description="The script answers a repeated key with the same id and sends nothing twice.",
    )
    edits: bool = Field(default=False, description="Sent messages can be changed.")
    deletes: bool = Field(default=False, description="Sent messages can be taken back.")
    reactions: tuple[str, ...] = Field(default=(), description="Emoji we can put on a customer's message.")
    typing: bool = Field(default=False, description="The customer can see that we write.")
    marks_read: bool = Field(default=False, description="The customer can see that we have read.")
    formats: bool = Field(
        default=False, description="Texts keep their marks: *bold*, _italic_, ~struck~, `code`."
    )
    threads: bool = Field(default=False, description="Answers stand under a subject, as e-mails do.")
    opt_out_codes: tuple[str, ...] = Field(
        default=(), description="The provider's codes that say the customer opted out, as in 4775."
    )
    closes: dict[str, Closes] = Field(
        default_factory=dict, description="The provider's codes for addresses that cannot be reached."
    )

    @field_validator("secret", "old_secret")
    @classmethod
    def _is_a_key(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(key_of(secret)) not in KEY_BYTES:
            raise ValueError(f"a secret is whsec_ and 24 to 64 bytes in base64; make one: {MAKE}")
        return secret

    @field_validator("media_authorization")
    @classmethod
    def _is_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().isprintable():
            raise ValueError("a header is one line")
        return value


def key_of(secret: SecretStr) -> bytes:
    """Take the key out of a secret; empty where it is none."""
    try:
        return b64decode(secret.get_secret_value().removeprefix("whsec_"), validate=True)
    except (Error, ValueError):
        return b""
