"""An answer over another channel goes only where it may, and stands where the conversation is."""

from datetime import timedelta
from typing import Any

import pytest

from inbox.desk.errors import DeskError, NotThere, Stopped, WindowOver
from inbox.desk.ways import ways
from storage import customers
from tests.inbox.desk.channels import address, stopped, with_sms
from tests.inbox.house import NOON, House

DAY = timedelta(days=1)
OUT = "SELECT lane, kind, text FROM deliveries WHERE kind = 'message' AND lane <> 'slack' ORDER BY id"


async def test_it_leaves_over_the_other_channel_and_stands_in_the_same_conversation(house: House) -> None:
    with_sms(house)
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk)
    message = await house.desk.reply_elsewhere(
        talk, house.agents["ana"], address_id=number, text="by SMS", now=house.clock()
    )
    assert await house.rows(OUT) == [("sms", "message", "by SMS")]
    [row] = await house.rows(
        f"SELECT conversation_id, channel, address_id FROM messages WHERE id = {message}"
    )
    assert row == (talk, "sms", number)
    [(kind, data)] = await house.rows("SELECT kind, data FROM happenings ORDER BY id DESC LIMIT 1")
    assert (kind, '"SMS"' in data) == ("sent_elsewhere", True)


async def test_the_conversation_follows_the_customer_only_when_they_answer_there(house: House) -> None:
    with_sms(house)
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk)
    [before] = await house.rows(f"SELECT channel, address_id FROM conversations WHERE id = {talk}")
    await house.desk.reply_elsewhere(
        talk, house.agents["ana"], address_id=number, text="by SMS", now=house.clock()
    )
    row = f"SELECT channel, address_id, state, waiting_since FROM conversations WHERE id = {talk}"
    assert await house.rows(row) == [(*before, "open", None)]


async def test_the_same_gesture_twice_is_one_answer_and_one_line(house: House) -> None:
    with_sms(house)
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk)
    call: dict[str, Any] = {"address_id": number, "text": "once", "now": house.clock(), "key": "g"}
    first = await house.desk.reply_elsewhere(talk, house.agents["ana"], **call)
    assert await house.desk.reply_elsewhere(talk, house.agents["ana"], **call) == first
    assert len(await house.rows(OUT)) == 1
    assert await house.rows("SELECT count(*) FROM happenings WHERE kind = 'sent_elsewhere'") == [(1,)]


async def test_nothing_goes_to_an_address_that_stopped_nor_to_a_strangers(house: House) -> None:
    with_sms(house)
    talk, other = await house.says("maria", 1, "hi"), await house.says("joao", 1, "hi")
    number, his = await address(house, talk), await address(house, other, "tel:+351910000000")
    await stopped(house, number)
    for to, error in ((number, Stopped), (his, NotThere), (99, NotThere)):
        with pytest.raises(error):
            await house.desk.reply_elsewhere(
                talk, house.agents["ana"], address_id=to, text="no", now=house.clock()
            )
    assert await house.rows(OUT) == []


WAYS = [
    pytest.param({}, {}, "", id="it may be written to"),
    pytest.param({"stopped_at": NOON}, {}, "said stop", id="stopped"),
    pytest.param({"closed_at": NOON}, {}, "cannot be reached", id="closed"),
    pytest.param({"closed_at": NOON, "last_in_at": NOON + DAY}, {}, "", id="closed, and they wrote since"),
    pytest.param({"closed_at": NOON, "closed_until": NOON}, {}, "", id="closed for a time that is over"),
    pytest.param({"channel": "fax", "address": "fax:1"}, {}, "switched off", id="a channel that is off"),
    pytest.param({"channel": "old"}, {}, "", id="an account that is gone, where another has its kind"),
    pytest.param({}, {"window": DAY}, "no longer carries", id="a window, and they never wrote"),
    pytest.param({"last_in_at": NOON - 2 * DAY}, {"window": DAY}, "no longer", id="a window that is over"),
    pytest.param({"last_in_at": NOON}, {"window": DAY}, "", id="a window that is open"),
]


@pytest.mark.parametrize(("values", "spec", "why"), WAYS)
async def test_of_each_address_it_is_said_whether_it_may_be_written_to_and_why_not(
    house: House, values: dict[str, Any], spec: dict[str, Any], why: str
) -> None:
    with_sms(house, **spec)
    talk = await house.says("maria", 1, "hi")
    row = {"address": "tel:+351912345678", **values}
    key = await address(house, talk, row.pop("address"), **row)
    async with house.database.reading() as connection:
        found = await customers.address(connection, key)
    assert found is not None
    [way] = ways(house.ground.channels, [found], NOON + timedelta(minutes=1))
    assert (why in way.why_not) if why else way.why_not == ""
    call: dict[str, Any] = {"address_id": key, "text": "x", "now": NOON + timedelta(minutes=1)}
    if why:
        with pytest.raises(DeskError, match=why):
            await house.desk.reply_elsewhere(talk, house.agents["ana"], **call)
    else:
        assert await house.desk.reply_elsewhere(talk, house.agents["ana"], **call)


async def test_a_window_that_is_over_refuses_in_words(house: House) -> None:
    with_sms(house, window=DAY)
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk, last_in_at=NOON - 2 * DAY)
    with pytest.raises(WindowOver):
        await house.desk.reply_elsewhere(
            talk, house.agents["ana"], address_id=number, text="x", now=house.clock()
        )
