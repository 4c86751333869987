"""What a visitor's page says, translated: one JSON object with a list of events."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from bots.channel import Event, Hook, MessageIn, Reading, Receipt, Response, Typing
from bots.errors import BadSignature, Malformed
from bots.webchat.identity import Identities, address_of
from bots.webchat.origins import may_speak
from bots.webchat.pace import Pace

MOST_EVENTS = 100
MOST_FILES = 10
MOST_RECEIPTS = 500
NAME_LENGTH = 120
BYTES_OF_AN_EVENT = 10_000
MADE_BY_THE_PAGE = re.compile(r"[A-Za-z0-9-]{8,64}")
KEY = re.compile(r"[\x21-\x7e]{1,200}")

Told = Mapping[str, Any]


def read(hook: Hook, identities: Identities, sites: Sequence[str], pace: Pace) -> Reading:
    """Check whose page speaks and translate every event; raises BadSignature, Malformed or Throttled."""
    visitor = speaker(hook, identities, sites)
    reader = _Reader(hook, visitor, identities)
    events = _events(hook.body)
    pace.count(visitor, len(events) + len(hook.body) // BYTES_OF_AN_EVENT, hook.received_at)
    for told in events:
        reader.take(told)
    return Reading(
        events=tuple(reader.events),
        skipped=tuple(reader.skipped),
        response=Response(body='{"kept":true}', content_type="application/json"),
    )


def speaker(hook: Hook, identities: Identities, sites: Sequence[str]) -> str:
    """Return the visitor whose page speaks; raises BadSignature."""
    if not may_speak(hook.headers, hook.url, sites):
        raise BadSignature("the page's origin is not on the list of sites")
    return identities.visitor_of(bearer(hook.headers), hook.received_at)


def bearer(headers: Mapping[str, str]) -> str:
    """Return the token of an Authorization header, or "" (RFC 6750, 2.1)."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class _Reader:
    """Takes the events of one hook in order."""

    def __init__(self, hook: Hook, visitor: str, identities: Identities) -> None:
        self.events: list[Event] = []
        self.skipped: list[str] = []
        self._hook = hook
        self._visitor = visitor
        self._identities = identities
        self._name = ""

    def take(self, told: Told) -> None:
        kind = told.get("kind")
        takers: dict[str, Callable[[Told], None]] = {
            "message": self._message,
            "delivered": self._receipts,
            "read": self._receipts,
            "typing": self._typing,
            "name": self._named,
        }
        taker = takers.get(kind) if isinstance(kind, str) else None
        if taker is None:
            self.skipped.append("unknown kind")  # a visitor's word is no name for a metric
            return
        taker(told)

    def _message(self, told: Told) -> None:
        text = clean(_string(told, "text"))
        references = _strings(told, "files")
        if len(references) > MOST_FILES:
            raise Malformed(f"a message has {len(references)} files; {MOST_FILES} are the most")
        if not text.strip() and not references:
            self.skipped.append("empty message")
            return
        self.events.append(
            MessageIn(
                address=address_of(self._visitor),
                external_id=self._ours(_identifier(told, "id", MADE_BY_THE_PAGE)),
                text=text,
                attachments=tuple(self._identities.attachment_of(one, self._visitor) for one in references),
                sent_at=self._hook.received_at,
                sender_name=clean(_string(told, "name"))[:NAME_LENGTH] or self._name,
                language=_language(told),
                reply_to=self._ours(_identifier(told, "reply_to", KEY)) if told.get("reply_to") else "",
            )
        )

    def _receipts(self, told: Told) -> None:
        """Receipts name deliveries without the visitor, who is added here: nobody marks another's."""
        keys = [_identifier(told, "upto", KEY)] if "upto" in told else _strings(told, "ids")
        if len(keys) > MOST_RECEIPTS:
            raise Malformed(f"{len(keys)} receipts in one event; {MOST_RECEIPTS} are the most")
        for key in keys:
            if not KEY.fullmatch(key):
                raise Malformed("a receipt's id is empty or too long")
            self.events.append(
                Receipt(
                    external_id=self._ours(key),
                    status="read" if told["kind"] == "read" else "delivered",
                    sent_at=self._hook.received_at,
                    address=address_of(self._visitor),
                )
            )

    def _typing(self, _: Told) -> None:
        self.events.append(Typing(address=address_of(self._visitor), sent_at=self._hook.received_at))

    def _named(self, told: Told) -> None:
        self._name = clean(_string(told, "name"))[:NAME_LENGTH]

    def _ours(self, key: str) -> str:
        return f"{self._visitor}:{key}"


def clean(text: str) -> str:
    """Drop NUL, which PostgreSQL cannot keep, and put U+FFFD for lone surrogates, which UTF-8 cannot."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _events(body: bytes) -> list[Told]:
    told = _parsed(body)
    events = told.get("events") if isinstance(told, dict) else None
    if not isinstance(events, list):
        raise Malformed('the body is not a JSON object with a list "events"')
    if len(events) > MOST_EVENTS:
        raise Malformed(f"{len(events)} events in one call; {MOST_EVENTS} are the most")
    if not all(isinstance(one, dict) for one in events):
        raise Malformed("an event is not a JSON object")
    return events


def _parsed(body: bytes) -> Any:
    """Parse fast; what orjson refuses may be a lone surrogate, which JavaScript can send."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error


def _string(told: Told, name: str) -> str:
    value = told.get(name) or ""
    if not isinstance(value, str):
        raise Malformed(f'"{name}" is not a string')
    return value


def _strings(told: Told, name: str) -> list[str]:
    value = told.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Malformed(f'"{name}" is not a list of strings')
    return value


def _identifier(told: Told, name: str, shape: re.Pattern[str]) -> str:
    value = _string(told, name)
    if not shape.fullmatch(value):
        raise Malformed(f'"{name}" is missing or not an identifier')
    return value


def _language(told: Told) -> str:
    value = _string(told, "language")
    return value if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}", value) else ""
