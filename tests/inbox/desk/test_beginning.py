"""An agent may write first, to whom the channel lets and who never said stop."""

from typing import Any

import pytest

from bots.channel import Spec
from inbox.desk.beginning import address_of, may_begin
from inbox.desk.errors import DeskError, Stopped, WindowOver
from tests.inbox.desk.channels import SMS, address, stopped, with_sms
from tests.inbox.house import NOON, SPEC, House

OUT = "SELECT lane, text FROM deliveries WHERE kind = 'message' AND lane <> 'slack' ORDER BY id"
MAIL = Spec(kind="email", label="E-mail", mark="mail", scheme="mailto", text_limit=9_000)


async def begin(house: House, **more: Any) -> int:
    call = {"text": "good day", "now": house.clock(), **more}
    return await house.desk.begin(house.agents["ana"], **call)


async def test_a_number_that_is_new_to_us_becomes_a_customer_with_a_conversation(house: House) -> None:
    with_sms(house)
    talk = await begin(house, address="+351 912 345 678", channel="sms", name=" Joana  Reis ", key="g")
    assert await begin(house, address="+351912345678", channel="sms", key="g") == talk
    [row] = await house.rows(
        "SELECT u.name, a.address, c.channel, c.state, c.waiting_since, c.owner_id, c.team FROM customers u "
        "JOIN addresses a ON a.customer_id = u.id JOIN conversations c ON c.customer_id = u.id"
    )
    assert row == ("Joana Reis", "tel:+351912345678", "sms", "open", None, house.agents["ana"], "support")
    assert await house.rows(OUT) == [("sms", "good day")]
    assert await house.rows("SELECT kind, agent_id FROM happenings") == [("opened", house.agents["ana"])]


async def test_what_goes_on_with_a_customer_goes_on(house: House) -> None:
    with_sms(house)
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk)
    assert await begin(house, address="+351 912 345 678", channel="sms") == talk
    assert await begin(house, address_id=number, text="and again") == talk
    assert [lane for lane, _ in await house.rows(OUT)] == ["sms", "sms"]


async def test_after_what_is_over_a_new_conversation_names_the_old(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    await house.desk.resolve(talk, house.agents["rui"], now=NOON)
    [(place,)] = await house.rows(f"SELECT address_id FROM conversations WHERE id = {talk}")
    new = await begin(house, address_id=place)
    assert await house.rows(f"SELECT previous_id, state FROM conversations WHERE id = {new}") == [
        (talk, "open")
    ]
    assert await house.says("maria", 2, "oh, hello") == new


async def _nothing(house: House) -> None:
    assert await house.rows(OUT) == []
    assert await house.rows("SELECT count(*) FROM conversations WHERE state <> 'resolved'") == [(0,)]


async def test_never_to_an_address_that_said_stop(house: House) -> None:
    with_sms(house)
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk)
    await stopped(house, number)
    await house.desk.resolve(talk, house.agents["rui"], now=NOON)
    for to in ({"address_id": number}, {"address": "+351912345678", "channel": "sms"}):
        with pytest.raises(Stopped):
            await begin(house, **to)
    await _nothing(house)


async def test_never_to_who_is_dead_or_forgotten(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    await house.desk.resolve(talk, house.agents["rui"], now=NOON)
    [(place,)] = await house.rows(f"SELECT address_id FROM conversations WHERE id = {talk}")
    for column in ("deceased_at", "erased_at"):
        async with house.database.writing() as connection:
            await connection.exec_driver_sql(f"UPDATE customers SET {column} = 1")
        with pytest.raises(DeskError, match="not to be written to"):
            await begin(house, address_id=place)
        async with house.database.writing() as connection:
            await connection.exec_driver_sql(f"UPDATE customers SET {column} = NULL")
    await _nothing(house)


async def test_who_never_wrote_is_reached_only_where_the_channel_lets_us_begin(house: House) -> None:
    with_sms(house, window=NOON - NOON)
    with pytest.raises((DeskError, WindowOver)):
        await begin(house, address="+351912345678", channel="sms")
    with pytest.raises(DeskError, match="writes first"):
        await begin(house, address="maria", channel="paper")
    with pytest.raises(DeskError, match="Choose the channel"):
        await begin(house, address="+351912345678", channel="fax")
    assert await house.rows("SELECT count(*) FROM customers") == [(0,)]


TYPED = [
    pytest.param(SMS, " +351 912-345 678 ", "tel:+351912345678", id="spaces and strokes"),
    pytest.param(SMS, "tel:+351912345678", "tel:+351912345678", id="with its scheme"),
    pytest.param(SMS, "912345678", "with its country", id="no country"),
    pytest.param(SMS, "+351 12", "no such number", id="too short"),
    pytest.param(SMS, "maria", "with its country", id="no number"),
    pytest.param(MAIL, "Maria.S@Example.COM", "mailto:maria.s@example.com", id="mail in small letters"),
    pytest.param(MAIL, "maria@", "no e-mail", id="half a mail address"),
    pytest.param(MAIL, "a@b.c\nBcc: x@y.z", "no e-mail", id="mail with a line in it"),
    pytest.param(SPEC, "maria", "writes first", id="no channel to begin on"),
]


@pytest.mark.parametrize(("spec", "typed", "comes"), TYPED)
def test_an_address_is_read_as_people_type_it_for_its_channel(spec: Spec, typed: str, comes: str) -> None:
    if ":" in comes:
        assert address_of(spec, typed) == comes
    else:
        with pytest.raises(DeskError, match=comes):
            address_of(spec, typed)


def test_a_window_lets_nobody_begin() -> None:
    assert may_begin(SMS)
    assert may_begin(MAIL)
    assert not may_begin(SPEC)
