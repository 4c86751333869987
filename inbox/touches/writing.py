"""The exact texts of many touches at once: kept ones as they are, others as the hand-off would write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inbox.touches.facts import WRITTEN_WITHIN, occasion_of, person
from inbox.touches.rules import Rules
from inbox.touches.texts import CONVERSATION, ORDER, Missing, address_of, told, words
from routing.touch import Occasion, Person, Touch
from storage import orders, touch_days, touch_facts
from storage.database import Connection
from storage.keeping_consents import PHONES
from storage.orders import Order
from storage.touch_rows import TouchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a customer reads, in which language; or *missing*, what it needs and we do not know.

    *subject* stands above it as a mail; *template* is what the channel calls the approved words that go.
    """

    text: str = ""
    language: str = ""
    missing: str = ""
    subject: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One text to write: to whom, of what, to which of their addresses; *anchor_ref* is what it follows."""

    touch: Touch
    person: Person
    occasion: Occasion
    channel: str
    address_id: int | None
    anchor_at: datetime | None
    anchor_ref: str


async def texts(
    connection: Connection, rules: Rules, kinds: Mapping[str, Touch], rows: Sequence[TouchRow], now: datetime
) -> list[Text]:
    """Write the text of each row; five statements, however many rows there are."""
    unwritten = [row for row in rows if not row.text and row.kind in kinds]
    ids = {row.customer_id for row in unwritten}
    facts = await touch_facts.facts(connection, ids, now - WRITTEN_WITHIN, PHONES)
    writings: dict[int, Writing] = {}
    for number, row in enumerate(rows):
        touch = kinds.get(row.kind)
        who = None if row.text or touch is None else person(facts, row.customer_id, touch.subject)
        if who is not None and touch is not None:
            writings[number] = _writing(row, touch, who)
    made = await written(connection, rules, list(writings.values()), now)
    found = dict(zip(writings, made, strict=True))
    return [
        found.get(number) or Text(text=row.text, language=row.language) for number, row in enumerate(rows)
    ]


def _writing(row: TouchRow, touch: Touch, who: Person) -> Writing:
    return Writing(
        touch=touch,
        person=who,
        occasion=occasion_of(row),
        channel=row.channel,
        address_id=row.address_id,
        anchor_at=row.anchor_at,
        anchor_ref=row.anchor_ref,
    )


async def written(
    connection: Connection, rules: Rules, writings: Sequence[Writing], now: datetime
) -> list[Text]:
    """Write each; two statements. A touch that is due later is written as of its due instant."""
    refs = [one.anchor_ref for one in writings]
    bought = await orders.by_numbers(connection, _after(refs, ORDER))
    talks = [int(one) for one in _after(refs, CONVERSATION) if one.isdecimal()]
    spoke = await touch_days.last_speakers(connection, talks) if talks else {}
    return [_one(rules, one, bought, spoke, max(now, one.occasion.due_at)) for one in writings]


def _after(refs: Sequence[str], begin: str) -> list[str]:
    return [ref.removeprefix(begin) for ref in refs if ref.startswith(begin)]


def _one(
    rules: Rules, one: Writing, bought: Mapping[str, Order], spoke: Mapping[int, str], at: datetime
) -> Text:
    values = _values(one, bought, spoke, at)
    address = address_of(one.person, one.address_id)
    try:
        told = words(rules, one.touch, one.person, one.occasion, address, one.channel, values, at)
    except Missing as missing:
        return Text(missing=missing.variable)
    template = "" if told.template is None else f"{told.template.name} ({told.template.language})"
    return Text(text=told.text, language=told.language, subject=told.subject, template=template)


def _values(
    one: Writing, bought: Mapping[str, Order], spoke: Mapping[int, str], at: datetime
) -> dict[str, Any]:
    """Name what a text may tell, as the hand-off does, from what was read for all."""
    ref, agent = one.anchor_ref, None
    order = bought.get(ref.removeprefix(ORDER)) if ref.startswith(ORDER) else None
    if ref.startswith(CONVERSATION) and (key := ref.removeprefix(CONVERSATION)).isdecimal():
        agent = spoke.get(int(key), "")
    return told(one.person, one.anchor_at, order, agent, at)
