"""What would be sent on some days, with the words: the very planning and deciding, and nothing is kept."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from inbox.touches.candidates import Reading
from inbox.touches.foreseeing import Foreseen, foresee
from inbox.touches.loads import Load
from inbox.touches.rules import Rules
from inbox.touches.writing import Text, texts
from storage.database import Connection, Database
from storage.touch_states import WAITING

__all__ = ["Load", "Shown", "preview"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One person on one day: when on their clock and in UTC, over what, in which words, or why not."""

    kind: str
    customer_id: int
    name: str
    period: str
    due_at: datetime
    day: date
    clock: str
    zone: str
    zone_source: str
    channel: str
    address: str
    why: str
    language: str
    text: str
    state: str
    reason: str
    subject: str = ""
    template: str = ""


async def preview(
    database: Database, rules: Rules, first: date, last: date, now: datetime
) -> AsyncIterator[list[Shown]]:
    """Show, in pages, what the days *first* to *last* on the customers' clocks bring; consumes nothing.

    All is read in one transaction.
    """
    async with database.reading() as connection:
        async for page in foresee(_within(connection), rules, first, last, now):
            yield await _page(connection, rules, page, now)


def _within(connection: Connection) -> Reading:
    @asynccontextmanager
    async def reading() -> AsyncIterator[Connection]:
        yield connection

    return reading


async def _page(connection: Connection, rules: Rules, page: Sequence[Foreseen], now: datetime) -> list[Shown]:
    waits = [one for one in page if one.row.state in WAITING and one.row.channel]
    made = await texts(connection, rules, rules.touches, [one.row for one in waits], now)
    told = {id(one): text for one, text in zip(waits, made, strict=True)}
    return [_shown(one, told.get(id(one), Text())) for one in page]


def _shown(one: Foreseen, told: Text) -> Shown:
    row, who = one.row, one.found.person
    address = next((each.address for each in who.addresses if each.id == row.address_id), "")
    return Shown(
        kind=row.kind,
        customer_id=row.customer_id,
        name=who.name,
        period=row.period,
        due_at=row.due_at,
        day=one.found.occasion.day,
        clock=row.clock,
        zone=row.zone,
        zone_source=row.zone_source,
        channel=row.channel,
        address=address,
        why=row.why,
        language=told.language,
        text=told.text,
        state=row.state,
        reason=row.reason,
        subject=told.subject,
        template=told.template,
    )
