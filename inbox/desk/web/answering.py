"""The answer box's own doors: send or note, keep a draft, count characters."""

from datetime import datetime
from typing import Any, cast

from aiohttp import web

from inbox.desk import promise_words
from inbox.desk.errors import DeskError, NotThere, OpenPromises
from inbox.desk.meeting import invitation
from inbox.desk.web import pages, resolving, sending, times
from inbox.desk.web.actions import gone_to, here, onward, refused
from inbox.desk.web.asking import Refusal
from inbox.desk.web.composing import fit
from inbox.desk.web.forms import Form, form_of, gesture
from inbox.desk.web.parts import spec_of
from inbox.desk.web.site import Visit, key_of
from inbox.live import Change
from storage import desk_log, drafts
from storage.drafts import Mode


async def answer(visit: Visit) -> web.StreamResponse:
    """Send what was written, or keep it as a note; refused words stay in the box."""
    key = int(visit.request.match_info["id"])
    form = await form_of(visit, files=True)
    mode = mode_of(form)
    text = form.text("text").strip("\n")
    try:
        if form.refused:
            raise DeskError(form.refused)
        said = await _meanwhile(visit, key, form) if mode == "answer" else ""
        if said:
            return await _refused(visit, key, form, Refusal(mode=mode, text=text, error=said, again=True))
        if mode == "answer" and form.fields.get("then") == "later":
            return await _later(visit, key, form, text)
        message_id = await _say(visit, key, form, mode, text)
        async with visit.app.database.writing() as connection:
            await drafts.drop(connection, visit.agent.id, key, mode)
        address = await _then(visit, key, form, mode)
    except NotThere as error:
        await form.discard(visit.app.media)
        return await pages.problem(visit, 404, "Not sent", str(error))
    except DeskError as error:
        return await _refused(visit, key, form, Refusal(mode=mode, text=text, error=str(error)))
    if visit.wants_json and not address:
        offer = await _offer(visit, key, message_id, text) if mode == "answer" else ""
        return web.json_response({"id": str(message_id)} | ({"offer": offer} if offer else {}))
    return gone_to(visit, address or here(form, key))


async def _later(visit: Visit, key: int, form: Form, text: str) -> web.StreamResponse:
    """Keep it until its time; what speaks against that time is said once."""
    sure = form.fields.get("sure") == "yes"
    if not sure and (warning := await sending.warned(visit, key, form)):
        return await _refused(visit, key, form, Refusal(mode="answer", text=text, error=warning, again=True))
    address = await sending.send_later(visit, key, form, text)
    async with visit.app.database.writing() as connection:
        await drafts.drop(connection, visit.agent.id, key, "answer")
    return gone_to(visit, address)


async def _offer(visit: Visit, key: int, message_id: int, text: str) -> str:
    """Offer to keep an answer as a promise where it reads like one; empty where it does not."""
    found = await promise_words.found(text, visit.now, visit.agent.zone)
    if found is None:
        return ""
    due = f"{found.due_at.astimezone(visit.reader.zone):%Y-%m-%dT%H:%M}"
    when = visit.reader.moment(found.due_at)
    return visit.part(
        "parts/offer.html", key=key, message=message_id, found=found, due=due, when=when, view=""
    )


async def _say(visit: Visit, key: int, form: Form, mode: Mode, text: str) -> int:
    once = gesture(visit, form)
    if mode == "note":
        return await visit.desk.note(
            key, visit.agent.id, text=text, files=form.files, now=visit.now, key=once
        )
    if (to := key_of(form.text("to"))) is not None:
        return await visit.desk.reply_elsewhere(
            key, visit.agent.id, address_id=to, text=text, files=form.files, now=visit.now, key=once
        )
    return await visit.desk.reply(key, visit.agent.id, text=text, files=form.files, now=visit.now, key=once)


async def _meanwhile(visit: Visit, key: int, form: Form) -> str:
    """Say what a colleague answered since the page was made, unless the agent has seen it."""
    last = key_of(form.fields.get("last", ""))
    if form.fields.get("sure") == "yes" or last is None:
        return ""
    async with visit.app.database.reading() as connection:
        said = await desk_log.said_since(connection, key, last, visit.agent.id)
    if not said:
        return ""
    return f"A colleague answered meanwhile: “{said[:200]}”. Send once more if yours is still needed."


async def _then(visit: Visit, key: int, form: Form, mode: Mode) -> str:
    """Do what the pressed button says after sending; empty to stay."""
    match form.fields.get("then", "") if mode == "answer" else "":
        case "resolve":
            try:
                await visit.desk.resolve(key, visit.agent.id, now=visit.now, key=gesture(visit, form))
            except OpenPromises:  # the answer is sent; what becomes of them is asked on a page of its own
                return resolving.asked(key, form)
            return await onward(visit, key, form, "resolved")
        case "tomorrow":
            until = cast(datetime, times.chosen("tomorrow", "", visit.now, visit.reader.zone))
            once = gesture(visit, form)
            await visit.desk.snooze(key, visit.agent.id, until=until, now=visit.now, key=once)
            return await onward(visit, key, form, "snoozed")
        case _:
            return ""


async def _refused(visit: Visit, key: int, form: Form, refusal: Refusal) -> web.Response:
    """Keep the words as a draft and say why; files must be added again."""
    await form.discard(visit.app.media)
    async with visit.app.database.writing() as connection:
        if await desk_log.about(connection, key) is not None:
            await drafts.keep(connection, visit.agent.id, key, refusal.mode, refusal.text, now=visit.now)
    if visit.wants_json:
        return web.json_response({"error": refusal.error, "again": refusal.again}, status=409)
    return await pages.opened(visit, key, pane="conversation", view=form.fields.get("view"), refusal=refusal)


async def draft(visit: Visit) -> web.StreamResponse:
    """Keep what is written so far, and let colleagues know that somebody writes."""
    key = int(visit.request.match_info["id"])
    form = await form_of(visit)
    async with visit.app.database.writing() as connection:
        if await desk_log.about(connection, key) is None:
            raise web.HTTPNotFound(text="There is no such conversation.")
        text = form.text("text")[:100_000]
        await drafts.keep(connection, visit.agent.id, key, mode_of(form), text, now=visit.now)
    if text.strip():
        visit.app.live.publish(Change(kind="draft", conversation_id=key, agent_id=visit.agent.id))
        if mode_of(form) == "answer":  # of a note the customer knows nothing
            visit.app.live.publish(Change(kind="typing", conversation_id=key, agent_id=visit.agent.id))
            visit.app.ground.signs.leave("typing", key)
    kept = f"Draft kept {visit.reader.clock(visit.now)}" if text.strip() else ""
    return web.json_response({"kept": kept})


async def meeting(visit: Visit) -> web.StreamResponse:
    """Put an invitation to a video meeting behind what is written so far; nothing is sent."""
    key = int(visit.request.match_info["id"])
    form = await form_of(visit)
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
    if about is None:
        return await pages.problem(visit, 404, "Not written", "There is no such conversation.")
    spec = spec_of(visit.app.channels, about.conversation.channel)
    try:
        invited = invitation(
            visit.app.policies.now.calls,
            visit.app.first_word.book.wording,
            key,
            language=about.customer.language,
            kind=spec.kind if spec else "",
        )
    except DeskError as error:
        return await refused(visit, key, form, error)
    written, mode = form.text("text").strip(), mode_of(form)
    text = f"{written}\n{invited}" if written and mode == "answer" else invited
    async with visit.app.database.writing() as connection:
        await drafts.keep(connection, visit.agent.id, key, "answer", text, now=visit.now)
        if mode == "note":
            await drafts.keep(connection, visit.agent.id, key, mode, written, now=visit.now)
    if visit.wants_json:
        return web.json_response({"text": text})
    return gone_to(visit, here(form, key, "meeting"))


async def counted(visit: Visit) -> web.StreamResponse:
    """Count a text for the conversation's channel, as `composing.fit` does."""
    key = int(visit.request.match_info["id"])
    form = await form_of(visit)
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
    if about is None:
        raise web.HTTPNotFound(text="There is no such conversation.")
    counted = fit(form.text("text"), spec_of(visit.app.channels, about.conversation.channel))
    values: dict[str, Any] = pages.flat(counted)
    return web.json_response(values)


def mode_of(form: Form) -> Mode:
    """Read whether these words are an answer or a note."""
    return "note" if form.fields.get("mode") == "note" else "answer"
