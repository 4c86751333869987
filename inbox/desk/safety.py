"""Safe mode: what is typed in Slack leaves only by Send; for an agent, a conversation, a team, or all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inbox.desk.act import Ground
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.roles import may_guard
from inbox.live import Change
from inbox.policies import Policies
from storage import agents, safety
from storage.database import Connection
from storage.rows import Agent, Conversation


class Safety:
    """The part of the desk that guards against slips."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def set_safe_mode(
        self,
        agent_id: int,
        *,
        on: bool,
        of_agent: int | None = None,
        conversation_id: int | None = None,
        now: datetime,
    ) -> None:
        """Switch safe mode of an agent or of a conversation; for both faces and every process at once.

        One's own is one's own to switch; a colleague's, and that of a conversation one does not have, is
        for leads. Raises NotAllowed, NotThere, or a DeskError where it is not said whose.
        """
        if (of_agent is None) == (conversation_id is None):
            raise DeskError("Say whose: an agent or a conversation.")
        async with self._ground.gesture(now, "set_safe_mode", agent_id) as act:
            who = await act.agent(agent_id)
            if of_agent is not None:
                whose = await act.agent(of_agent)
                may_guard(who, of_agent, whose.teams)
                if not whose.active:
                    raise NotThere("There is no such agent.")
                await safety.set_agent(act.connection, of_agent, on)
                act.tell(f"agent {of_agent} {'on' if on else 'off'}")
                act.changes.append(Change(kind="gap"))
                return
            conversation = await act.conversation(conversation_id or 0)
            may_guard(who, conversation.owner_id, [conversation.team])
            if await safety.of_conversation(act.connection, conversation.id) == on:
                return
            await safety.set_conversation(act.connection, conversation.id, on, now)
            act.tell("on" if on else "off")
            await act.happened("safe_mode", conversation.id, agent_id, {"on": on})


async def is_safe(
    connection: Connection, policies: Policies, conversation: Conversation, agent: Agent
) -> bool:
    """Whether what this agent types in this conversation waits for Send: theirs, its own, or its team's."""
    fresh = await agents.one(connection, agent.id)
    team = next((one for one in policies.now.teams if one.key == conversation.team), None)
    if (fresh is not None and fresh.safe_mode) or (team is not None and team.safe_mode):
        return True
    return await safety.of_conversation(connection, conversation.id)


def said(data: Mapping[str, Any]) -> str:
    """Say what was switched, behind who did it."""
    if data.get("on"):
        return "switches safe mode on: what is typed here leaves only by Send"
    return "switches safe mode off: what is typed here goes to the customer"
