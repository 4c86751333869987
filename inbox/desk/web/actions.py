"""What an agent does from the browser: each is a form, each is one call into the desk."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from aiohttp import web

from inbox.desk.errors import DeskError, NotAllowed, NotThere, OpenPromises
from inbox.desk.web import asking, pages, resolving, times
from inbox.desk.web.forms import Form, form_of, gesture
from inbox.desk.web.site import Visit, key_of
from inbox.live import Change
from storage import desk_log

Do = Callable[[Visit, int, Form], Awaitable[str]]


def about_conversation(do: Do) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """Make a form's handler of *do*, which gets the conversation's key and says where to go next."""

    async def handle(visit: Visit) -> web.StreamResponse:
        key = int(visit.request.match_info["id"])
        form = await form_of(visit)
        try:
            return gone_to(visit, await do(visit, key, form))
        except DeskError as error:
            return await refused(visit, key, form, error)

    return handle


def about_message(do: Do) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """Make a form's handler of *do*, which gets a message's key; the conversation is shown again."""

    async def handle(visit: Visit) -> web.StreamResponse:
        message_id = int(visit.request.match_info["id"])
        form = await form_of(visit)
        async with visit.app.database.reading() as connection:
            key = await desk_log.conversation_of(connection, message_id)
        if key is None:
            return await refused(visit, None, form, NotThere())
        try:
            what = await do(visit, message_id, form)
        except DeskError as error:
            return await refused(visit, key, form, error)
        return gone_to(visit, here(form, key, what))

    return handle


def here(form: Form, key: int, done: str = "") -> str:
    """Return the address of the conversation in the form's view."""
    query = {"view": asking.view_of(form.fields.get("view"))} | ({"done": done} if done else {})
    return f"/desk/c/{key}?{urlencode(query)}"


def gone_to(visit: Visit, address: str) -> web.Response:
    """Lead to *address*; a script is told where."""
    if visit.wants_json:
        return web.json_response({"go": address})
    return web.Response(status=303, headers={"Location": address})


async def refused(visit: Visit, key: int | None, form: Form, error: DeskError) -> web.Response:
    """Say why it was not done, beside what it was about; nothing written is lost."""
    await form.discard(visit.app.media)
    status = 404 if isinstance(error, NotThere) else 403 if isinstance(error, NotAllowed) else 409
    if visit.wants_json:
        return web.json_response({"error": str(error)}, status=status)
    if key is None or isinstance(error, NotThere):
        return await pages.problem(visit, status, "Not done", str(error))
    return await pages.opened(
        visit, key, pane="conversation", view=form.fields.get("view"), trouble=str(error)
    )


async def take(visit: Visit, key: int, form: Form) -> str:
    """Own it; what a colleague has only if the page already said so when the button was pressed."""
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
    owner = about.conversation.owner_id if about else None
    seen = form.fields.get("seen", "")
    await visit.desk.take(key, visit.agent.id, now=visit.now, over=owner is not None and seen == str(owner))
    return here(form, key)


async def give_back(visit: Visit, key: int, form: Form) -> str:
    """Own it no more."""
    await visit.desk.give_back(key, visit.agent.id, now=visit.now, key=gesture(visit, form))
    return here(form, key, "returned")


async def hand_over(visit: Visit, key: int, form: Form) -> str:
    """Give it to a colleague or a team: `to` is `agent:<key>` or `team:<key>`."""
    kind, _, to = form.text("to").partition(":")
    teams = {team.key for team in visit.app.policies.now.teams}
    to_agent = key_of(to) if kind == "agent" else None
    to_team = to if kind == "team" and to in teams else None
    await visit.desk.hand_over(
        key,
        visit.agent.id,
        to_agent=to_agent,
        to_team=to_team,
        why=form.text("why")[:300],
        promises_too=form.text("along") != "asked" or form.text("promises") == "yes",
        now=visit.now,
        key=gesture(visit, form, "to"),
    )
    return here(form, key, "given")


async def snooze(visit: Visit, key: int, form: Form) -> str:
    """Set it aside until a moment of the form, then show the next who waits."""
    until = times.chosen(form.text("until"), form.text("on"), visit.now, visit.reader.zone)
    if until is None:
        raise DeskError("That time has passed or cannot be read. Choose a time to come.")
    once = gesture(visit, form, "until", "on")
    await visit.desk.snooze(key, visit.agent.id, until=until, now=visit.now, key=once)
    return await onward(visit, key, form, "snoozed")


async def wake(visit: Visit, key: int, form: Form) -> str:
    """Take it up again."""
    await visit.desk.wake(key, visit.agent.id, now=visit.now)
    return here(form, key)


async def resolve(visit: Visit, key: int, form: Form) -> str:
    """End the matter, then show the next who waits; first ask what becomes of open promises."""
    fates, reason = await resolving.fates_of(visit, key, form), resolving.reason_of(form)
    last = await resolving.last_words(visit, key, form)
    try:
        await visit.desk.resolve(key, visit.agent.id, reason=reason, promises=fates, **last, now=visit.now)
    except OpenPromises:
        return resolving.asked(key, form)
    return await onward(visit, key, form, "resolved")


async def reopen(visit: Visit, key: int, form: Form) -> str:
    """Go on with it."""
    await visit.desk.reopen(key, visit.agent.id, now=visit.now)
    return here(form, key, "reopened")


async def read(visit: Visit, key: int, form: Form) -> str:
    """Nothing is unread any more."""
    await visit.desk.read_up_to(key, visit.agent.id, now=visit.now)
    return here(form, key)


async def unread(visit: Visit, key: int, form: Form) -> str:
    """Show it as unread, and leave it."""
    async with visit.ground.gesture(visit.now, "mark_unread", visit.agent.id) as act:
        await act.conversation(key)
        if not await desk_log.mark_unread(act.connection, key):
            raise NotThere
    visit.app.live.publish(Change(kind="conversation", conversation_id=key))
    return f"/desk?{urlencode({'view': asking.view_of(form.fields.get('view')), 'done': 'unread'})}"


async def onward(visit: Visit, key: int, form: Form, done: str) -> str:
    """Return the address of who waits longest in the view, or of the list where nobody does."""
    view = asking.view_of(form.fields.get("view"))
    async with visit.app.database.reading() as connection:
        following = await asking.next_waiting(visit, connection, view, key)
    query = urlencode({"view": view, "done": done, "of": key})
    return f"/desk/c/{following.id}?{query}" if following else f"/desk?{query}"


async def edit(visit: Visit, message_id: int, form: Form) -> str:
    """Change an own answer."""
    await visit.desk.edit_reply(message_id, visit.agent.id, text=form.text("text"), now=visit.now)
    return ""


async def delete(visit: Visit, message_id: int, form: Form) -> str:
    """Take an own answer back."""
    await visit.desk.delete_reply(message_id, visit.agent.id, now=visit.now)
    return ""


async def resend(visit: Visit, message_id: int, form: Form) -> str:
    """Send again what failed or was perhaps sent."""
    await visit.desk.resend(message_id, visit.agent.id, now=visit.now)
    return "resent"


async def arrived(visit: Visit, message_id: int, form: Form) -> str:
    """Say that what was perhaps sent arrived."""
    await visit.desk.arrived(message_id, visit.agent.id, now=visit.now)
    return "arrived"


async def drop(visit: Visit, message_id: int, form: Form) -> str:
    """Give up what failed or was perhaps sent."""
    await visit.desk.drop(message_id, visit.agent.id, now=visit.now)
    return "dropped"


async def available(visit: Visit) -> web.StreamResponse:
    """Take conversations, or take no new ones."""
    form = await form_of(visit)
    await visit.desk.set_available(visit.agent.id, form.fields.get("available") == "yes", now=visit.now)
    return gone_to(visit, "/desk")
