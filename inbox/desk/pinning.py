"""Notes that stand on a customer, whatever the conversation."""

from datetime import datetime

from inbox.desk.act import Ground
from inbox.desk.errors import DeskError
from storage import pins


class Pinning:
    """The part of the desk that pins notes."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def pin(self, message_id: int, agent_id: int, *, pinned: bool, now: datetime) -> None:
        """Pin a note to its customer, or take it off; raises NotThere, or a DeskError for no note."""
        async with self._ground.gesture(now, "pin", agent_id) as act:
            message = await act.message(message_id)
            if message.direction != "note":
                raise DeskError("Only notes are pinned to a customer.")
            conversation = await act.conversation(message.conversation_id)
            if pinned:
                await pins.add(act.connection, message_id, conversation.customer_id, agent_id, now)
            else:
                await pins.remove(act.connection, message_id)
            await act.changed(conversation.id)
