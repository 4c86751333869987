"""Ending a matter: why, and a note; what is unanswered is asked about."""

from collections.abc import Sequence
from typing import Final

from inbox.desk.slack import promise_fates
from inbox.desk.slack.deeds import Json, Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.workspace import Workspace
from storage import conversations, promises
from storage.rows import Agent

CALLBACK: Final = "tidings_resolve"
ANYWAY: Final = "anyway"
UNANSWERED: Final = "The customer's last words are unanswered. Tick to resolve anyway."


def first(opening: Opening) -> View:
    """Ask why it is done."""
    return _view(opening.value, opening.whom)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Ask whether it is meant although the last word is the customer's, and about open promises."""
    conversation_id, values = sheet.conversation_of(deed.carried), deed.values
    if conversation_id is None:
        return None
    async with workspace.database.reading() as connection:
        conversation = await conversations.one(connection, conversation_id)
        card = await card_of(connection, workspace, conversation_id)
        promised = await promises.open_in(connection, conversation_id)
    if conversation is None or conversation.state == "resolved":
        return None
    unanswered = conversation.waiting_since is not None
    asked = promise_fates.unasked(values, promised)
    if (not unanswered or sheet.ticked(values, ANYWAY)) and not asked:
        late = promise_fates.wrong(values, promised, workspace.now())
        return sheet.errors(**late) if late else None
    whom = card.customer if card else ""
    reason, note = sheet.filled(values, "reason"), sheet.filled(values, "note")
    fates = promise_fates.blocks(promised, agent.zone)
    return sheet.instead(
        _view(deed.carried, whom, unanswered=unanswered, reason=reason, note=note, more=fates)
    )


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Keep the note, end the matter."""
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
    await workspace.desk.resolve(
        conversation_id,
        agent.id,
        reason=sheet.filled(deed.values, "reason"),
        promises=promise_fates.read(deed.values, promised),
        now=now,
    )
    return ""


SHEET: Final = Sheet(callback=CALLBACK, opened_by=("resolve",), first=first, wrong=wrong, done=done)


def _view(
    carried: str,
    whom: str,
    *,
    unanswered: bool = False,
    reason: str = "",
    note: str = "",
    more: Sequence[Json] = (),
) -> View:
    why = {"type": "plain_text_input", "max_length": 150}
    keep = {"type": "plain_text_input", "multiline": True, "max_length": 3000}
    blocks = [
        sheet.about(whom),
        sheet.asks("reason", "Reason", why | _begun(reason), optional=True),
        sheet.asks("note", "Note for the team", keep | _begun(note), optional=True),
        *more,
    ]
    if unanswered:
        box = {"type": "checkboxes", "options": [sheet.option("Resolve although it is unanswered", ANYWAY)]}
        blocks.append(sheet.asks(ANYWAY, UNANSWERED, box, optional=True))
    return sheet.modal(CALLBACK, "Resolve", blocks, carried=carried, submit="Resolve")


def _begun(value: str) -> dict[str, str]:
    return {"initial_value": value} if value else {}
