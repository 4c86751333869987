"""Giving a promise a new time, and telling the customer of it."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk import promised
from inbox.desk.errors import DeskError
from inbox.desk.slack import promise_posts
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.promise import checked_due, closed_then, due_of
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage import promises
from storage.promises import OPEN, Promise
from storage.rows import Agent

CALLBACK: Final = "tidings_promise_move"
TITLE: Final = "New time"


def first(opening: Opening) -> View:
    """Ask by when, as far as is known without the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Say what was promised by when, and ask for the new time."""
    return _view(opening.value, await _promise(workspace, opening.value), agent)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse a time that no promise can have; one outside the team's hours is asked about once."""
    due = due_of(deed)
    due = checked_due(due, workspace.now()) if isinstance(due, datetime) else due
    if isinstance(due, str):
        return sheet.errors(due=due)
    chosen = int(due.timestamp())
    closed = await closed_then(workspace, sheet.conversation_of(deed.carried), due, agent)
    if not closed or deed.carried.endswith(f"|w{chosen}"):
        return None
    carried = deed.carried.partition("|w")[0]
    promise, tell = await _promise(workspace, carried), sheet.filled(deed.values, "tell")
    return sheet.instead(_view(f"{carried}|w{chosen}", promise, agent, closed, chosen, tell))


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Move it, then tell the customer if there are words for them."""
    due, key = due_of(deed), promise_posts.of_value(deed.carried)
    if isinstance(due, str):
        raise DeskError(due)
    promise = await _promise(workspace, deed.carried)
    now = workspace.now()
    if promise.due_at != due:  # asked twice, it is moved once
        await workspace.desk.postpone_promise(key, agent.id, due_at=due, now=now)
    if tell := sheet.filled(deed.values, "tell"):
        await workspace.desk.tell_promise(key, agent.id, text=tell, now=now, key=f"slack:{deed.view_id}")
    return ""


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=(promise_posts.MOVE,), first=first, whole=whole, wrong=wrong, done=done
)


async def _promise(workspace: Workspace, value: str) -> Promise:
    async with workspace.database.reading() as connection:
        found = await promises.one(connection, promise_posts.of_value(value))
    if found is None:
        raise DeskError("There is no such promise any more.")
    if found.state != OPEN:
        raise DeskError(f"This promise is {found.state} already.")
    return found


def _view(
    carried: str, promise: Promise, agent: Agent, warning: str = "", due: int = 0, tell: str = ""
) -> View:
    when = promised.written(promise.due_at, ZoneInfo(agent.zone))
    picker = {"type": "datetimepicker", "initial_date_time": due or int(promise.due_at.timestamp())}
    words = {"type": "plain_text_input", "multiline": True, "max_length": 3_000}
    told = words | ({"initial_value": tell} if tell else {})
    return sheet.modal(
        CALLBACK,
        TITLE,
        [
            sheet.said(f"“{promise.text}”, promised by {when}."),
            *([sheet.said(warning)] if warning else []),
            sheet.asks("due", "Now by", picker),
            sheet.asks("tell", "Tell the customer", told, optional=True, hinted="Sent now as your answer."),
        ],
        carried=carried,
        submit="Move",
    )
