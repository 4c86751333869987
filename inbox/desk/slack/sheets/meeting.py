"""Inviting the customer to a video meeting: the words with the link, to be edited before they leave."""

from typing import Final

from config.wording import load_wording
from inbox.desk.errors import DeskError
from inbox.desk.meeting import invitation
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import places, sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import ways
from storage import conversations, customers
from storage.rows import Agent

CALLBACK: Final = "tidings_meeting"
TITLE: Final = "Video meeting"
OPENS: Final = "meeting"


def first(opening: Opening) -> View:
    """Show that it is coming: in which language stands in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Show the invitation in the customer's language, or why nothing can be sent there."""
    async with workspace.database.reading() as connection:
        conversation = await conversations.one(connection, sheet.conversation_of(opening.value) or 0)
        if conversation is None:
            raise DeskError("There is no such conversation any more.")
        customer = await customers.one(connection, conversation.customer_id)
        address = await customers.address(connection, conversation.address_id)
    about = [sheet.about(opening.whom)] if opening.spoken else []
    shut = ways(workspace.channels, [address], workspace.now())[0].why_not if address is not None else ""
    if shut:
        return sheet.modal(CALLBACK, TITLE, [*about, sheet.said(shut)], close="Close")
    channel = workspace.channels.get(conversation.channel)
    rules = workspace.touches.rules if workspace.touches is not None else None
    text = invitation(
        workspace.policy.calls,
        rules.wording if rules is not None else load_wording(business=workspace.policies.business),
        conversation.id,
        language=customer.language if customer is not None else "",
        kind=channel.spec.kind if channel is not None else "",
    )
    blocks = [*about, places.asks_text(text), sheet.hint("They get it where the conversation is.")]
    return sheet.modal(CALLBACK, TITLE, blocks, carried=opening.value, submit="Send")


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse an invitation without words."""
    return None if sheet.filled(deed.values, places.TEXT) else sheet.errors(text="Write something.")


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Send it as any answer."""
    conversation_id = sheet.conversation_of(deed.carried)
    if conversation_id is not None:
        await workspace.desk.reply(
            conversation_id,
            agent.id,
            text=sheet.filled(deed.values, places.TEXT),
            now=workspace.now(),
            key=f"slack:{deed.view_id}",
            origin="slack-modal",
        )
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=(OPENS,), first=first, whole=whole, wrong=wrong, done=done)
