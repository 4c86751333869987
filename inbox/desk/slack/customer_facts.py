"""What a card says of the customer: language and local time, account manager, the last order."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.telling import Money, locale_of, told
from inbox.desk.slack import words
from inbox.desk.slack.pieces import FORM
from inbox.desk.slack.workspace import Workspace
from storage import agents, orders
from storage.database import Connection
from storage.orders import Order
from storage.rows import Customer

SUMMARY: Final = 60


def language_of(customer: Customer | None, now: datetime) -> str:
    """Say what a customer speaks and how far their clock is from UTC: nothing on a card ticks."""
    if customer is None:
        return ""
    return ", ".join(part for part in (customer.language, _zone(customer, now)) if part)


def _zone(customer: Customer, now: datetime) -> str:
    name = customer.zone or customer.device_zone
    if not name:
        return ""
    try:
        offset = now.astimezone(ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    minutes = int(offset.total_seconds()) // 60 if offset is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    ahead = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    return f"{name.replace('_', ' ')} ({ahead})"


async def facts_of(
    connection: Connection, workspace: Workspace, customer: Customer | None
) -> tuple[tuple[str, str], ...]:
    """Read who looks after a customer and what they bought last, as (label, mrkdwn)."""
    if customer is None:
        return ()
    facts: list[tuple[str, str]] = []
    if customer.account_manager:
        known = await agents.by_key(connection, customer.account_manager)
        facts.append(("Account manager", words.name(known.name if known else customer.account_manager)))
    bought = await orders.of(connection, customer.id, limit=1)
    return (*facts, *(("Last order", _order(last, customer)) for last in bought))


def _order(order: Order, customer: Customer) -> str:
    locale = locale_of(customer.language or "en", customer.country)
    total = told("total", Money(minor=order.total, currency=order.currency), locale, "UTC")
    what = words.literal(words.escape(words.shortened(order.summary, SUMMARY)))
    head = words.literal(words.escape(words.shortened(order.number, 40)))
    return ", ".join(part for part in (head, what, total, _state(order)) if part)


def _state(order: Order) -> str:
    stages = (
        ("returned", order.returned_at),
        ("cancelled", order.cancelled_at),
        ("delivered", order.delivered_at),
        ("placed", order.placed_at),
    )
    name, at = next((name, at) for name, at in stages if at is not None)
    return f"{name} {words.clock(at, FORM.partition(' {time}')[0])}"
