"""What agents say: replies and notes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bots.channel import Channel
from inbox.desk.act import Act, Ground
from inbox.desk.errors import Ended, NothingToSend, NotThere, TooLong
from inbox.desk.texts import parts_of
from inbox.desk.ways import carrier, checked, open_at
from inbox.live import Change
from inbox.media import KeptFile
from storage import attachments, conversations, customers, deliveries, messages
from storage.batch import storable
from storage.queues import OwedRow
from storage.rows import Conversation
from storage.statuses import QUEUED

LONGEST = 30_000
PREVIEW = 200


class Answers:
    """The half of the desk that speaks."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def reply(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        text: str,
        files: Sequence[KeptFile] = (),
        now: datetime,
        key: str = "",
        origin: str = "web",
        hold: timedelta = timedelta(0),
        address_id: int | None = None,
    ) -> int:
        """Owe the customer an answer; returns the message's id, the same for the same *key*.

        Raises Ended, Stopped, WindowOver, FileRefused, TooLong or NothingToSend. The first answer
        takes a conversation that nobody has. *hold* delays the sending so that it can be undone.
        *address_id* is another address of the customer than that at which they wrote last.
        """
        text = said(text, files)
        async with self._ground.gesture(now, "reply", agent_id) as act:
            known = await deliveries.by_key(act.connection, f"reply:{key}:0") if key else None
            if known is not None and known.message_id is not None:
                return known.message_id
            conversation = await act.conversation(conversation_id)
            conversation, channel = await self._toward(act, conversation, address_id, files)
            message_id = await self._keep(act, conversation, agent_id, text, files, "out")
            file_ids = await attachments.add(act.connection, act.ids, message_id, files)
            parts = parts_of(text, file_ids, channel.spec)
            rows = [
                OwedRow(
                    lane=conversation.channel,
                    kind="message",
                    conversation_id=conversation_id,
                    message_id=message_id,
                    key=f"reply:{key or message_id}:{at}",
                    part=at,
                    text=part.text,
                    data={"files": list(part.files)} if part.files else None,
                    due_at=now + hold,
                )
                for at, part in enumerate(parts)
            ]
            await act.owe(*rows)
            await self._answered(act, conversation, agent_id, text or files[0].name)
            if origin != "slack":
                await act.show("reply", conversation_id, key=f"shown:{message_id}", message_id=message_id)
            return message_id

    async def note(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        text: str,
        files: Sequence[KeptFile] = (),
        now: datetime,
        key: str = "",
        origin: str = "web",
    ) -> int:
        """Keep words that only our team sees; returns the message's id, the same for the same *key*."""
        text = said(text, files)
        async with self._ground.gesture(now, "note", agent_id) as act:
            known = await messages.by_external_id(act.connection, "note", key) if key else None
            if known is not None:
                return known.id
            conversation = await act.conversation(conversation_id)
            message_id = await self._keep(act, conversation, agent_id, text, files, "note", key)
            await attachments.add(act.connection, act.ids, message_id, files)
            if origin != "slack":
                await act.show("note", conversation_id, key=f"shown:{message_id}", message_id=message_id)
            return message_id

    async def _toward(
        self, act: Act, conversation: Conversation, address_id: int | None, files: Sequence[KeptFile]
    ) -> tuple[Conversation, Channel]:
        """Return the conversation as it is for this answer, at its address, and what may carry it now."""
        if conversation.state == "resolved":
            raise Ended
        channels = self._ground.channels
        if address_id is not None and address_id != conversation.address_id:
            other = await customers.address(act.connection, address_id)
            if other is None or other.customer_id != conversation.customer_id:
                raise NotThere("This is no address of this customer.")
            open_at(channels, other, act.now)
            name = carrier(channels, other)
            conversation = replace(conversation, address_id=other.id, channel=name)
        address = await customers.address(act.connection, conversation.address_id)
        return conversation, checked(channels, conversation.channel, address, files, act.now)

    async def _keep(
        self,
        act: Act,
        conversation: Conversation,
        agent_id: int,
        text: str,
        files: Sequence[KeptFile],
        direction: str,
        key: str = "",
    ) -> int:
        agent = await act.agent(agent_id)
        message_id = act.ids.next()
        values = {
            "id": message_id,
            "conversation_id": conversation.id,
            "direction": direction,
            "channel": "note" if direction == "note" else conversation.channel,
            "external_id": key or f"ours:{message_id}",
            "address_id": None if direction == "note" else conversation.address_id,
            "agent_id": agent_id,
            "sender_name": agent.name,
            "text": text,
            "sent_at": act.now,
            "received_at": act.now,
            "status": QUEUED if direction == "out" else "",
            "status_at": act.now,
        }
        await messages.add(act.connection, values)
        act.changes.append(Change(kind="message", conversation_id=conversation.id, message_id=message_id))
        return message_id

    async def _answered(self, act: Act, conversation: Conversation, agent_id: int, words: str) -> None:
        """Nobody waits any more; the first answer takes what nobody has."""
        act.attended.add(conversation.id)
        await conversations.change(
            act.connection,
            conversation.id,
            state="open",
            snoozed_until=None,
            waiting_since=None,
            unread=0,
            last_at=act.now,
            last_text=words[:PREVIEW],
            last_direction="out",
            owner_id=conversation.owner_id or agent_id,
        )
        if conversation.owner_id is None:
            await act.happened("taken", conversation.id, agent_id, {"by": "answer"})
        else:
            await act.changed(conversation.id)


def said(text: str, files: Sequence[KeptFile]) -> str:
    """Clean what an agent wrote; raises NothingToSend or TooLong."""
    text = storable(text).strip()
    if not text and not files:
        raise NothingToSend
    if len(text) > LONGEST:
        raise TooLong(f"{len(text)} characters; at most {LONGEST} go into one answer.")
    return text
