"""The birthday touches of some customers on one day, for what has to leave room for them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from inbox.touches.candidates import Reading
from inbox.touches.facts import WRITTEN_WITHIN, person
from inbox.touches.planning import Found, falls_for
from inbox.touches.rules import Rules
from inbox.touches.spans import of_days
from storage import touch_facts
from storage.keeping_consents import PHONES
from storage.touch_rows import Candidate

PAGE: Final = 500


async def birthdays_of(
    reading: Reading, rules: Rules, customer_ids: Collection[int], day: date, now: datetime
) -> list[Found]:
    """Find the birthday touches of these customers on *day*."""
    found: list[Found] = []
    ids, span = sorted(customer_ids), of_days(day, day, now)
    for at in range(0, len(ids), PAGE):
        some = ids[at : at + PAGE]
        async with reading() as connection:
            facts = await touch_facts.facts(connection, some, now - WRITTEN_WITHIN, PHONES)
        for key in some:
            for kind in rules.birthdays:
                touch = rules.touches[kind]
                who = person(facts, key, touch.subject)
                if who is not None:
                    found += falls_for(rules, touch, who, Candidate(customer_id=key, cursor=()), span, now)
    return [one for one in found if one.occasion.day == day]
