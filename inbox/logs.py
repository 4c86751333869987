"""Logs: one line an event, the conversation bound, secrets taken out."""

import logging
import re
import sys
from collections.abc import Collection, Iterator, Mapping, MutableMapping
from typing import Any, TextIO
from urllib.parse import urlsplit

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, SecretStr

from config.settings import Settings
from storage.leases import Stale

HIDDEN = "[hidden]"
SECRET_NAMES = re.compile(r"token|secret|password|authorization|signature|cookie|api_?key", re.IGNORECASE)
PATTERNS = (
    (re.compile(r"(?<=/bot)\d+:[A-Za-z0-9_-]+"), HIDDEN),  # Telegram puts its token into every URL
    (re.compile(r"\bxox[a-z]-[A-Za-z0-9-]+|\bxapp-[A-Za-z0-9-]+"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)([?&](?:token|key|secret|signature|sig|s|link)=)[^&\s\"']+"), rf"\1{HIDDEN}"),
    (
        re.compile(r"(?i)([\"'](?:\w*token|secret|signature|password)[\"']\s*[:=]\s*[\"'])[^\"']+"),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(r"(?i)(\btidings_[a-z]+=|secret-token: *|x-[a-z-]*signature: *)[^;\s\"'\\]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(/sign-in/|/p/)[A-Za-z0-9_.-]{16,}"), rf"\1{HIDDEN}"),
    (re.compile(r"sealed:[0-9a-f]{8}:[A-Za-z0-9_=-]+"), HIDDEN),
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+@"), rf"\1{HIDDEN}@"),
)
WRITING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]"
)  # what moves a terminal, lines and tabs apart
LINES = re.compile("[\t\n]")
SHORTEST = 6  # a shorter secret would hide half of every line

# Libraries tell of every request with its URL, which may hold a token: of them only trouble is wanted.
OURS = ("bots", "config", "inbox", "routing", "storage")


def not_ours_any_more(logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor for loops that another node took while this one slept: that is news, and no mistake."""
    error = event.get("exc_info")
    if error is True:
        error = sys.exc_info()[1]
    if not isinstance(error, Stale):
        return event
    if not logger.isEnabledFor(logging.INFO):
        raise structlog.DropEvent
    told = {name: value for name, value in event.items() if name != "exc_info"}
    return {**told, "level": "info", "why": str(error) or "another node owns this loop by now"}


class Redaction:
    """A processor that takes secrets out: known values, names that mean one, and what looks like one."""

    def __init__(self, values: Collection[str]) -> None:
        """Know the secret *values*, longest first, so that none is left by half."""
        known = sorted({value for value in values if len(value) >= SHORTEST}, key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Return the event without secrets."""
        return {key: self._of(key, value) for key, value in event.items()}

    def clean(self, text: str) -> str:
        """Return the text without secrets."""
        if self._values:
            text = self._values.sub(HIDDEN, text)
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def _of(self, key: str, value: Any) -> Any:
        if isinstance(value, str | bytes | SecretStr) and SECRET_NAMES.search(key):
            return HIDDEN
        match value:
            case str():
                return self.clean(value)
            case bytes():
                return self.clean(value.decode("utf-8", "replace"))
            case Mapping():
                return {inner: self._of(str(inner), one) for inner, one in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._of(key, one) for one in value]
            case bool() | int() | float() | None:
                return value
            case _:
                return self.clean(str(value))


def on_one_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor for people's consoles: nobody's words make a line of their own or move the cursor."""
    told = WRITING.sub(_escaped, str(event.get("event", "")))
    event["event"] = LINES.sub(_escaped, told)
    for name in ("exception", "stack"):
        if isinstance(event.get(name), str):
            event[name] = WRITING.sub(_escaped, event[name])
    return event


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def secrets_of(settings: BaseModel) -> Iterator[str]:
    """List the values that must not be written: every SecretStr, and the database's password."""
    for value in dict(settings).values():
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from secrets_of(value)
    if isinstance(settings, Settings):
        yield urlsplit(settings.database).password or ""
        yield from settings.seal_key.get_secret_value().replace(",", " ").split()


def start_logs(settings: Settings, secrets: Collection[str], *, out: TextIO | None = None) -> None:
    """Send structlog's and the standard library's logs to *out* (default: stderr) in one form.

    *secrets* are values that must never be written.
    """
    out = out or sys.stderr
    redaction = Redaction([*secrets, *secrets_of(settings)])
    console = settings.log_format == "console" or (settings.log_format == "auto" and out.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, not_ours_any_more, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=_ending(redaction, console=console, colors=out.isatty())
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root.setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)
    logging.getLogger("aiohttp.server").addFilter(_is_trouble)
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def _is_trouble(record: logging.LogRecord) -> bool:
    """Leave out who does not speak HTTP: anybody can, a thousand times a second."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


def _ending(redaction: Redaction, *, console: bool, colors: bool) -> list[structlog.typing.Processor]:
    """Turn an event into a line; errors are written out before secrets are taken out of them."""
    told: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redaction,
    ]
    if console:
        return [
            *told,
            on_one_line,
            structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback),
        ]
    return [*told, structlog.processors.JSONRenderer(ensure_ascii=False)]
