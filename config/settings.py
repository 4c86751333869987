"""Every knob of the house, with its type and its sentence."""

import re
import tomllib
from collections.abc import Collection, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr

from config.errors import Mistake, together
from config.filling import HOUSE_KEY, OLD_HOUSE_KEY, Source, fill
from config.joining import JoinKnobs
from config.policy import Policy, settled
from config.policy_checks import wrong
from config.retention import RetentionKnobs
from config.sealed import SEAL_KEY, is_sealed
from config.touch_policy import TouchKnobs
from config.where import Place

POLICY = ("teams", "agents", "rules", "tiers", "answering", "saved_replies", "desk", "calls")


def _bare_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("a public address looks like 'https://inbox.example.com'")
    return url.rstrip("/")


def _known_database(url: str) -> str:
    if not url.startswith(("sqlite://", "postgresql://")):
        raise ValueError("a database is 'sqlite:///path' or 'postgresql://…'")
    if any("password" in name.lower() for name in parse_qs(urlsplit(url).query)):
        raise ValueError("a password stands before the @, where no line shows it")
    return url


def _known_journal(url: str) -> str:
    hosts = url.partition("://")[2].rpartition("@")[2].split(",")
    if url and not (url.startswith(("nats://", "tls://")) and all(host.strip() for host in hosts)):
        raise ValueError("a journal is 'nats://host' or 'nats://a,b,c', JetStream's servers")
    return url


def _known_media(url: str) -> str:
    parts = urlsplit(url)
    if url and (
        parts.scheme != "s3" or not parts.hostname or parts.username or parts.query or parts.fragment
    ):
        raise ValueError("a bucket is 's3://bucket' or 's3://bucket/prefix'")
    return url.rstrip("/")


def _known_endpoint(url: str) -> str:
    return _bare_url(url) if url else ""


def _home(taken: Mapping[str, Any]) -> str:
    return f"http://localhost:{taken['port']}"


def _knob(variable: str) -> Any:
    """Say which variable of the environment wins over the file."""
    return {"env": f"TIDINGS_{variable}"}


class Settings(BaseModel):
    """What the operator decided; every value has a default that serves on one machine.

    *channels* and *slack* are kept as written: their own folders know what they mean.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    business: str = Field(
        default="Tidings",
        min_length=1,
        description="The name that customers see.",
        json_schema_extra=_knob("BUSINESS"),
    )
    language: str = Field(
        default="en",
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="The language of the pages, like 'en' or 'pt-BR'.",
        json_schema_extra=_knob("LANGUAGE"),
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="The address to listen at; '0.0.0.0' lets other machines in.",
        json_schema_extra=_knob("HOST"),
    )
    port: int = Field(
        default=8080,
        ge=0,
        le=65535,
        description="The port to listen at; 0 takes any that is free.",
        json_schema_extra=_knob("PORT"),
    )
    public_url: Annotated[str, AfterValidator(_bare_url)] = Field(
        default_factory=_home,
        description="How the world reaches us, like 'https://inbox.example.com': hooks are signed over it.",
        json_schema_extra=_knob("PUBLIC_URL"),
    )
    proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Networks of our own proxies, which say in X-Forwarded-For who asks, like '10.0.0.0/8'.",
    )
    database: Annotated[str, AfterValidator(_known_database)] = Field(
        default="sqlite:///var/tidings.db",
        repr=False,
        description="Where everything is kept: 'sqlite:///path' or 'postgresql://user@host/name'.",
        json_schema_extra=_knob("DATABASE"),
    )
    journal: Annotated[str, AfterValidator(_known_journal)] = Field(
        default="",
        repr=False,
        description="Where hooks are kept first: empty for the database, or 'nats://a,b,c' for many nodes.",
        json_schema_extra=_knob("JOURNAL"),
    )
    media_dir: Path = Field(
        default=Path("var/media"),
        description="The folder of the files that customers and agents send.",
        json_schema_extra=_knob("MEDIA_DIR"),
    )
    media: Annotated[str, AfterValidator(_known_media)] = Field(
        default="",
        description="A bucket for those files, like 's3://bucket/prefix'; the folder then holds copies only.",
        json_schema_extra=_knob("MEDIA"),
    )
    media_endpoint: Annotated[str, AfterValidator(_known_endpoint)] = Field(
        default="",
        description="The address of the bucket's store, like 'https://s3.example.com'; empty for Amazon's.",
        json_schema_extra=_knob("MEDIA_ENDPOINT"),
    )
    media_region: str = Field(
        default="us-east-1",
        description="The region of the bucket; stores other than Amazon's seldom mind.",
        json_schema_extra=_knob("MEDIA_REGION"),
    )
    media_key_id: str = Field(
        default="",
        repr=False,
        description="The access key of the bucket; without one the machine's own role is asked.",
        json_schema_extra=_knob("MEDIA_KEY_ID"),
    )
    media_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The secret of that access key.",
        json_schema_extra={
            "env": "TIDINGS_MEDIA_SECRET",
            "where": "shown once by the bucket's store when the access key is made.",
        },
    )
    secret_file: Path = Field(
        default=Path("var/secret.key"),
        description="Where the secret that signs links and sessions is kept when the environment has none.",
        json_schema_extra=_knob("SECRET_FILE"),
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        min_length=16,
        description="The secret that signs links and sessions.",
        json_schema_extra={
            "env": HOUSE_KEY,
            "where": "32 random bytes, as `openssl rand -hex 32` prints; without it one is made and kept.",
        },
    )
    old_secret_key: SecretStr = Field(
        default=SecretStr(""),
        min_length=16,
        description="The secret before this one: links and sessions that it signed are still good.",
        json_schema_extra={"env": OLD_HOUSE_KEY, "where": f"What {HOUSE_KEY} was before."},
    )
    mark_key: SecretStr = Field(
        default=SecretStr(""),
        min_length=16,
        description="What erased addresses are marked with; the secret key if there is none. Never changes.",
        json_schema_extra={
            "env": "TIDINGS_MARK_KEY",
            "where": f"The first {HOUSE_KEY} there was, once that is changed.",
        },
    )
    seal_key: SecretStr = Field(
        default=SecretStr(""),
        description="What opens sealed values, the newest first; they are kept sealed with it.",
        json_schema_extra={"env": SEAL_KEY, "where": "`tidings keys new` makes one."},
    )
    api_token: SecretStr = Field(
        default=SecretStr(""),
        min_length=16,
        description="The token that calls of the API show; without one the API is off.",
        json_schema_extra={
            "env": "TIDINGS_API_TOKEN",
            "where": "32 random bytes, as `openssl rand -hex 32` prints; give it to the shop that calls.",
        },
    )
    old_api_token: SecretStr = Field(
        default=SecretStr(""),
        min_length=16,
        description="The token before this one, still taken while the shop changes over.",
        json_schema_extra={
            "env": "TIDINGS_OLD_API_TOKEN",
            "where": "What TIDINGS_API_TOKEN was before.",
        },
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto",
        description="'console' for people, 'json' for machines, 'auto' for console on a terminal.",
        json_schema_extra=_knob("LOG_FORMAT"),
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="The least that is written: 'debug', 'info', 'warning' or 'error'.",
        json_schema_extra=_knob("LOG_LEVEL"),
    )
    hook_bytes: int = Field(
        default=1_000_000, ge=1_000, description="The largest hook that is taken, in bytes."
    )
    attachment_bytes: int = Field(
        default=25_000_000, ge=1_000, description="The largest attachment that is kept, in bytes."
    )
    reopen_hours: float = Field(
        default=72,
        ge=0,
        description="How long after it was resolved a conversation is reopened by new words, in hours.",
    )
    journal_days: int = Field(
        default=30,
        ge=0,
        description="How long hooks that were applied stay in the journal, in days; 0 keeps them for ever.",
    )
    channels: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="[channels.<name>]: an account of ours at a provider."
    )
    slack: dict[str, Any] | None = Field(default=None, description="[slack]: agents answer in Slack.")
    retention: RetentionKnobs = Field(
        default=RetentionKnobs(), description="[retention]: what goes by age; nothing, unless it says so."
    )
    touches: TouchKnobs = Field(default=TouchKnobs(), description="[touches]: when we write first.")
    join: JoinKnobs = Field(default=JoinKnobs(), description="[join]: who may ask for our messages at /join.")
    policy: Policy = Field(default=settled(Policy()), description="Who answers.")
    source: Source = Field(
        default=Source(), repr=False, description="What the operator said, as it was said."
    )

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """List the secrets that sign links and sessions, the newest last: that one signs, all are good."""
        both = (self.old_secret_key.get_secret_value(), self.secret_key.get_secret_value())
        return tuple(one for one in both if one)

    @property
    def mark_keys(self) -> tuple[str, ...]:
        """List what erased addresses may have been marked with; the first makes the marks."""
        told = (self.mark_key.get_secret_value(), *reversed(self.secret_keys))
        return tuple(dict.fromkeys(one for one in told if one))


def load(path: Path, env: Mapping[str, str], kinds: Collection[str] | None = None) -> Settings:
    """Read the configuration at *path* and in *env*; raises Mistake, with every mistake found.

    *kinds* are the kinds of channel that there are; without them rules and tiers may name any.
    """
    source, written = read(path, env)
    mistakes: list[Mistake] = []
    policy, settings = Policy(), Settings()
    sections = written.get("channels")
    named = [*sections] if isinstance(sections, Mapping) else []
    channels = None if kinds is None else [*kinds, *named]
    try:
        policy = _policy({name: written[name] for name in POLICY if name in written}, source, channels)
    except Mistake as mistake:
        mistakes.append(mistake)
    try:
        settings = _settings({name: value for name, value in written.items() if name not in POLICY}, source)
    except Mistake as mistake:
        mistakes.append(mistake)
    if mistakes:
        raise together(mistakes)
    return settings.model_copy(update={"policy": policy, "source": source})


def read(
    path: Path,
    env: Mapping[str, str],
    remedy: str = "Name a readable file with --config or TIDINGS_CONFIG.",
) -> tuple[Source, dict[str, Any]]:
    """Read the file at *path* as TOML; raises Mistake, with *remedy* where it cannot be read."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Mistake(
            file=str(path), what=f"The configuration cannot be read: {what}.", remedy=remedy
        ) from error
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(place[1]) if place and place[1] else len(text.splitlines())
        words = str(error)[: place.start()] if place else str(error)
        raise Mistake(
            file=str(path),
            line=line,
            what=f"This is not TOML: {words[:1].lower()}{words[1:]}.",
            remedy="Texts stand in quotes, sections in [brackets]; see https://toml.io.",
        ) from error
    return Source(file=str(path), text=text, env=env), written


def _settings(written: Mapping[str, Any], source: Source) -> Settings:
    for reserved in ("policy", "source"):
        if reserved in written:
            raise source.mistake((reserved,), f"{reserved} is not known here.", "Take it out.")
    database = str(written.get("database", ""))
    if not is_sealed(database) and urlsplit(database).password:
        raise source.mistake(
            ("database",),
            "database holds a password, which is a secret and must not stand in a file.",
            "Take it out and set TIDINGS_DATABASE in the environment, or seal it: tidings keys seal.",
        )
    return fill(Settings, written, source)


def _policy(written: Mapping[str, Any], source: Source, channels: Collection[str] | None) -> Policy:
    policy = fill(Policy, written, source)
    if found := wrong(policy, channels):
        raise together(
            [source.mistake(each.place, _said(each.place, each.what), each.remedy) for each in found]
        )
    return settled(policy)


def _said(place: Place, what: str) -> str:
    return f"{'.'.join(map(str, place))}: {what}."
