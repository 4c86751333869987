"""An agent's call is begun once and at once; their own phone rings first, and the log says who rang."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.channel import Called, Receipt
from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from inbox.desk.calling import lines, own_phone, reached
from inbox.desk.errors import DeskError, Ended, NotThere
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.sorting import sort
from storage import agents, conversations, customers
from storage.batch import Batch
from storage.keep_sqlite import SqliteKeeper
from tests.inbox.desk.channels import Phone, address, give_phone, stopped, with_phone, with_sms
from tests.inbox.house import House

MINE = "+351930000001"
NUMBER = "tel:+351912345678"
OWED = "SELECT lane, kind, key FROM deliveries WHERE lane NOT LIKE 'slack%'"
LINE = "SELECT text, status, reason FROM messages WHERE nature = 'call' ORDER BY id"
NIGHT = datetime(2026, 11, 24, 23, 40, tzinfo=UTC)


@pytest.fixture
def phone(house: House) -> Phone:
    give_phone(house.ground.policies, "ana")
    return with_phone(house)


@pytest.fixture
async def outbox(house: House, phone: Phone, tmp_path: Path) -> AsyncIterator[Outbox]:
    ground = house.ground
    owing = Owing(
        database=house.database, live=ground.live, nudges=ground.nudges,
        media=MediaStore(tmp_path / "media", "secret"), public_url="https://in.example", slack=ground.slack,
        channels=ground.channels,
    )  # fmt: skip
    made = Outbox(
        lane="voice", channel=phone, owing=owing, nudges=ground.nudges, metrics=Metrics(), clock=house.clock
    )
    yield made
    await made.stop()


async def called(house: House, talk: int, **more: Any) -> int:
    return await house.desk.call(talk, house.agents["ana"], now=house.clock(), **more)


async def test_the_agents_phone_is_rung_with_the_customers_number(
    house: House, phone: Phone, outbox: Outbox
) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    message = await called(house, talk, key="g")
    await outbox.drain()
    assert phone.rung == [(MINE, NUMBER, "call:g")]
    text = "Ana is calling +351 912 ··· 678. Ana’s phone rings first."
    assert await house.rows(LINE) == [(text, "sent", "")]
    row = await house.rows(f"SELECT direction, channel, agent_id FROM messages WHERE id = {message}")
    assert row == [("out", "voice", house.agents["ana"])]


async def test_a_double_click_rings_once(house: House, phone: Phone, outbox: Outbox) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    assert await called(house, talk, key="g") == await called(house, talk, key="g")
    await outbox.drain()
    assert len(phone.rung) == 1
    await called(house, talk, key="later")
    await outbox.drain()
    assert [key for *_, key in phone.rung] == ["call:g", "call:later"]


async def test_who_calls_takes_what_nobody_has_and_the_customer_waits_on(house: House, phone: Phone) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    await called(house, talk)
    row = f"SELECT owner_id, waiting_since IS NOT NULL, state FROM conversations WHERE id = {talk}"
    assert await house.rows(row) == [(house.agents["ana"], True, "open")]
    await house.desk.call(talk, house.agents["ana"], now=house.clock())
    assert await house.rows("SELECT count(*) FROM happenings WHERE kind = 'taken'") == [(1,)]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Uncertain("no answer"), "perhaps"),
        (Throttled("too many", retry_after=1), "failed"),
        (Unreachable("nobody there"), "failed"),
        (Refused("no such number"), "failed"),
        (Misconfigured("wrong account"), "failed"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, ChannelError) else one,
)
async def test_no_call_is_begun_again_by_itself(
    house: House, phone: Phone, outbox: Outbox, error: ChannelError, status: str
) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    message = await called(house, talk)
    phone.answers.append(error)
    await outbox.drain()
    house.clock.forward(hours=1)
    await outbox.drain()
    assert len(phone.rung) == 1
    assert [(state, why) for _, state, why in await house.rows(LINE)] == [(status, error.reason)]
    await house.desk.resend(message, house.agents["ana"], now=house.clock())  # the agent presses again
    await outbox.drain()
    assert len(phone.rung) == 2


async def test_a_crash_while_it_is_begun_leaves_it_perhaps_rung(
    house: House, phone: Phone, outbox: Outbox
) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    await called(house, talk)
    await outbox._owing.claim("voice", house.clock(), 1)
    await outbox._recover()
    await outbox.drain()
    assert phone.rung == []
    assert [state for _, state, _ in await house.rows(LINE)] == ["perhaps"]


async def test_who_comes_too_late_is_not_rung(house: House, phone: Phone, outbox: Outbox) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    await called(house, talk)
    house.clock.forward(minutes=3)
    await outbox.drain()
    assert phone.rung == []
    [(_, state, why)] = await house.rows(LINE)
    assert (state, "Nobody was rung" in why) == ("failed", True)


async def test_what_was_spoken_bears_the_name_of_who_rang(house: House, phone: Phone, outbox: Outbox) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    await called(house, talk, key="g")
    await outbox.drain()
    lasted = timedelta(minutes=3, seconds=20)
    spoken = Called(address=NUMBER, external_id="call:g", sent_at=house.clock(), lasted=lasted, ours=True)
    await kept(house, spoken, spoken)
    who = "SELECT text, agent_id, sender_name, status FROM messages WHERE external_id = 'call:g'"
    assert await house.rows(who) == [("Ana called, 3 min 20 s", house.agents["ana"], "Ana", "")]


async def test_a_call_of_which_nobody_knows_who_rang_is_ours(house: House, phone: Phone) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    spoken = Called(
        address=NUMBER, external_id="x", sent_at=house.clock(), lasted=timedelta(seconds=9), ours=True
    )
    await kept(house, spoken)
    assert await house.rows("SELECT text, agent_id FROM messages WHERE external_id = 'x'") == [
        ("We called, 9 s", None)
    ]


async def test_a_customer_who_does_not_answer_is_said_with_the_reason(
    house: House, phone: Phone, outbox: Outbox
) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    await called(house, talk)
    await outbox.drain()
    why = "The customer did not pick up."
    receipt = Receipt(external_id="CA1", status="failed", sent_at=house.clock(), code="no-answer", reason=why)
    await kept(house, receipt)
    assert [(state, why) for _, state, why in await house.rows(LINE)] == [("failed", why)]


async def kept(house: House, *events: Any) -> None:
    batch = Batch()
    sort(batch, 1, "voice", events, house.clock())
    await SqliteKeeper(house.database).keep(batch, house.accept.applying.rules)


async def test_without_a_phone_of_the_agents_it_is_said_where_to_write_it(house: House, phone: Phone) -> None:
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    with pytest.raises(DeskError, match=r"phone = .* under \[\[agents\]\], at your key rui"):
        await house.desk.call(talk, house.agents["rui"], now=house.clock())
    async with house.database.reading() as connection:
        ana = await agents.one(connection, house.agents["ana"])
    assert ana is not None
    assert own_phone(house.ground.policies, ana) == MINE
    assert await house.rows(OWED) == []


async def test_who_has_no_number_or_a_strangers_is_not_rung(house: House, phone: Phone) -> None:
    talk, other = await house.says("maria", 1, "hi"), await house.says("joao", 1, "hi")
    his = await address(house, other, "tel:+351910000000")
    with pytest.raises(DeskError, match="no telephone number"):
        await called(house, talk)
    with pytest.raises(NotThere):
        await called(house, talk, address_id=his)
    await house.desk.resolve(other, house.agents["ana"], now=house.clock())
    with pytest.raises(Ended):
        await called(house, other)


async def test_nothing_is_offered_where_nothing_rings(house: House) -> None:
    with_sms(house)
    talk = await house.says("maria", 1, "hi")
    await address(house, talk)
    assert await offered(house, talk) == []


async def test_the_number_of_the_conversation_comes_first_then_the_last_heard_of(
    house: House, phone: Phone
) -> None:
    talk = await house.says("maria", 1, "hi")
    old = await address(house, talk, "tel:+351910000001", last_in_at=house.clock() - timedelta(days=9))
    new = await address(house, talk, "tel:+351910000002", last_in_at=house.clock())
    async with house.database.reading() as connection:
        row = await conversations.one(connection, talk)
        known = await customers.addresses_of(connection, row.customer_id if row else 0)
    found = [one.address.id for one in reached(house.ground.channels, known)]
    assert found == [new, old]
    assert [one.address.id for one in reached(house.ground.channels, known, old)] == [old, new]


async def test_at_night_on_their_clock_and_after_a_stop_the_agent_is_warned_and_may(
    house: House, phone: Phone, outbox: Outbox
) -> None:
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk)
    assert [one.doubts for one in await offered(house, talk)] == [()]
    house.clock.now = NIGHT
    await stopped(house, number)
    [line] = await offered(house, talk)
    assert line.doubts == (
        "Maria said stop at this number: nothing is written there. Call only if they wish it.",
        "It is 22:40 or 23:40 at Maria’s: outside the hours in which we write to them.",
    )
    await called(house, talk)
    await outbox.drain()
    assert len(phone.rung) == 1


async def offered(house: House, talk: int) -> list[Any]:
    async with house.database.reading() as connection:
        row = await conversations.one(connection, talk)
        assert row is not None
        return await lines(connection, house.ground.channels, None, row, house.clock())
