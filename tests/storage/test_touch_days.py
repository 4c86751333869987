"""The statements of the desk's pages of touches, on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from storage import touch_days, touch_report
from storage.database import Database
from storage.tables import addresses, consents, conversations, customers, messages, orders, touches
from storage.touch_report import Ending, Group, Sums
from tests.storage.keeping import NOON

DAY = NOON.date()
A_DAY = timedelta(days=1)


async def somebody(database: Database, **values: Any) -> tuple[int, int]:
    customer, address = database.ids.next(), database.ids.next()
    async with database.writing() as connection:
        await connection.execute(
            customers.insert().values(id=customer, name="Ana", created_at=NOON, **values)
        )
        place = {"id": address, "customer_id": customer, "address": f"telegram:{address}"}
        await connection.execute(addresses.insert().values(**place, channel="telegram", created_at=NOON))
    return customer, address


async def touched(database: Database, customer: int, **values: Any) -> int:
    key = database.ids.next()
    row: dict[str, Any] = {
        "kind": "birthday",
        "period": str(key),
        "state": "planned",
        "due_at": NOON,
        "valid_until": NOON + A_DAY,
        "day": DAY.isoformat(),
        "clock": "12:00",
        "zone": "UTC",
        "zone_source": "own",
        "channel": "telegram",
        **values,
    }
    async with database.writing() as connection:
        await connection.execute(touches.insert().values(id=key, customer_id=customer, **row))
    return key


async def said(database: Database, customer: int, address: int, *, answer_after: timedelta | None) -> int:
    talk, key = database.ids.next(), database.ids.next()
    base = {"conversation_id": talk, "channel": "telegram", "address_id": address, "text": "x"}
    async with database.writing() as connection:
        await connection.execute(
            conversations.insert().values(
                id=talk,
                customer_id=customer,
                address_id=address,
                channel="telegram",
                team="care",
                state="resolved",
                opened_at=NOON,
                last_at=NOON,
            )
        )
        values = {"id": key, "direction": "out", "external_id": str(key), "status": "read", **base}
        await connection.execute(messages.insert().values(**values, sent_at=NOON, received_at=NOON))
        if answer_after is not None:
            at, other = NOON + answer_after, database.ids.next()
            values = {"id": other, "direction": "in", "external_id": str(other), **base}
            await connection.execute(messages.insert().values(**values, sent_at=at, received_at=at))
    return key


async def test_days_are_counted_and_paged_in_the_order_of_due(database: Database) -> None:
    who, _ = await somebody(database)
    late = await touched(database, who, due_at=NOON + timedelta(hours=2), kind="after_delivery")
    first = await touched(database, who)
    second = await touched(database, who, state="sent")
    await touched(database, who, day="2026-01-01")
    async with database.reading() as connection:
        assert await touch_days.by_state(connection, DAY, DAY) == {"planned": 2, "sent": 1}
        assert sorted(await touch_days.by_day(connection, DAY, DAY + A_DAY)) == [
            (DAY.isoformat(), "after_delivery", 1),
            (DAY.isoformat(), "birthday", 2),
        ]
        page = await touch_days.page(connection, DAY, DAY, limit=2)
        assert [row.id for row in page] == [first, second]
        edge = (page[-1].due_at, page[-1].customer_id, page[-1].id)
        assert [row.id for row in await touch_days.page(connection, DAY, DAY, after=edge)] == [late]
        sent = await touch_days.page(connection, DAY, DAY, states=("sent",))
        assert [row.id for row in sent] == [second]
        keys = await touch_days.keys(connection, "birthday", [who])
    assert len(keys) == 3


async def test_load_counts_what_went_when_it_went_and_what_waits_when_it_is_due(database: Database) -> None:
    who, _ = await somebody(database)
    await touched(database, who, due_at=NOON + timedelta(minutes=14))
    await touched(database, who, due_at=NOON)
    await touched(database, who, state="sent", handed_at=NOON + timedelta(minutes=31))
    await touched(database, who, state="suppressed")
    async with database.reading() as connection:
        found = await touch_days.loads(connection, DAY, DAY)
    assert [(one.at - NOON, one.channel, one.gone, one.count) for one in found] == [
        (timedelta(), "telegram", False, 2),
        (timedelta(minutes=30), "telegram", True, 1),
    ]


@pytest.mark.parametrize(
    ("after", "counts"),
    [(timedelta(minutes=9), True), (timedelta(days=6), True), (timedelta(days=8), False), (None, False)],
    ids=["soon", "within a week", "after a week", "never"],
)
async def test_an_answer_counts_for_seven_days(
    database: Database, after: timedelta | None, counts: bool
) -> None:
    who, address = await somebody(database)
    message = await said(database, who, address, answer_after=after)
    key = await touched(database, who, state="sent", handed_at=NOON, message_id=message)
    async with database.reading() as connection:
        rows = await touch_days.page(connection, DAY, DAY)
        heard = await touch_days.heard(connection, rows)
        sums = await touch_report.sums(connection, DAY, DAY)
    assert heard[key].status == "read"
    assert (heard[key].answered_at is not None) == counts
    assert sums == {"birthday": Sums(kind="birthday", handed=1, delivered=1, read=1, answered=int(counts))}


async def test_a_ledger_holds_the_touches_of_those_who_were_joined(database: Database) -> None:
    who, _ = await somebody(database)
    other, _ = await somebody(database, merged_into=who)
    stranger, _ = await somebody(database)
    mine, theirs = await touched(database, who), await touched(database, other)
    await touched(database, stranger)
    async with database.reading() as connection:
        rows = await touch_days.of_customer(connection, who)
        earlier = await touch_days.of_customer(connection, who, theirs)
        ahead = await touch_days.next_of(connection, who)
        assert await touch_days.customer_of(connection, who) == who
        assert await touch_days.customer_of(connection, 1) is None
        assert await touch_days.latest_conversation(connection, who) is None
    assert [row.id for row in rows] == [theirs, mine]
    assert [row.id for row in earlier] == [mine]
    assert [row.id for row in ahead] == [mine]


async def test_buyers_are_counted_once_in_thirty_days_and_the_joined_leave(database: Database) -> None:
    async def buys(customer: int, after: timedelta) -> None:
        key = database.ids.next()
        async with database.writing() as connection:
            await connection.execute(
                orders.insert().values(
                    id=key, customer_id=customer, number=str(key), placed_at=NOON + after, changed_at=NOON
                )
            )

    bought, _ = await somebody(database)
    late, address = await somebody(database)
    left, _ = await somebody(database)
    gone, _ = await somebody(database, merged_into=bought)
    await buys(bought, A_DAY)
    await buys(bought, 2 * A_DAY)
    await buys(late, 31 * A_DAY)
    await buys(gone, A_DAY)
    for customer in (bought, bought, late, gone):
        await touched(database, customer, state="sent", handed_at=NOON, address_id=address)
    await touched(database, left, state="control", ended_at=NOON)
    async with database.writing() as connection:
        stop = {"id": database.ids.next(), "address_id": address, "channel": "telegram", "external_id": "s"}
        await connection.execute(consents.insert().values(**stop, word="stop", source="x", at=NOON + A_DAY))
    async with database.reading() as connection:
        groups = await touch_report.groups(connection, DAY, DAY)
        endings = await touch_report.endings(connection, DAY, DAY, ("birthday",))
        sums = await touch_report.sums(connection, DAY, DAY)
        first = await touch_report.first_day(connection)
    assert sorted(groups, key=lambda one: one.control) == [
        Group(kind="birthday", control=False, people=2, buyers=1),
        Group(kind="birthday", control=True, people=1, buyers=0),
    ]
    assert sorted((one.state, one.count) for one in endings) == [("control", 1), ("sent", 4)]
    assert isinstance(endings[0], Ending)
    assert sums["birthday"].stopped == 4
    assert first == DAY.isoformat()


async def test_births_are_counted_by_day_without_those_who_are_gone(database: Database) -> None:
    for values in ({}, {}, {"feb29": "mar1"}, {"erased_at": NOON}, {"merged_into": 1}):
        await somebody(database, birth_month=2, birth_day=29, **values)
    await somebody(database)
    async with database.reading() as connection:
        assert sorted(await touch_days.births(connection)) == [(2, 29, "", 2), (2, 29, "mar1", 1)]


async def test_who_spoke_last_in_each_conversation(database: Database) -> None:
    async with database.reading() as connection:
        assert await touch_days.last_speakers(connection, [1, 2]) == {}
        assert await touch_days.steps(connection, [1]) == {}
