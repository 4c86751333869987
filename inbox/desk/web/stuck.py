"""The dead letters' forms: send again, say it arrived, drop, one delivery at a time."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from inbox.desk.errors import NotThere
from inbox.desk.web.actions import gone_to, refused
from inbox.desk.web.forms import form_of
from inbox.desk.web.site import Visit
from inbox.live import Change
from storage import deciding, deliveries

ACTS = {
    "resend": (deciding.send_again, "resent"),
    "arrived": (deciding.settle, "arrived"),
    "drop": (deciding.drop, "dropped"),
}


def acting(what: str) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """Make the handler of one of `ACTS`."""
    act, done = ACTS[what]

    async def handle(visit: Visit) -> web.StreamResponse:
        key = int(visit.request.match_info["id"])
        form = await form_of(visit)
        async with visit.ground.gesture(visit.now, "settle_owed", visit.agent.id) as acting:
            row = await deliveries.one(acting.connection, key)
            did = row is not None and await act(acting.connection, key, visit.now)
            if did and row is not None:
                acting.conversation_id = row.conversation_id
                acting.tell(what)
        if row is None or not did:
            return await refused(visit, None, form, NotThere("A colleague saw to this already."))
        visit.app.nudges.nudge(row.lane)
        visit.app.live.publish(
            Change(kind="status", conversation_id=row.conversation_id, message_id=row.message_id or 0)
        )
        return gone_to(visit, f"/desk/owed?done={done}")

    return handle
