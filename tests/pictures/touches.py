"""The pictures of touches, from a house with people of many zones."""

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ViewportSize
from sqlalchemy import insert, select

from storage.tables import addresses, conversations, customers, messages, orders, touches
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.desk.web.touches.town import crowd, message_of, plan_today, settle, town_in

WIDE: ViewportSize = {"width": 1440, "height": 900}
HISTORY = (  # kind, touched, bought of them, left out, bought of them
    ("after_delivery", 682, 143, 76, 11),
    ("birthday", 1204, 258, 134, 17),
    ("overdue", 302, 33, 34, 3),
    ("anniversary", 120, 21, 14, 3),
)
ENDED = (
    ("suppressed", "no_consent", 112),
    ("cancelled", "customer_wrote_first", 81),
    ("expired", "open_complaint", 26),
    ("expired", "daily_cap", 15),
    ("failed", "blocked", 11),
    ("unknown", "result_unknown", 3),
)


async def _today(house: House) -> None:
    """Let the planner plan the day, then let half of it have gone by."""
    await crowd(house, 44)
    await plan_today(house, NOW - timedelta(hours=10))
    async with house.app.database.reading() as connection:
        which = select(touches).where(touches.c.day == NOW.date().isoformat()).order_by(touches.c.due_at)
        rows = (await connection.execute(which)).all()
    gone = [row for row in rows if row.state == "planned" and row.due_at < NOW - timedelta(minutes=30)]
    for number, row in enumerate(gone):
        match number:
            case 1:
                await settle(house, row.id, "held", reason="open_complaint")
            case 3:
                await settle(house, row.id, "unknown", reason="result_unknown", handed_at=row.due_at)
            case 5:
                await settle(house, row.id, "control", reason="control", ended_at=row.due_at)
            case 7:
                await settle(house, row.id, "cancelled", reason="customer_wrote_first", ended_at=NOW)
            case _:
                answer = "Obrigada!" if number % 4 == 0 else ""
                said = await message_of(
                    house,
                    row.customer_id,
                    row.address_id,
                    "Feliz aniversário!",
                    at=row.due_at,
                    answer=answer,
                    status="read" if number % 2 == 0 else "delivered",
                )
                await settle(
                    house, row.id, "sent", handed_at=row.due_at, message_id=said, ended_at=row.due_at
                )
    waits = [row for row in rows if row.state == "planned" and row.due_at > NOW]
    tomorrow = NOW + timedelta(hours=27)
    await settle(house, waits[0].id, "deferred", reason="birthday_keeps_the_day", due_at=tomorrow)
    await settle(house, waits[1].id, "held", reason="awaiting_approval", approval="asked")


async def _history(house: House) -> None:
    """Keep ten months of touches with who bought."""
    drawn = random.Random(11)
    people: list[dict[str, Any]] = []
    ours, bought = [], []
    ids = house.app.database.ids
    for kind, touched, buyers, left_out, untouched in HISTORY:
        groups = ((touched, buyers, "sent", ""), (left_out, untouched, "control", "control"))
        for count, some, state, reason in groups:
            for number in range(count):
                at = NOW - timedelta(days=drawn.randrange(30, 320), hours=drawn.randrange(9))
                who = _somebody(ids, people, at)
                ours.append(_touch(ids, who, kind, state, reason, at))
                if number < some:
                    bought.append(_order(ids, who, at + timedelta(days=drawn.randrange(1, 25))))
    for state, reason, count in ENDED:
        for _ in range(count):
            at = NOW - timedelta(days=drawn.randrange(30, 320))
            ours.append(_touch(ids, _somebody(ids, people, at), "after_delivery", state, reason, at))
    answered = [row for row in ours if row["state"] == "sent"][::5]
    talks, said = _talks(ids, answered)
    async with house.app.database.writing() as connection:
        await connection.execute(insert(customers), people)
        await connection.execute(insert(addresses), [_address(row) for row in answered])
        await connection.execute(insert(conversations), talks)
        await connection.execute(insert(messages), said)
        await connection.execute(insert(touches), ours)
        await connection.execute(insert(orders), bought)
    await _days_before(house)


def _address(row: dict[str, Any]) -> dict[str, Any]:
    place = {"id": row["customer_id"], "customer_id": row["customer_id"], "channel": "telegram"}
    return {**place, "address": f"telegram:{row['customer_id']}", "created_at": row["due_at"]}


def _talks(ids: Any, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Let the customers of *rows* have answered."""
    talks, said = [], []
    for row in rows:
        talk, at = ids.next(), row["due_at"]
        row["message_id"] = ids.next()
        whose = {"customer_id": row["customer_id"], "address_id": row["customer_id"], "channel": "telegram"}
        talks.append(
            {"id": talk, **whose, "team": "care", "state": "resolved", "opened_at": at, "last_at": at}
        )
        for key, direction in ((row["message_id"], "out"), (ids.next(), "in")):
            one = {"id": key, "conversation_id": talk, "direction": direction, "channel": "telegram"}
            status = "read" if direction == "out" else ""
            said.append({**one, "external_id": f"p{key}", "sent_at": at, "received_at": at, "status": status})
    return talks, said


async def _days_before(house: House) -> None:
    """Fill the calendar's month with days that are over."""
    drawn = random.Random(5)
    people: list[dict[str, Any]] = []
    ours = []
    ids = house.app.database.ids
    for back in range(1, 24):
        at = NOW - timedelta(days=back)
        weekend = at.weekday() > 4
        for kind, most in (("birthday", 9), ("after_delivery", 8 if weekend else 22)):
            for _ in range(drawn.randrange(most // 2, most)):
                ours.append(_touch(ids, _somebody(ids, people, at), kind, "sent", "", at))
    async with house.app.database.writing() as connection:
        await connection.execute(insert(customers), people)
        await connection.execute(insert(touches), ours)


def _somebody(ids: Any, people: list[dict[str, Any]], at: datetime) -> int:
    key: int = ids.next()
    people.append({"id": key, "name": f"Customer {len(people)}", "created_at": at})
    return key


def _touch(ids: Any, who: int, kind: str, state: str, reason: str, at: datetime) -> dict[str, Any]:
    return {
        "id": ids.next(),
        "customer_id": who,
        "kind": kind,
        "period": f"{at:%Y-%m-%d}",
        "state": state,
        "reason": reason,
        "due_at": at,
        "valid_until": at + timedelta(days=1),
        "day": at.date().isoformat(),
        "clock": f"{at:%H:%M}",
        "zone": "Europe/Lisbon",
        "zone_source": "own",
        "handed_at": at if state in ("sent", "failed", "unknown") else None,
        "ended_at": at,
        "message_id": None,
    }


def _order(ids: Any, who: int, at: datetime) -> dict[str, Any]:
    key = ids.next()
    spent = {"total": 1_990 + 350 * (key % 23), "currency": "EUR"}
    return {"id": key, "customer_id": who, "number": f"h{key}", "placed_at": at, "changed_at": at, **spent}


async def _ahead(house: House) -> None:
    """Give the days to come their birthdays."""
    drawn, people = random.Random(3), []
    for _ in range(140):
        day = date(2026, 11, 25) + timedelta(days=drawn.randrange(40))
        person: dict[str, Any] = {"name": "Somebody", "created_at": NOW, "zone": "Europe/Lisbon"}
        people.append(
            {"id": house.app.database.ids.next(), **person, "birth_month": day.month, "birth_day": day.day}
        )
    async with house.app.database.writing() as connection:
        await connection.execute(insert(customers), people)


async def take(browser: Browser, folder: Path, pictures: Path) -> None:
    """Seed a house and take its pictures into *pictures*."""
    async with town_in(folder) as house:
        await _today(house)
        await _history(house)
        await _ahead(house)
        context = await browser.new_context(viewport=WIDE, reduced_motion="reduce", base_url=house.base)
        page = await context.new_page()
        await page.goto(f"/desk/sign-in?token={await house.link()}")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/desk")
        for name, address in (
            ("touches", "/desk/touches"),
            ("report", "/desk/touches/report?from=2026-01&to=2026-10"),
        ):
            await page.goto(address)
            await page.screenshot(path=pictures / f"{name}.png")
        await context.close()
