"""Ringing for an agent: a call is begun once and at once, or not at all."""

from datetime import datetime, timedelta
from typing import Final, cast

from bots.channel import Caller, Channel, MessageOut, Sent
from bots.errors import Refused
from storage.endings import CALL
from storage.rows import Delivery

LATE: Final = timedelta(minutes=2)
"""Who pressed the button so long ago expects no ringing any more."""
TOO_LATE: Final = "too_late"


def in_time(row: Delivery, now: datetime) -> None:
    """Let through what may be begun at *now*; raises Refused for a call that comes too late."""
    if row.kind == CALL and now - row.due_at > LATE:
        raise Refused(
            "Nobody was rung: it could not be done at once, and by then it was late.", code=TOO_LATE
        )


async def ring(channel: Channel, row: Delivery, message: MessageOut) -> Sent:
    """Ring the agent of *row*, then the customer; raises what the channel does."""
    if not channel.spec.calls:
        raise Refused(f"{channel.spec.label} does not ring anybody.")
    return await cast(Caller, channel).call(str(row.data["agent"]), message.address, row.key)
