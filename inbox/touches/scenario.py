"""Trying touches out: a scenario in, what would be sent and why not out, through the very house.

The clock jumps from one instant at which something is due to the next.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from inbox.touches.scenario_channel import TriedChannel
from inbox.touches.scenario_events import happen
from inbox.touches.scenario_house import FILE, PLAN_EVERY, House, SetClock, copy, new_folder, remove
from inbox.touches.scenario_parts import CustomerPart, EventPart, OrderPart, OutagePart, ScenarioPart
from inbox.touches.scenario_people import People, add_customer, add_order
from inbox.touches.scenario_read import Scenario, read
from inbox.touches.scenario_timeline import Due, timeline, written_before
from inbox.touches.scenario_told import told

COPY: Final = "copy.db"
SERVICE: Final = "service"


async def try_out(written: Any, file: str = "scenario") -> dict[str, Any]:
    """Live through a scenario; raises config's Mistake, which names the place in the JSON."""
    scenario = read(written, file)
    folder = new_folder()
    try:
        return await Trying(scenario=scenario, folder=folder).run()
    finally:
        remove(folder)


@dataclass(slots=True, kw_only=True)
class Trying:
    """One scenario under way."""

    scenario: Scenario
    folder: Path
    people: People = field(default_factory=People)
    house: House = field(init=False)
    _to_come: list[Due] = field(default_factory=list)
    _down: list[OutagePart] = field(default_factory=list)

    async def run(self) -> dict[str, Any]:
        """Live through it from its first instant to its last."""
        part = self.scenario.part
        clock = SetClock(part.clock.from_)
        self.house = House(
            folder=self.folder,
            clock=clock,
            rules=self.scenario.rules,
            book=self.scenario.book,
            channels={
                name: TriedChannel(
                    name=name,
                    spec=spec,
                    clock=clock,
                    outages=[one for one in part.outages if one.channel == name],
                )
                for name, spec in self.scenario.rules.specs.items()
            },
        )
        self._down = [one for one in part.outages if one.channel == SERVICE]
        await self.house.begin()
        try:
            await self._seed(part)
            await self._live(part.clock.to)
            return await told(self.house, self.people, part.clock.to)
        finally:
            await self.house.end()

    async def _seed(self, part: ScenarioPart) -> None:
        """Keep who and what was there before it begins, and line up the rest."""
        begin = part.clock.from_
        for customer in part.customers:
            if customer.created_at is None or customer.created_at <= begin:
                await add_customer(self.house, self.people, customer, begin)
        for order in part.orders:
            if order.placed_at <= begin:
                await add_order(self.house, self.people, order, begin)
        for one in written_before(part):
            await happen(self.house, self.people, one, one.at)
        self._to_come = timeline(part)

    async def _live(self, to: datetime) -> None:
        clock, down = self.house.clock, False
        while True:
            now = clock.now
            if not self._is_down(now):
                if down:
                    await self._again()
                await self._let_happen(now)
                await self.house.settle()
            down = self._is_down(now)
            following = await self._next(now, to, down=down)
            if following is None:
                return
            clock.now = following

    def _is_down(self, now: datetime) -> bool:
        return any(one.from_ <= now < one.to for one in self._down)

    async def _again(self) -> None:
        """End the process and start it again."""
        await self.house.end()
        await self.house.begin()

    async def _let_happen(self, now: datetime) -> None:
        """Do what has its time now, or had it while the service was down."""
        while self._to_come and self._to_come[0].at <= now:
            match self._to_come.pop(0).part:
                case CustomerPart() as customer:
                    await add_customer(self.house, self.people, customer, now)
                    self.house.touches.plan_soon()
                case OrderPart() as order:
                    await add_order(self.house, self.people, order, now)
                    self.house.touches.plan_soon()
                case EventPart(kind="restore"):
                    await self._swap(COPY, FILE)
                case EventPart() as event:
                    await happen(self.house, self.people, event, now)
                case None:
                    await self._swap(FILE, COPY)

    async def _swap(self, name: str, into: str) -> None:
        """Copy the database while it is closed."""
        await self.house.end()
        copy(self.folder, name, into)
        await self.house.begin()

    async def _next(self, now: datetime, to: datetime, *, down: bool) -> datetime | None:
        """Say when to look again: when something is due, happens, breaks or is whole again, or to plan."""
        begin = self.scenario.part.clock.from_
        found = [begin + ((now - begin) // PLAN_EVERY + 1) * PLAN_EVERY, to]
        found += [at for one in self.scenario.part.outages for at in (one.from_, one.to)]
        if down:
            found = [one.to for one in self._down]
        else:
            found += [self._to_come[0].at] if self._to_come else []
            due = await self.house.next_instant()
            found += [due] if due is not None else []
        return min((at for at in found if now < at <= to), default=None)
