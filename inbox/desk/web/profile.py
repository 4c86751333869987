"""A customer's profile in the browser: what is known, the form that changes it, who became one with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from inbox.desk import facts
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.facts import FACTS, WrongFacts
from inbox.desk.names import shown_address
from inbox.desk.profile import Consented, Facts
from inbox.desk.roles import leads, may_see_digits
from inbox.desk.web import pages
from inbox.desk.web.forms import Form, form_of
from inbox.desk.web.parts import ChannelView, channel_view
from inbox.desk.web.site import Visit, key_of
from inbox.preferences.masks import masked
from storage import agents, conversations
from storage.consents import MARKETING
from storage.database import Connection
from storage.looks import Look
from storage.profiles import Profile
from storage.rows import Address

DID: Final = {
    "seen": "looked",
    "changed": "changed",
    "merged": "merged this with another",
    "unmerged": "undid a merge",
    "exported": "took a copy",
}
HINTS: Final = {
    "language": "Like pt, pt-BR, or its name",
    "zone": "Like Europe/Lisbon; it decides when touches leave",
    "birthday": "Like 1990-03-04, or --03-04 without the year",
    "tags": "With commas between them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """One address as whoever looks may see it, and whether marketing is allowed there."""

    address: Address
    shown: str
    channel: ChannelView
    allowed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """Who saw or changed the profile, and what."""

    who: str
    did: str
    at: datetime


async def profile(visit: Visit) -> web.StreamResponse:
    """Show the customer of a conversation; the look is written down."""
    key = int(visit.request.match_info["id"])
    return await shown(visit, key)


async def shown(
    visit: Visit,
    key: int,
    *,
    filled: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    trouble: str = "",
) -> web.Response:
    """Show the page; *filled* is what a refused form said, *wrong* why by field."""
    try:
        found = await of_conversation(visit, key)
    except NotThere:
        return await pages.problem(visit)
    async with visit.app.database.reading() as connection:
        everybody = await agents.all_active(connection)
        names = {one.id: one.name for one in everybody}
    choices: dict[str, Sequence[tuple[str, str]]] = {
        "preferred_channel": [(name, one.spec.label) for name, one in visit.app.channels.items()],
        "account_manager": [(one.key, one.name) for one in everybody],
        "tier": [(name, name.capitalize()) for name in visit.app.policies.house.tiers],
    }
    return await pages.plain(
        visit,
        "profile.html",
        "desk",
        status=409 if wrong or trouble else 200,
        key=key,
        whose=name_of(found),
        found=found,
        labels=FACTS,
        hints=HINTS,
        choices=choices,
        filled={**facts.told(found.customer), **(filled or {})},
        wrong=wrong or {},
        trouble=trouble,
        ways=places(visit, found),
        alike=[(one, masked_for(visit, found, one.address)) for one in found.likely],
        leads=leads(visit.agent),
        looks=_looks(found.looks, names),
        happened=visit.request.query.get("done", ""),
    )


async def of_conversation(visit: Visit, key: int) -> Profile:
    """Read the profile of a conversation's customer; raises NotThere."""
    async with visit.app.database.reading() as connection:
        customer = await _customer(connection, key)
    return await visit.desk.profile(customer, visit.agent.id, now=visit.now)


async def write(visit: Visit) -> web.StreamResponse:
    """Change what the form says; what cannot be so is said under its field, and nothing is lost."""
    key = int(visit.request.match_info["id"])
    form = await form_of(visit)
    try:
        async with visit.app.database.reading() as connection:
            customer = await _customer(connection, key)
        changed = await visit.desk.change_customer(
            customer, visit.agent.id, values=_asked(form), now=visit.now
        )
    except WrongFacts as error:
        return await shown(visit, key, filled=form.fields, wrong=error.wrong)
    except NotThere:
        return await pages.problem(visit)
    except DeskError as error:
        return await shown(visit, key, filled=form.fields, trouble=str(error))
    done = "changed" if changed else "same"
    return web.Response(status=303, headers={"Location": f"/desk/c/{key}/profile?done={done}"})


def _asked(form: Form) -> Facts:
    written = {name: form.text(name) for name in FACTS if name in form.fields}
    address, word = key_of(form.text("consent-at")), form.text("consent-word")
    if address is None or word not in ("yes", "no"):
        return Facts(written=written)
    told = Consented(address_id=address, allowed=word == "yes", wording=form.text("wording"))
    return Facts(written=written, consents=(told,))


async def _customer(connection: Connection, key: int) -> int:
    found = await conversations.one(connection, key)
    if found is None:
        raise NotThere
    return found.customer_id


def places(visit: Visit, found: Profile) -> list[PlaceView]:
    """List the addresses of a profile as whoever looks may see them."""
    return [
        PlaceView(
            address=way,
            shown=masked_for(visit, found, way.address),
            channel=channel_view(visit.app.channels, way.channel),
            allowed=found.held.get((way.id, MARKETING)),
        )
        for way in found.addresses
    ]


def masked_for(visit: Visit, found: Profile, address: str) -> str:
    """Write an address whole for who may see it, else with most of it hidden."""
    whole = may_see_digits(visit.agent, [one.owner_id for one in found.conversations])
    return shown_address(address) if whole else masked(address) or shown_address(address)


def name_of(found: Profile) -> str:
    """Name a customer for a heading."""
    return found.customer.name.strip() or "a customer without a name"


def _looks(looks: Sequence[Look], names: Mapping[int, str]) -> list[LookView]:
    """List who looked, the last first; who looked many times in a row is told once."""
    found: list[LookView] = []
    for one in (_look(each, names) for each in looks):
        if not found or (found[-1].who, found[-1].did) != (one.who, one.did):
            found.append(one)
    return found


def _look(one: Look, names: Mapping[int, str]) -> LookView:
    what = facts.changed({"what": list(one.data or ())}) if one.what == "changed" else ""
    did = f"{DID.get(one.what, one.what)} {what}".strip()
    return LookView(who=names.get(one.agent_id, "Somebody who left"), did=did, at=one.at)
