"""The tags of a conversation, with commas between them."""

from typing import Final

from inbox.desk.errors import DeskError
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.tagging import MOST, split
from storage import tags
from storage.rows import Agent

CALLBACK: Final = "tidings_tags"


def first(opening: Opening) -> View:
    """Show that it is coming."""
    return sheet.loading(CALLBACK, "Tags", opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Show the tags to be changed."""
    async with workspace.database.reading() as connection:
        known = await tags.of(connection, sheet.conversation_of(opening.value) or 0)
    begun = {"initial_value": ", ".join(known)} if known else {}
    text = {"type": "plain_text_input", "max_length": 1_000, **begun}
    blocks = [
        *([sheet.about(opening.whom)] if opening.spoken else []),
        sheet.asks("tags", "Tags", text, optional=True, hinted="With commas between them."),
    ]
    return sheet.modal(CALLBACK, "Tags", blocks, carried=opening.value, submit="Keep")


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse a tag that is too long, or too many."""
    try:
        wanted = split(sheet.filled(deed.values, "tags"))
    except DeskError as error:
        return sheet.errors(tags=str(error))
    return sheet.errors(tags=f"At most {MOST} tags on one conversation.") if len(wanted) > MOST else None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Add what is new and take off what is not there any more."""
    conversation_id, wanted = sheet.conversation_of(deed.carried), split(sheet.filled(deed.values, "tags"))
    if conversation_id is None:
        return ""
    shown = split(sheet.begun(deed.blocks, "tags"))  # what came meanwhile is a colleague's, and stays
    kept, before = {one.casefold() for one in wanted}, {one.casefold() for one in shown}
    more = [one for one in wanted if one.casefold() not in before]
    gone = [one for one in shown if one.casefold() not in kept]
    await workspace.desk.tag(conversation_id, agent.id, tags=more, without=gone, now=workspace.now())
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=("tag",), first=first, whole=whole, wrong=wrong, done=done)
