"""Answering over another channel: at which of the customer's other addresses, and why not at the rest."""

from dataclasses import dataclass
from typing import Final

from inbox.desk.errors import DeskError
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.sheets import places, sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import Way, ways
from inbox.media import KeptFile
from storage import conversations, customers, messages, slack_asks
from storage.database import Connection
from storage.rows import Agent, Conversation
from storage.slack_asks import SlackAsk

CALLBACK: Final = "tidings_elsewhere"
TITLE: Final = "Another channel"
OFFERS: Final = tuple(f"elsewhere_{number}" for number in range(5))
"""Buttons under a question, one for each address that is offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is to be sent already: the *text*, the address, and the question it was typed under."""

    text: str = ""
    address_id: int | None = None
    ask: SlackAsk | None = None


def first(opening: Opening) -> View:
    """Show that it is coming: the addresses stand in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Offer the addresses that can be reached, and say of the others why not."""
    async with workspace.database.reading() as connection:
        conversation = await _conversation(connection, opening.value)
        begun = await _begun(connection, opening.value)
        found = await elsewhere(connection, workspace, conversation)
    open_, shut = [one for one in found if not one.why_not], [one for one in found if one.why_not]
    reasons = places.others(shut, agent, conversation.owner_id)
    if not open_:
        said = "This customer has no other address that can be written to now."
        return sheet.modal(CALLBACK, TITLE, [sheet.said(said), *reasons], close="Close")
    files = len((begun.ask.said.get("files") if begun.ask else None) or ())
    along = [sheet.hint(f"With {files} file{'s' if files > 1 else ''} that came with it.")] if files else []
    blocks = [
        *([sheet.about(opening.whom)] if opening.action == "elsewhere" and opening.spoken else []),
        places.choice(open_, agent, conversation.owner_id, begun.address_id),
        *reasons,
        places.asks_text(begun.text),
        places.asks_files(),
        *along,
        sheet.hint("It stands in the same conversation, which goes there once they answer there."),
    ]
    return sheet.modal(CALLBACK, TITLE, blocks, carried=opening.value, submit="Send")


async def elsewhere(connection: Connection, workspace: Workspace, conversation: Conversation) -> list[Way]:
    """Look at the customer's addresses other than the one where the conversation is."""
    known = await customers.addresses_of(connection, conversation.customer_id)
    rest = [one for one in known if one.id != conversation.address_id]
    return ways(workspace.channels, rest, workspace.now())


async def _conversation(connection: Connection, value: str) -> Conversation:
    found = await conversations.one(connection, sheet.conversation_of(value) or 0)
    if found is None:
        raise DeskError("There is no such conversation any more.")
    return found


async def _begun(connection: Connection, value: str) -> Begun:
    """Read what the button carries: a failed message, or a question with the address it offered."""
    kind, *rest = value.split("|")[1:] or [""]
    if kind.startswith("m") and kind[1:].isdecimal():
        message = await messages.one(connection, int(kind[1:]))
        return Begun(text=message.text if message else "")
    if kind.startswith("a") and kind[1:].isdecimal() and len(rest) == 2:
        ask = await slack_asks.ask_at(connection, rest[0], rest[1])
        return Begun(text=str(ask.said.get("text", "")) if ask else "", address_id=int(kind[1:]), ask=ask)
    return Begun()


def offer_value(conversation_id: int, address_id: int, slack_channel: str, ts: str) -> str:
    """Write what a button under a question carries: the address offered and what was typed where."""
    return f"{conversation_id}|a{address_id}|{slack_channel}|{ts}"


def failed_value(conversation_id: int, message_id: int) -> str:
    """Write what the button of a message that failed carries."""
    return f"{conversation_id}|m{message_id}"


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse an empty answer, and an address that closed while the modal was open."""
    async with workspace.database.reading() as connection:
        conversation = await _conversation(connection, deed.carried)
        begun = await _begun(connection, deed.carried)
        found = await elsewhere(connection, workspace, conversation)
    if conversation.state == "resolved":
        return sheet.errors(text="This conversation was resolved meanwhile. Reopen it first.")
    files = begun.ask is not None and begun.ask.said.get("files")
    if not sheet.filled(deed.values, places.TEXT) and not places.has_files(deed.values) and not files:
        return sheet.errors(text="Write something or add a file.")
    way = next((one for one in found if one.address.id == places.chosen(deed.values)), None)
    if way is None:
        return sheet.errors(to="They have no such address any more.")
    return sheet.errors(to=way.why_not) if way.why_not else None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Send it there; what was typed before and asked about is answered so."""
    conversation_id = sheet.conversation_of(deed.carried)
    if conversation_id is None:
        return ""
    async with workspace.database.reading() as connection:
        ask = (await _begun(connection, deed.carried)).ask
    if ask is not None and ask.state in ("sent", "withdrawn"):
        return "It was sent already." if ask.state == "sent" else "Not sent: it was taken back."
    kept = [KeptFile(**file) for file in (ask.said.get("files") if ask else None) or ()]
    await workspace.desk.reply_elsewhere(
        conversation_id,
        agent.id,
        address_id=places.chosen(deed.values),
        text=sheet.filled(deed.values, places.TEXT),
        files=[*kept, *await places.fetched(workspace, deed.values)],
        now=workspace.now(),
        key=str(ask.said.get("key")) if ask else f"slack:{deed.view_id}",
        origin="slack-modal",
    )
    if ask is not None:
        async with workspace.database.writing() as connection:
            await slack_asks.answer_ask(connection, ask, "sent")
    return ""


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=("elsewhere", *OFFERS), first=first, whole=whole, wrong=wrong, done=done
)
