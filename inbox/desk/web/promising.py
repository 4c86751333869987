"""What an agent does with promises from the browser: each is a form, each is one call into the desk."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from inbox.desk import promise_hours
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.web.actions import gone_to, here, refused
from inbox.desk.web.forms import Form, form_of
from inbox.desk.web.resolving import NO_TIME, new_time
from inbox.desk.web.site import Visit
from storage import promises

Do = Callable[[Visit, int, Form], Awaitable[str]]
PAGE = "/desk/promises"


async def promise(visit: Visit, key: int, form: Form) -> str:
    """Promise the customer something by a time, and tell them if there are words for it."""
    message, due = form.text("message"), _time(visit, form)
    await visit.desk.promise(
        key,
        visit.agent.id,
        text=form.text("what"),
        due_at=due,
        message_id=int(message) if message.isdecimal() and len(message) < 19 else None,
        tell=form.text("tell").strip(),
        key=f"web:{visit.agent.id}:{form.text('key')[:64]}" if form.text("key") else "",
        now=visit.now,
    )
    return here(form, key, await _done(visit, key, due, "promised"))


def about_promise(do: Do) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """Make a form's handler of *do*, which gets a promise's key and says what was done."""

    async def handle(visit: Visit) -> web.StreamResponse:
        promise_id = int(visit.request.match_info["id"])
        form = await form_of(visit)
        async with visit.app.database.reading() as connection:
            found = await promises.one(connection, promise_id)
        if found is None:
            return await refused(visit, None, form, NotThere("There is no such promise."))
        try:
            what = await do(visit, promise_id, form)
        except DeskError as error:
            return await refused(visit, found.conversation_id, form, error)
        if form.text("from") == "promises":
            return gone_to(visit, f"{PAGE}?{urlencode({'done': what})}")
        return gone_to(visit, here(form, found.conversation_id, what))

    return handle


async def kept(visit: Visit, promise_id: int, form: Form) -> str:
    """It is kept."""
    await visit.desk.keep_promise(promise_id, visit.agent.id, now=visit.now)
    return "promise-kept"


async def moved(visit: Visit, promise_id: int, form: Form) -> str:
    """It has a new time; the customer is told if there are words for it."""
    now, due = visit.now, _time(visit, form)
    await visit.desk.postpone_promise(promise_id, visit.agent.id, due_at=due, now=now)
    if words := form.text("tell").strip():
        key = f"web:{visit.agent.id}:moved:{promise_id}:{int(due.timestamp())}"  # pressed twice, said once
        await visit.desk.tell_promise(promise_id, visit.agent.id, text=words, now=now, key=key)
    async with visit.app.database.reading() as connection:
        found = await promises.one(connection, promise_id)
    where = found.conversation_id if found is not None else 0
    return await _done(visit, where, due, "promise-moved")


async def let_go(visit: Visit, promise_id: int, form: Form) -> str:
    """It is taken back, or was not kept."""
    await visit.desk.withdraw_promise(promise_id, visit.agent.id, now=visit.now)
    return "promise-dropped"


async def told(visit: Visit, promise_id: int, form: Form) -> str:
    """Tell the customer how it stands."""
    await visit.desk.tell_promise(
        promise_id, visit.agent.id, text=form.text("tell"), now=visit.now, key=form.text("key")[:64]
    )
    return "promise-told"


async def _done(visit: Visit, key: int, due: datetime, done: str) -> str:
    """Name the sentence that follows: it warns of a time at which the team is closed."""
    async with visit.app.database.reading() as connection:
        team = await promise_hours.closed(connection, visit.app.policies.house, key, due)
    return f"{done}-closed" if team else done


def _time(visit: Visit, form: Form) -> datetime:
    at = new_time(visit, form.text("due"))
    if at is None:
        raise DeskError(NO_TIME)
    return at
