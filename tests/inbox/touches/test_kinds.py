"""Whom each kind of touch finds, on which day, and for which reference."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from inbox.touches.planning import plan
from inbox.touches.spans import span
from routing.touch import Segment, Touch
from storage import consents, touch_overdue
from storage.tables import conversations, customer_events
from tests.inbox.touches.world import NOON, World

PHONE = "tel:+351912345678"


def _kind(start: str, **more: Any) -> Touch:
    values: dict[str, Any] = {
        "key": start,
        "name": start,
        "start": start,
        "subject": "news",
        "days": 0,
        "at": time(11),
        "valid": timedelta(days=3),
        "wording": "birthday",
        **more,
    }
    return Touch(**values)


async def _conversation(world: World, customer: int, **more: Any) -> int:
    key = world.database.ids.next()
    values = {
        "id": key,
        "customer_id": customer,
        "address_id": world.known[PHONE],
        "channel": "sms",
        "team": "support",
        "state": "open",
        "opened_at": NOON - timedelta(days=9),
        "last_in_at": NOON - timedelta(days=9),
        "last_at": NOON - timedelta(days=1),
        "last_direction": "out",
        **more,
    }
    async with world.database.writing() as connection:
        await connection.execute(conversations.insert().values(**values))
    return key


async def _found(world: World, *kinds: Touch) -> list[tuple[str, str]]:
    """Plan and list (day, period)."""
    world.on(*kinds)
    await world.plan()
    return [(row.day, row.period) for row in await world.touches()]


async def test_a_closed_conversation_is_followed_from_its_end(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    closed = {"state": "resolved", "resolved_at": NOON - timedelta(days=1)}
    key = await _conversation(world, customer, **closed)
    await _conversation(world, customer, **closed, resolve_reason="touch", last_in_at=None)
    found = await _found(world, _kind("closed", days=2))
    assert found == [("2027-03-02", f"conversation {key}")]


async def test_our_unanswered_words_are_followed_by_elapsed_time(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    key = await _conversation(world, customer)
    quiet = _kind("unanswered", after=timedelta(hours=30), days=None, at=None)
    assert await _found(world, quiet) == [("2027-03-01", f"conversation {key}")]
    world.forward(hours=6)
    assert await world.hand() == 1


async def test_words_of_the_customer_leave_nothing_unanswered(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    await _conversation(world, customer, last_direction="in", waiting_since=NOON)
    quiet = _kind("unanswered", after=timedelta(hours=30), days=None, at=None)
    assert await _found(world, quiet) == []


@pytest.mark.parametrize(("word", "state"), [("", "planned"), ("no", "suppressed")], ids=["silence", "a no"])
async def test_a_no_to_marketing_holds_back_a_word_about_a_conversation(
    world: World, word: str, state: str
) -> None:
    customer = await world.customer("Ana", PHONE, allow=False)
    if word:
        async with world.database.writing() as connection:
            said: dict[str, Any] = {
                "address_id": world.known[PHONE],
                "word": word,
                "source": "page",
                "at": NOON,
            }
            await consents.record(connection, world.database.ids, **said)
    await _conversation(world, customer, state="resolved", resolved_at=NOON - timedelta(days=1))
    world.on(_kind("closed", days=2, subject="replies", marketing=False))
    await world.plan()
    row = await world.one()
    assert (row.state, row.reason) == (state, "opted_out" if word else "")


RATINGS = [
    pytest.param({"rating": 5}, 1, id="very good"),
    pytest.param({"rating": 3}, 0, id="not good enough"),
    pytest.param({"rating": "5"}, 0, id="no number"),
    pytest.param(None, 0, id="nothing said"),
]


@pytest.mark.parametrize(("data", "number"), RATINGS)
async def test_only_a_good_rating_is_followed(world: World, data: Any, number: int) -> None:
    customer = await world.customer("Ana", PHONE)
    values = {"id": 1, "customer_id": customer, "kind": "rated", "at": NOON - timedelta(days=1), "ref": "A1"}
    async with world.database.writing() as connection:
        await connection.execute(customer_events.insert().values(**values, data=data))
    assert len(await _found(world, _kind("rated", days=2, rating_at_least=4))) == number


HABITS = [
    pytest.param([300, 200, 100], "2027-03-02", id="every hundred days: due at one and a half of it"),
    pytest.param([50, 10], None, id="one interval is no habit"),
    pytest.param([400, 300, 200, 5], None, id="bought just now"),
    pytest.param([1, 1, 1], None, id="three at one instant are no habit"),
]


@pytest.mark.parametrize(("ago", "day"), HABITS)
async def test_overdue_is_by_each_customers_own_habit(world: World, ago: list[int], day: str | None) -> None:
    customer = await world.customer("Ana", PHONE)
    world.now = NOON + timedelta(days=51) if day else NOON
    for number, days in enumerate(ago):
        at = NOON - timedelta(days=days) + timedelta(hours=24 if day else 0)
        await world.order(customer, f"A{number}", placed_at=at)
    if day:
        world.now = NOON - timedelta(hours=1) + timedelta(days=50)
    found = await _found(world, _kind("overdue"))
    assert [period for _, period in found] == ([f"order A{len(ago) - 1}"] if day else [])
    if day:
        [row] = await world.touches()
        assert row.anchor_at == NOON - timedelta(days=99) + timedelta(days=150)


async def test_another_order_ends_what_waits_for_who_was_overdue(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    for number, days in enumerate((300, 200, 100)):
        await world.order(customer, f"A{number}", placed_at=NOON - timedelta(days=days))
    world.now = NOON + timedelta(days=50)
    world.on(_kind("overdue", stops=("writes", "buys")))
    await world.plan()
    await world.order(customer, "A9", placed_at=world.now + timedelta(minutes=1))
    world.forward(hours=23)
    assert await world.hand() == 0
    assert ((await world.one()).state, (await world.one()).reason) == ("cancelled", "bought_again")


async def test_the_first_order_has_its_anniversary_each_year(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    for number, at in enumerate([datetime(2025, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)]):
        await world.order(customer, f"A{number}", placed_at=at)
    assert await _found(world, _kind("anniversary")) == [("2027-03-02", "2027")]
    world.forward(hours=23)
    assert await world.hand() == 1


async def test_a_touch_made_once_goes_to_its_segment_on_its_day(world: World) -> None:
    for number in range(3):
        tier = "gold" if number else "iron"
        await world.customer(f"Ana {number}", f"tel:+35191234567{number}", tier=tier)
    once = _kind("once", days=None, on=date(2027, 3, 2), who=Segment(tiers=("gold",)))
    assert len(await _found(world, once)) == 2
    world.forward(hours=23)
    assert await world.hand() == 2


async def test_a_page_ends_and_the_next_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from inbox.touches import candidates

    monkeypatch.setattr(candidates, "PAGE", 2)
    monkeypatch.setattr(touch_overdue, "STRETCH", 2)
    delivered = replace(_kind("delivered", days=3), key="delivered")
    for number in range(5):
        customer = await world.customer(
            f"Ana {number}", f"tel:+35191234567{number}", birth_month=3, birth_day=2
        )
        same = NOON - timedelta(days=2)
        await world.order(customer, f"D{number}", delivered_at=same, placed_at=same)
        for back in (300, 200, 100):
            await world.order(customer, f"O{number}-{back}", placed_at=NOON - timedelta(days=back + 50))
    world.on(_kind("birthday"), delivered)
    await plan(world.database, world.rules, world.now, span(world.now))
    counted = await world.rows("SELECT kind, count(*) FROM touches GROUP BY kind ORDER BY kind")
    assert counted == [("birthday", 5), ("delivered", 5)]
