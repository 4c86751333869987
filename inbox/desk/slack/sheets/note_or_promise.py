"""Keeping a message as a note, or as a promise with a date: the shortcut on any message of a conversation."""

from typing import Final

from bots.marks import plain
from inbox.desk.errors import DeskError
from inbox.desk.promise_acts import LONGEST
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.promise import checked_due, closed_then, due_of
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage import messages, slack_posts, slack_threads
from storage.rows import Agent

CALLBACK: Final = "tidings_note"
TITLE: Final = "Note or promise"
NOTE: Final = "note"
PROMISE: Final = "promise"
NOWHERE: Final = "This message is in no conversation with a customer."


def first(opening: Opening) -> View:
    """Show that it is coming: whose conversation it is stands in the rows."""
    return sheet.loading(CALLBACK, TITLE)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Ask which of both, with the message's words filled in."""
    async with workspace.database.reading() as connection:
        place = (workspace.team_id, opening.slack_channel, opening.thread_ts)
        thread = await slack_threads.thread_at(connection, *place)
        if thread is None:
            raise DeskError(NOWHERE)
        shown = await slack_posts.posts_at(connection, opening.slack_channel, opening.message_ts)
        said = await messages.one(connection, shown[0].message_id) if len(shown) == 1 else None
    spoken = plain(words.from_markup(str((opening.message or {}).get("text") or ""), str))
    text = said.text if said is not None else spoken
    message = f"|m{said.id}" if said is not None else ""
    return _view(f"{thread.conversation_id}{message}", text[:3_000])


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """A promise is short and has a time to come; one outside the team's hours is asked about once."""
    if sheet.picked(deed.values, "kind") != PROMISE:
        return None
    if (long := len(sheet.filled(deed.values, "text"))) > LONGEST:
        return sheet.errors(text=f"{long} characters; a promise has at most {LONGEST}.")
    due = due_of(deed)
    due = due if isinstance(due, str) else checked_due(due, workspace.now())
    if isinstance(due, str):
        return sheet.errors(due=due)
    closed = await closed_then(workspace, sheet.conversation_of(deed.carried), due, agent)
    marked = f"|w{int(due.timestamp())}"
    if not closed or deed.carried.endswith(marked):
        return None
    carried, text = deed.carried.partition("|w")[0], sheet.filled(deed.values, "text")
    return sheet.instead(_view(carried + marked, text, due=int(due.timestamp()), warning=closed))


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Keep the note, or make the promise."""
    conversation_id, text = sheet.conversation_of(deed.carried), sheet.filled(deed.values, "text")
    if conversation_id is None:
        return ""
    desk, now, key = workspace.desk, workspace.now(), f"slack:{deed.view_id}"
    if sheet.picked(deed.values, "kind") != PROMISE:
        await desk.note(conversation_id, agent.id, text=text, now=now, key=key, origin="slack-modal")
        return ""
    due, message = due_of(deed), deed.carried.partition("|m")[2].partition("|")[0]
    if isinstance(due, str):
        raise DeskError(due)
    await desk.promise(
        conversation_id,
        agent.id,
        text=text,
        due_at=due,
        message_id=int(message) if message.isdecimal() else None,
        key=key,
        now=now,
    )
    return ""


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=(CALLBACK,), first=first, whole=whole, wrong=wrong, done=done
)


def _view(carried: str, text: str, *, due: int = 0, warning: str = "") -> View:
    kinds = [
        sheet.option("A note: only our team sees it", NOTE),
        sheet.option("A promise with a date", PROMISE),
    ]
    radio = {"type": "radio_buttons", "options": kinds, "initial_option": kinds[1 if due else 0]}
    typed = {"type": "plain_text_input", "multiline": True, "max_length": 3_000}
    return sheet.modal(
        CALLBACK,
        TITLE,
        [
            *([sheet.said(warning)] if warning else []),
            sheet.asks("kind", "Keep it as", radio),
            sheet.asks("text", "Words", typed | ({"initial_value": text} if text else {})),
            sheet.asks(
                "due",
                "By when",
                {"type": "datetimepicker"} | ({"initial_date_time": due} if due else {}),
                optional=True,
                hinted="For a promise, which has at most 150 characters.",
            ),
        ],
        carried=carried,
        submit="Keep",
    )
