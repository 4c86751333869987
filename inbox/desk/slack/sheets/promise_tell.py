"""Telling a customer how a promise stands."""

from typing import Final

from inbox.desk.slack import promise_posts
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage.rows import Agent

CALLBACK: Final = "tidings_promise_tell"


def first(opening: Opening) -> View:
    """Ask for the words."""
    told = {"type": "plain_text_input", "multiline": True, "max_length": 3_000}
    asked = sheet.asks("tell", "Your words", told, hinted="Sent as your answer in this conversation.")
    blocks = [sheet.said(opening.spoken.partition(" [")[0] or "Tell the customer."), asked]
    return sheet.modal(CALLBACK, "Tell the customer", blocks, carried=opening.value, submit="Send")


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Send them."""
    await workspace.desk.tell_promise(
        promise_posts.of_value(deed.carried),
        agent.id,
        text=sheet.filled(deed.values, "tell"),
        now=workspace.now(),
        key=f"slack:{deed.view_id}",
    )
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=(promise_posts.TELL,), first=first, done=done)
