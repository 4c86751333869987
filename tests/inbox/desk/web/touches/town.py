"""People to write to first: customers of many zones, what they bought, allowed and were sent."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from config.touch_policy import TouchKnobs
from inbox.touches.planning import plan
from inbox.touches.spans import span
from storage.tables import (
    addresses,
    allowances,
    conversations,
    customers,
    messages,
    orders,
    touch_log,
    touches,
)
from tests.inbox.desk.web.house import NOW, House, house_in

DAY = timedelta(days=1)
KNOBS = TouchKnobs(
    on=("birthday", "after_delivery", "overdue", "anniversary"), zone="Europe/Lisbon", country="PT"
)
PEOPLE = [
    ("Marta Figueiredo de Vasconcelos e Albuquerque", "platinum", "pt", "Europe/Lisbon", "sms"),
    ("João Pedro Carvalho", "gold", "pt", "America/Sao_Paulo", "telegram"),
    ("Guadalupe Ramírez Ontiveros", "gold", "es", "America/Mexico_City", "telegram"),
    ("Emily Whitcombe", "iron", "en", "Europe/London", "sms"),
    ("佐藤 美咲", "platinum", "ja", "Asia/Tokyo", "telegram"),
    ("Dwayne Carter", "iron", "en", "America/New_York", "sms"),
    ("Rafael Nunes", "iron", "pt", "Europe/Lisbon", "telegram"),
    ("Ingrid Solheim", "lead", "nb", "Europe/Oslo", "web"),
    ("Олена Шевчук", "gold", "uk", "Europe/Kyiv", "telegram"),
    ("رنا الحسيني", "gold", "ar", "Asia/Riyadh", "telegram"),
    ("Tane Parata", "", "en", "Pacific/Auckland", "sms"),
    ("Lupe Fonoti", "lead", "en", "Pacific/Pago_Pago", "telegram"),
]
FIRST = ("Ana", "Inês", "Pau", "Noor", "Kofi", "Lena")
LAST = ("Sousa", "Vidal", "Weiss", "Mensah", "Iyer")
ZONES = ("Europe/Madrid", "Europe/Paris", "America/Toronto", "Asia/Kolkata", "Africa/Lagos", "Europe/Lisbon")


@asynccontextmanager
async def town_in(folder: Path, **settings: Any) -> AsyncIterator[House]:
    """Open a house whose touches are on, with Tiago signed in."""
    async with house_in(folder, touches=KNOBS, **settings) as house:
        await house.sign_in()
        yield house


async def person(house: House, name: str = "Marta Figueiredo", **values: Any) -> tuple[int, int]:
    """Keep a customer with one address that allows everything; returns both keys."""
    ids = house.app.database.ids
    customer, address = ids.next(), ids.next()
    channel = values.pop("channel", "telegram")
    allowed = values.pop("allowed", True)
    where = values.pop("address", "")
    born: date | None = values.pop("born", None)
    if born is not None:
        values |= {"birth_month": born.month, "birth_day": born.day, "birthday_at": NOW - 400 * DAY}
    place = {"sms": f"tel:+3519{customer % 10**8:08d}", "web": f"web:{customer}"}.get(
        channel, f"{channel}:{customer % 10**10}"
    )
    person: dict[str, Any] = {"name": name, "zone": "Europe/Lisbon", "language": "en", **values}
    async with house.app.database.writing() as connection:
        await connection.execute(insert(customers).values(id=customer, created_at=NOW - 400 * DAY, **person))
        await connection.execute(
            insert(addresses).values(
                id=address,
                customer_id=customer,
                channel=channel,
                address=where or place,
                created_at=NOW - 400 * DAY,
                last_in_at=NOW - 90 * DAY,
            )
        )
        if allowed:
            await connection.execute(
                insert(allowances).values(address_id=address, subject="marketing", allowed=True, at=NOW - DAY)
            )
    return customer, address


async def order(
    house: House, customer: int, number: str, *, delivered: datetime | None = None, **values: Any
) -> None:
    """Keep an order."""
    placed = values.pop("placed", (delivered or NOW) - 4 * DAY)
    async with house.app.database.writing() as connection:
        await connection.execute(
            insert(orders).values(
                id=house.app.database.ids.next(),
                customer_id=customer,
                number=number,
                placed_at=placed,
                delivered_at=delivered,
                changed_at=placed,
                summary="two blue bowls",
                total=4250,
                currency="EUR",
                **values,
            )
        )


async def touch(house: House, customer: int, address: int | None = None, **values: Any) -> int:
    """Keep a touch as a row, a birthday of today at ten unless *values* say otherwise."""
    key = house.app.database.ids.next()
    due = values.pop("due_at", NOW)
    row: dict[str, Any] = {
        "kind": "birthday",
        "period": str(key),
        "state": "planned",
        "reason": "",
        "valid_until": due + DAY,
        "day": due.date().isoformat(),
        "clock": f"{due:%H:%M}",
        "zone": "Europe/Lisbon",
        "zone_source": "own",
        "address_id": address,
        "channel": "telegram" if address else "",
        "why": "only" if address else "",
        **values,
    }
    async with house.app.database.writing() as connection:
        await connection.execute(insert(touches).values(id=key, customer_id=customer, due_at=due, **row))
        await connection.execute(
            insert(touch_log).values(
                id=house.app.database.ids.next(),
                touch_id=key,
                at=due,
                state=row["state"],
                reason=row["reason"],
            )
        )
    return key


async def plan_today(house: House, now: datetime = NOW) -> None:
    """Let the planner write what is due around *now*."""
    await plan(house.app.database, house.app.first_word.rules, now, span(now))


async def message_of(
    house: House,
    customer: int,
    address: int,
    text: str,
    *,
    at: datetime,
    status: str = "sent",
    answer: str = "",
) -> int:
    """Keep the message of a touch in a conversation of its own, and what the customer answered."""
    ids = house.app.database.ids
    talk, said = ids.next(), ids.next()
    async with house.app.database.writing() as connection:
        await connection.execute(
            insert(conversations).values(
                id=talk,
                customer_id=customer,
                address_id=address,
                channel="telegram",
                team="care",
                state="open" if answer else "resolved",
                resolved_at=None if answer else at,
                opened_at=at,
                last_at=at,
                last_text=answer or text,
                last_direction="in" if answer else "out",
                waiting_since=at + timedelta(minutes=14) if answer else None,
            )
        )
        rows = [("out", text, at, status)]
        rows += [("in", answer, at + timedelta(minutes=14), "")] if answer else []
        for number, (direction, words, when, state) in enumerate(rows):
            await connection.execute(
                insert(messages).values(
                    id=said if number == 0 else ids.next(),
                    conversation_id=talk,
                    direction=direction,
                    channel="telegram",
                    external_id=f"t{said}-{number}",
                    address_id=address,
                    text=words,
                    sent_at=when,
                    received_at=when,
                    status=state,
                    status_at=when + timedelta(minutes=6) if state else None,
                )
            )
    return said


async def crowd(house: House, count: int = 40) -> list[tuple[int, int]]:
    """Keep people of many zones: some have their birthday today, the others got an order three days ago."""
    found = []
    drawn = random.Random(7)
    for number in range(count):
        if number < len(PEOPLE):
            name, tier, language, zone, channel = PEOPLE[number]
        else:
            name = f"{drawn.choice(FIRST)} {drawn.choice(LAST)}"
            tier, language = drawn.choice(("gold", "iron", "lead", "")), drawn.choice(("pt", "es", "en"))
            zone, channel = drawn.choice(ZONES), drawn.choice(("sms", "telegram"))
        born = NOW.date().replace(year=1980) if number % 3 != 2 and number < 20 else None
        key, address = await person(
            house,
            name,
            tier=tier,
            language=language,
            zone=zone,
            channel=channel,
            born=born,
            allowed=number != 5,
        )
        if born is None:
            await order(house, key, f"{10440 + number}", delivered=NOW - 3 * DAY)
        found.append((key, address))
    return found


async def settle(house: House, key: int, state: str, **values: Any) -> None:
    """Bring a row into a state as if the house had."""
    async with house.app.database.writing() as connection:
        await connection.execute(update(touches).where(touches.c.id == key).values(state=state, **values))
