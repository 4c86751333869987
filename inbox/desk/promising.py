"""What agents promise, and what becomes of it: an agent says so, never the clock."""

from datetime import datetime

from inbox.desk import promise_acts as acts
from inbox.desk.act import Act, Ground
from inbox.desk.answers import Answers
from inbox.desk.errors import DeskError
from storage import promises
from storage.promises import KEPT
from storage.rows import Conversation


class Promising:
    """The part of the desk that promises."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def promise(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        text: str,
        due_at: datetime,
        owner_id: int | None = None,
        message_id: int | None = None,
        key: str = "",
        tell: str = "",
        now: datetime,
    ) -> int:
        """Promise the customer *text* (at most 150 characters) by *due_at*; the same for the same *key*.

        *owner_id* keeps it, else who makes it. *message_id* is where it was said; *tell* is sent to the
        customer as an answer, and without that nothing is promised. Raises DeskErrors, also `reply`'s.
        """
        text = acts.worded(text)
        acts.checked(due_at, now)
        if (known := await self._known(key)) is not None:
            return known
        if tell.strip():
            told = f"{key}:tell" if key else ""
            message_id = await Answers(self._ground).reply(
                conversation_id, agent_id, text=tell, now=now, key=told
            )
        async with self._ground.gesture(now, "promise", agent_id) as act:
            conversation = await _going_on(act, conversation_id)
            owner = await act.agent(owner_id or agent_id)
            if not owner.active:
                raise DeskError(f"{owner.name} does not work here any more. Choose somebody else.")
            values = {
                "customer_id": conversation.customer_id,
                "conversation_id": conversation.id,
                "message_id": message_id,
                "owner_id": owner.id,
                "made_by": agent_id,
                "text": text,
                "due_at": due_at,
                "made_at": now,
                "key": key or None,
                **acts.reminded(due_at, now),
            }
            made = await promises.make(act.connection, act.ids, values)
            data = {"promise_id": made, "text": text, "due_at": due_at.isoformat(), "owner": owner.name}
            await acts.happened(act, "promise_made", conversation.id, agent_id, data)
            act.nudges.add(acts.BELL)
            return made

    async def keep_promise(self, promise_id: int, agent_id: int, *, now: datetime) -> None:
        """Say that it is kept; in time if it was due no more than a quarter of an hour ago."""
        async with self._ground.gesture(now, "keep_promise", agent_id) as act:
            found = await promises.one(act.connection, promise_id)
            if found is not None and found.state == KEPT:
                return
            await acts.keep(act, await acts.open_one(act, promise_id), agent_id)

    async def withdraw_promise(self, promise_id: int, agent_id: int, *, now: datetime) -> None:
        """Let it go: it is withdrawn before it is due, and broken after."""
        async with self._ground.gesture(now, "withdraw_promise", agent_id) as act:
            await acts.drop(act, await acts.open_one(act, promise_id), agent_id)

    async def postpone_promise(
        self, promise_id: int, agent_id: int, *, due_at: datetime, now: datetime
    ) -> None:
        """Give it a new time; when it was due already it counts as late however soon it is kept."""
        async with self._ground.gesture(now, "postpone_promise", agent_id) as act:
            await acts.postpone(act, await acts.open_one(act, promise_id), agent_id, due_at)

    async def tell_promise(
        self, promise_id: int, agent_id: int, *, text: str, now: datetime, key: str = ""
    ) -> int:
        """Tell the customer how it stands: an answer in its conversation; returns the message's id.

        Raises what `reply` raises.
        """
        async with self._ground.gesture(now, "tell_promise", agent_id) as act:
            found = await acts.open_one(act, promise_id)
        return await Answers(self._ground).reply(found.conversation_id, agent_id, text=text, now=now, key=key)

    async def _known(self, key: str) -> int | None:
        """Find the promise that this gesture made before."""
        if not key:
            return None
        async with self._ground.database.reading() as connection:
            found = await promises.by_key(connection, key)
        return None if found is None else found.id


async def _going_on(act: Act, conversation_id: int) -> Conversation:
    """Find the conversation, or the one that it was merged into."""
    conversation = await act.conversation(conversation_id)
    while conversation.merged_into is not None:
        conversation = await act.conversation(conversation.merged_into)
    return conversation
