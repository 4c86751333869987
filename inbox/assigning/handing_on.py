"""Giving what somebody has to somebody else: who went away, who did not answer in time, who is late."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from inbox.assigning import facts
from inbox.assigning.giving import why
from inbox.desk.act import Act, Ground
from routing.answering import Answerer, Given, House
from routing.assignment import give
from routing.hours import business
from routing.pyramid import hours_of
from storage import agents, routed, waiting
from storage.database import Connection
from storage.rows import Agent
from storage.waiting import Waits

PAGE: Final = 100  # owners looked at in one turn
FEW: Final = 8  # given on in one transaction: hooks wait behind it
EVERY: Final = timedelta(seconds=5)  # between two times that all are looked at
AGAIN: Final = timedelta(minutes=1)  # after which what nobody else could take is looked at once more


class HandingOn:
    """Looks at all who wait for an agent, page by page."""

    def __init__(self, ground: Ground) -> None:
        """Look at the rows of *ground*."""
        self._ground = ground
        self._after = 0
        self._looked: datetime | None = None
        self._left: dict[int, datetime] = {}  # what nobody else could take, until when

    async def turn(self, now: datetime) -> bool:
        """Look at a page and give on a few; says whether there is more of it."""
        policies = self._ground.policies
        if not self._after and self._looked is not None and timedelta(0) <= now - self._looked < EVERY:
            return False
        self._looked = now
        async with self._ground.database.reading() as connection:
            people = await facts.everybody(connection, policies, now)
            gone, before = {one.id for one in people if not one.present}, _latest(policies.house, now)
            if not gone and before is None:
                return False
            page = await waiting.owned(connection, PAGE, self._after, owners=gone, before=before)
            rows = {one.id: one for one in await agents.all_active(connection)}
            due = _due(page, people, rows, policies.house, now)
            due = {key: said for key, said in due.items() if self._left.get(key, now) <= now}
            due = await _still(connection, due, page, policies.house, now)
        self._after = page[-1].id if len(page) == PAGE else 0
        self._left = {key: until for key, until in self._left.items() if until > now}
        some = dict(list(due.items())[:FEW])
        if some:
            async with self._ground.act(now) as act:
                given = await hand_on(act, self._ground, some)
            self._left |= {key: now + AGAIN for key in some if key not in given}
            if len(due) > FEW:
                self._after = min(some) - 1
        return bool(self._after)


async def hand_on(act: Act, ground: Ground, reasons: Mapping[int, str]) -> set[int]:
    """Give each conversation that *reasons* names to another who can take it, and say which were.

    What nobody else can take stays with who has it.
    """
    connection, house = act.connection, ground.policies.house
    found = [one for one in await waiting.some(connection, reasons) if one.owner_id is not None]
    people = await facts.everybody(connection, ground.policies, act.now)
    names = {one.id: one.name for one in people}
    matters = [
        replace(matter, refused=matter.refused | {one.owner_id or 0}, placed=True, team=one.team)
        for one, matter in zip(found, await facts.matters(connection, found, act.now), strict=True)
    ]
    owners = {one.id: one.owner_id or 0 for one in found}
    given: dict[int, Given] = {}
    for one in give(matters, people, house, act.now):
        before = owners[one.matter_id]
        if one.agent_id is not None and await routed.hand_on(
            connection, one.matter_id, before=before, owner_id=one.agent_id
        ):
            given[one.matter_id] = one
    told = [
        (key, one.agent_id, {"to": names[one.agent_id], "to_agent": one.agent_id,
         "from": owners[key], "why": reasons[key], "reasons": why(one)})
        for key, one in given.items() if one.agent_id is not None
    ]  # fmt: skip
    await routed.write(connection, [_row(one, act.now) for one in given.values()])
    await agents.were_given(connection, {to for _, to, _ in told}, act.now)
    await act.happened_to("reassigned", told)
    return set(given)


def _row(one: Given, now: datetime) -> dict[str, object]:
    return {
        "conversation_id": one.matter_id,
        "decided_at": now,
        "assigned_at": now,
        "reasons": one.told,
        "waits_for": None,
        "waits_until": None,
    }


def _due(
    page: Sequence[Waits],
    people: Sequence[Answerer],
    rows: Mapping[int, Agent],
    house: House,
    now: datetime,
) -> dict[int, str]:
    """Say what is to be given on, and why."""
    by_id = {one.id: one for one in people}
    due: dict[int, str] = {}
    for one in page:
        owner = by_id.get(one.owner_id or 0)
        if owner is not None and not owner.present:
            if not _kept(one, rows.get(owner.id), owner, house):
                due[one.id] = f"{owner.name} is away"
        elif (limit := _unanswered(one, one.assigned_at, house)) is not None and limit <= now:
            due[one.id] = _no_answer(one, house)
    return due


async def _still(
    connection: Connection, due: Mapping[int, str], page: Sequence[Waits], house: House, now: datetime
) -> dict[int, str]:
    """Leave out who has it for a shorter time than was written with the decision: they took it since."""
    slow = [one for one in page if due.get(one.id) == _no_answer(one, house)]
    if not slow:
        return dict(due)
    since = await waiting.had_since(connection, [one.id for one in slow])
    early = {
        one.id
        for one in slow
        if (limit := _unanswered(one, since.get(one.id), house)) is not None and limit > now
    }
    return {key: said for key, said in due.items() if key not in early}


def _latest(house: House, now: datetime) -> datetime | None:
    """Say since when somebody must have it for the shortest time without an answer; None: none is set."""
    times = [one.reassign_after for one in house.rules] + [one.reassign_after for one in house.teams.values()]
    shortest = min((one for one in times if one is not None), default=None)
    return now - shortest if shortest is not None else None


def _kept(one: Waits, agent: Agent | None, owner: Answerer, house: House) -> bool:
    """Whether somebody who is away keeps it: back soon, or they chose to, and it waited already then.

    While somebody is away by their own word, *idle_since* is when they went.
    """
    if one.waiting_since is None or agent is None:
        return True
    if owner.back_at is not None and owner.back_at <= one.waiting_since + _patience(one, house):
        return True
    return agent.away_by == "agent" and agent.idle_since is not None and one.waiting_since <= agent.idle_since


def _patience(one: Waits, house: House) -> timedelta:
    rule = next((rule for rule in house.rules if rule.key == one.rule), None)
    return rule.patience if rule is not None and rule.patience is not None else house.patience


def _unanswered(one: Waits, since: datetime | None, house: House) -> datetime | None:
    """Give until when the owner may leave it unanswered, in the team's open time; None: for ever."""
    after = _after(one, house)
    if after is None or one.waiting_since is None:
        return None
    begun = max(one.waiting_since, since) if since is not None else one.waiting_since
    return business(hours_of(house, one.team), begun, after)


def _after(one: Waits, house: House) -> timedelta | None:
    rule = next((rule for rule in house.rules if rule.key == one.rule), None)
    if rule is not None and rule.reassign_after is not None:
        return rule.reassign_after
    team = house.teams.get(one.team)
    return team.reassign_after if team is not None else None


def _no_answer(one: Waits, house: House) -> str:
    minutes = (_after(one, house) or timedelta()) // timedelta(minutes=1)
    return f"no answer in {minutes} min"
