"""What agents say: replies, notes, and second thoughts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bots.channel import Channel
from inbox.desk.act import Act, Ground
from inbox.desk.errors import (
    CannotChange,
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
from storage.deliveries import OwedRow
from storage.rows import Conversation, Delivery, Message
from storage.statuses import FAILED, PERHAPS, QUEUED, READY

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
        text = _said(text, files)
        async with self._ground.act(now) as act:
            said = await deliveries.by_key(act.connection, f"reply:{key}:0") if key else None
            if said is not None and said.message_id is not None:
                return said.message_id
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
        text = _said(text, files)
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

    async def edit_reply(self, message_id: int, agent_id: int, *, text: str, now: datetime) -> None:
        """Change an answer: before it leaves, freely; after, where the channel can (else CannotChange)."""
        text = _said(text, ())
        async with self._ground.act(now) as act:
            message = await self._own(act, message_id)
            rows = await deliveries.of_message(act.connection, message_id)
            first = [row for row in rows if row.kind == "message"]
            if len(first) == 1 and await deliveries.reword(act.connection, first[0].id, text):
                await messages.change(act.connection, message_id, text=text)
            else:
                await self._carry(act, message, first, "edit", text)
                await messages.change(
                    act.connection, message_id, text=text, text_before=message.text, edited_at=now
                )
            act.changes.append(_status(message))

    async def delete_reply(self, message_id: int, agent_id: int, *, now: datetime) -> bool:
        """Take an answer back; True if it never left. After it left only where the channel can."""
        async with self._ground.act(now) as act:
            message = await self._own(act, message_id)
            rows = await deliveries.of_message(act.connection, message_id)
            mine = [row for row in rows if row.kind == "message"]
            held = all(row.state in (QUEUED, READY) for row in mine)
            if held:
                for row in mine:
                    await deliveries.drop(act.connection, row.id, now)
            else:
                await self._carry(act, message, mine, "delete", "")
            await messages.change(act.connection, message_id, deleted_at=now)
            act.changes.append(_status(message))
            return held

    async def resend(self, message_id: int, agent_id: int, *, now: datetime) -> None:
        """Send again what failed or was perhaps sent; what arrived stays as it is. Raises Stopped."""
        async with self._ground.act(now) as act:
            message = await self._own(act, message_id)
            address = await customers.address(act.connection, message.address_id or 0)
            if address is not None and address.stopped_at is not None:
                raise Stopped
            for row in await deliveries.of_message(act.connection, message_id):
                if row.state in (FAILED, PERHAPS):
                    await deliveries.send_again(act.connection, row.id, now)
                    act.nudges.add(row.lane)
            act.changes.append(_status(message))

    async def arrived(self, message_id: int, agent_id: int, *, now: datetime) -> None:
        """An agent knows that what was perhaps sent has arrived."""
        async with self._ground.act(now) as act:
            message = await self._own(act, message_id)
            for row in await deliveries.of_message(act.connection, message_id):
                await deliveries.settle(act.connection, row.id, now)
            await act.show(
                "mark", message.conversation_id, key=f"mark:{act.ids.next()}", message_id=message_id
            )
            act.changes.append(_status(message))

    async def drop(self, message_id: int, agent_id: int, *, now: datetime) -> None:
        """Give up what failed or was perhaps sent; it stays in the log as dropped."""
        async with self._ground.act(now) as act:
            message = await self._own(act, message_id)
            for row in await deliveries.of_message(act.connection, message_id):
                if row.state in (FAILED, PERHAPS):
                    await deliveries.drop(act.connection, row.id, now)
            act.changes.append(_status(message))

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
        window, last = channel.spec.window, conversation.last_in_at
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

    async def _own(self, act: Act, message_id: int) -> Message:
        message = await act.message(message_id)
        if message.direction != "out":
            raise NotThere("That is not an answer of ours.")
        return message

    async def _carry(
        self, act: Act, message: Message, sent: Sequence[Delivery], kind: str, text: str
    ) -> None:
        """Owe the provider a change of what it has; raises CannotChange where it cannot."""
        channel = self._ground.channels.get(message.channel)
        can = channel is not None and (channel.spec.edits if kind == "edit" else channel.spec.deletes)
        named = [row for row in sent if row.external_id]
        if not can or not named or (kind == "edit" and len(sent) > 1):
            label = channel.spec.label if channel is not None else message.channel
            raise CannotChange(f"{label} cannot change what was sent. Send a correction.")
        rows = [
            OwedRow(
                lane=row.lane,
                kind=kind,
                conversation_id=row.conversation_id,
                message_id=message.id,
                key=f"{kind}:{row.id}:{act.ids.next()}",
                text=text,
                data={"external_id": row.external_id},
                due_at=act.now,
            )
            for row in named
        ]
        await act.owe(*rows)


def _said(text: str, files: Sequence[KeptFile]) -> str:
    text = storable(text).strip()
    if not text and not files:
        raise NothingToSend
    if len(text) > LONGEST:
        raise TooLong(f"{len(text)} characters; at most {LONGEST} go into one answer.")
    return text


def _status(message: Message) -> Change:
    return Change(kind="status", conversation_id=message.conversation_id, message_id=message.id)
