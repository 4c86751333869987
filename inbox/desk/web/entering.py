"""What stands before every page of the desk: the roles are asked, and what is shown is written down."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from inbox.desk.auditing import of_agent
from inbox.desk.errors import NotAllowed
from inbox.desk.roles import OPERATIONS
from inbox.desk.web import pages
from inbox.desk.web.site import Visit, key_of
from storage import conversations
from storage.rows import Conversation

Page = Callable[[Visit], Awaitable[web.StreamResponse]]
ABOUT_CONVERSATION: Final = "/desk/c/"
ABOUT_CUSTOMER: Final = "/desk/customer/"


def entering(operation: str, page: Page) -> Page:
    """Open *page* to those who may do *operation*; LookupError where that stands in no row of the roles."""
    if operation not in OPERATIONS:
        raise LookupError(f"{operation} stands in no row of inbox.desk.roles")

    async def enter(visit: Visit) -> web.StreamResponse:
        talk = await _conversation(visit)
        team, owner = (talk.team, talk.owner_id) if talk is not None else ("", None)
        try:
            await visit.ground.lets(visit.agent, operation, visit.now, team=team, owner=owner)
        except NotAllowed as error:
            if visit.wants_json:
                return web.json_response({"error": str(error)}, status=403)
            return await pages.problem(visit, 403, "Not for everybody", str(error))
        await _written(visit, operation, talk)
        return await page(visit)

    return enter


async def _conversation(visit: Visit) -> Conversation | None:
    key = key_of(visit.request.match_info.get("id", ""))
    if key is None or not visit.request.path.startswith(ABOUT_CONVERSATION):
        return None
    async with visit.app.database.reading() as connection:
        return await conversations.one(connection, key)


async def _written(visit: Visit, operation: str, talk: Conversation | None) -> None:
    """Write down what is looked at or taken away; who changes something is written down by the desk."""
    kind = OPERATIONS[operation].kind
    path, method = visit.request.path, visit.request.method
    if method != "GET" or kind not in ("saw", "exported"):
        return
    if talk is None and path.startswith(ABOUT_CONVERSATION):
        return  # there is no such conversation to be seen
    key = key_of(visit.request.match_info.get("id", ""))
    customer = key if path.startswith(ABOUT_CUSTOMER) else None
    line = of_agent(
        visit.agent,
        kind,
        operation,
        visit.now,
        visit.ground.door,
        customer_id=talk.customer_id if talk is not None else customer,
        conversation_id=talk.id if talk is not None else None,
    )
    await visit.ground.shows(line)
