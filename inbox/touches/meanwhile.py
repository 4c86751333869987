"""What touches of a look ahead take from one another: caps, a channel's day, a number, a birthday's room."""

from bisect import insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from inbox.touches.candidates import Reading
from inbox.touches.next_birthdays import birthdays_of
from inbox.touches.planning import Found
from inbox.touches.rules import Rules
from routing.birthdays import turning
from routing.consent import phone
from routing.touch import Circumstances, Verdict
from storage import touch_ahead
from storage.touch_states import CLAIMED, PLANNED

A_DAY: Final = timedelta(days=1)
PAGE: Final = 500
Said = tuple[str, str, str]
"""A kind, a day and a number at which it was said."""


@dataclass(slots=True, kw_only=True)
class Meanwhile:
    """All of it, as it grows from one decision to the next."""

    rules: Rules
    now: datetime
    gone: dict[int, list[tuple[str, datetime, bool]]] = field(default_factory=dict)
    said: dict[Said, set[int]] = field(default_factory=dict)
    coming: dict[int, dict[str, datetime]] = field(default_factory=dict)
    sent: dict[str, list[datetime]] | None = None
    numbers: Counter[int] = field(default_factory=Counter)
    read: set[int] = field(default_factory=set)
    mine: set[tuple[int, str, str]] = field(default_factory=set)
    waits: dict[int, list[tuple[str, str, datetime, bool]]] = field(default_factory=dict)

    def number(self, customer_id: int) -> int:
        """Count the touches of a customer, from 1."""
        self.numbers[customer_id] += 1
        return self.numbers[customer_id]

    async def begin(self, reading: Reading, found: Sequence[Found], last: date) -> None:
        """Read what is gone already, and the birthdays on the days of *found* and right after *last*."""
        async with reading() as connection:
            if self.sent is None:
                self.sent = {
                    name: await touch_ahead.handed(connection, name, self.now - A_DAY)
                    for name, way in self.rules.ways.items()
                    if way.a_day is not None and not way.visited
                }
            days = sorted({one.occasion.day.isoformat() for one in found})
            if days and days[0] <= (self.now + A_DAY).date().isoformat():
                for kind, day, address, customer in await touch_ahead.said(connection, days):
                    self.said.setdefault((kind, day, phone(address)), set()).add(customer)
        await self._wait(reading, found)
        for one in found:
            if one.touch.start == "birthday" and one.state == PLANNED:
                self._comes(one)
        after = last + A_DAY
        soon = {one.person.id for one in found if one.touch.start != "birthday" and self._turns(one, after)}
        for one in await birthdays_of(reading, self.rules, soon, after, self.now):
            if one.state == PLANNED:
                self._comes(one)

    async def _wait(self, reading: Reading, found: Sequence[Found]) -> None:
        """Take what has a row, and waits, for gone at its hour; what this look is about is decided by it."""
        self.mine = {(one.person.id, one.touch.key, one.occasion.period) for one in found}
        ids = sorted({one.person.id for one in found} - self.read)
        self.read.update(ids)
        for at in range(0, len(ids), PAGE):
            async with reading() as connection:
                rows = await touch_ahead.waiting(connection, ids[at : at + PAGE])
            for customer, kind, period, when, counts in rows:
                self.waits.setdefault(customer, []).append((kind, period, when, counts))

    def _turns(self, one: Found, day: date) -> bool:
        born, feb29 = one.person.birthday, one.person.feb29 or self.rules.limits.feb29
        kinds = (self.rules.touches[key] for key in self.rules.birthdays)
        return born is not None and any(
            turning(born, day - timedelta(days=touch.days or 0), feb29) is not None for touch in kinds
        )

    def _comes(self, one: Found) -> None:
        self.coming.setdefault(one.person.id, {})[one.touch.key] = one.occasion.due_at

    def added(self, one: Found, facts: Circumstances, at: datetime) -> Circumstances:
        """Add what befell within this look to what is known."""
        key, kind = one.person.id, one.touch.key
        gone = [*self.gone.get(key, ()), *self._left(key, at)]
        if gone:
            handed = (*facts.handed, *(when for _, when, counts in gone if counts))
            facts = replace(
                facts, handed=handed, same=(*facts.same, *(when for name, when, _ in gone if name == kind))
            )
        if self.said and (elsewhere := self._elsewhere(one)):
            facts = replace(facts, elsewhere=elsewhere)
        if one.touch.start == "birthday":
            return facts  # it makes no room for itself
        coming = [due for due in self.coming.get(key, {}).values() if due <= at + 2 * A_DAY]
        if coming:
            known = [facts.birthday_next] if facts.birthday_next is not None else []
            facts = replace(facts, birthday_next=min(coming + known))
        return facts

    def _left(self, key: int, at: datetime) -> list[tuple[str, datetime, bool]]:
        return [
            (kind, when, counts)
            for kind, period, when, counts in self.waits.get(key, ())
            if when <= at and (key, kind, period) not in self.mine
        ]

    def _elsewhere(self, one: Found) -> tuple[str, ...]:
        kind, day = one.touch.key, one.occasion.day.isoformat()
        numbers = {phone(each.address) for each in one.person.addresses} - {""}
        return tuple(
            sorted(
                number for number in numbers if self.said.get((kind, day, number), set()) - {one.person.id}
            )
        )

    def exhausted(self, at: datetime) -> dict[str, datetime]:
        """Name the channels whose day is full at *at*, and when they open again."""
        found = {}
        for name, times in (self.sent or {}).items():
            most = self.rules.ways[name].a_day or 0
            lately = [when for when in times if when > at - A_DAY]
            if most < 1:
                found[name] = at + A_DAY
            elif len(lately) >= most:
                found[name] = lately[-most] + A_DAY
        return found

    def take(self, one: Found, verdict: Verdict, at: datetime) -> None:
        """Count what was decided at *at*."""
        key, touch = one.person.id, one.touch
        if touch.start == "birthday" and key in self.coming:
            self.coming[key].pop(touch.key, None)
            if verdict.due_at is not None:
                self.coming[key][touch.key] = verdict.due_at
        choice = verdict.choice
        if verdict.state != CLAIMED or choice is None or choice.address is None:
            return
        self.gone.setdefault(key, []).append((touch.key, at, touch.marketing))
        if number := phone(choice.address.address):
            self.said.setdefault((touch.key, one.occasion.day.isoformat(), number), set()).add(key)
        if self.sent is not None and choice.address.channel in self.sent:
            insort(self.sent[choice.address.channel], at)
