"""Second thoughts about what was said: changed, taken back, sent again, given up."""

from collections.abc import Sequence
from datetime import datetime

from inbox.desk.act import Act, Ground
from inbox.desk.answers import said
from inbox.desk.errors import CannotChange, NotThere, Stopped, TooLong
from inbox.desk.texts import sent_length
from inbox.live import Change
from storage import customers, deciding, deliveries, messages
from storage.queues import OwedRow
from storage.rows import Delivery, Message
from storage.statuses import ASKING, DROPPED, FAILED, PERHAPS, QUEUED, READY, SENDING

STAYED = (QUEUED, READY, FAILED, DROPPED)  # a part of an answer that never reached the customer


class Afterwards:
    """The part of the desk that looks back."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def edit_reply(self, message_id: int, agent_id: int, *, text: str, now: datetime) -> None:
        """Change an answer: before it leaves, freely; after, where the channel can (else CannotChange)."""
        text = said(text, ())
        async with self._ground.gesture(now, "edit_reply", agent_id) as act:
            message = await self._own(act, message_id)
            rows = await deliveries.of_message(act.connection, message_id)
            first = [row for row in rows if row.kind == "message"]
            self._fits(message, first, text)
            if len(first) == 1 and await deciding.reword(act.connection, first[0].id, text):
                await messages.change(act.connection, message_id, text=text)
            else:
                await self._carry(act, message, first, "edit", text)
                await messages.change(
                    act.connection, message_id, text=text, text_before=message.text, edited_at=now
                )
            act.changes.append(_status(message))

    async def delete_reply(self, message_id: int, agent_id: int, *, now: datetime) -> bool:
        """Take an answer back; True if it never left. After it left only where the channel can.

        Of an answer in parts those that have not left never do. Raises CannotChange.
        """
        async with self._ground.gesture(now, "delete_reply", agent_id) as act:
            message = await self._own(act, message_id)
            rows = await deliveries.of_message(act.connection, message_id)
            mine = [row for row in rows if row.kind == "message"]
            left = [row for row in mine if row.state not in STAYED]
            if message.deleted_at is not None:
                return not left
            if any(row.state in (SENDING, ASKING) for row in left):
                raise CannotChange("It is being sent at this moment. Try again in a few seconds.")
            if left:
                await self._carry(act, message, left, "delete", "")
            for row in mine:
                if row.state in STAYED:
                    await deciding.drop(act.connection, row.id, now)
            await messages.change(act.connection, message_id, deleted_at=now)
            act.changes.append(_status(message))
            return not left

    async def resend(self, message_id: int, agent_id: int, *, now: datetime) -> None:
        """Send again what failed or was perhaps sent; what arrived stays as it is. Raises Stopped."""
        async with self._ground.gesture(now, "resend", agent_id) as act:
            message = await self._own(act, message_id)
            address = await customers.address(act.connection, message.address_id or 0)
            if address is not None and address.stopped_at is not None and not message.nature:
                raise Stopped  # a call is the agent's own act
            for row in await deliveries.of_message(act.connection, message_id):
                if row.state in (FAILED, PERHAPS):
                    await deciding.send_again(act.connection, row.id, now)
                    act.nudges.add(row.lane)
            await _mark(act, message)
            act.changes.append(_status(message))

    async def arrived(self, message_id: int, agent_id: int, *, now: datetime) -> None:
        """An agent knows that what was perhaps sent has arrived."""
        async with self._ground.gesture(now, "arrived", agent_id) as act:
            message = await self._own(act, message_id)
            for row in await deliveries.of_message(act.connection, message_id):
                await deciding.settle(act.connection, row.id, now)
            await _mark(act, message)
            act.changes.append(_status(message))

    async def drop(self, message_id: int, agent_id: int, *, now: datetime) -> None:
        """Give up what failed or was perhaps sent; it stays in the log as dropped."""
        async with self._ground.gesture(now, "drop", agent_id) as act:
            message = await self._own(act, message_id)
            for row in await deliveries.of_message(act.connection, message_id):
                if row.state in (FAILED, PERHAPS):
                    await deciding.drop(act.connection, row.id, now)
            await _mark(act, message)
            act.changes.append(_status(message))

    async def _own(self, act: Act, message_id: int) -> Message:
        message = await act.message(message_id)
        if message.direction != "out":
            raise NotThere("That is not an answer of ours.")
        return message

    def _fits(self, message: Message, parts: Sequence[Delivery], text: str) -> None:
        """Raise TooLong for new words that one call cannot carry."""
        channel = self._ground.channels.get(message.channel)
        if channel is None:
            return
        spec, files = channel.spec, any(row.data for row in parts)
        limit = spec.caption_limit if files and spec.caption_limit else spec.text_limit
        if (long := sent_length(text, spec)) > limit:
            raise TooLong(f"{long} characters; {spec.label} carries {limit} in one message.")

    async def _carry(
        self, act: Act, message: Message, sent: Sequence[Delivery], kind: str, text: str
    ) -> None:
        """Owe the provider a change of what it has; raises CannotChange where it cannot."""
        channel = self._ground.channels.get(message.channel)
        can = channel is not None and (channel.spec.edits if kind == "edit" else channel.spec.deletes)
        named = [row for row in sent if row.external_id]
        if not can or len(named) < len(sent) or not named or (kind == "edit" and len(sent) > 1):
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


async def _mark(act: Act, message: Message) -> None:
    """Owe the agent's own message in Slack the mark of its state now."""
    await act.show("mark", message.conversation_id, key=f"mark:{act.ids.next()}", message_id=message.id)


def _status(message: Message) -> Change:
    return Change(kind="status", conversation_id=message.conversation_id, message_id=message.id)
