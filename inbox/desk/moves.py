"""What agents do with a conversation: take it, pass it on, set it aside, end it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from inbox.desk import promise_acts
from inbox.desk.act import Ground, by
from inbox.desk.errors import DeskError, Ended, TakenBy
from inbox.desk.promise_acts import Fate
from inbox.desk.rating import part
from inbox.live import Change
from storage import agents, conversations

UNDECIDED: Final[Mapping[int, Fate]] = MappingProxyType({})


class Moves:
    """The half of the desk that moves conversations."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def take(self, conversation_id: int, agent_id: int, *, now: datetime, over: bool = False) -> None:
        """Own the conversation; raises TakenBy if a colleague does, unless *over*."""
        async with self._ground.gesture(now, "take", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if conversation.state == "resolved":
                raise Ended
            if conversation.owner_id == agent_id:
                return
            if conversation.owner_id is not None and not over:
                since = await conversations.owned_since(act.connection, conversation_id)
                raise TakenBy((await act.agent(conversation.owner_id)).name, since)
            await conversations.change(act.connection, conversation_id, owner_id=agent_id)
            await agents.change(act.connection, agent_id, idle_since=now)
            await act.happened("taken", conversation_id, agent_id, {"from": conversation.owner_id})
            act.attended.add(conversation_id)

    async def give_back(self, conversation_id: int, agent_id: int, *, now: datetime, key: str = "") -> None:
        """Own it no more; the team's next one gets it, with what its owner promised in it.

        The same gesture *key* never takes it from that next one.
        """
        async with self._ground.gesture(now, "give_back", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if conversation.owner_id is None or await act.did("given_back", conversation_id, key):
                return
            await conversations.change(act.connection, conversation_id, owner_id=None)
            along = await promise_acts.hand_on(act, conversation_id, conversation.owner_id, None)
            data = by(key) | ({"promises": along} if along else {})
            await act.happened("given_back", conversation_id, agent_id, data)
            act.nudges.add("assign")

    async def hand_over(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        to_agent: int | None = None,
        to_team: str | None = None,
        why: str = "",
        promises_too: bool = True,
        now: datetime,
        key: str = "",
    ) -> None:
        """Give it to a colleague, or to a team whose next one gets it; *why* stands in the log.

        What the old owner promised in it goes along, unless *promises_too* is false. The same gesture
        *key* does it once.
        Raises Ended, NotThere, or a DeskError for a colleague who left or a team that is not there.
        """
        async with self._ground.gesture(now, "hand_over", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if await act.did("handed_over", conversation_id, key):
                return
            if conversation.state == "resolved":
                raise Ended
            if to_agent is None and not to_team:
                raise DeskError("Say to whom: a colleague or a team.")
            if to_team and to_team not in self._ground.teams:
                raise DeskError(f"There is no team {to_team}. Choose another.")
            colleague = await act.agent(to_agent) if to_agent is not None else None
            if colleague is not None and not colleague.active:
                raise DeskError(f"{colleague.name} does not work here any more. Choose somebody else.")
            name = colleague.name if colleague is not None else to_team
            values: dict[str, Any] = {"owner_id": to_agent, "team": to_team or conversation.team}
            await conversations.change(act.connection, conversation_id, **values)
            if to_agent is not None:
                await agents.change(act.connection, to_agent, idle_since=now)
            data: dict[str, Any] = {
                "to": name,
                "to_agent": to_agent,
                "to_team": to_team,
                "why": why.strip(),
                **by(key),
            }
            if promises_too and (
                along := await promise_acts.hand_on(act, conversation_id, conversation.owner_id, to_agent)
            ):
                data["promises"] = along
            act.tell(
                f"to {'team ' if colleague is None else ''}{to_team if colleague is None else colleague.key}"
            )
            await act.happened("handed_over", conversation_id, agent_id, data)
            act.nudges.add("assign")

    async def snooze(
        self, conversation_id: int, agent_id: int, *, until: datetime, now: datetime, key: str = ""
    ) -> None:
        """Set it aside until a time to come, once for a gesture *key*; the customer's words wake it."""
        async with self._ground.gesture(now, "snooze", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if await act.did("snoozed", conversation_id, key):
                return
            if until <= now:
                raise DeskError("That time has passed. Choose a time to come.")
            if conversation.state == "resolved":
                raise Ended
            owner = conversation.owner_id or agent_id
            await conversations.change(
                act.connection, conversation_id, state="snoozed", snoozed_until=until, owner_id=owner
            )
            data = {"until": until.isoformat(), **by(key)}
            await act.happened("snoozed", conversation_id, agent_id, data)

    async def wake(self, conversation_id: int, agent_id: int | None, *, now: datetime) -> None:
        """Take it up again before its time, or by the clock (no agent)."""
        async with self._ground.gesture(now, "wake", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if conversation.state != "snoozed":
                return
            if (
                agent_id is None
                and conversation.snoozed_until is not None
                and conversation.snoozed_until > now
            ):
                return  # somebody set it aside for longer meanwhile
            await conversations.change(act.connection, conversation_id, state="open", snoozed_until=None)
            await act.happened("woken", conversation_id, agent_id, {"by": "agent" if agent_id else "clock"})
            act.nudges.add("assign")

    async def resolve(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        reason: str = "",
        promises: Mapping[int, Fate] = UNDECIDED,
        thank: bool = False,
        ask: bool = False,
        key: str = "",
        now: datetime,
    ) -> None:
        """End the matter; the customer's words soon after reopen it.

        *promises* says what becomes of each that is open; raises OpenPromises while one is undecided.
        *thank* sends thanks first, *ask* asks how it was, in the customer's language: then `reply`'s
        errors are raised too, and nothing is done. *key* names the gesture, which ends it once.
        """
        async with self._ground.gesture(now, "resolve", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if conversation.state == "resolved" or await act.did("resolved", conversation_id, key):
                return
            await promise_acts.decide(act, conversation_id, agent_id, promises)
            if thank or ask:
                await part(self._ground, act, conversation, agent_id, thank=thank, ask=ask, key=key)
            await conversations.change(
                act.connection,
                conversation_id,
                state="resolved",
                resolved_at=now,
                resolve_reason=reason.strip(),
                snoozed_until=None,
                waiting_since=None,
                unread=0,
                owner_id=conversation.owner_id or agent_id,
            )
            await act.happened("resolved", conversation_id, agent_id, {"reason": reason.strip(), **by(key)})
            act.nudges.add("assign")  # somebody has room for another

    async def reopen(self, conversation_id: int, agent_id: int, *, now: datetime) -> None:
        """Go on with a resolved matter, unless the customer has a newer one going on."""
        async with self._ground.gesture(now, "reopen", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if conversation.state != "resolved":
                return
            if conversation.merged_into is not None:
                raise DeskError("This conversation goes on in another since the customers were merged.")
            if await conversations.going_on(act.connection, conversation.customer_id) is not None:
                raise DeskError("The customer has a newer conversation going on. Answer there.")
            waiting = now if conversation.last_direction == "in" else None
            await conversations.change(
                act.connection,
                conversation_id,
                state="open",
                resolved_at=None,
                waiting_since=waiting,
                owner_id=agent_id,
            )
            await act.happened("reopened", conversation_id, agent_id, {"by": "agent"})

    async def read_up_to(self, conversation_id: int, agent_id: int, *, now: datetime) -> None:
        """Nothing is unread any more, if the one who looks owns it or nobody does."""
        async with self._ground.gesture(now, "read_up_to", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            if not conversation.unread or conversation.owner_id not in (None, agent_id):
                return
            await conversations.change(act.connection, conversation_id, unread=0)
            act.changes.append(Change(kind="conversation", conversation_id=conversation_id))
