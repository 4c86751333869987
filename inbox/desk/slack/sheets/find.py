"""Finding a customer from anywhere: a search whose result opens their profile."""

from collections.abc import Sequence
from typing import Final

from inbox.desk.roles import leads
from inbox.desk.slack.deeds import Asked, Pressed, Submitted
from inbox.desk.slack.sheets import profile, sheet
from inbox.desk.slack.sheets.sheet import Opening, Option, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.preferences.masks import masked
from storage import found_people, slack_home
from storage.rows import Agent

CALLBACK: Final = "tidings_find"
TITLE: Final = "Find a customer"
WHO: Final = "who"


def first(opening: Opening) -> View:
    """Ask for words; nothing of it needs a row."""
    search = {
        "type": "external_select",
        "action_id": WHO,
        "min_query_length": 2,
        "placeholder": sheet.plain("A name, a number, an address"),
    }
    asked = sheet.said("Choose a customer to see who they are and what was said.")
    return sheet.modal(CALLBACK, TITLE, [{**asked, "block_id": WHO, "accessory": search}], close="Close")


async def pressed(workspace: Workspace, deed: Pressed, agent: Agent) -> View | Pushed | None:
    """Lay the profile of who was chosen upon it."""
    if deed.block != WHO or not deed.value.isdecimal():
        return None
    customer_id = int(deed.value)
    async with workspace.database.reading() as connection:
        latest = await slack_home.latest(connection, [customer_id])
    return Pushed(view=await profile.shown(workspace, latest.get(customer_id, 0), customer_id, agent))


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """It only searches."""
    return ""


async def options(workspace: Workspace, deed: Asked, agent: Agent) -> Sequence[Option]:
    """Offer customers by name, by a part of an address or by the shop's number."""
    words = deed.typed.strip()
    if len(words) < 2:
        return []
    async with workspace.database.reading() as connection:
        found = await found_people.people(connection, words)
    return [(_label(one.name, one.address, whole=leads(agent)), str(one.customer_id)) for one in found]


def _label(name: str, address: str, *, whole: bool) -> str:
    where = address.partition(":")[2] if whole else masked(address)
    return " · ".join(part for part in (name, where) if part)


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=(CALLBACK,), first=first, pressed=pressed, done=done, options=options
)
