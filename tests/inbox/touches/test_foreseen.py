"""What is foreseen of some days is what then happens, row by row: who, when, over what, in which words."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, insert, select, update

from inbox.desk.web.touches.previewing import preview as page_preview
from inbox.touches.preview import preview
from inbox.touches.writing import texts
from routing.case import LOOK
from storage.tables import conversations, customers, holds, touches
from storage.touch_rows import TouchRow
from storage.touch_states import HELD, PLANNED, WAITING
from tests.inbox.touches.world import BIRTHDAY, DELIVERED, NOON, World, book

PEOPLE = 200
FIRST, LAST = date(2027, 3, 1), date(2027, 3, 3)
ZONES = (
    "Europe/Lisbon",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Pago_Pago",
    "Africa/Lagos",
)
A_DAY = timedelta(days=1)


class Told(NamedTuple):
    """What one touch came to at its first look."""

    customer: int
    kind: str
    period: str
    state: str
    reason: str
    at: datetime
    channel: str
    text: str


async def _town(world: World, drawn: random.Random) -> None:
    """People with birthdays, deliveries, both, complaints, talks, no consent, somebody else's number."""
    for number in range(PEOPLE):
        born = drawn.choice((None, None, 1, 2, 2, 3))
        more: dict[str, Any] = {"zone": drawn.choice(ZONES), "language": drawn.choice(("pt", "en", "es", ""))}
        if born is not None:
            more |= {"birth_month": 3, "birth_day": born, "birth_year": drawn.choice((None, 1980, 2020))}
        phone = f"tel:+3519124{number:05d}"
        places = drawn.choice(([phone], [f"telegram:{number}"], [phone, f"telegram:{number}"]))
        if number % 20 < 2:
            places = [f"{'tel' if number % 20 == 0 else 'whatsapp'}:+3519125{number // 20:05d}"]
        key = await world.customer(f"P{number}", *places, allow=drawn.random() > 0.1, **more)
        for each in range(drawn.choice((0, 0, 1, 2))):
            since = timedelta(hours=drawn.choice((9, 20, 33)))
            ended = {"returned_at": NOON} if drawn.random() < 0.1 else {}
            await world.order(key, f"A{number}-{each}", delivered_at=NOON - since, summary="a bowl", **ended)
        if drawn.random() < 0.2:
            since = timedelta(days=362 + drawn.randrange(4))
            await world.order(key, f"Y{number}", placed_at=NOON - since)
        await _befall(world, key, drawn)


async def _befall(world: World, key: int, drawn: random.Random) -> None:
    ids, what = world.database.ids, drawn.random()
    async with world.database.writing() as connection:
        if what < 0.06:
            ended = NOON + timedelta(hours=-3) if what < 0.03 else None
            row = {"id": ids.next(), "customer_id": key, "kind": "complaint", "since": NOON - A_DAY}
            await connection.execute(insert(holds).values(**row, ended_at=ended, source="desk"))
        elif what < 0.12:
            at = NOON + timedelta(hours=drawn.randrange(-30, 0))
            row = {"id": ids.next(), "customer_id": key, "team": "support", "state": "open"}
            row |= {"channel": "sms", "address_id": min(world.known.values())}
            await connection.execute(
                insert(conversations).values(**row, opened_at=at, last_at=at, last_direction="in")
            )
        elif what < 0.15:
            await connection.execute(customers.update().where(customers.c.id == key).values(deceased_at=NOON))


def _kinds(world: World) -> World:
    by_key = {touch.key: touch for touch in book().every}
    anniversary = replace(by_key["anniversary"], holdout=0.3)
    satisfied = replace(DELIVERED, key="early", name="Early", days=2, approve=True)
    return world.on(DELIVERED, BIRTHDAY, anniversary, satisfied)


async def _foreseen_by_the_command(world: World) -> list[Told]:
    pages = [page async for page in preview(world.database, world.rules, FIRST, LAST, world.now)]
    return [
        Told(
            one.customer_id,
            one.kind,
            one.period,
            one.state,
            one.reason,
            one.due_at,
            one.channel if one.state == PLANNED else "",
            one.text if one.state == PLANNED else "",
        )
        for page in pages
        for one in page
    ]


async def _foreseen_by_the_page(world: World) -> list[Told]:
    pages = [page async for page in page_preview(world.database, world.rules, FIRST, LAST, world.now)]
    rows = [row for page in pages for row in page]
    async with world.database.reading() as connection:
        made = await texts(connection, world.rules, world.rules.touches, rows, world.now)
    return [
        _told(row, row.state, text.text if row.state == PLANNED else "")
        for row, text in zip(rows, made, strict=True)
    ]


def _told(row: TouchRow, state: str, text: str) -> Told:
    channel = row.channel if state == PLANNED else ""
    return Told(row.customer_id, row.kind, row.period, state, row.reason, row.due_at, channel, text)


async def _lived(world: World) -> list[Told]:
    """Live through the days, from one due instant to the next; keep what each touch came to at first."""
    await world.plan()
    first: dict[int, Told] = {}
    fresh = {row.id: row.revision for row in await world.touches()}
    _keep(first, [row for row in await world.touches() if row.state not in WAITING])
    while (at := await _next(world)) is not None:
        world.now = max(world.now, at)
        await world.hand()
        await world.deliver()
        await world.mind()
        _keep(first, [row for row in await world.touches() if row.revision != fresh[row.id]])
        await _let_wait(world)
        if len(first) == len(fresh):
            break
    return [one for key, one in first.items() if key in fresh]


async def _let_wait(world: World) -> None:
    """Whoever waits for somebody's word is asked for no more: nobody says it in these days."""
    held = (touches.c.state == HELD) & (touches.c.due_at <= world.now + LOOK)
    async with world.database.writing() as connection:
        await connection.execute(update(touches).where(held).values(due_at=world.now + 30 * A_DAY))


async def _next(world: World) -> datetime | None:
    which = select(func.min(touches.c.due_at)).where(touches.c.state.in_(WAITING))
    async with world.database.reading() as connection:
        found: datetime | None = (await connection.execute(which)).scalar_one_or_none()
    return found


def _keep(first: dict[int, Told], rows: Sequence[TouchRow]) -> None:
    for row in rows:
        gone = row.handed_at is not None
        state, text = (PLANNED, row.text) if gone else (row.state, "")
        first.setdefault(row.id, _told(row, state, text))


@pytest.mark.timeout(180)
async def test_what_is_foreseen_of_days_is_what_then_happens(world: World) -> None:
    _kinds(world)
    await _town(world, random.Random(7))
    on_page, by_command = await _foreseen_by_the_page(world), await _foreseen_by_the_command(world)
    assert on_page == by_command
    happened = await _lived(world)
    days = {(FIRST + n * A_DAY).isoformat() for n in range(3)}
    on = {(row.customer_id, row.kind, row.period): row.day for row in await world.touches()}
    mine = [one for one in happened if on[one.customer, one.kind, one.period] in days]
    wrong = dict.fromkeys({*on_page} - {*mine}, "foreseen only")
    wrong |= dict.fromkeys({*mine} - {*on_page}, "happened only")
    assert sorted(wrong.items()) == []
    assert len(mine) == len(on_page)
    assert len({(one.kind, one.state, one.reason) for one in mine}) > 12, "a town where nothing happens"
    assert len(mine) > PEOPLE // 2
