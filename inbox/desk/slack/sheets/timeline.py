"""Everything of a customer in one order, the newest first; a button goes on to what was earlier."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from inbox.desk import promised
from inbox.desk.auditing import of_agent
from inbox.desk.calling import ringing
from inbox.desk.errors import DeskError
from inbox.desk.life import Line, Telling, line
from inbox.desk.slack import sentences, words
from inbox.desk.slack.deeds import Pressed, Submitted
from inbox.desk.slack.posts import button
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Opening, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage import agents, conversations, customers, desk_log, timeline
from storage.database import Connection
from storage.rows import Agent, Customer
from storage.timeline import Edge, Entry

CALLBACK: Final = "tidings_timeline"
TITLE: Final = "Everything"
EARLIER: Final = "timeline_earlier"
LATEST: Final = "timeline_latest"
NOWHERE: Final = "There is no such customer any more."
PAGE: Final = 40  # of a hundred blocks: an entry is one, and each may begin a day
QUOTE: Final = 400
FOLLOWED: Final = 20  # merges behind one another


def first(opening: Opening) -> View:
    """Show that it is coming: everything of it stands in the rows."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Show the latest of the customer of a conversation, or of the customer who stands behind it."""
    return await shown(workspace, opening.value, agent)


async def pressed(workspace: Workspace, deed: Pressed, agent: Agent) -> View | Pushed | None:
    """Go on to what was earlier, or back to the latest."""
    if deed.action not in (EARLIER, LATEST):
        return None
    before = edge_of(deed.value) if deed.action == EARLIER else None
    return await shown(workspace, deed.carried, agent, before)


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """It only shows."""
    return ""


async def shown(workspace: Workspace, carried: str, agent: Agent, before: Edge | None = None) -> View:
    """Show a page of the timeline; *carried* is `conversation|…`, or `0|customer`."""
    now = workspace.now()
    async with workspace.database.reading() as connection:
        customer = await _customer(connection, carried)
    if customer is None:
        raise DeskError(NOWHERE)
    ground = workspace.desk.ground
    await ground.lets(agent, "see_timeline", now)
    await ground.shows(of_agent(agent, "saw", "see_timeline", now, ground.door, customer_id=customer.id))
    async with workspace.database.reading() as connection:
        found = await timeline.page(connection, customer.id, now=now, before=before, limit=PAGE)
        names = {one.id: one.name for one in await agents.all_active(connection)}
        names |= await desk_log.names_of_others(connection, list(names))
    zone = ZoneInfo(agent.zone)
    telling = Telling(
        me=agent.id,
        customer=customer.name.strip() or "The customer",
        names=names,
        labels={one.channel: workspace.label(one.channel) for one in found.entries if one.channel},
        moment=lambda at: f"{at.astimezone(zone):%a %d %b %H:%M}",
        befell=lambda entry: _befell(entry, names.get(entry.agent_id or 0, ""), zone),
        now=now,
        ring=ringing(workspace.channels),
    )
    blocks = [sheet.about(customer.name.strip() or "A customer without a name")]
    blocks += _told(found.entries, telling, zone) or [sheet.said("Nothing was said or done yet.")]
    turns = [button(LATEST, "Latest", "latest")] if before is not None else []
    if found.edge is not None:
        turns.append(button(EARLIER, "Earlier", ".".join(map(str, found.edge))))
    blocks += [{"type": "actions", "block_id": "turn", "elements": turns}] if turns else []
    return sheet.modal(CALLBACK, TITLE, blocks, carried=carried, close="Close")


async def _customer(connection: Connection, carried: str) -> Customer | None:
    """Find the customer, or whom they became."""
    conversation_id = sheet.conversation_of(carried)
    talk = await conversations.one(connection, conversation_id) if conversation_id else None
    number = carried.partition("|")[2].partition("|")[0]
    found = await customers.one(connection, talk.customer_id if talk else int(number or 0))
    for _ in range(FOLLOWED):
        if found is None or found.merged_into is None:
            break
        found = await customers.one(connection, found.merged_into)
    return found


def _befell(entry: Entry, who: str, zone: ZoneInfo) -> str:
    if entry.word in promised.KINDS:
        return promised.said(entry.word, who or "Somebody", entry.data, zone)
    return sentences.happened(entry.word, who, entry.data)


def _told(entries: Sequence[Entry], telling: Telling, zone: ZoneInfo) -> list[Any]:
    blocks: list[Any] = []
    day = ""
    for entry in entries:
        told = line(entry, telling)
        if told is None:
            continue
        here = entry.at.astimezone(zone)
        if (today := f"{here:%A %-d %B %Y}") != day:
            day = today
            blocks.append(sheet.hint(day))
        blocks.append(sheet.said(_written(told, here)))
    return blocks


def _written(told: Line, here: datetime) -> str:
    """Write an entry in plain text: nothing that a customer wrote is markup."""
    head = f"{here:%H:%M}  {told.title}" + (f" ({told.end})" if told.end else "")
    quote = f"“{words.shortened(told.quote, QUOTE)}”" if told.quote else ""
    return "\n".join(one for one in (head, quote, told.under) if one)


def edge_of(text: str) -> Edge | None:
    """Read where a page ended; None for what cannot be one."""
    order, _, rest = text.partition(".")
    kind, _, key = rest.partition(".")
    known = next((one for one in timeline.KINDS if one == kind), None)
    if known is None or not order.isdecimal() or not key.isdecimal():
        return None
    return int(order), known, int(key)


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=("timeline",), first=first, whole=whole, pressed=pressed, done=done
)
