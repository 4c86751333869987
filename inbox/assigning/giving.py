"""The second step: what is nobody's is given to who is here, in the order of the pyramid, a few at a time."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from inbox.assigning import facts
from inbox.desk.act import Act, Ground
from routing.answering import UNKNOWN, Answerer, Given, House, Sorted
from routing.assignment import give
from routing.pyramid import in_order
from storage import agents, conversations, routed, waiting
from storage.database import Connection
from storage.waiting import Ranks, Waits

AT_ONCE: Final = 24  # given in one transaction: hooks wait behind it
PAGE: Final = 256  # put in order at once
OLDEST: Final = 64  # looked at besides, so that nobody waits for ever behind those of a higher tier
WITHOUT: Final = 64  # of teams where nobody has room, of whom it is written why they wait
FRESH: Final = timedelta(seconds=1)  # how long a sweep goes on while there may be something new
MOMENT: Final = timedelta(milliseconds=250)  # for which who is here is read once
AGAIN: Final = timedelta(minutes=1)  # after which what could not be given is looked at in any case


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why one need not be looked at again: nobody else has room, and the time has not come."""

    since: datetime | None
    team: str
    room: frozenset[int]
    until: datetime

    def holds(self, one: Waits, rooms: Mapping[str, frozenset[int]], now: datetime) -> bool:
        """Whether nothing has changed."""
        same = (self.since, self.team) == (one.waiting_since, one.team)
        return same and self.room == rooms.get(one.team, frozenset()) and now < self.until


class Giving:
    """Gives what waits, sweep after sweep; remembers only what saves it work."""

    def __init__(self, ground: Ground) -> None:
        """Give over the rows of *ground*."""
        self._ground = ground
        self._order: deque[Waits] = deque()
        self._page = False  # whether the sweep has another page
        self._first = True  # whether that is its first
        self._passed = 0  # how many at the head of what waits it has passed over
        self._besides: frozenset[int] = frozenset()  # who stands in the first page, but not at that head
        self._began: datetime | None = None
        self._rooms: Mapping[str, frozenset[int]] = {}
        self._again = False
        self._held: dict[int, Held] = {}
        self._people: Sequence[Answerer] = ()
        self._read_at: datetime | None = None

    def more(self) -> None:
        """There is more than was seen: look at all of it anew."""
        self._again = True

    async def turn(self, now: datetime) -> tuple[set[int], bool]:
        """Decide about a few; says which were given, and whether more wait to be decided about."""
        house = self._ground.policies.house
        async with self._ground.database.reading() as connection:
            people = await self._everybody(connection, now)
            rooms = {team: facts.room(people, team) for team in house.teams}
            if self._is_due(rooms, now):
                self._again, self._began, self._rooms = False, now, rooms
                self._page, self._first, self._passed = True, True, 0
                self._order.clear()
            chosen = await self._next(connection, house, rooms, now)
            matters = await facts.matters(connection, chosen, now)
        more = bool(self._order) or self._page or self._again
        if not matters:
            return set(), more
        decided = give(matters, people, house, now)
        by_id = {one.id: one for one in chosen}
        got = Counter(one.agent_id for one in decided)
        self._people = [replace(one, load=one.load + got[one.id]) for one in people]
        self._hold(decided, by_id, self._people, now)
        return await self._write(decided, by_id, people, now), more

    async def _everybody(self, connection: Connection, now: datetime) -> Sequence[Answerer]:
        """Read all agents; while a sweep goes on those of a moment ago, with what they got since."""
        if self._read_at is None or not timedelta(0) <= now - self._read_at < MOMENT or not self._order:
            self._people = await facts.everybody(connection, self._ground.policies, now)
            self._read_at = now
        return self._people

    def _is_due(self, rooms: Mapping[str, frozenset[int]], now: datetime) -> bool:
        """Whether a new sweep begins: at the end of the last, or when that is old and something is new."""
        if self._began is None or now - self._began >= FRESH:
            return True
        return not self._page and not self._order and (self._again or rooms != self._rooms)

    async def _next(
        self, connection: Connection, house: House, rooms: Mapping[str, frozenset[int]], now: datetime
    ) -> list[Waits]:
        """Take the next few of the sweep that are worth a decision, in the order in which they are served."""
        chosen: list[Waits] = []
        while len(chosen) < AT_ONCE:
            if not self._order:
                if chosen or not self._page:  # whoever is passed over is counted first
                    break
                self._order += await self._read(connection, house, rooms, now)
                continue
            one = self._order.popleft()
            held = self._held.get(one.id)
            if held is None or not held.holds(one, rooms, now):
                chosen.append(one)
            else:
                self._passed += one.id not in self._besides
        return chosen

    async def _read(
        self, connection: Connection, house: House, rooms: Mapping[str, frozenset[int]], now: datetime
    ) -> list[Waits]:
        """Read a page of the sweep; with the first come who has waited longest, and who must wait."""
        first, self._first = self._first, False
        served = {team for team, free in rooms.items() if free}
        found = await waiting.nobodys(connection, served, _ranks(house), PAGE, self._passed)
        self._page = len(found) == PAGE
        if not first:
            self._besides = frozenset()
            return _ordered(found, house, now)
        oldest = await waiting.longest(connection, served, OLDEST)
        rest = await waiting.longest(connection, set(rooms) - served, WITHOUT)
        seen = {one.id for one in found}
        self._besides = frozenset(one.id for one in (*oldest, *rest) if one.id not in seen)
        found += [one for one in oldest if one.id not in seen]
        if not self._page:  # all of them are here: what is held and gone is forgotten
            self._held = {one.id: self._held[one.id] for one in (*found, *rest) if one.id in self._held}
        return [*_ordered(found, house, now), *rest]

    def _hold(
        self,
        decided: Sequence[Given],
        by_id: Mapping[int, Waits],
        people: Sequence[Answerer],
        now: datetime,
    ) -> None:
        """Remember who could not be given, and who of *people* has room after those who could."""
        for one in decided:
            if one.agent_id is not None:
                continue
            self._passed += one.matter_id not in self._besides
            waits = by_id[one.matter_id]
            soon = [now + AGAIN, *([one.waits_until] if one.waits_until is not None else [])]
            if waits.waiting_since is not None and waits.language != UNKNOWN:
                late = waits.waiting_since + one.sorted.patience  # then another language will do, too
                soon += [late] if late > now else []
            self._held[waits.id] = Held(
                since=waits.waiting_since,
                team=waits.team,
                room=facts.room(people, waits.team),
                until=min(soon),
            )

    async def _write(
        self,
        decided: Sequence[Given],
        by_id: Mapping[int, Waits],
        people: Sequence[Answerer],
        now: datetime,
    ) -> set[int]:
        """Write the decisions; what changed since it was read is left for the next turn."""
        to = {one.matter_id: one.agent_id for one in decided if one.agent_id is not None}
        stay = [one for one in decided if one.agent_id is None and _is_new(one, by_id[one.matter_id])]
        if not to and not stay:
            return set()
        names = {one.id: one.name for one in people}
        async with self._ground.act(now) as act:
            if len(kept := await self._room(act, to)) < len(to):
                to, self._read_at, self._again = kept, None, True
            pairs = [(key, by_id[key].team) for key in to]
            given = await conversations.give(act.connection, to, pairs)
            here = [one for one in decided if one.matter_id in given]
            rows = [_row(one, by_id[one.matter_id], now) for one in (*here, *stay)]
            await routed.write(act.connection, rows)
            await _tell(act, here, names)
        return given

    async def _room(self, act: Act, to: Mapping[int, int]) -> dict[int, int]:
        """Leave out what would be too much for an agent, or who is here no more, since they were read."""
        people = await facts.everybody(act.connection, self._ground.policies, act.now)
        rooms = {one.id: one.capacity - one.load for one in people if one.present}
        kept: dict[int, int] = {}
        for key, agent in to.items():
            if rooms.get(agent, 0) > 0:
                rooms[agent] -= 1
                kept[key] = agent
        return kept


async def _tell(act: Act, given: Sequence[Given], names: Mapping[int, str]) -> None:
    told = [
        (
            one.matter_id,
            one.agent_id,
            {"to": names[one.agent_id], "to_agent": one.agent_id, "reasons": why(one)},
        )
        for one in given
        if one.agent_id is not None
    ]
    await agents.were_given(act.connection, {to for _, to, _ in told}, act.now)
    await act.happened_to("assigned", told)


def why(one: Given) -> list[str]:
    """Say in sentences what led to a decision; that no rule fits is none of them."""
    return [step.said for step in one.steps if step.step != "rule" or one.sorted.rule]


def _ordered(waits: Sequence[Waits], house: House, now: datetime) -> list[Waits]:
    """Put them in the order in which they are served; who waits for nothing comes last."""
    by_id = {one.id: one for one in waits}
    pairs = [
        (facts.in_line(one, now), Sorted(team=one.team, priority=one.priority or 0, patience=house.patience))
        for one in waits
        if one.waiting_since is not None
    ]
    calm = [one for one in waits if one.waiting_since is None]
    return [*(by_id[key] for key in in_order(pairs, house, now)), *calm]


def _ranks(house: House) -> Ranks:
    unknown = house.tiers.get(house.unknown_tier)
    ranks = tuple(sorted((key, tier.rank) for key, tier in house.tiers.items()))
    return ranks, unknown.rank if unknown is not None else 0


def _is_new(one: Given, waits: Waits) -> bool:
    """Whether it is worth writing why nobody gets it."""
    return waits.reasons != one.told or waits.waits_until != one.waits_until


def _row(one: Given, waits: Waits, now: datetime) -> dict[str, Any]:
    return {
        "conversation_id": one.matter_id,
        "since": waits.since,
        "decided_at": now,
        "reasons": one.told,
        "waits_for": one.waits_for,
        "waits_until": one.waits_until,
        "assigned_at": now if one.agent_id is not None else None,
    }
