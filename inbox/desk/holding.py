"""What agents say about touches to a customer: a complaint is open or over, hold them, let them go."""

from datetime import datetime
from typing import Any, Final

from inbox.desk.act import Act, Ground
from storage import holds, seen
from storage.touch_birthdays import TOLD

COMPLAINT: Final = "complaint"
BY_AGENT: Final = "agent"
BELL: Final = "touches"
SAID: Final = {
    (COMPLAINT, True): "complaint_opened",
    (COMPLAINT, False): "complaint_ended",
    (BY_AGENT, True): "touches_held",
    (BY_AGENT, False): "touches_released",
}


class Holding:
    """The part of the desk that keeps touches back."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def complaint(self, conversation_id: int, agent_id: int, *, opened: bool, now: datetime) -> bool:
        """Say that the customer complains, or no more; says whether that is news."""
        return await self._hold(conversation_id, agent_id, COMPLAINT, opened, now, "complaint")

    async def hold_touches(self, conversation_id: int, agent_id: int, *, held: bool, now: datetime) -> bool:
        """Send the customer nothing of ourselves until they are let go; says whether that is news."""
        return await self._hold(conversation_id, agent_id, BY_AGENT, held, now, "hold_touches")

    async def birthday_today(
        self, conversation_id: int, touch_id: int, *, data: dict[str, Any], now: datetime
    ) -> bool:
        """Tell a conversation once that its customer's birthday is today; says whether it was not told."""
        async with self._ground.act(now) as act:
            if not await seen.remember(act.connection, TOLD, str(touch_id), now):
                return False
            await act.happened("birthday", conversation_id, None, data)
            return True

    async def _hold(
        self, conversation_id: int, agent_id: int, kind: str, begins: bool, now: datetime, operation: str
    ) -> bool:
        async with self._ground.gesture(now, operation, agent_id) as act:
            conversation = await act.conversation(conversation_id)
            customer = conversation.customer_id
            if begins:
                news = not await _holds(act, customer, kind)
                await holds.begin(
                    act.connection,
                    act.ids,
                    customer,
                    kind,
                    now,
                    conversation_id=conversation_id,
                    agent_id=agent_id,
                    source="desk",
                )
            else:
                news = await holds.end(act.connection, customer, kind, now)
            if news:
                act.tell("begins" if begins else "ends")
                await act.happened(SAID[kind, begins], conversation_id, agent_id)
                act.nudges.add(BELL)
            return news


async def _holds(act: Act, customer_id: int, kind: str) -> bool:
    rows = await holds.of(act.connection, customer_id)
    return any(one.kind == kind and one.ended_at is None for one in rows)
