"""The dead letters' forms: send again, say it arrived, drop, one delivery at a time."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from inbox.desk.errors import NotAllowed, NotThere
from inbox.desk.roles import may_see_owed
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
        try:
            may_see_owed(visit.agent)
        except NotAllowed as error:
            return await refused(visit, None, form, error)
        async with visit.app.database.writing() as connection:
            row = await deliveries.one(connection, key)
            did = row is not None and await act(connection, key, visit.now)
        if row is None or not did:
            return await refused(visit, None, form, NotThere("A colleague saw to this already."))
        visit.app.nudges.nudge(row.lane)
        visit.app.live.publish(
            Change(kind="status", conversation_id=row.conversation_id, message_id=row.message_id or 0)
        )
        return gone_to(visit, f"/desk/owed?done={done}")

    return handle
