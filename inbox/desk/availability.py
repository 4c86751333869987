"""Who takes conversations: agents go away and come back, by their own word, by Slack, or by the clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

from inbox.desk import promise_acts
from inbox.desk.act import Act, Ground
from inbox.desk.errors import DeskError, NotThere
from storage import agents, availability
from storage.rows import Agent

Owned = Literal["keep", "give_back"] | int
"""What becomes of what one owns who goes away: kept, given back to the team, or a colleague's (the key)."""
AGENT: Final = "agent"
PRESENCE: Final = "presence"


class Availability:
    """The half of the desk that says who is there; `inbox.matters.is_there` reads it."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def set_away(
        self,
        agent_id: int,
        *,
        until: datetime | None = None,
        why: str = "",
        owned: Owned = "keep",
        by: str = AGENT,
        now: datetime,
    ) -> None:
        """Give an agent nothing new until *until*, or until they are back.

        What they keep is theirs while it waits since before; whoever writes then is given to another.
        What they promised goes along with what they give back or hand over.
        Raises NotThere, or a DeskError for a time that has passed or a colleague who cannot take it.
        """
        if until is not None and until <= now:
            raise DeskError("That time has passed. Choose a time to come.")
        async with self._ground.gesture(now, "set_away", agent_id) as act:
            agent = await _active(act, agent_id)
            since = {"idle_since": now} if agent.available else {}
            await agents.change(
                act.connection,
                agent_id,
                available=False,
                away_until=until,
                away_why=why.strip(),
                away_by=by,
                **since,
            )
            if owned != "keep":
                await self._pass_on(act, agent, None if owned == "give_back" else owned)
            act.nudges.add("assign")

    async def set_back(self, agent_id: int, *, now: datetime) -> None:
        """Give an agent new conversations again; raises NotThere."""
        async with self._ground.gesture(now, "set_back", agent_id) as act:
            agent = await _active(act, agent_id)
            if agent.available:
                return
            await come_back(act, [agent])

    async def set_available(self, agent_id: int, available: bool, *, now: datetime) -> None:
        """Take conversations, or take no new ones and keep what one has."""
        if available:
            await self.set_back(agent_id, now=now)
        else:
            await self.set_away(agent_id, now=now)

    async def _pass_on(self, act: Act, agent: Agent, to: int | None) -> None:
        """Give all that goes on with an agent to a colleague, or to nobody: the team's next one gets it."""
        colleague = await _active(act, to) if to is not None else None
        if colleague is not None and (colleague.id == agent.id or not colleague.available):
            raise DeskError(f"{colleague.name} is away. Choose somebody else.")
        new = colleague.id if colleague is not None else None
        ids = await availability.pass_on(act.connection, agent.id, new)
        along = {one: await promise_acts.hand_on(act, one, agent.id, new) for one in ids}
        if colleague is None:
            told = [(one, None, {"who": agent.name, **_with(along[one])}) for one in ids]
            await act.happened_to("owner_away", told)
            return
        await agents.change(act.connection, colleague.id, idle_since=act.now)
        why = f"{agent.name} is away"
        data = {"to": colleague.name, "to_agent": colleague.id, "to_team": None, "why": why}
        await act.happened_to("handed_over", [(one, agent.id, {**data, **_with(along[one])}) for one in ids])


async def come_back(act: Act, who: list[Agent]) -> None:
    """Let agents take conversations again, within a transaction; they begin behind who waits for one."""
    for agent in who:
        await agents.change(
            act.connection,
            agent.id,
            available=True,
            away_until=None,
            away_why="",
            away_by="",
            idle_since=act.now,
        )
    act.nudges.add("assign")


def _with(promises: Sequence[str]) -> dict[str, Any]:
    """Write which promises go along, where any does."""
    return {"promises": list(promises)} if promises else {}


async def _active(act: Act, agent_id: int) -> Agent:
    agent = await act.agent(agent_id)
    if not agent.active:
        raise NotThere("There is no such agent.")
    return agent
