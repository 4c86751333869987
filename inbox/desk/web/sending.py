"""What agents send from the browser beyond an answer: later, over another channel, saved words, first."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from config.policy import Policy
from inbox.desk.beginning import may_begin
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.later import IfTheyWrite
from inbox.desk.later_checks import then
from inbox.desk.roles import may_drop
from inbox.desk.saved import THEN, Saved, all_of, found, preview, then_said
from inbox.desk.tagging import split
from inbox.desk.ways import ways
from inbox.desk.web import pages
from inbox.desk.web.actions import gone_to, here, refused
from inbox.desk.web.forms import Form, form_of, gesture
from inbox.desk.web.resolving import NO_TIME, new_time
from inbox.desk.web.sending_views import shown
from inbox.desk.web.site import Visit, key_of
from storage import customers, desk_log, found_people, laters, tags
from storage.database import Connection

Do = Callable[[Visit, int, Form], Awaitable[str]]
LONGEST = 100


def time_of(visit: Visit, form: Form) -> datetime:
    """Read when it is to be sent; raises a DeskError."""
    at = new_time(visit, form.text("at"))
    if at is None:
        raise DeskError(NO_TIME)
    return at


def if_they_write(form: Form) -> IfTheyWrite:
    """Read what becomes of it if the customer writes first."""
    return "send" if form.text("if_they_write") == "send" else "stop"


async def warned(visit: Visit, key: int, form: Form) -> str:
    """Say what speaks against the time of a message, in one sentence; empty where nothing does."""
    at = time_of(visit, form)
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
        if about is None:
            return ""
        to = key_of(form.text("later_to")) or about.conversation.address_id
        limits = visit.app.first_word.current.rules.limits
        moment = await then(connection, visit.app.channels, limits, to, at)
    if moment is None or not moment.warnings:
        return ""
    return f"It would leave {moment.clock}. {' '.join(moment.warnings)} Send once more if it is meant."


async def send_later(visit: Visit, key: int, form: Form, text: str) -> str:
    """Keep what was written until its time; returns where to go next."""
    await visit.desk.send_later(
        key,
        visit.agent.id,
        address_id=key_of(form.text("later_to")),
        text=text,
        files=form.files,
        at=time_of(visit, form),
        if_they_write=if_they_write(form),
        now=visit.now,
        key=gesture(visit, form),
    )
    return here(form, key, "later")


def about_later(do: Do) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """Make a form's handler of *do*, which gets the key of what waits and says what was done."""

    async def handle(visit: Visit) -> web.StreamResponse:
        later_id = int(visit.request.match_info["id"])
        form = await form_of(visit)
        async with visit.app.database.reading() as connection:
            known = await laters.one(connection, later_id)
        if known is None:
            return await refused(visit, None, form, NotThere("There is no such message to be sent later."))
        try:
            what = await do(visit, later_id, form)
        except DeskError as error:
            return await refused(visit, known.conversation_id, form, error)
        return gone_to(visit, here(form, known.conversation_id, what))

    return handle


async def change(visit: Visit, later_id: int, form: Form) -> str:
    """Give it other words, another time."""
    await visit.desk.change_later(
        later_id,
        visit.agent.id,
        text=form.text("text"),
        at=time_of(visit, form),
        if_they_write=if_they_write(form),
        now=visit.now,
    )
    return "later-changed"


async def cancel(visit: Visit, later_id: int, form: Form) -> str:
    """Send it never."""
    await visit.desk.cancel_later(later_id, visit.agent.id, now=visit.now)
    return "later-cancelled"


async def tag(visit: Visit, key: int, form: Form) -> str:
    """Set the tags of a conversation, with commas between them."""
    wanted = split(form.text("tags"))
    async with visit.app.database.reading() as connection:
        known = await tags.of(connection, key)
    kept = {one.casefold() for one in wanted}
    gone = [one for one in known if one.casefold() not in kept]
    await visit.desk.tag(key, visit.agent.id, tags=wanted, without=gone, now=visit.now)
    return here(form, key, "tagged")


async def saved(visit: Visit) -> web.StreamResponse:
    """Search among saved replies, and show the chosen one as this customer would read it."""
    return await _saved(visit, int(visit.request.match_info["id"]))


async def _saved(visit: Visit, key: int, *, error: str = "", text: str | None = None) -> web.StreamResponse:
    query, policies = visit.request.query, visit.app.policies
    words = query.get("q", "").replace("\0", "")[:LONGEST]
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
        if about is None:
            return await pages.problem(visit)
        known = await all_of(connection, policies.now, about.conversation.team)
        chosen = next((one for one in known if one.key == query.get("key")), None)
        made = (
            await preview(connection, policies, chosen, about.conversation, visit.agent) if chosen else None
        )
        [way] = ways(visit.app.channels, [about.address], visit.now)
    return await pages.plain(
        visit,
        "saved.html",
        "desk",
        status=409 if error else 200,
        key=key,
        whose=about.customer.name or "the customer",
        q=words,
        found=found(known, words),
        chosen=chosen,
        made=made,
        text=made.text if made and text is None else text or "",
        then=_then(chosen, policies.now),
        drops=chosen is not None and may_drop(visit.agent, chosen.made_by),
        shut=way.why_not,
        error=error,
        done=pages.done(visit),
        gesture=f"s{visit.app.database.ids.next()}",
    )


def _then(saved: Saved | None, policy: Policy) -> list[tuple[str, str]]:
    """List what else it does, by name, with the words for it."""
    if saved is None:
        return []
    return [(name, then_said(saved.then, name, policy)) for name in THEN if saved.then.get(name)]


async def use(visit: Visit) -> web.StreamResponse:
    """Send the chosen one as it was edited, and do what is ticked; refused words stay."""
    key, form = int(visit.request.match_info["id"]), await form_of(visit)
    try:
        await visit.desk.use_saved(
            key,
            visit.agent.id,
            key=visit.request.query.get("key", ""),
            text=form.text("text"),
            then=[name for name in THEN if form.text(f"then.{name}") == "yes"],
            now=visit.now,
            gesture=gesture(visit, form),
        )
    except NotThere as error:
        return await refused(visit, key, form, error)
    except DeskError as error:
        return await _saved(visit, key, error=str(error), text=form.text("text"))
    return gone_to(visit, here(form, key, "said"))


async def keep(visit: Visit, key: int, form: Form) -> str:
    """Keep words that are said often; the page of saved replies is shown again."""
    team = form.text("team")
    made = await visit.desk.save_reply(
        visit.agent.id,
        title=form.text("title"),
        texts={form.text("language") or "en": form.text("text")},
        then={"tags": split(form.text("tags")), "resolve": form.text("resolve")},
        teams=[team] if team else [],
        now=visit.now,
    )
    return f"/desk/c/{key}/saved?{urlencode({'key': made, 'done': 'kept'})}"


async def give_up(visit: Visit, key: int, form: Form) -> str:
    """Give a saved reply up; the page of those that are left is shown again."""
    await visit.desk.drop_saved(form.text("saved"), visit.agent.id, now=visit.now)
    return f"/desk/c/{key}/saved?{urlencode({'done': 'given-up'})}"


async def new(visit: Visit) -> web.StreamResponse:
    """Ask whom to write to first, over what."""
    return await _new(visit, Form())


async def _new(visit: Visit, form: Form, error: str = "") -> web.StreamResponse:
    words = visit.request.query.get("q", "").replace("\0", "").strip()[:LONGEST]
    who = key_of(visit.request.query.get("who", ""))
    async with visit.app.database.reading() as connection:
        people = await found_people.people(connection, words) if len(words) > 1 and who is None else []
        chosen = await _known(visit, connection, who) if who is not None else None
    begin = [(name, one.spec.label) for name, one in visit.app.channels.items() if may_begin(one.spec)]
    return await pages.plain(
        visit,
        "new.html",
        "desk",
        status=409 if error else 200,
        q=words,
        people=people,
        chosen=chosen,
        over=begin,
        form=form,
        error=error,
        gesture=form.text("key") or f"n{visit.app.database.ids.next()}",
    )


async def _known(visit: Visit, connection: Connection, who: int) -> dict[str, Any] | None:
    customer = await customers.one(connection, who)
    if customer is None:
        return None
    known = await customers.addresses_of(connection, who)
    return {
        "id": who,
        "name": customer.name or "No name",
        "ways": [shown(one) for one in ways(visit.app.channels, known, visit.now)],
    }


async def begin(visit: Visit) -> web.StreamResponse:
    """Write to them; what was refused stays in the form, with the reason."""
    form = await form_of(visit, files=True)
    try:
        if form.refused:
            raise DeskError(form.refused)
        key = await visit.desk.begin(
            visit.agent.id,
            address_id=key_of(form.text("to")),
            address=form.text("address"),
            channel=form.text("channel"),
            name=form.text("name"),
            text=form.text("text"),
            files=form.files,
            now=visit.now,
            key=gesture(visit, form),
        )
    except DeskError as error:
        await form.discard(visit.app.media)
        return await _new(visit, form, str(error))
    return gone_to(visit, here(form, key, "begun"))
