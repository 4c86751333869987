"""Other addresses, offered under what could not be sent where the conversation is."""

from collections.abc import Mapping
from typing import Any

from inbox.desk.slack.sheets import places
from inbox.desk.slack.sheets.elsewhere import OFFERS, elsewhere, offer_value
from inbox.desk.slack.workspace import Workspace
from storage import conversations
from storage.rows import Agent
from storage.slack_asks import SlackAsk


async def offers(workspace: Workspace, conversation_id: int, agent: Agent) -> Mapping[str, Any]:
    """Keep with a question which addresses may be written to instead: (address, label) each."""
    async with workspace.database.reading() as connection:
        conversation = await conversations.one(connection, conversation_id)
        if conversation is None:
            return {}
        found = await elsewhere(connection, workspace, conversation)
    open_ = [one for one in found if not one.why_not]
    named = [
        (one.address.id, places.named(one, agent, conversation.owner_id)) for one in open_[: len(OFFERS)]
    ]
    return {"elsewhere": [list(each) for each in named]} if named else {}


def buttons(ask: SlackAsk) -> list[tuple[str, str, str]]:
    """Make the buttons of a question: each opens the modal that sends there."""
    if ask.state in ("sent", "withdrawn"):
        return []
    return [
        (action, f"Send to {label}"[:75], _value(ask, int(address)))
        for action, (address, label) in zip(OFFERS, ask.said.get("elsewhere") or (), strict=False)
    ]


def _value(ask: SlackAsk, address_id: int) -> str:
    return offer_value(ask.conversation_id, address_id, ask.slack_channel, ask.ts)
