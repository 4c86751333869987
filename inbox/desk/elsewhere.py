"""Answering at another address of the same customer than that at which they wrote last."""

from collections.abc import Sequence
from datetime import datetime

from inbox.desk.act import Ground
from inbox.desk.answers import Answers
from inbox.desk.together import within
from inbox.desk.ways import carrier
from inbox.media import KeptFile
from storage import customers, deliveries


class Elsewhere:
    """The part of the desk that answers over another channel."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def reply_elsewhere(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        address_id: int,
        text: str,
        files: Sequence[KeptFile] = (),
        now: datetime,
        key: str = "",
        origin: str = "web",
    ) -> int:
        """Owe the customer an answer at *address_id*; returns the message's id, the same for the same *key*.

        It stands in the same conversation, which goes on where it was until they answer there. Raises
        what `reply` does, NotThere for a stranger's address, and a DeskError for one that is closed.
        """
        async with self._ground.gesture(now, "reply_elsewhere", agent_id) as act:
            known = await deliveries.by_key(act.connection, f"reply:{key}:0") if key else None
            if known is not None and known.message_id is not None:
                return known.message_id
            before = await act.conversation(conversation_id)
            message_id = await Answers(within(self._ground, act)).reply(
                conversation_id,
                agent_id,
                text=text,
                files=files,
                now=now,
                key=key,
                origin=origin,
                address_id=address_id,
            )
            if address_id != before.address_id:
                address = await customers.address(act.connection, address_id)
                name = carrier(self._ground.channels, address) if address is not None else ""
                data = {"channel": self._ground.channels[name].spec.label, "message_id": message_id}
                await act.happened("sent_elsewhere", conversation_id, agent_id, data)
            return message_id
