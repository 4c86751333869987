"""Changing what is known of a customer: facts as texts, checked under their fields, and what they allow."""

from typing import Final

from inbox.desk import facts
from inbox.desk.facts import FACTS, WrongFacts
from inbox.desk.profile import Consented, Facts
from inbox.desk.roles import may_see_digits
from inbox.desk.slack.deeds import Json, Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.preferences.masks import masked
from storage import agents
from storage.profiles import Profile
from storage.rows import Agent

CALLBACK: Final = "tidings_profile_edit"
TITLE: Final = "Edit profile"
CHOSEN: Final = ("preferred_channel", "account_manager", "tier")
NOTHING: Final = "-"
MOST: Final = 98
HINTS: Final = {
    "language": "Like pt, pt-BR, or its name.",
    "zone": "Like Europe/Lisbon; it decides when touches leave.",
    "birthday": "Like 1990-03-04, or --03-04 without the year.",
    "tags": "With commas between them.",
}


def first(opening: Opening) -> View:
    """It is laid upon the profile, never opened alone."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def view(workspace: Workspace, carried: str, customer_id: int, agent: Agent) -> View:
    """Ask for each fact, with what is known filled in."""
    found = await workspace.desk.profile(customer_id, agent.id, now=workspace.now())
    async with workspace.database.reading() as connection:
        everybody = await agents.all_active(connection)
    choices = {
        "preferred_channel": [(one.spec.label, name) for name, one in workspace.channels.items()],
        "account_manager": [(one.name, one.key) for one in everybody],
        "tier": [(name.capitalize(), name) for name in workspace.policies.house.tiers],
    }
    known = facts.told(found.customer)
    blocks = [
        _choice(name, choices[name], known[name]) if name in CHOSEN else _text(name, known[name])
        for name in FACTS
    ]
    seen = may_see_digits(agent, [one.owner_id for one in found.conversations])
    return sheet.modal(
        CALLBACK, TITLE, [*blocks, *_consent(found, seen=seen)], carried=carried, submit="Keep"
    )


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Say under each field what cannot be so."""
    customer_id = _customer(deed)
    try:
        now = workspace.now()
        await workspace.desk.check_customer(customer_id, agent.id, values=_asked(deed), now=now)
    except WrongFacts as error:
        return sheet.errors(
            **{"wording" if name == "consent" else name: why for name, why in error.wrong.items()}
        )
    return None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Write it."""
    changed = await workspace.desk.change_customer(
        _customer(deed), agent.id, values=_asked(deed), now=workspace.now()
    )
    return f"Changed: {facts.changed({'what': changed})}." if changed else "Nothing was changed."


def _customer(deed: Submitted) -> int:
    key = deed.carried.split("|")[1] if "|" in deed.carried else ""
    return int(key) if key.isdecimal() else 0


def _asked(deed: Submitted) -> Facts:
    """Read what is other than it stood there: what a colleague changed meanwhile stays."""
    values = deed.values
    now = {name: _written(values, name) for name in FACTS if name in values}
    written = {name: said for name, said in now.items() if said != _shown(deed, name)}
    address, _, word = sheet.picked(values, "consent").partition(":")
    if not address.isdecimal():
        return Facts(written=written)
    told = Consented(address_id=int(address), allowed=word == "yes", wording=sheet.filled(values, "wording"))
    return Facts(written=written, consents=(told,))


def _written(values: Json, name: str) -> str:
    if name not in CHOSEN:
        return sheet.filled(values, name)
    picked = sheet.picked(values, name)
    return "" if picked == NOTHING else picked


def _shown(deed: Submitted, name: str) -> str:
    stood = sheet.begun(deed.blocks, name)
    return "" if stood == NOTHING and name in CHOSEN else stood


def _text(name: str, known: str) -> Json:
    longest = 1_500 if name == "tags" else facts.NAME
    element = {"type": "plain_text_input", "max_length": min(max(longest, len(known)), 3_000)}
    begun = element | ({"initial_value": known} if known else {})
    return sheet.asks(name, FACTS[name], begun, optional=True, hinted=HINTS.get(name, ""))


def _choice(name: str, choices: list[tuple[str, str]], known: str) -> Json:
    if known and known not in [value for _, value in choices]:
        choices = [(known, known), *choices]
    options = [sheet.option("None", NOTHING), *(sheet.option(*one) for one in choices[:MOST])]
    initial = next((one for one in options if one["value"] == (known or NOTHING)), options[0])
    return sheet.asks(
        name, FACTS[name], {"type": "static_select", "options": options, "initial_option": initial}
    )


def _consent(found: Profile, *, seen: bool) -> list[Json]:
    options = []
    for way in found.addresses[:20]:
        shown = way.address if seen else masked(way.address) or "a browser"
        options.append(sheet.option(f"Refuses marketing: {shown}", f"{way.id}:no"))
        if way.stopped_at is None:
            options.append(sheet.option(f"Allows marketing: {shown}", f"{way.id}:yes"))
    if not options:
        return []
    words = {"type": "plain_text_input", "multiline": True, "max_length": 2_000}
    return [
        sheet.asks("consent", "Consent", {"type": "static_select", "options": options}, optional=True),
        sheet.asks(
            "wording",
            "Where they said it, and in which words",
            words,
            optional=True,
            hinted="Kept in the ledger of consent, word for word.",
        ),
    ]


SHEET: Final = Sheet(callback=CALLBACK, first=first, wrong=wrong, done=done)
