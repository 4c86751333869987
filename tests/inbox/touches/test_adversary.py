"""What went wrong once, or would have: twice, at night, after a stop, or not at all and without a word."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from inbox.live import Live
from inbox.nudges import Nudges
from inbox.touches import handing, planning, weighing
from inbox.touches.planning import plan
from inbox.touches.spans import span
from inbox.touches.stopping import call_off, expire
from routing.touch import Segment
from storage import consents
from storage.scenario_rows import merge
from storage.tables import addresses, conversations, customers, orders
from tests.inbox.touches.test_kinds import _conversation, _kind
from tests.inbox.touches.world import BIRTHDAY, DELIVERED, NOON, SMS, World

PHONE = "tel:+351912345678"
TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}


async def _until_quiet(world: World, *answers: Any) -> None:
    """Hand off, send and mind, with *answers* for the first calls."""
    waiting = list(answers)
    for _ in range(4):
        await world.hand()
        await world.deliver(*waiting)
        waiting = []
        await world.mind()


def _in_parts(world: World) -> None:
    short = replace(SMS, text_limit=12)
    specs = {**world.rules.specs, "sms": short}
    world.rules = replace(world.rules, specs=specs)


PARTS = [
    pytest.param(("lost",), "unknown", 0, id="the first answer was lost: the rest is dropped"),
    pytest.param((None, "lost"), "unknown", 1, id="the second answer was lost"),
    pytest.param((None, "30003"), "failed", 1, id="the first part arrived, the second did not"),
    pytest.param(("30005",), "sent", 0, id="nothing of it arrived: the next channel has it all"),
]


@pytest.mark.parametrize(("answers", "state", "by_sms"), PARTS)
async def test_a_long_touch_is_not_begun_twice(
    world: World, answers: tuple[Any, ...], state: str, by_sms: int
) -> None:
    _in_parts(world)
    await world.customer("Ana", PHONE, "telegram:7", preferred_channel="sms", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    for answer in (*answers, None, None, None):
        await world.deliver(answer)
    await world.mind()
    await _until_quiet(world)
    assert (await world.one()).state == state
    lanes = [lane for lane, _ in world.sent]
    assert lanes.count("telegram") == (1 if state == "sent" else 0)
    assert lanes.count("sms") >= by_sms
    assert len(await world.rows("SELECT DISTINCT message_id FROM deliveries WHERE lane = 'sms'")) == 1


@pytest.mark.parametrize("sent", [True, False], ids=["after it was sent", "while it waits in the outbox"])
async def test_who_was_joined_with_somebody_greeted_is_not_greeted_again(world: World, sent: bool) -> None:
    old = await world.customer("Ana", PHONE, **TOMORROW)
    new = await world.customer("Ana M.", "telegram:7", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    keys = {row.customer_id: row.id for row in await world.touches()}
    hand = handing.Handing(database=world.database, rules=world.rules, live=Live(), nudges=Nudges())
    assert await hand.one(keys[old], world.now)
    if sent:
        await world.deliver()
        await world.mind()
    async with world.database.writing() as connection:
        await merge(connection, old, new)
    for _ in range(3):
        await _until_quiet(world)
        world.forward(hours=1)
    assert len(world.sent) == 1
    reasons = {row.customer_id: row.reason for row in await world.touches()}
    assert reasons == (
        {old: "", new: "already_sent_this_occasion"} if sent else {old: "merged_elsewhere", new: ""}
    )


async def test_an_order_followed_before_two_were_joined_is_not_followed_again(world: World) -> None:
    old = await world.customer("Ana", PHONE)
    new = await world.customer("Ana M.", "telegram:7")
    await world.order(old, "A1", delivered_at=NOON - timedelta(days=2))
    await world.plan()
    world.forward(hours=30)
    await _until_quiet(world)
    assert len(world.sent) == 1
    async with world.database.writing() as connection:
        await merge(connection, old, new)
    for _ in range(3):
        world.forward(hours=24)
        await world.plan()
        await _until_quiet(world)
    assert len(world.sent) == 1
    [mine] = [row for row in await world.touches() if row.customer_id == new]
    assert (mine.state, mine.reason) == ("cancelled", "already_sent_this_occasion")


async def test_caps_count_what_those_joined_got(world: World) -> None:
    old = await world.customer("Ana", PHONE, **TOMORROW)
    new = await world.customer("Ana M.", "telegram:7")
    await world.order(new, "A1", delivered_at=NOON - timedelta(days=2))
    await world.plan()
    world.forward(hours=22)
    await _until_quiet(world)
    async with world.database.writing() as connection:
        await merge(connection, old, new)
    world.forward(hours=8)
    await _until_quiet(world)
    [mine] = [row for row in await world.touches() if row.customer_id == new]
    assert (mine.state, mine.reason) == ("deferred", "daily_cap")


async def test_an_order_that_was_somebody_elses_is_not_followed_with_the_first(world: World) -> None:
    wrong = await world.customer("Ana", PHONE)
    right = await world.customer("Rui", "telegram:7")
    await world.order(wrong, "A1", delivered_at=NOON - timedelta(days=2))
    await world.plan()
    async with world.database.writing() as connection:
        await connection.execute(orders.update().values(customer_id=right))
    await world.plan()
    world.forward(hours=30)
    await _until_quiet(world)
    assert [lane for lane, _ in world.sent] == ["telegram"]
    states = {row.customer_id: (row.state, row.reason) for row in await world.touches()}
    assert states[wrong] == ("cancelled", "anchor_gone")


async def test_a_delivery_that_was_a_mistake_is_not_followed(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    await world.order(customer, "A1", delivered_at=NOON - timedelta(days=2))
    await world.plan()
    async with world.database.writing() as connection:
        await connection.execute(orders.update().values(delivered_at=None))
    world.forward(hours=30)
    await _until_quiet(world)
    row = await world.one()
    assert (world.sent, row.state, row.reason) == ([], "cancelled", "anchor_gone")
    async with world.database.writing() as connection:
        await connection.execute(orders.update().values(delivered_at=world.now - timedelta(days=1)))
    await world.plan()
    assert (await world.one()).state == "planned", "delivered after all"


async def test_a_conversation_that_we_took_up_again_is_not_followed_as_closed(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    await _conversation(world, customer, state="resolved", resolved_at=NOON - timedelta(hours=1))
    world.on(_kind("closed", after=timedelta(hours=26)))
    await world.plan()
    async with world.database.writing() as connection:
        await connection.execute(conversations.update().values(state="open", resolved_at=None))
    world.forward(hours=26)
    await _until_quiet(world)
    assert (world.sent, (await world.one()).reason) == ([], "anchor_gone")


async def test_a_matter_that_was_settled_is_not_asked_after(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    await _conversation(world, customer, state="open", last_direction="out", last_at=NOON)
    world.on(_kind("unanswered", after=timedelta(hours=24)))
    await world.plan()
    assert len(await world.touches()) == 1
    async with world.database.writing() as connection:
        await connection.execute(conversations.update().values(state="resolved", resolved_at=NOON))
    world.forward(hours=25)
    await _until_quiet(world)
    assert (world.sent, (await world.one()).reason) == ([], "anchor_gone")


COUNTED = [
    pytest.param("30007", 1, id="it surely did not arrive: the day is free"),
    pytest.param("lost", 0, id="nobody knows: the day is taken"),
]


@pytest.mark.parametrize(("answer", "more"), COUNTED)
async def test_what_certainly_failed_takes_nothing_from_the_caps(
    world: World, answer: str, more: int
) -> None:
    customer = await world.customer("Ana", PHONE, **TOMORROW)
    await world.order(customer, "A1", delivered_at=NOON - timedelta(days=2))
    await world.plan()
    world.forward(hours=22)
    await _until_quiet(world, answer)
    world.forward(hours=8)
    await _until_quiet(world)
    assert len(world.sent) == more


async def test_one_touch_that_cannot_be_weighed_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await world.customer("Bad", "tel:+351912345670", **TOMORROW)
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    whole = weighing.occasion  # type: ignore[attr-defined]

    def spoilt(touch: Any, who: Any, *rest: Any) -> Any:
        if who.id == bad:
            raise ArithmeticError("a mistake of ours")
        return whole(touch, who, *rest)

    monkeypatch.setattr(weighing, "occasion", spoilt)
    await _until_quiet(world)
    assert len(world.sent) == 1
    [row] = [one for one in await world.touches() if one.customer_id == bad]
    assert (row.state, row.reason) == ("held", "our_mistake")
    assert row.due_at > world.now, "it does not come back at once"
    monkeypatch.setattr(weighing, "occasion", whole)
    world.forward(hours=1)
    await _until_quiet(world)
    assert len(world.sent) == 2


async def test_one_customer_who_cannot_be_planned_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await world.customer("Bad", "tel:+351912345670", **TOMORROW)
    await world.customer("Ana", PHONE, **TOMORROW)
    whole = planning.occasion  # type: ignore[attr-defined]

    def spoilt(touch: Any, who: Any, *rest: Any) -> Any:
        if who.id == bad:
            raise ArithmeticError("a mistake of ours")
        return whole(touch, who, *rest)

    monkeypatch.setattr(planning, "occasion", spoilt)
    await world.plan()
    assert [row.customer_id for row in await world.touches() if row.customer_id != bad]


async def test_one_outcome_that_cannot_be_minded_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.touches import minding

    bad = await world.customer("Bad", "tel:+351912345670", **TOMORROW)
    good = await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    whole = minding._became

    async def spoilt(connection: Any, database: Any, rules: Any, one: Any, now: Any) -> None:
        if one.row.customer_id == bad:
            raise ArithmeticError("a mistake of ours")
        await whole(connection, database, rules, one, now)

    monkeypatch.setattr(minding, "_became", spoilt)
    await world.mind()
    states = {row.customer_id: row.state for row in await world.touches()}
    assert states == {bad: "handed_off", good: "sent"}


async def test_what_waited_for_a_complaint_all_day_says_so_at_its_end(world: World) -> None:
    customer = await world.customer("Ana", PHONE, **TOMORROW)
    async with world.database.writing() as connection:
        await connection.exec_driver_sql(
            f"INSERT INTO holds (id, customer_id, kind, since) VALUES (1, {customer}, 'complaint', 1)"
        )
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    world.forward(hours=20)
    await expire(world.database, world.now)
    row = await world.one()
    assert (row.state, row.reason) == ("expired", "open_complaint")


async def test_what_was_switched_off_says_so_at_its_end(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.on(DELIVERED)
    world.forward(hours=40)
    await expire(world.database, world.now, kinds=tuple(world.rules.touches))
    row = await world.one()
    assert (row.state, row.reason) == ("expired", "touch_switched_off")


async def test_a_birthday_put_off_and_put_back_is_greeted(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    async with world.database.writing() as connection:
        await connection.execute(customers.update().values(birth_day=4))
    world.forward(hours=22)
    await world.hand()
    assert (await world.one()).reason == "not_due_yet"
    async with world.database.writing() as connection:
        await connection.execute(customers.update().values(birth_day=2))
    await world.plan()
    await _until_quiet(world)
    assert len(world.sent) == 1


async def test_an_anniversary_missed_while_we_were_down_has_a_row(world: World) -> None:
    customer = await world.customer("Ana", PHONE)
    await world.order(customer, "A1", placed_at=NOON - timedelta(days=365))
    world.on(_kind("anniversary", days=0, at=time(10), valid=timedelta(hours=12)))
    before = world.now - timedelta(hours=12)
    world.forward(days=2)
    await plan(world.database, world.rules, world.now, span(world.now, before))
    row = await world.one()
    await expire(world.database, world.now)
    row = await world.one()
    assert (row.day, row.state) == ("2027-03-01", "expired")


async def test_an_anniversary_that_a_zone_moves_over_new_year_is_kept_once(world: World) -> None:
    first = NOON.replace(year=2025, month=12, day=31, hour=23, minute=30)
    customer = await world.customer("Ana", PHONE)
    await world.order(customer, "A1", placed_at=first)
    world.on(_kind("anniversary", days=0, at=time(10)))
    world.now = NOON.replace(year=2026, month=12, day=31, hour=9)
    await world.plan()
    world.forward(hours=2)
    await _until_quiet(world)
    assert len(world.sent) == 1
    async with world.database.writing() as connection:
        await connection.execute(customers.update().values(zone="Europe/Madrid"))
    for _ in range(3):
        await world.plan()
        world.forward(hours=24)
        await _until_quiet(world)
    assert len(world.sent) == 1


async def test_a_refusal_between_two_parts_ends_the_message(world: World) -> None:
    _in_parts(world)
    await world.customer("Ana", "telegram:7", **TOMORROW)
    specs = {**world.rules.specs, "telegram": replace(world.rules.specs["telegram"], text_limit=12)}
    world.rules = replace(world.rules, specs=specs)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    assert len(world.sent) == 1
    async with world.database.writing() as connection:
        key, ids = world.known["telegram:7"], world.database.ids
        await consents.record(connection, ids, address_id=key, word="no", source="page", at=world.now)
    await world.deliver()
    await world.deliver()
    assert len(world.sent) == 1
    await world.mind()
    await _until_quiet(world)
    assert len(world.sent) == 1
    assert (await world.one()).state not in ("deferred", "planned", "handed_off")


async def test_calling_off_reads_every_page(world: World) -> None:
    for number in range(7):
        customer = await world.customer(f"Ana {number}", f"tel:+35191234567{number}")
        await world.order(customer, f"A{number}", delivered_at=NOON - timedelta(days=2))
    await world.plan()
    async with world.database.writing() as connection:
        await connection.execute(addresses.update().values(last_in_at=world.now))
    assert await call_off(world.database, world.rules, world.now, stretch=3) == 7


async def test_who_leaves_the_segment_is_told_apart_and_not_planned_again(world: World) -> None:
    world.on(replace(BIRTHDAY, who=Segment(tiers=("gold",))))
    await world.customer("Ana", PHONE, tier="gold", **TOMORROW)
    await world.plan()
    async with world.database.writing() as connection:
        await connection.execute(customers.update().values(tier="lead"))
    world.forward(hours=22)
    await _until_quiet(world)
    await world.plan()
    assert ((await world.one()).state, (await world.one()).reason) == ("suppressed", "not_in_segment")
