"""The loop that gives waiting conversations to agents, and wakes those set aside."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from inbox.desk.act import Act, Ground
from inbox.desk.moves import Moves
from inbox.nudges import Nudges
from routing.assignment import Candidate, Decision, Waiting, choose
from storage import agents, conversations
from storage.rows import Agent, Conversation

EVERY: Final = 5.0
AT_ONCE: Final = 16  # in one transaction: hooks wait behind it

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

    async def run(self) -> None:
        """Assign and wake until `stop`."""
        while not self._stopping:
            try:
                await self.turn()
            except Exception:
                log.exception("assigning failed")
                await asyncio.sleep(1)
            await self._nudges.wait("assign", EVERY)

    async def stop(self) -> None:
        """Finish the turn that is under way."""
        self._stopping = True
        self._nudges.nudge("assign")

    async def turn(self) -> int:
        """Do all that is due at this moment; returns how many conversations were given."""
        now = self._clock()
        async with self._ground.database.reading() as connection:
            asleep = await conversations.asleep_until(connection, now)
            left = await conversations.of_who_left(connection, AT_ONCE)
        for one in asleep:
            await self._moves.wake(one.id, None, now=now)
        for one in left:
            await self._release(one, now)
        async with self._ground.database.reading() as connection:
            present = [agent for agent in await agents.all_active(connection) if agent.available]
            teams = {team for agent in present for team in agent.teams}
            # Teams where nobody is must not hold up the others.
            waiting = await conversations.unowned(connection, teams, AT_ONCE) if teams else []
        given = await self._give(waiting, now) if waiting else 0
        if given == AT_ONCE:
            self._nudges.nudge("assign")
        return given

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

    async def _give(self, waiting: list[Conversation], now: datetime) -> int:
        async with self._ground.database.reading() as connection:
            team = await agents.all_active(connection)
            loads = await conversations.loads(connection)
            gave_back = {
                one.id: {
                    happening.agent_id
                    for happening in await conversations.happenings_of(connection, one.id)
                    if happening.kind == "given_back"
                }
                for one in waiting
            }
        idle = {agent.id: agent.idle_since or agent.created_at for agent in team}
        given = 0
        async with self._ground.act(now) as act:
            for one in waiting:
                candidates = [
                    _candidate(agent, loads.get(agent.id, 0), idle[agent.id])
                    for agent in team
                    if agent.id not in gave_back[one.id]
                ]
                decision = choose(Waiting(id=one.id, team=one.team), candidates)
                if decision.agent_id is not None and await _assign(act, one.id, decision):
                    loads[decision.agent_id] = loads.get(decision.agent_id, 0) + 1
                    idle[decision.agent_id] = now
                    given += 1
        return given


async def _assign(act: Act, conversation_id: int, decision: Decision) -> bool:
    """Give it, unless it changed since it was read; then the next turn decides again."""
    agent_id = decision.agent_id
    current = await act.conversation(conversation_id)
    if agent_id is None or current.owner_id is not None or current.state != "open":
        return False
    await conversations.change(act.connection, conversation_id, owner_id=agent_id)
    await agents.change(act.connection, agent_id, idle_since=act.now)
    name = (await act.agent(agent_id)).name
    data = {"to": name, "to_agent": agent_id, "reasons": list(decision.reasons)}
    await act.happened("assigned", conversation_id, agent_id, data)
    return True


def _candidate(agent: Agent, load: int, idle_since: datetime) -> Candidate:
    return Candidate(
        id=agent.id,
        name=agent.name,
        teams=agent.teams,
        available=agent.available,
        load=load,
        idle_since=idle_since,
    )
