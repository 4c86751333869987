"""The words of one touch to one customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.telling import Money
from config.wording import Missing, Rendered
from inbox.touches.rules import Rules
from inbox.touches.weighing import Weighed
from routing.choosing import is_open, template_language
from routing.touch import Occasion, Person, Reachable, Touch
from storage import orders
from storage.database import Connection
from storage.orders import Order
from storage.touch_agents import last_agent

__all__ = ["Missing", "stop_link", "template_of", "told", "values_of", "words"]

ORDER: Final = "order "
CONVERSATION: Final = "conversation "


def words(
    rules: Rules,
    touch: Touch,
    person: Person,
    occasion: Occasion,
    channel: str,
    values: dict[str, Any],
    now: datetime,
) -> Rendered:
    """Write a touch in the customer's language, for the kind of its channel; raises Missing.

    *link* is their own page; it ends so long after the touch is due that a preview says the same.
    """
    if rules.links is not None:
        values = {"link": rules.links.address(person.id, occasion.due_at), **values}
    zone = occasion.where.zones[0]
    late = bool(touch.belated) and now.astimezone(ZoneInfo(zone)).date() > occasion.day
    return rules.wording_of(touch.key).render(
        touch, person.language, values, zone=zone, kind=rules.ways[channel].kind, belated=late
    )


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


def stop_link(rules: Rules, weighed: Weighed, now: datetime) -> str:
    """Make the address of the customer's own page, where marketing is refused; none beside what is none."""
    if not weighed.touch.marketing or rules.links is None:
        return ""
    return rules.links.address(weighed.person.id, now)


def template_of(
    rules: Rules, weighed: Weighed, address: Reachable, values: Mapping[str, Any], now: datetime
) -> dict[str, Any] | None:
    """Name the approved template to send where the window for free text is closed; None where it is open."""
    way = rules.ways[address.channel]
    if is_open(address, way, now):
        return None
    told = {name: str(value) for name, value in values.items() if isinstance(value, str | int) and value}
    return {
        "template": weighed.touch.wording,
        "template_language": template_language(weighed.touch, weighed.person, way, rules.limits),
        "variables": told,
    }
