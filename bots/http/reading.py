"""What a script's hooks say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from pydantic import ValidationError

from bots.channel import ConsentChanged, Event, Hook, MessageIn, Reading, Receipt, Response
from bots.consent_words import wishes
from bots.errors import Malformed
from bots.http import signing
from bots.http.batch import Batch, UnknownSaid
from bots.http.translating import TRANSLATIONS

MOST_SHOWN: Final = 5
"""Mistakes named in one answer."""
WORDS: Final = {"extra_forbidden": "there is no such field", "missing": "is missing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one account's hooks are read."""

    keys: Sequence[bytes]
    scheme: str
    stop_words: bool
    opt_out_codes: frozenset[str] = frozenset()


def read(hook: Hook, rules: Rules) -> Reading:
    """Check and translate one hook; raises BadSignature, or Malformed naming the fields that are wrong."""
    signing.check(rules.keys, hook)
    try:
        batch = Batch.model_validate_json(hook.body, strict=True)
    except ValidationError as error:
        raise Malformed(_sentence(error)) from None
    events: list[Event] = []
    skipped: list[str] = []
    for place, said in enumerate(batch.events):
        if isinstance(said, UnknownSaid):
            skipped.append(said.type[:64] or "event without a type")
            continue
        _check_address(said.__dict__.get("address", ""), place, rules.scheme)
        event = TRANSLATIONS[type(said)](said, said.sent_at or hook.received_at)
        events.append(event)
        if rules.stop_words and isinstance(event, MessageIn):
            events.extend(wishes(event))
        elif isinstance(event, Receipt) and event.address and event.code in rules.opt_out_codes:
            events.append(_opted_out(event))
    answer = orjson.dumps({"kept": len(events), "skipped": skipped}).decode()
    return Reading(
        events=tuple(events),
        response=Response(body=answer, content_type="application/json"),
        skipped=tuple(skipped),
    )


def _check_address(address: str, place: int, scheme: str) -> None:
    if address and not address.startswith(f"{scheme}:"):
        raise Malformed(f"events[{place}].address: must begin with {scheme}: as the section's scheme says.")


def _opted_out(receipt: Receipt) -> ConsentChanged:
    return ConsentChanged(
        address=receipt.address,
        external_id=receipt.external_id or f"{receipt.address}:{receipt.up_to}",  # unlike anybody else's
        word="stop",
        source=f"The provider did not deliver ({receipt.code}): the customer opted out.",
        sent_at=receipt.sent_at,
        wording=receipt.reason,
    )


def _sentence(error: ValidationError) -> str:
    """Say which fields are wrong, as events[2].sent_at: what is wrong."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    shown = [
        _path(one["loc"]) + WORDS.get(one["type"], one["msg"].removeprefix("Value error, "))
        for one in found[:MOST_SHOWN]
    ]
    more = [f"and {len(found) - MOST_SHOWN} more"] if len(found) > MOST_SHOWN else []
    return "; ".join([*shown, *more])[:1_000]


def _path(loc: tuple[int | str, ...]) -> str:
    """Write a place; the third of it is the kind of event, which the place of the event says already."""
    path = ""
    for depth, step in enumerate(loc):
        if isinstance(step, int):
            path += f"[{step}]"
        elif not (depth == 2 and loc[0] == "events"):
            path += f".{step}" if path else str(step)
    return f"{path}: " if path else ""
