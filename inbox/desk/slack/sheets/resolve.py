"""Ending a matter: why, a note, last words to the customer; what is unanswered is asked about."""

from collections.abc import Sequence
from typing import Final

from config.saved import DeskKnobs
from inbox.desk.errors import DeskError
from inbox.desk.rating import parting
from inbox.desk.slack import promise_fates, words
from inbox.desk.slack.deeds import Json, Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import checked
from storage import conversations, customers, promises
from storage.database import Connection
from storage.rows import Agent, Conversation

CALLBACK: Final = "tidings_resolve"
TITLE: Final = "Resolve"
ANYWAY: Final = "anyway"
LAST: Final = "last"
THANK, ASK = "thank", "ask"
UNANSWERED: Final = "The customer's last words are unanswered. Tick to resolve anyway."
GONE: Final = "There is no such conversation any more."


def first(opening: Opening) -> View:
    """Show that it is coming."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Ask why it is done, and what is said to the customer."""
    async with workspace.database.reading() as connection:
        conversation = await _found(connection, opening.value)
        return await _view(connection, workspace, conversation, opening.value)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Ask whether it is meant although the last word is the customer's, and about open promises."""
    values = deed.values
    async with workspace.database.reading() as connection:
        conversation = await _found(connection, deed.carried)
        if conversation.state == "resolved":
            return None
        promised = await promises.open_in(connection, conversation.id)
        if sheet.ticked(values, LAST) and (why := await _mute(connection, workspace, conversation)):
            return sheet.errors(**{LAST: why})
        unanswered = conversation.waiting_since is not None
        asked = promise_fates.unasked(values, promised)
        if (not unanswered or sheet.ticked(values, ANYWAY)) and not asked:
            late = promise_fates.wrong(values, promised, workspace.now())
            return sheet.errors(**late) if late else None
        more = promise_fates.blocks(promised, agent.zone)
        view = await _view(
            connection, workspace, conversation, deed.carried, deed=deed, unanswered=unanswered, more=more
        )
    return sheet.instead(view)


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Keep the note, say the last words, end the matter."""
    conversation_id, now = sheet.conversation_of(deed.carried), workspace.now()
    if conversation_id is None:
        return ""
    if note := sheet.filled(deed.values, "note"):
        key = f"slack:{deed.view_id}:note"
        await workspace.desk.note(
            conversation_id, agent.id, text=note, now=now, key=key, origin="slack-modal"
        )
    async with workspace.database.reading() as connection:
        promised = await promises.open_in(connection, conversation_id)
    last = sheet.ticked(deed.values, LAST)
    await workspace.desk.resolve(
        conversation_id,
        agent.id,
        reason=_reason(deed),
        promises=promise_fates.read(deed.values, promised),
        thank=THANK in last,
        ask=ASK in last,
        key=f"slack:{deed.view_id}:last",
        now=now,
    )
    return ""


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=("resolve",), first=first, whole=whole, wrong=wrong, done=done
)


def _reason(deed: Submitted) -> str:
    """Join what was chosen and what was written."""
    parts = (sheet.picked(deed.values, "reason"), sheet.filled(deed.values, "more"))
    return ": ".join(part for part in parts if part)


async def _found(connection: Connection, carried: str) -> Conversation:
    conversation = await conversations.one(connection, sheet.conversation_of(carried) or 0)
    if conversation is None:
        raise DeskError(GONE)
    return conversation


async def _mute(connection: Connection, workspace: Workspace, conversation: Conversation) -> str:
    """Say why nothing can be sent to the customer now; empty if it can."""
    address = await customers.address(connection, conversation.address_id)
    try:
        checked(workspace.channels, conversation.channel, address, (), workspace.now())
    except DeskError as error:
        return str(error)
    return ""


async def _view(
    connection: Connection,
    workspace: Workspace,
    conversation: Conversation,
    carried: str,
    *,
    deed: Submitted | None = None,
    unanswered: bool = False,
    more: Sequence[Json] = (),
) -> View:
    customer = await customers.one(connection, conversation.customer_id)
    mute, knobs = await _mute(connection, workspace, conversation), workspace.policy.desk
    whom = f"{words.name(customer.name if customer else '')} on {workspace.label(conversation.channel)}"
    language = customer.language if customer else ""
    last = sheet.hint(f"Nothing can be sent to the customer now. {mute}") if mute else None
    blocks = [
        sheet.about(whom),
        *_why(knobs, deed),
        last or _last(knobs, language, deed),
        *more,
    ]
    if unanswered:
        box = {"type": "checkboxes", "options": [sheet.option("Resolve although it is unanswered", ANYWAY)]}
        blocks.append(sheet.asks(ANYWAY, UNANSWERED, box, optional=True))
    return sheet.modal(CALLBACK, TITLE, blocks, carried=carried, submit="Resolve")


def _why(knobs: DeskKnobs, deed: Submitted | None) -> list[Json]:
    """Ask for a reason of the list, words of one's own, and a note."""
    options = [sheet.option(one, one) for one in knobs.resolve_reasons[:100]]
    chosen = sheet.picked(deed.values, "reason") if deed else ""
    begun = {name: sheet.filled(deed.values, name) if deed else "" for name in ("more", "note")}
    given = [one for one in options if one["value"] == chosen]
    reasons = {"type": "static_select", "options": options} | ({"initial_option": given[0]} if given else {})
    line = {"type": "plain_text_input", "max_length": 150} | _begun(begun["more"])
    keep = {"type": "plain_text_input", "multiline": True, "max_length": 3000} | _begun(begun["note"])
    return [
        *([sheet.asks("reason", "Reason", reasons, optional=True)] if options else []),
        sheet.asks("more", "In your own words", line, optional=True),
        sheet.asks("note", "Note for the team", keep, optional=True),
    ]


def _last(knobs: DeskKnobs, language: str, deed: Submitted | None) -> Json:
    """Offer thanks and the question how it was, and show what the customer would read."""
    options = [sheet.option("Thank and close", THANK)]
    if knobs.satisfaction:
        options.append(sheet.option("Ask how it was, from 1 to 5", ASK))
    ticked = [one for one in options if deed and one["value"] in sheet.ticked(deed.values, LAST)]
    box = {"type": "checkboxes", "options": options} | ({"initial_options": ticked} if ticked else {})
    read = parting(knobs, language, thank=True, ask=knobs.satisfaction).replace("\n\n", " / ")
    return sheet.asks(LAST, "Last words", box, optional=True, hinted=words.shortened(read, 1_900))


def _begun(value: str) -> dict[str, str]:
    return {"initial_value": value} if value else {}
