"""What agents say: replies and notes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bots.channel import Channel
from inbox.desk.act import Act, Ground
from inbox.desk.errors import (
    Ended,
    FileRefused,
    NothingToSend,
    NotThere,
    Stopped,
    TooLong,
    WindowOver,
)
from inbox.desk.texts import parts_of
from inbox.live import Change
from inbox.media import KeptFile
from storage import attachments, conversations, customers, deliveries, messages
from storage.attachments import kind_of
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
    ) -> int:
        """Owe the customer an answer; returns the message's id, the same for the same *key*.

        Raises Ended, Stopped, WindowOver, FileRefused, TooLong or NothingToSend. The first answer
        takes a conversation that nobody has. *hold* delays the sending so that it can be undone.
        """
        text = said(text, files)
        async with self._ground.act(now) as act:
            known = await deliveries.by_key(act.connection, f"reply:{key}:0") if key else None
            if known is not None and known.message_id is not None:
                return known.message_id
            conversation = await act.conversation(conversation_id)
            channel = await self._checked(act, conversation, files)
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
        async with self._ground.act(now) as act:
            known = await messages.by_external_id(act.connection, "note", key) if key else None
            if known is not None:
                return known.id
            conversation = await act.conversation(conversation_id)
            message_id = await self._keep(act, conversation, agent_id, text, files, "note", key)
            await attachments.add(act.connection, act.ids, message_id, files)
            if origin != "slack":
                await act.show("note", conversation_id, key=f"shown:{message_id}", message_id=message_id)
            return message_id

    async def _checked(self, act: Act, conversation: Conversation, files: Sequence[KeptFile]) -> Channel:
        """Return the channel if it may carry an answer now."""
        if conversation.state == "resolved":
            raise Ended
        channel = self._ground.channels.get(conversation.channel)
        if channel is None:
            raise NotThere(f"The channel {conversation.channel} is switched off.")
        address = await customers.address(act.connection, conversation.address_id)
        if address is not None and address.stopped_at is not None:
            raise Stopped
        window, last = channel.spec.window, address.last_in_at if address else None
        if window is not None and (last is None or act.now - last > window):
            raise WindowOver
        for file in files:
            cap = channel.spec.media_sizes.get(kind_of(file.content_type))  # type: ignore[call-overload]
            if cap is None:
                raise FileRefused(f"{channel.spec.label} does not carry {file.content_type} ({file.name}).")
            if file.size > cap:
                megabytes = cap / 1_000_000
                raise FileRefused(f"{channel.spec.label} carries at most {megabytes:.0f} MB ({file.name}).")
        return channel

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
