"""The parts that modals which send have in common: where to, with which files."""

from collections.abc import Sequence
from typing import Any, Final

from inbox.desk.errors import DeskError
from inbox.desk.roles import may_see_digits
from inbox.desk.slack import typed, words
from inbox.desk.slack.deeds import Json
from inbox.desk.slack.files import FileGone, fetch
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import Way
from inbox.media import KeptFile
from inbox.preferences.masks import masked
from storage.rows import Agent

LONGEST: Final = 3_000
MOST: Final = 10
LIST: Final = 100
TO, TEXT, FILES = "to", "text", "files"


def named(way: Way, agent: Agent, owner_id: int | None) -> str:
    """Name an address with its channel; its digits only for those who may see them."""
    address = way.address.address
    whole = may_see_digits(agent, (owner_id,))
    shown = address.partition(":")[2] if whole else masked(address)
    return words.shortened(f"{way.label} · {shown}" if shown else way.label, 75)


def choice(ways: Sequence[Way], agent: Agent, owner_id: int | None, chosen: int | None = None) -> Json:
    """Ask to which of the addresses that can be reached it goes."""
    first_of_all = sorted(ways, key=lambda one: one.address.id != chosen)[:LIST]
    options = [sheet.option(named(one, agent, owner_id), str(one.address.id)) for one in first_of_all]
    kind = "radio_buttons" if len(options) <= MOST else "static_select"
    return sheet.asks(TO, "Send to", {"type": kind, "options": options, "initial_option": options[0]})


def others(ways: Sequence[Way], agent: Agent, owner_id: int | None) -> list[Json]:
    """Say of the addresses that cannot be reached why not."""
    return [sheet.hint(f"Not {named(one, agent, owner_id)}: {one.why_not}") for one in ways[:MOST]]


def asks_text(begun: str = "", label: str = "Text", block: str = TEXT) -> Json:
    """Ask for the words that the customer reads."""
    element: dict[str, Any] = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST}
    if begun:
        element["initial_value"] = begun[:LONGEST]
    return sheet.asks(block, label, element, optional=True)


def asks_files() -> Json:
    """Ask for files."""
    return sheet.asks(FILES, "Files", {"type": "file_input", "max_files": MOST}, optional=True)


def chosen(values: Json) -> int:
    """Read which address was chosen, 0 if none was."""
    value = sheet.picked(values, TO)
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else 0


def has_files(values: Json) -> bool:
    """Whether files were added."""
    return bool(sheet.field(values, FILES).get("files"))


async def fetched(workspace: Workspace, values: Json) -> list[KeptFile]:
    """Bring the files that were added into the media store; raises a DeskError that says which could not."""
    try:
        return [
            await fetch(workspace, typed.file(one)) for one in sheet.field(values, FILES).get("files") or ()
        ]
    except FileGone as error:
        raise DeskError(f"Not sent. {error}") from error
