"""The loop that gives waiting conversations to agents, and wakes those set aside."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from inbox.desk.act import Ground
from inbox.desk.moves import Moves
from inbox.nudges import Nudges
from routing.assignment import Candidate, Waiting, choose
from storage import agents, conversations
from storage.rows import Agent, Conversation

EVERY: Final = 5.0
AT_ONCE: Final = 16  # given in one transaction: hooks wait behind it
FEW: Final = 8  # woken or taken from who left in one turn, each in a transaction of its own
REST: Final = 0.02  # seconds between two turns while there is more: hooks have the loop and the database

Given = tuple[int, list[str]]  # the agent's key, and why

log = structlog.get_logger()


class Assign:
    """One owner of all assignments, so that two agents never get the same conversation."""

    def __init__(self, *, ground: Ground, nudges: Nudges, clock: Callable[[], datetime]) -> None:
        """Decide over the rows of *ground*."""
        self._ground = ground
        self._moves = Moves(ground)
        self._nudges = nudges
        self._clock = clock
        self._stopping = False
        self._passed = 0  # how many at the queue's head nobody may take: they hold up no other

    async def run(self) -> None:
        """Assign and wake until `stop`."""
        while not self._stopping:
            try:
                more = await self.turn()
            except Exception:
                log.exception("assigning failed")
                more = False
                await asyncio.sleep(1)
            if more:
                await asyncio.sleep(REST)
            else:
                await self._nudges.wait("assign", EVERY)

    async def stop(self) -> None:
        """Finish the turn that is under way."""
        self._stopping = True
        self._nudges.nudge("assign")

    async def turn(self) -> bool:
        """Do a little of what is due at this moment; says whether there may be more."""
        now = self._clock()
        async with self._ground.database.reading() as connection:
            asleep = await conversations.asleep_until(connection, now, FEW)
            left = await conversations.of_who_left(connection, FEW)
        for one in asleep:
            await self._moves.wake(one.id, None, now=now)
            await asyncio.sleep(0)
        for one in left:
            await self._release(one, now)
            await asyncio.sleep(0)
        more = await self._give(now)
        return more or FEW in (len(asleep), len(left))

    async def _release(self, one: Conversation, now: datetime) -> None:
        """Take a conversation from somebody who is no agent any more."""
        async with self._ground.act(now) as act:
            current = await act.conversation(one.id)
            if current.owner_id != one.owner_id or current.owner_id is None:
                return
            name = (await act.agent(current.owner_id)).name
            await conversations.change(act.connection, one.id, owner_id=None)
            data = {"why": f"{name} does not work here any more"}
            await act.happened("given_back", one.id, current.owner_id, data)

    async def _give(self, now: datetime) -> bool:
        """Give conversations that are nobody's to agents who are here; says whether more may wait."""
        async with self._ground.database.reading() as connection:
            team = await agents.all_active(connection)
            # Teams where nobody is must not hold up the others.
            teams = {key for agent in team if agent.available for key in agent.teams}
            waiting = await conversations.unowned(connection, teams, AT_ONCE, self._passed) if teams else []
            loads = await conversations.loads(connection)
            refused = await conversations.given_back(connection, [one.id for one in waiting])
        decisions = _decide(waiting, team, loads, refused, now)
        given = await self._write(waiting, decisions, team, now) if decisions else 0
        more = len(waiting) == AT_ONCE
        self._passed = self._passed + len(waiting) - given if more else 0
        return more

    async def _write(
        self,
        waiting: Sequence[Conversation],
        decisions: Mapping[int, Given],
        team: Sequence[Agent],
        now: datetime,
    ) -> int:
        """Write the decisions; what changed since it was read is left for the next turn."""
        names = {agent.id: agent.name for agent in team}
        async with self._ground.act(now) as act:
            owners = {one: to for one, (to, _) in decisions.items()}
            given = await conversations.give(act.connection, owners, waiting)
            told = [
                (one, to, {"to": names[to], "to_agent": to, "reasons": reasons})
                for one, (to, reasons) in decisions.items()
                if one in given
            ]
            await agents.were_given(act.connection, {to for _, to, _ in told}, now)
            await act.happened_to("assigned", told)
        return len(given)


def _decide(
    waiting: Sequence[Conversation],
    team: Sequence[Agent],
    loads: Mapping[int, int],
    refused: Mapping[int, set[int]],
    now: datetime,
) -> dict[int, Given]:
    """Choose for one conversation after the other: by its key, who gets it and why."""
    load = dict(loads)
    idle = {agent.id: agent.idle_since or agent.created_at for agent in team}
    decisions: dict[int, Given] = {}
    for one in waiting:
        candidates = [
            _candidate(agent, load.get(agent.id, 0), idle[agent.id])
            for agent in team
            if agent.id not in refused.get(one.id, ())
        ]
        decision = choose(Waiting(id=one.id, team=one.team), candidates)
        if (chosen := decision.agent_id) is not None:
            decisions[one.id] = (chosen, list(decision.reasons))
            load[chosen] = load.get(chosen, 0) + 1
            idle[chosen] = now
    return decisions


def _candidate(agent: Agent, load: int, idle_since: datetime) -> Candidate:
    return Candidate(
        id=agent.id,
        name=agent.name,
        teams=agent.teams,
        available=agent.available,
        load=load,
        idle_since=idle_since,
    )
