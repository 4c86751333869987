"""The exact texts of a page of touches: kept ones as they are, others written as the hand-off would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.telling import Money
from config.wording import Missing
from inbox.touches.facts import WRITTEN_WITHIN, person
from inbox.touches.rules import Rules
from routing.touch import Person, Touch
from storage import orders, touch_days, touch_facts
from storage.database import Connection
from storage.keeping_consents import PHONES
from storage.orders import Order
from storage.touch_rows import TouchRow

ORDER = "order "
CONVERSATION = "conversation "


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a customer reads, in which language; or *missing*, what it needs and we do not know."""

    text: str = ""
    language: str = ""
    missing: str = ""


async def texts(
    connection: Connection, rules: Rules, kinds: Mapping[str, Touch], rows: Sequence[TouchRow], now: datetime
) -> list[Text]:
    """Write the text of each row; five statements, however many rows there are."""
    unwritten = [row for row in rows if not row.text and row.kind in kinds]
    ids = {row.customer_id for row in unwritten}
    facts = await touch_facts.facts(connection, ids, now - WRITTEN_WITHIN, PHONES)
    bought = await orders.by_numbers(connection, _refs(unwritten, ORDER))
    talks = [int(one) for one in _refs(unwritten, CONVERSATION) if one.isdecimal()]
    spoke = await touch_days.last_speakers(connection, talks) if talks else {}
    made = []
    for row in rows:
        touch = kinds.get(row.kind)
        if row.text or touch is None:
            made.append(Text(text=row.text, language=row.language))
            continue
        who = person(facts, row.customer_id, touch.subject)
        if who is None:
            made.append(Text())
            continue
        values = values_from(who, row, bought, spoke, now)
        made.append(_written(rules, touch, who, row, values))
    return made


def _refs(rows: Sequence[TouchRow], begin: str) -> list[str]:
    return [row.anchor_ref.removeprefix(begin) for row in rows if row.anchor_ref.startswith(begin)]


def _written(rules: Rules, touch: Touch, who: Person, row: TouchRow, values: dict[str, Any]) -> Text:
    way = rules.ways.get(row.channel)
    try:
        told = rules.wording_of(touch.key).render(
            touch, who.language, values, zone=row.zone, kind=way.kind if way else ""
        )
    except Missing as missing:
        return Text(missing=missing.variable)
    return Text(text=told.text, language=told.language)


def values_from(
    who: Person, row: TouchRow, bought: Mapping[str, Order], spoke: Mapping[int, str], now: datetime
) -> dict[str, Any]:
    """Gather what a text may tell, as the hand-off does, from what was read for the whole page."""
    values: dict[str, Any] = {"name": who.name, "day": row.anchor_at}
    ref = row.anchor_ref
    order = bought.get(ref.removeprefix(ORDER)) if ref.startswith(ORDER) else None
    if order is not None:
        values |= {"order": order.number, "goods": order.summary}
        values["total"] = Money(minor=order.total, currency=order.currency) if order.currency else None
        values["years"] = round((max(now, row.due_at) - order.placed_at).days / 365.2425)
        values["day"] = order.delivered_at or order.placed_at
    if ref.startswith(CONVERSATION) and (key := ref.removeprefix(CONVERSATION)).isdecimal():
        values["agent"] = spoke.get(int(key), "")
    return values
