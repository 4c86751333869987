"""Which touch a customer's words answer."""

from datetime import timedelta

from storage import touch_said
from storage.tables import addresses, customers
from tests.storage.keeping import NOON, Home, said
from tests.storage.touching import touched

DAY_BEFORE = NOON - timedelta(days=1)


async def ana(home: Home) -> tuple[int, int]:
    ids = home.database.ids
    customer, address = ids.next(), ids.next()
    async with home.database.writing() as connection:
        await connection.execute(customers.insert().values(id=customer, name="Ana", created_at=DAY_BEFORE))
        values = {"id": address, "customer_id": customer, "address": "telegram:42", "channel": "telegram"}
        await connection.execute(addresses.insert().values(**values, created_at=DAY_BEFORE))
    return customer, address


async def test_the_first_words_after_a_touch_answer_it_and_later_ones_do_not(home: Home) -> None:
    customer, address = await ana(home)
    conversation, _, touch = await touched(home.database, customer, address, DAY_BEFORE)
    kept = await home.keep(said(1), said(2, minutes=1))
    first, second = (one.message_id for one in kept.fresh)
    async with home.database.reading() as connection:
        found = await touch_said.answered_by(connection, [first, second])
        last = await touch_said.latest(connection, conversation, NOON)
    assert list(found) == [first]
    assert (found[first].touch_id, found[first].kind, found[first].status) == (touch, "birthday", "sent")
    assert (found[first].text, found[first].at) == ("Happy birthday, Ana!", DAY_BEFORE)
    assert last is not None
    assert (last.touch_id, last.answered) == (touch, True)


async def test_the_last_of_two_touches_is_answered(home: Home) -> None:
    customer, address = await ana(home)
    await touched(home.database, customer, address, DAY_BEFORE)
    _, _, second = await touched(
        home.database, customer, address, NOON - timedelta(hours=1), text="How was it?", kind="after_delivery"
    )
    kept = await home.keep(said(1))
    async with home.database.reading() as connection:
        found = await touch_said.answered_by(connection, [kept.fresh[0].message_id])
    assert [one.touch_id for one in found.values()] == [second]


async def test_a_touch_nobody_answered_yet_and_one_of_long_ago(home: Home) -> None:
    customer, address = await ana(home)
    conversation, _, _ = await touched(home.database, customer, address, DAY_BEFORE)
    async with home.database.reading() as connection:
        last = await touch_said.latest(connection, conversation, NOON)
        assert last is not None
        assert not last.answered
        assert await touch_said.latest(connection, conversation, NOON + timedelta(days=30)) is None
    kept = await home.keep(said(1, minutes=60 * 24 * 31))
    async with home.database.reading() as connection:
        assert await touch_said.answered_by(connection, [kept.fresh[0].message_id]) == {}


async def test_words_in_a_new_matter_answer_the_touch_in_the_one_before(home: Home) -> None:
    customer, address = await ana(home)
    await home.keep(said(1, minutes=-60 * 24 * 5))
    async with home.database.writing() as connection:
        await connection.exec_driver_sql(
            "UPDATE conversations SET state = 'resolved', resolved_at = last_at, waiting_since = NULL"
        )
    _, _, touch = await touched(home.database, customer, address, NOON - timedelta(days=3))
    kept = await home.keep(said(2))
    [fresh] = kept.fresh
    assert await home.rows("SELECT count(*) FROM conversations") == [(2,)]
    async with home.database.reading() as connection:
        found = await touch_said.answered_by(connection, [fresh.message_id])
        last = await touch_said.latest(connection, fresh.conversation_id, NOON)
    assert found[fresh.message_id].touch_id == touch
    assert last is not None
    assert last.answered


async def test_nobody_answers_nothing(home: Home) -> None:
    kept = await home.keep(said(1))
    async with home.database.reading() as connection:
        assert await touch_said.answered_by(connection, []) == {}
        assert await touch_said.answered_by(connection, [kept.fresh[0].message_id]) == {}
        assert await touch_said.latest(connection, kept.fresh[0].conversation_id, NOON) is None
