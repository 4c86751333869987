"""What an operator sets for one mailbox."""

import re
from ipaddress import ip_address
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from bots.sealing import OldSecretKey

Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$|^[0-9a-fA-F:]+$")]
Port = Annotated[int, Field(ge=1, le=65_535)]
Domain = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")]
ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""What SMTP takes without quoting: RFC 5321 §4.1.2, Dot-string and Domain."""


class Settings(BaseModel):
    """One mailbox that we read by IMAP, and the server through which we write by SMTP."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    address: str = Field(
        description="Our address, to which customers write: support@shop.example.",
        json_schema_extra={
            "env": "EMAIL_ADDRESS",
            "where": "Your own: it must be delivered to this mailbox.",
        },
    )
    password: SecretStr = Field(
        min_length=1,
        description="The mailbox's password, for IMAP and SMTP; an app password where there are such.",
        json_schema_extra={
            "env": "EMAIL_PASSWORD",
            "where": "At your mail provider; Gmail: Google account > Security > App passwords.",
        },
    )
    imap_host: Host = Field(
        description="The server that the mail is read from.",
        json_schema_extra={
            "env": "EMAIL_IMAP_HOST",
            "where": "Your mail provider names it, as in imap.gmail.com.",
        },
    )
    smtp_host: Host = Field(
        description="The server that our mail is handed to.",
        json_schema_extra={
            "env": "EMAIL_SMTP_HOST",
            "where": "Your mail provider names it, as in smtp.gmail.com.",
        },
    )
    secret_key: SecretStr = Field(
        min_length=16,
        description="The application's secret; what seals the mails that were read is derived from it.",
        json_schema_extra={
            "env": "TIDINGS_SECRET_KEY",
            "where": "any 32 random characters: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        },
    )
    old_secret_key: OldSecretKey = SecretStr("")
    username: str = Field(
        default="",
        pattern=r'^[^\s"\\\x00-\x1f\x7f]*$',
        description="The mailbox's login; our address if empty.",
        json_schema_extra={"env": "EMAIL_USERNAME", "where": "Only where your provider's login is another."},
    )
    name: str = Field(default="", max_length=200, description="Who we are in From, as in: The Shop.")
    subject: str = Field(
        default="A message for you",
        max_length=200,
        description="The subject of a mail that has none of its own.",
    )
    imap_port: Port = Field(default=993, description="The port of IMAP: 993 with TLS.")
    imap_security: Literal["tls", "none"] = Field(
        default="tls", description="TLS from the start; none only on this very machine."
    )
    smtp_port: Port = Field(default=587, description="The port of SMTP: 587 with STARTTLS, 465 with TLS.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="STARTTLS, TLS from the start, or none, on this very machine only."
    )
    smtp_login: bool = Field(
        default=True, description="Log in at the SMTP server; a relay of your own may ask none."
    )
    domain: Domain | Literal[""] = Field(
        default="", description="The domain of our Message-IDs; that of our address if empty."
    )
    also_ours: tuple[str, ...] = Field(
        default=(), description="Other addresses of ours; mail from them is no customer's."
    )
    forms: tuple[str, ...] = Field(
        default=(),
        description="Senders of web forms of yours: the customer is whoever stands in their Reply-To.",
    )
    lists: tuple[str, ...] = Field(
        default=(),
        description="List-Ids of groups of yours through which customers write; other lists are passed over.",
    )
    unsubscribe_address: str = Field(
        default="", description="An address delivered to this mailbox: who writes there stops marketing."
    )
    authserv_id: str = Field(
        default="",
        description="Your own mail server's name in Authentication-Results, to trust its DMARC verdict; "
        "without it nobody can say yes to marketing by mail.",
    )
    ask_delivery: bool = Field(default=False, description="Ask servers to report what they have delivered.")
    ask_read: bool = Field(
        default=False, description="Ask customers' programs to report that a mail was opened."
    )
    total_bytes: int = Field(
        default=25_000_000,
        ge=100_000,
        description="Largest mail that your server takes, in bytes on the way.",
    )
    largest_bytes: int = Field(
        default=60_000_000,
        ge=100_000,
        description="Largest mail that is read whole, in bytes; of others the start.",
    )
    first_days: int = Field(
        default=14,
        ge=0,
        le=3_650,
        description="The first time, unread mail of so many days is read, none before.",
    )
    rate: float = Field(default=2.0, gt=0, le=1000, description="Mails a second that your server takes.")
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for an answer.")
    idle_seconds: float = Field(
        default=300.0,
        gt=0,
        le=1_680,
        description="How long one IDLE waits; the server ends it after 30 minutes.",
    )
    poll_seconds: float = Field(
        default=30.0, gt=0, le=3_600, description="How often a server without IDLE is asked, in seconds."
    )
    retry_seconds: float = Field(
        default=1.0,
        gt=0,
        description="First wait after a failure, in seconds; it doubles up to five minutes.",
    )

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        if not ADDRESS.fullmatch(address):
            raise ValueError("an address is written as support@shop.example")
        return address

    @field_validator("also_ours", "forms")
    @classmethod
    def _are_addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            if not ADDRESS.fullmatch(address):
                raise ValueError("an address is written as support@shop.example")
        return tuple(address.lower() for address in addresses)

    @field_validator("unsubscribe_address")
    @classmethod
    def _is_one_or_none(cls, address: str) -> str:
        if address and not ADDRESS.fullmatch(address):
            raise ValueError("an address is written as unsubscribe@shop.example")
        return address.lower()

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        for host, security in ((self.imap_host, self.imap_security), (self.smtp_host, self.smtp_security)):
            if security == "none" and not _is_here(host):
                raise ValueError("without TLS a password goes only to this very machine; set tls or starttls")
        if self.unsubscribe_address == self.address.lower():
            raise ValueError("unsubscribe_address must be another than address: every mail to it is a stop")
        return self

    @property
    def login(self) -> str:
        """What to log in with."""
        return self.username or self.address

    @property
    def our_domain(self) -> str:
        """The domain of our Message-IDs."""
        return (self.domain or self.address.rpartition("@")[2]).lower()

    @property
    def ours(self) -> frozenset[str]:
        """All addresses of ours, lower case."""
        return frozenset({self.address.lower(), *self.also_ours} | ({self.unsubscribe_address} - {""}))


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
