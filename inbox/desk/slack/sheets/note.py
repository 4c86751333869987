"""Writing a note that only our team sees, in the conversation or on its customer for good."""

from typing import Final

from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage.rows import Agent

CALLBACK: Final = "tidings_write_note"
PIN: Final = "pin"


def first(opening: Opening) -> View:
    """Ask for the words."""
    words = {"type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 3_000}
    box = {"type": "checkboxes", "options": [sheet.option("Pin it to the customer", PIN)]}
    blocks = [
        sheet.about(opening.whom),
        sheet.asks("text", "Note", words, hinted="Only our team sees it."),
        sheet.asks(PIN, "Keep in view", box, optional=True),
    ]
    return sheet.modal(CALLBACK, "Note", blocks, carried=opening.value, submit="Keep")


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Keep it, pinned where that was asked for."""
    conversation_id, now = sheet.conversation_of(deed.carried), workspace.now()
    if conversation_id is None:
        return ""
    message_id = await workspace.desk.note(
        conversation_id,
        agent.id,
        text=sheet.filled(deed.values, "text"),
        now=now,
        key=f"slack:{deed.view_id}",
        origin="slack-modal",
    )
    if PIN in sheet.ticked(deed.values, PIN):
        await workspace.desk.pin(message_id, agent.id, pinned=True, now=now)
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=("note",), first=first, done=done)
