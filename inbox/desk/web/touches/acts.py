"""What agents decide about touches: hold, let go, cancel, approve, refuse, reword; pause all."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from inbox.desk.web.actions import gone_to, here
from inbox.desk.web.forms import Form, form_of
from inbox.desk.web.site import Visit, key_of
from inbox.touches import pausing
from inbox.touches.loop import BELL
from inbox.touches.pausing import Instance, Pause
from storage import touches
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED, HELD, PLANNED, WAITING

LONGEST = 1_600  # characters of one touch, ten SMS
Values = dict[str, Any]
Act = Callable[[TouchRow, Form], tuple[str, str, Values] | None]


def hold(row: TouchRow, _form: Form) -> tuple[str, str, Values] | None:
    """Keep it back until an agent lets it go."""
    return HELD, "taken_by_agent", {"approval": "held"}


def release(row: TouchRow, form: Form) -> tuple[str, str, Values] | None:
    """Let it go at its hour; one that asked before asks again."""
    return PLANNED, "", {"approval": "asked" if form.fields.get("asks") == "yes" else ""}


def cancel(row: TouchRow, _form: Form) -> tuple[str, str, Values] | None:
    """End it: it is not sent."""
    return CANCELLED, "stopped_by_agent", {}


def approve(row: TouchRow, _form: Form) -> tuple[str, str, Values] | None:
    """Give the word it waits for."""
    return PLANNED, "", {"approval": "given"}


def refuse(row: TouchRow, _form: Form) -> tuple[str, str, Values] | None:
    """Decide against it."""
    return CANCELLED, "approval_refused", {"approval": "refused"}


def edit(row: TouchRow, form: Form) -> tuple[str, str, Values] | None:
    """Say other words to this customer; none, or too many, change nothing."""
    text = form.text("text").strip()
    if not text or len(text) > LONGEST:
        return None
    return row.state, row.reason, {"text": text, "language": form.text("language")[:35]}


ACTS: dict[str, tuple[Act, str]] = {
    "hold": (hold, "held"),
    "release": (release, "released"),
    "cancel": (cancel, "cancelled"),
    "approve": (approve, "approved"),
    "refuse": (refuse, "refused"),
    "edit": (edit, "edited"),
}


def acting(name: str) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """Make the handler of one of `ACTS`; what moved on meanwhile is left as it is."""
    act, done = ACTS[name]

    async def handle(visit: Visit) -> web.StreamResponse:
        form = await form_of(visit)
        did = await change(visit, int(visit.request.match_info["id"]), name, act, form)
        if did:
            visit.app.nudges.nudge(BELL)
        return gone_to(visit, back(form, done if did else "gone"))

    return handle


async def change(visit: Visit, key: int, named: str, act: Act, form: Form) -> bool:
    """Do one act to a touch that waits and that nobody changed since the page was made."""
    async with visit.ground.gesture(visit.now, "decide_touch", visit.agent.id) as gesture:
        connection = gesture.connection
        row = await touches.one(connection, key)
        seen = key_of(form.fields.get("revision", "")) or 0
        if row is None or row.state not in WAITING or row.revision != seen:
            return False
        kind = visit.app.first_word.current.rules.touches.get(row.kind)
        form.fields["asks"] = "yes" if kind is not None and kind.approve else ""  # ours, not the form's
        made = act(row, form)
        if made is None:
            return False
        state, reason, values = made
        data = {"by": visit.agent.name, "approval": values.get("approval", "")}
        if "text" in values:
            data["edited"] = "yes"
        gesture.tell(f"{named} {row.kind}", customer_id=row.customer_id)
        return await touches.move(
            connection,
            gesture.ids,
            row,
            state,
            visit.now,
            reason=reason,
            data=data,
            agent_id=visit.agent.id,
            **values,
        )


def back(form: Form, done: str) -> str:
    """Return the page the form stood on, if it is one of ours, saying what was *done*."""
    parts = urlsplit(form.fields.get("back", ""))
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/desk/")
    path = parts.path if ours else "/desk/touches"
    kept = [one for one in parts.query.split("&") if one and not one.startswith("done=")] if ours else []
    return f"{path}?{'&'.join([*kept, f'done={done}'])}"


async def pause(visit: Visit) -> web.StreamResponse:
    """Let every touch wait."""
    form = await form_of(visit)
    async with visit.ground.gesture(visit.now, "pause_touches", visit.agent.id) as act:
        if await pausing.paused(act.connection) is None:
            why = form.text("why")[:200]
            await pausing.pause(act.connection, Pause(by=visit.agent.name, at=visit.now, why=why))
            act.tell()
    return gone_to(visit, back(form, "paused"))


async def resume(visit: Visit) -> web.StreamResponse:
    """Let touches go on; that also confirms a database that was restored."""
    form = await form_of(visit)
    async with visit.app.database.reading() as connection:
        stop = await pausing.paused(connection)
    if stop is not None and stop.reason == pausing.CHANGED:
        file = visit.app.settings.secret_file.with_name("instance.json")
        await Instance(file).trust(visit.app.database)
    async with visit.ground.gesture(visit.now, "resume_touches", visit.agent.id) as act:
        if await pausing.resume(act.connection, visit.agent.name, visit.now):
            act.tell()
    visit.app.nudges.nudge(BELL)
    return gone_to(visit, back(form, "resumed"))


async def complains(visit: Visit, key: int, form: Form) -> str:
    """Say that the customer complains: their touches are held."""
    await visit.desk.complaint(key, visit.agent.id, opened=True, now=visit.now)
    return here(form, key, "complaint")


async def is_settled(visit: Visit, key: int, form: Form) -> str:
    """Say that the complaint is settled: touches go on after a while."""
    await visit.desk.complaint(key, visit.agent.id, opened=False, now=visit.now)
    return here(form, key, "complaint-ended")
