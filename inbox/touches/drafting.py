"""A touch as it would read if it left now, for those who are asked about it."""

from dataclasses import dataclass
from datetime import datetime

from inbox.touches.facts import WRITTEN_WITHIN, occasion_of, person
from inbox.touches.rules import Rules
from inbox.touches.texts import Missing, address_of, values_of, words
from routing.touch import Touch
from storage import touch_facts
from storage.database import Connection
from storage.keeping_consents import PHONES
from storage.touch_rows import TouchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A touch with its customer's name and tier and its words; *missing* names what the words lack."""

    row: TouchRow
    touch: Touch | None
    name: str
    tier: str
    text: str
    missing: str = ""


async def draft(connection: Connection, rules: Rules, row: TouchRow, now: datetime) -> Draft | None:
    """Write a touch as it stands; what an agent wrote for it stands as they wrote it."""
    touch = rules.touches.get(row.kind)
    facts = await touch_facts.facts(connection, [row.customer_id], now - WRITTEN_WITHIN, PHONES)
    who = person(facts, row.customer_id, touch.subject if touch is not None else "")
    if who is None:
        return None
    text, missing = row.text, ""
    if not text and touch is not None and row.channel in rules.ways:
        values = await values_of(connection, who, anchor_at=row.anchor_at, anchor_ref=row.anchor_ref, now=now)
        address, at = address_of(who, row.address_id), max(now, row.due_at)
        try:
            text = words(rules, touch, who, occasion_of(row), address, row.channel, values, at).text
        except Missing as lacking:
            missing = lacking.variable
    return Draft(row=row, touch=touch, name=who.name, tier=who.tier, text=text, missing=missing)
