"""What is posted to the script, and what its answers mean."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

import orjson
from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError

from bots.channel import MessageOut, Sent
from bots.errors import (
    ChannelError,
    Misconfigured,
    OptedOut,
    Refused,
    Throttled,
    Uncertain,
    Unreachable,
    WindowClosed,
)

CALL_ERRORS = (ClientError, OSError, ValueError)
"""What a call may raise: TimeoutError is an OSError."""
LONGEST_ID: Final = 500
"""Characters of an external_id, as in what the script posts."""
MOST_SEGMENTS: Final = 1_000
LONGEST_ANSWER: Final = 65_536
"""Bytes of an answer that are read."""

ERRORS: Final[dict[str, tuple[type[ChannelError], str]]] = {
    "throttled": (Throttled, "The provider asks us to slow down."),
    "unreachable": (Unreachable, "The provider cannot be reached."),
    "uncertain": (Uncertain, "The provider was asked and no answer was heard."),
    "refused": (Refused, "The provider refused."),
    "window_closed": (WindowClosed, "The provider no longer allows free text to this customer."),
    "opted_out": (OptedOut, "The customer does not want messages at this address."),
    "misconfigured": (Misconfigured, "The account at the provider or its settings are wrong."),
}
"""The words that a script may answer under `error`, with the sentence where it gives none."""
STATUSES: Final = {401: "misconfigured", 403: "misconfigured", 404: "misconfigured", 429: "throttled"}
"""What an HTTP status of the provider's means, where the script hands it on; from 500 up it may have sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the script said; *body* is empty where it was no JSON object."""

    status: int
    retry_after: str
    body: dict[str, Any]

    @property
    def word(self) -> str:
        """The word of `ERRORS` that the script gave, or that its provider's status means; else empty."""
        said, status = self.body.get("error"), self.body.get("provider_status")
        if isinstance(said, str) and said in ERRORS:
            return said
        if isinstance(status, int) and not 200 <= status < 300:
            return STATUSES.get(status, "uncertain" if status >= 500 else "refused")
        return "refused" if said else ""


def wanted(message: MessageOut, plain: Callable[[str], str]) -> dict[str, Any]:
    """Write a message to send as JSON; *plain* is what becomes of its text."""
    media = [
        {"name": one.name, "content_type": one.content_type, "size": one.size, "url": one.url}
        for one in message.media
    ]
    return {
        "key": message.key,
        "address": message.address,
        "text": plain(message.text),
        "media": media,
        "reply_to": message.reply_to,
        "subject": message.subject,
        "thread": list(message.thread),
        "by_agent": message.by_agent,
        "template": message.template,
        "template_language": message.template_language,
        "variables": dict(message.variables),
        "unsubscribe": message.unsubscribe,
        "owed_at": message.owed_at.isoformat(),
    }


def answer_of(status: int, retry_after: str, body: bytes) -> Answer:
    """Read an answer."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = {}
    return Answer(status=status, retry_after=retry_after, body=said if isinstance(said, dict) else {})


def sent_of(answer: Answer, opt_out_codes: Collection[str] = ()) -> Sent:
    """Take the id out of an answer: 2xx, or 409 where the key was taken before; raises a ChannelError."""
    external_id = answer.body.get("external_id")
    if not answer.word and (answer.status < 300 or answer.status == 409):
        if isinstance(external_id, str) and 0 < len(external_id) <= LONGEST_ID:
            return Sent(external_id=external_id, segments=_segments(answer.body.get("segments")))
        if answer.status < 300:
            raise Uncertain(
                f"The script took the message and named no external_id of {LONGEST_ID} letters at most."
            )
        raise Uncertain("The script has this key and does not say under which external_id.", code="409")
    error = error_of(answer, Uncertain)
    raise OptedOut(ERRORS["opted_out"][1], code=error.code) if error.code in opt_out_codes else error


def check(answer: Answer) -> None:
    """Raise a ChannelError unless the script did what was asked; it may be asked twice."""
    if answer.status >= 300 or answer.word:
        raise error_of(answer, Unreachable)


def error_of(answer: Answer, unheard: type[ChannelError]) -> ChannelError:
    """Say what an answer that is an error means: by its word, else by its status."""
    code = _text(answer.body.get("code")) or _text(answer.body.get("provider_status")) or str(answer.status)
    if answer.word:
        kind, sentence = ERRORS[answer.word]
        reason = _text(answer.body.get("reason")) or sentence
        if kind is Throttled:
            return Throttled(reason, retry_after=_seconds(answer), code=code)
        return (unheard if kind is Uncertain else kind)(reason, code=code)
    match answer.status:
        case 429:
            return Throttled(ERRORS["throttled"][1], retry_after=_seconds(answer), code=code)
        case 401 | 403:
            return Misconfigured(
                "The script does not accept our signature: are the secrets equal?", code=code
            )
        case 404 | 405:
            return Misconfigured("The script is not at the address in the settings.", code=code)
        case status if status < 400:
            return Misconfigured(
                "The script answers by sending us elsewhere; set its real address.", code=code
            )
        case status if status >= 500:
            return unheard(f"The script answered {status}: it may have sent the message or not.", code=code)
        case status:
            reason = _text(answer.body.get("reason")) or f"The script answered {status} and no reason."
            return Refused(reason, code=code)


def translated(error: Exception, unheard: type[ChannelError]) -> ChannelError:
    """Say what an exception of the call means; *unheard* is for those after which it may be done."""
    match error:
        case ClientConnectorError() | ConnectionTimeoutError():
            return Unreachable("The script cannot be reached.")
        case TimeoutError():
            return unheard("The script did not answer in time.")
        case ValueError():
            return Misconfigured("The script's address is not a web address.")
        case _:
            return unheard("The connection to the script was cut before its answer came.")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return ""
    return str(value)[:500] if isinstance(value, str | int) else ""


def _segments(said: object) -> int:
    """Take how many parts a message had; one where that is no number of parts."""
    return said if type(said) is int and 1 <= said <= MOST_SEGMENTS else 1


def _seconds(answer: Answer) -> float | None:
    """Find the seconds to wait, in the header or the body."""
    said = answer.body.get("retry_after")
    if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said < 86_400 * 7:
        return float(said)
    given = said if isinstance(said, str) else answer.retry_after
    return float(given) if given.isdecimal() and len(given) < 7 else None
