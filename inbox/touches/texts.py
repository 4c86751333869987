"""The words of one touch to one customer."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.telling import Money
from config.wording import Missing
from inbox.touches.filling import Filled, fill
from inbox.touches.rules import Rules
from inbox.touches.weighing import Weighed
from routing.choosing import is_open
from routing.touch import Occasion, Person, Reachable, Touch
from storage import orders
from storage.database import Connection
from storage.orders import Order
from storage.touch_agents import last_agent

__all__ = ["Missing", "Words", "address_of", "stop_link", "told", "values_of", "words"]

ORDER: Final = "order "
CONVERSATION: Final = "conversation "


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a customer reads, in which *language*, under which *subject* where the channel shows one.

    With a *template* the channel is given that, and the text is what it says.
    """

    text: str
    language: str
    subject: str = ""
    template: Filled | None = None


def words(
    rules: Rules,
    touch: Touch,
    person: Person,
    occasion: Occasion,
    address: Reachable | None,
    channel: str,
    values: dict[str, Any],
    now: datetime,
) -> Words:
    """Write a touch in the customer's language, for the kind of its channel; raises Missing.

    Where free text may not go to *address* at *now*, its template is filled. *link* is their own page; it
    ends so long after the touch is due that a preview says the same.
    """
    if rules.links is not None:
        values = {"link": rules.links.address(person.id, occasion.due_at), **values}
    zone, way = occasion.where.zones[0], rules.ways.get(channel)
    late = bool(touch.belated) and now.astimezone(ZoneInfo(zone)).date() > occasion.day
    filled = None
    if way is not None and address is not None and not is_open(address, way, now):
        said = replace(touch, wording=touch.belated, templates={}) if late else touch
        filled = fill(rules, said, person, way, values, zone)
        if filled.text:
            return Words(text=filled.text, language=filled.language.replace("_", "-"), template=filled)
    kind = "" if way is None else way.kind
    made = rules.wording_of(touch.key).render(
        touch, person.language, values, zone=zone, kind=kind, belated=late
    )
    shown = made.subject if channel in rules.specs and rules.specs[channel].threads else ""
    return Words(text=made.text, language=made.language, subject=shown, template=filled)


async def values_of(
    connection: Connection, person: Person, *, anchor_at: datetime | None, anchor_ref: str, now: datetime
) -> dict[str, Any]:
    """Gather what texts may tell: the name, the order and its goods, the day, who answered last."""
    order, agent = None, None
    if anchor_ref.startswith(ORDER):
        order = await orders.by_number(connection, anchor_ref.removeprefix(ORDER))
    if anchor_ref.startswith(CONVERSATION):
        agent = await last_agent(connection, anchor_ref.removeprefix(CONVERSATION))
    return told(person, anchor_at, order, agent, now)


def told(
    person: Person, anchor_at: datetime | None, order: Order | None, agent: str | None, at: datetime
) -> dict[str, Any]:
    """Name what a text may tell, from what was read; no *agent* is none to name."""
    values: dict[str, Any] = {"name": person.name, "day": anchor_at}
    if order is not None:
        values |= {"order": order.number, "goods": order.summary}
        values["total"] = Money(minor=order.total, currency=order.currency) if order.currency else None
        values["years"] = round((at - order.placed_at).days / 365.2425)
        values["day"] = order.delivered_at or order.placed_at
    if agent is not None:
        values["agent"] = agent
    return values


def address_of(person: Person, address_id: int | None) -> Reachable | None:
    """Find one of a person's addresses."""
    return next((one for one in person.addresses if one.id == address_id), None)


def stop_link(rules: Rules, weighed: Weighed, now: datetime) -> str:
    """Make the address of the customer's own page, where marketing is refused; none beside what is none."""
    if not weighed.touch.marketing or rules.links is None:
        return ""
    return rules.links.address(weighed.person.id, now)
