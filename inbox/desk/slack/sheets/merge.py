"""Merging two customers: find the other, see both side by side, choose who survives, type MERGE."""

from collections.abc import Sequence
from typing import Final

from config.policy import Policy
from inbox.desk.errors import DeskError
from inbox.desk.names import shown_address
from inbox.desk.roles import check
from inbox.desk.slack import profile_blocks, words
from inbox.desk.slack.deeds import Asked, Json, Pressed, Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Option, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage import conversations, customers, found_people, likely
from storage.database import Connection
from storage.found_people import FoundCustomer
from storage.likely import Likely
from storage.profiles import Profile
from storage.rows import Agent

CALLBACK: Final = "tidings_merge"
TITLE: Final = "Merge customers"
WORD: Final = "MERGE"
WAYS: Final = 6
MARK: Final = "cv_"


def first(opening: Opening) -> View:
    """Show that it is coming: who the customer is stands in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Ask whom to merge the customer of a conversation with."""
    conversation_id = sheet.conversation_of(opening.value)
    async with workspace.database.reading() as connection:
        conversation = await conversations.one(connection, conversation_id or 0)
    if conversation is None:
        raise DeskError("There is no such conversation any more.")
    return await view(workspace, f"{conversation.id}|{conversation.customer_id}", agent, 0)


async def pressed(workspace: Workspace, deed: Pressed, agent: Agent) -> View | Pushed | None:
    """Show both side by side once the other is chosen."""
    other = sheet.picked(deed.values, "other") or deed.value
    return await view(workspace, deed.carried, agent, int(other) if other.isdecimal() else 0)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Ask for the word, and for two customers."""
    _, mine, other = _carried(deed.carried)
    if not other:
        return sheet.errors(other="Choose the other customer.")
    if mine == other:
        return sheet.errors(other="This is the same customer. Choose another.")
    if sheet.filled(deed.values, "sure") != WORD:
        return sheet.errors(sure=f"Type {WORD} in capitals.")
    return None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Merge them."""
    _, mine, other = _carried(deed.carried)
    survivor = sheet.picked(deed.values, "survivor")
    kept = int(survivor) if survivor.isdecimal() else mine
    if kept not in (mine, other):
        raise DeskError("Choose which of both stays.")
    absorbed = other if kept == mine else mine
    await workspace.desk.merge(kept, absorbed, agent.id, now=workspace.now())
    return ""


async def options(workspace: Workspace, deed: Asked, agent: Agent) -> Sequence[Option]:
    """Offer who is likely the same, or whose name, address or conversation is like what is typed."""
    _, mine, _ = _carried(deed.carried)
    typed = deed.typed.strip()
    found: Sequence[Likely | FoundCustomer]
    async with workspace.database.reading() as connection:
        if not typed:
            found = await likely.same(connection, mine)
        elif typed.startswith(MARK):
            found = await _of_conversation(connection, typed)
        else:
            found = await found_people.people(connection, typed)
    return [
        (f"{one.name or 'Without a name'} · {one.address}", str(one.customer_id))
        for one in found
        if one.customer_id != mine
    ]


async def _of_conversation(connection: Connection, typed: str) -> list[Likely]:
    number = sheet.conversation_of(typed.removeprefix(MARK)) or 0
    talk = await conversations.one(connection, number) if number < 2**63 else None
    who = await customers.one(connection, talk.customer_id) if talk else None
    return [Likely(customer_id=who.id, name=who.name, address=typed)] if who else []


async def view(workspace: Workspace, carried: str, agent: Agent, other: int) -> View:
    """Ask for the other, and once it is known show both and ask who stays; raises NotAllowed."""
    check(agent, "merge")
    conversation_id, mine, _ = _carried(carried)
    now = workspace.now()
    here = await workspace.desk.profile(mine, agent.id, now=now)
    there = await workspace.desk.profile(other, agent.id, now=now) if other else None
    blocks: list[Json] = [sheet.said(f"{words.name(here.customer.name)} and the other become one customer.")]
    hint = sheet.plain("Name, number, cv_…")
    search: Json = {"type": "external_select", "min_query_length": 0, "placeholder": hint}
    if there is not None:
        chosen = sheet.option(_called(there), str(there.customer.id))
        search = {**search, "initial_option": chosen}
    blocks.append(sheet.asks("other", "The other customer", search, at_once=True))
    if there is not None:
        blocks += _both(here, there, workspace.policy)
    key = there.customer.id if there is not None else 0
    return sheet.modal(
        CALLBACK, TITLE, blocks, carried=f"{conversation_id}|{here.customer.id}|{key}", submit="Merge"
    )


def _both(here: Profile, there: Profile, policy: Policy) -> list[Json]:
    stays = [sheet.option(f"{_called(one)} stays", str(one.customer.id)) for one in (here, there)]
    radio = {"type": "radio_buttons", "options": stays, "initial_option": stays[0]}
    word = {"type": "plain_text_input", "max_length": 10}
    return [
        {"type": "section", "fields": [_side(here, policy), _side(there, policy)]},
        sheet.asks("survivor", "Who stays", radio, hinted="Facts that are missing come from the other."),
        sheet.hint(
            "Everything of the other goes to who stays. The older open conversation goes on. "
            "At one number the stricter consent holds. It can be undone for 30 days."
        ),
        sheet.asks("sure", f"Type {WORD}", word),
    ]


def _side(one: Profile, policy: Policy) -> Json:
    customer = one.customer
    counts = (
        (len(one.orders), "order"),
        (len(one.promises), "promise"),
        (len(one.conversations), "conversation"),
    )
    lines = [
        f"*{words.name(customer.name)}*",
        *(f"{label}: {words.escape(words.shortened(said, 60))}" for label, said in _facts(one, policy)),
        *(profile_blocks.way(way, one, whole=True) for way in one.addresses[:WAYS]),
        ", ".join(_many(*each) for each in counts),
    ]
    return {"type": "mrkdwn", "text": "\n".join(lines)[:2_000]}


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _facts(one: Profile, policy: Policy) -> list[tuple[str, str]]:
    known = profile_blocks.shown(one.customer, policy)
    return [(label, known[name]) for name, label in profile_blocks.LABELS.items() if known[name]]


def _called(one: Profile) -> str:
    named = words.name(one.customer.name) if one.customer.name else "Without a name"
    return f"{named} ({shown_address(one.addresses[0].address)})" if one.addresses else named


def _carried(text: str) -> tuple[int, int, int]:
    """Read the conversation, its customer and the other one, 0 where it is not known yet."""
    parts = [int(one) if one.isascii() and one.isdecimal() else 0 for one in text.split("|")]
    conversation, mine, other = [*parts, 0, 0, 0][:3]
    return conversation, mine, other


SHEET: Final = Sheet(
    callback=CALLBACK,
    opened_by=("merge",),
    first=first,
    whole=whole,
    pressed=pressed,
    wrong=wrong,
    done=done,
    options=options,
)
