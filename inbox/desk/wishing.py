"""Words that may be a wish for no more messages: said in the conversation, and settled by who answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from inbox.desk.act import Ground
from inbox.desk.errors import DeskError
from storage import consents, wishes

WISHED: Final = "stop_wished"
READ: Final = "wish_read"
KINDS: Final = (WISHED, READ)
SOURCE: Final = "an agent read their words"
SETTLED: Final = "Somebody has looked at this already."


class Wishing:
    """The part of the desk that hears who wants no more."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def wished(self, conversation_id: int, *, wording: str, now: datetime) -> None:
        """Say in a conversation that its customer may want no more messages."""
        async with self._ground.act(now) as act:
            await act.happened(WISHED, conversation_id, None, {"wording": wording[:300]})

    async def settle_wish(self, conversation_id: int, agent_id: int, *, stop: bool, now: datetime) -> None:
        """Close the address where they wrote it, as a stop does, or say that they meant something else.

        Marketing was refused when they wrote it and stays so until they allow it. Raises a DeskError where
        there is nothing to settle.
        """
        async with self._ground.gesture(now, "settle_wish", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            wish = await wishes.open_of(act.connection, conversation.customer_id)
            if wish is None:
                raise DeskError(SETTLED)
            await consents.record(
                act.connection,
                act.ids,
                address_id=wish.address_id,
                word="stop" if stop else wishes.NOT_SO,
                source=SOURCE,
                wording=wish.wording,
                agent_id=agent_id,
                channel=wish.channel,
                at=now,
            )
            await act.happened(READ, conversation_id, agent_id, {"stop": stop})


def said(kind: str, who: str, data: Mapping[str, Any]) -> str:
    """Say in one sentence what befell; *who* is who read it."""
    if kind == WISHED:
        return f"They may want no more messages: “{data.get('wording', '')}”."
    if data.get("stop"):
        return f"{who or 'Somebody'} read it as a stop: nothing more is sent to this address."
    return f"{who or 'Somebody'} read it otherwise: answers go on, marketing only once they allow it."
