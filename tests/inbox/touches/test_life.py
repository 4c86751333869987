"""A touch from its planning to what became of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inbox.touches.stopping import call_off, expire
from storage import consents
from storage.tables import addresses, customers, holds, orders
from tests.inbox.touches.world import BIRTHDAY, DELIVERED, NOON, World

PHONE = "tel:+351912345678"
TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}


async def test_a_birthday_is_planned_handed_off_sent_and_told_once(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    assert await world.plan() == 1
    assert await world.plan() == 0, "planning again changes nothing"
    row = await world.one()
    assert (row.state, row.day, row.clock, row.zone) == ("planned", "2027-03-02", "10:00", "Europe/Lisbon")
    assert await world.hand() == 0
    world.forward(hours=22)
    assert await world.hand() == 1
    assert await world.hand() == 0
    await world.deliver()
    await world.mind()
    row = await world.one()
    assert (row.state, row.channel, row.why) == ("sent", "sms", "only")
    [(lane, text)] = world.sent
    assert lane == "sms"
    assert "Ana" in text
    states = await world.rows("SELECT state FROM touch_log ORDER BY id")
    assert [one for (one,) in states] == ["planned", "claimed", "handed_off", "sent"]


async def test_a_touch_opens_no_conversation_and_makes_no_work(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    found = await world.rows(
        "SELECT state, resolve_reason, owner_id, waiting_since, unread, last_direction FROM conversations"
    )
    assert found == [("resolved", "touch", None, None, 0, "out")]


NOT_SENT = [
    pytest.param({"allow": False}, "no_consent", id="never asked"),
    pytest.param({"places": ()}, "no_channel", id="no address"),
    pytest.param({"birth_year": 2015}, "underage", id="a child"),
    pytest.param({"birthday_fault": "placeholder_birthdate"}, "placeholder_birthdate", id="quarantined"),
]


@pytest.mark.parametrize(("given", "reason"), NOT_SENT)
async def test_who_gets_nothing_has_a_row_that_says_why(
    world: World, given: dict[str, Any], reason: str
) -> None:
    more = dict(given)
    places = more.pop("places", (PHONE,))
    await world.customer("Ana", *places, **TOMORROW, **more)
    await world.plan()
    row = await world.one()
    assert (row.state, row.reason) == ("suppressed", reason)
    world.forward(hours=22)
    assert await world.hand() == 0


async def test_a_consent_given_before_the_hour_plans_what_was_suppressed(world: World) -> None:
    await world.customer("Ana", PHONE, allow=False, **TOMORROW)
    await world.plan()
    async with world.database.writing() as connection:
        key, ids = world.known[PHONE], world.database.ids
        await consents.record(
            connection, ids, address_id=key, word="yes", source="form", at=world.now, subject="birthday"
        )
    await world.plan()
    assert (await world.one()).state == "planned"


async def test_a_birthday_that_is_corrected_moves_with_its_row(world: World) -> None:
    key = await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    async with world.database.writing() as connection:
        await connection.exec_driver_sql(f"UPDATE customers SET birth_day = 3 WHERE id = {key}")
    world.forward(hours=22)
    assert await world.hand() == 0
    row = await world.one()
    assert (row.state, row.day, row.reason) == ("deferred", "2027-03-03", "not_due_yet")
    world.forward(hours=24)
    assert await world.hand() == 1


async def test_a_stop_between_planning_and_hand_off_is_heard(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    await _stop(world)
    world.forward(hours=22)
    assert await world.hand() == 0
    assert ((await world.one()).state, (await world.one()).reason) == ("suppressed", "opted_out")


async def _stop(world: World) -> None:
    async with world.database.writing() as connection:
        await consents.record(
            connection,
            world.database.ids,
            address_id=world.known[PHONE],
            word="stop",
            source="sms",
            at=world.now,
        )


async def test_a_stop_while_it_waits_in_the_outbox_drops_it_and_leaves_no_message(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await _stop(world)
    await world.deliver()
    await world.mind()
    assert world.sent == []
    assert await world.rows("SELECT id FROM messages") == []
    await world.hand()
    assert ((await world.one()).state, (await world.one()).reason) == ("suppressed", "opted_out")


async def test_what_hangs_in_the_outbox_over_the_day_is_expired_and_not_sent(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    world.forward(hours=15)
    await world.deliver()
    await world.mind()
    await expire(world.database, world.now)
    assert world.sent == []
    assert (await world.one()).state == "expired"


async def test_an_answer_that_was_lost_is_unknown_and_never_sent_again(world: World) -> None:
    await world.customer("Ana", PHONE, "telegram:7", preferred_channel="sms", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver("lost")
    for _ in range(3):
        await world.mind()
        await world.hand()
        await world.deliver()
    row = await world.one()
    assert (row.state, row.reason, world.sent) == ("unknown", "result_unknown", [])
    async with world.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE messages SET status = 'delivered'")
    await world.mind()
    assert (await world.one()).state == "sent"


FAILURES = [
    pytest.param("30005", ["telegram"], "sent", "no_such_number", id="no such number: the next channel"),
    pytest.param("30003", ["telegram"], "sent", "undeliverable", id="switched off: the next channel"),
    pytest.param("opted_out", ["telegram"], "sent", "", id="the provider knows of a stop: the next channel"),
    pytest.param("30007", [], "failed", "", id="filtered: nothing was said of the address"),
]


@pytest.mark.parametrize(("code", "lanes", "state", "closed"), FAILURES)
async def test_only_a_definite_failure_tries_the_next_channel(
    world: World, code: str, lanes: list[str], state: str, closed: str
) -> None:
    await world.customer("Ana", PHONE, "telegram:7", preferred_channel="sms", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver(code)
    await world.mind()
    await world.hand()
    await world.deliver()
    await world.mind()
    assert [lane for lane, _ in world.sent] == lanes
    assert (await world.one()).state == state
    told = await world.rows("SELECT closed_reason FROM addresses WHERE channel = 'sms'")
    assert told == [(closed,)]


async def test_a_failure_told_after_it_was_taken_tries_the_next_channel(world: World) -> None:
    await world.customer("Ana", PHONE, "telegram:7", preferred_channel="sms", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    await world.mind()
    assert (await world.one()).state == "sent"
    async with world.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET state = 'failed', code = '30005'")
        await connection.exec_driver_sql("UPDATE messages SET status = 'failed'")
    await world.mind()
    await world.hand()
    await world.deliver()
    await world.mind()
    assert [lane for lane, _ in world.sent] == ["sms", "telegram"]
    assert (await world.one()).state == "sent"


async def test_a_web_chat_says_it_when_its_visitor_comes_that_day(world: World) -> None:
    await world.customer("Ana", "web:abc", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 1
    assert await world.rows("SELECT id FROM messages") == []
    assert await world.visit("web:other") == 0
    assert await world.visit("web:abc") == 1
    assert await world.visit("web:abc") == 0
    await world.deliver()
    await world.mind()
    assert (await world.one()).state == "sent"
    assert len(world.sent) == 1
    [(data,)] = await world.rows("SELECT data FROM touch_log ORDER BY id DESC LIMIT 1")
    assert "shown" in str(data)


async def test_a_web_chat_whose_visitor_comes_a_day_late_says_nothing(world: World) -> None:
    await world.customer("Ana", "web:abc", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    world.forward(hours=24)
    assert await world.visit("web:abc") == 0
    await world.mind()
    assert (await world.one()).state == "expired"


async def _delivered(world: World) -> int:
    key = await world.customer("Ana", PHONE)
    await world.order(key, "A1", delivered_at=NOON - timedelta(days=2))
    await world.plan()
    return key


async def test_a_follow_up_goes_three_days_after_the_delivery_at_its_hour(world: World) -> None:
    await _delivered(world)
    row = await world.one()
    assert (row.day, row.clock, row.anchor_ref) == ("2027-03-02", "18:00", "order A1")
    world.forward(hours=30)
    assert await world.hand() == 1
    await world.deliver()
    await world.mind()
    assert (await world.one()).state == "sent"
    assert "A1" in world.sent[0][1] or "Ana" in world.sent[0][1]


STOPPED = [
    pytest.param("writes", "customer_wrote_first", id="the customer writes"),
    pytest.param("returns", "order_returned", id="the order comes back"),
    pytest.param("held", "taken_by_agent", id="an agent takes the customer"),
]


@pytest.mark.parametrize("at_once", [True, False], ids=["in the loop", "at hand-off"])
@pytest.mark.parametrize(("what", "reason"), STOPPED)
async def test_what_ends_a_follow_up(world: World, what: str, reason: str, at_once: bool) -> None:
    key = await _delivered(world)
    async with world.database.writing() as connection:
        if what == "writes":
            await connection.execute(addresses.update().values(last_in_at=world.now))
        elif what == "returns":
            await connection.execute(orders.update().values(returned_at=world.now))
        else:
            values = {"id": 1, "customer_id": key, "kind": "agent", "since": world.now}
            await connection.execute(holds.insert().values(**values))
    if at_once:
        assert await call_off(world.database, world.rules, world.now) == 1
    else:
        world.forward(hours=30)
        assert await world.hand() == 0
    row = await world.one()
    assert (row.state, row.reason) == ("cancelled", reason)


async def test_an_anchor_that_moves_takes_its_touch_along(world: World) -> None:
    await _delivered(world)
    async with world.database.writing() as connection:
        await connection.execute(orders.update().values(delivered_at=NOON - timedelta(days=1)))
    await world.plan()
    row = await world.one()
    assert (row.state, row.day) == ("planned", "2027-03-03")


async def test_two_on_one_day_are_one(world: World) -> None:
    key = await _delivered(world)
    await world.order(key, "A2", delivered_at=NOON - timedelta(days=2, hours=1))
    await world.plan()
    world.forward(hours=30)
    assert await world.hand() == 1
    states = sorted(row.state for row in await world.touches())
    assert states == ["cancelled", "handed_off"]


async def test_a_full_channel_is_given_no_more_so_that_replies_wait_behind_few(world: World) -> None:
    slow = replace(world.rules.ways["sms"], rate=0.5)
    world.rules = replace(world.rules, ways={**world.rules.ways, "sms": slow})
    for number in range(8):
        await world.customer(f"Ana {number}", f"tel:+35191234567{number}", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 5, "ten seconds of its work"
    assert await world.hand() == 0
    await world.deliver()
    assert await world.hand() == 3


async def test_what_is_late_goes_the_one_that_expires_first(world: World) -> None:
    late = replace(DELIVERED, key="late", valid=timedelta(days=9))
    world.on(BIRTHDAY, late)
    key = await world.customer("Old", "tel:+351912345670")
    await world.order(key, "A1", delivered_at=NOON - timedelta(days=3))
    await world.plan()
    world.forward(hours=22)
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    await world.hand()
    kinds = await world.rows("SELECT kind FROM touches WHERE handed_at IS NOT NULL ORDER BY message_id")
    assert [kind for (kind,) in kinds] == ["birthday", "late"]


async def test_days_in_which_nobody_planned_are_made_up_for_with_a_reason(world: World) -> None:
    from inbox.touches.planning import plan
    from inbox.touches.spans import span

    await world.customer("Ana", PHONE, birth_month=3, birth_day=4)
    before = world.now
    world.forward(days=6)
    await plan(world.database, world.rules, world.now, span(world.now, before))
    row = await world.one()
    assert (row.state, row.reason, row.day) == ("expired", "expired", "2027-03-04")


async def test_what_the_hand_off_settled_is_not_planned_again_every_hour(world: World) -> None:
    customer = await world.customer("Ana", PHONE, **TOMORROW)
    async with world.database.writing() as connection:
        dead = NOON - timedelta(days=9)
        await connection.execute(customers.update().values(deceased_at=dead))
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    for _ in range(3):
        await world.plan()
        await world.hand()
        world.forward(hours=1)
    states = await world.rows("SELECT state, reason FROM touch_log ORDER BY id")
    assert states == [("suppressed", "suppressed_deceased")]
    assert (await world.one()).customer_id == customer
