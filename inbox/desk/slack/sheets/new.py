"""Writing to a customer first: whom we know, or at an address that is new to us."""

from collections.abc import Sequence
from typing import Any, Final

from inbox.desk.beginning import address_of, may_begin
from inbox.desk.errors import DeskError
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Asked, Json, Pressed, Submitted
from inbox.desk.slack.sheets import places, sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Option, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.ways import Way, ways
from inbox.preferences.masks import masked
from storage import conversations, customers, found_people
from storage.rows import Agent

CALLBACK: Final = "tidings_new"
TITLE: Final = "Write to a customer"
WHO, ADDRESS, OVER, NAME = "who", "address", "over", "name"


def first(opening: Opening) -> View:
    """Show that it is coming: the channels stand in the rows of now."""
    return sheet.loading(CALLBACK, TITLE, "")


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Ask to whom and what; the words of a message, or an address that was typed, are filled in."""
    _, _, to = opening.value.partition("to|")
    text = str((opening.message or {}).get("text") or "")
    return view(workspace, text=words.from_markup(text, str) if text else "", address=to)


def view(
    workspace: Workspace,
    *,
    text: str = "",
    address: str = "",
    chosen: Json | None = None,
    found: Sequence[Way] = (),
    going: str = "",
) -> View:
    """Write the modal; *found* are the ways to the *chosen* customer, *going* what goes on with them."""
    search = {
        "type": "external_select",
        "min_query_length": 2,
        "placeholder": sheet.plain("Name, number or address"),
        **({"initial_option": chosen} if chosen else {}),
    }
    blocks = [sheet.asks(WHO, "A customer we know", search, optional=True, at_once=True)]
    if chosen:
        blocks += _known(found, going)
    else:
        blocks += _stranger(workspace, address)
    return sheet.modal(CALLBACK, TITLE, [*blocks, places.asks_text(text), places.asks_files()], submit="Send")


def _known(found: Sequence[Way], going: str) -> list[Json]:
    """Offer the addresses of the customer who was chosen, and say of the others why not."""
    open_ = [one for one in found if not one.why_not]
    shut = [sheet.hint(f"Not {_named(one)}: {one.why_not}") for one in found if one.why_not]
    options = [sheet.option(_named(one), str(one.address.id)) for one in open_[: places.LIST]]
    kind = "radio_buttons" if len(options) <= places.MOST else "static_select"
    radio = {"type": kind, "options": options, "initial_option": options[0]} if options else {}
    return [
        *([sheet.said(going)] if going else []),
        *(
            [sheet.asks(places.TO, "Send to", radio)]
            if radio
            else [sheet.said("They cannot be reached now.")]
        ),
        *shut[: places.MOST],
    ]


def _stranger(workspace: Workspace, address: str) -> list[Json]:
    """Ask for an address over one of the channels that let us begin."""
    over = [
        sheet.option(one.spec.label, name) for name, one in workspace.channels.items() if may_begin(one.spec)
    ]
    if not over:
        return [sheet.hint("No channel lets us write to who never wrote: choose a customer.")]
    typed: dict[str, Any] = {"type": "plain_text_input", "max_length": 254}
    if address:
        typed["initial_value"] = address[:254]
    menu = {"type": "static_select", "options": over[:100], "initial_option": over[0]}
    name = {"type": "plain_text_input", "max_length": 120}
    hinted = "A number with its country, like +351 912 345 678, or an e-mail address."
    return [
        sheet.asks(ADDRESS, "Or a new address", typed, optional=True, hinted=hinted),
        sheet.asks(OVER, "Over", menu),
        sheet.asks(NAME, "Their name", name, optional=True),
    ]


def _named(way: Way) -> str:
    return words.shortened(f"{way.label} · {masked(way.address.address) or 'a browser'}", 75)


async def options(workspace: Workspace, deed: Asked, agent: Agent) -> Sequence[Option]:
    """Offer customers by name, number or address."""
    typed = deed.typed.strip()
    if len(typed) < 2:
        return []
    async with workspace.database.reading() as connection:
        found = await found_people.people(connection, typed, limit=20)
    return [
        (f"{one.name or 'No name'} · {masked(one.address) or 'a browser'}", str(one.customer_id))
        for one in found
    ]


async def pressed(workspace: Workspace, deed: Pressed, agent: Agent) -> View | Pushed | None:
    """Show how the chosen customer can be reached, and whether a conversation goes on with them."""
    text, value = sheet.filled(deed.values, places.TEXT), deed.value if deed.action == WHO else ""
    if not value.isascii() or not value.isdecimal():
        return view(workspace, text=text)
    async with workspace.database.reading() as connection:
        customer = await customers.one(connection, int(value))
        known = await customers.addresses_of(connection, int(value))
        going = await conversations.going_on(connection, int(value))
    chosen = sheet.option((customer.name if customer else "") or "No name", value)
    said = "A conversation with them goes on: it stands there." if going else ""
    return view(
        workspace,
        text=text,
        chosen=chosen,
        found=ways(workspace.channels, known, workspace.now()),
        going=said,
    )


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse what cannot be an address, and an empty message."""
    known, typed = places.chosen(deed.values), sheet.filled(deed.values, ADDRESS)
    if not known and not typed:
        return sheet.errors(**{WHO: "Choose a customer, or write an address below."})
    if not known:
        channel = workspace.channels.get(sheet.picked(deed.values, OVER))
        if channel is None:
            return sheet.errors(**{OVER: "Choose a channel."})
        try:
            address_of(channel.spec, typed)
        except DeskError as error:
            return sheet.errors(**{ADDRESS: str(error)})
    if not sheet.filled(deed.values, places.TEXT) and not places.has_files(deed.values):
        return sheet.errors(text="Write something or add a file.")
    return await _refused(workspace, deed)


async def _refused(workspace: Workspace, deed: Submitted) -> Answer | None:
    """Say under its field why an address that is known may not be written to."""
    async with workspace.database.reading() as connection:
        if known := places.chosen(deed.values):
            found, block = await customers.address(connection, known), places.TO
        else:
            spec = workspace.channels[sheet.picked(deed.values, OVER)].spec
            written = address_of(spec, sheet.filled(deed.values, ADDRESS))
            found, block = await customers.by_address(connection, written), ADDRESS
    if found is None:
        return None
    [way] = ways(workspace.channels, [found], workspace.now())
    return sheet.errors(**{block: way.why_not}) if way.why_not else None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Write to them."""
    await workspace.desk.begin(
        agent.id,
        address_id=places.chosen(deed.values) or None,
        address=sheet.filled(deed.values, ADDRESS),
        channel=sheet.picked(deed.values, OVER),
        name=sheet.filled(deed.values, NAME),
        text=sheet.filled(deed.values, places.TEXT),
        files=await places.fetched(workspace, deed.values),
        now=workspace.now(),
        key=f"slack:{deed.view_id}",
        origin="slack-modal",
    )
    return ""


SHEET: Final = Sheet(
    callback=CALLBACK,
    opened_by=("tidings_new", "new"),
    first=first,
    whole=whole,
    pressed=pressed,
    wrong=wrong,
    done=done,
    options=options,
)
