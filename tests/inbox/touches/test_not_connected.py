"""An address that an import brought in and no channel of ours reaches is planned around, with the reason."""

import pytest

from inbox.touches.facts import WRITTEN_WITHIN, person
from routing.choosing import choose
from storage.consents import record
from storage.importing import Arriving, Birth, keep_customers
from storage.keeping_consents import PHONES
from storage.touch_facts import facts
from tests.inbox.touches.world import BIRTHDAY, NOON, World

MAIL = ("mailto:ana@example.com", "")
PHONE = ("tel:+351912345678", "sms")
CASES = [
    pytest.param((MAIL,), ("suppressed", "no_channel", ""), id="only mail"),
    pytest.param((MAIL, PHONE), ("planned", "", "sms"), id="mail and a number"),
]


@pytest.mark.parametrize(("addresses", "planned"), CASES)
async def test_an_address_without_a_channel_is_passed_over_as_not_connected(
    world: World, addresses: tuple[tuple[str, str], ...], planned: tuple[str, str, str]
) -> None:
    ana = Arriving(ref="1", addresses=addresses, facts={"name": "Ana"}, birthday=Birth(3, 2, 1990))
    ids = world.database.ids
    async with world.database.writing() as connection:
        (came,) = await keep_customers(connection, ids, [ana], NOON, bulk=True)
        for key in came.addresses.values():
            await record(connection, ids, address_id=key, word="yes", source="form", wording="Yes.", at=NOON)
    await world.plan()
    row = await world.one()
    assert (row.state, row.reason, row.channel) == planned
    async with world.database.reading() as connection:
        known = await facts(connection, [came.customer_id], NOON - WRITTEN_WITHIN, PHONES)
    who = person(known, came.customer_id, BIRTHDAY.subject)
    assert who is not None
    choice = choose(BIRTHDAY, who, world.rules.ways, world.rules.limits, NOON)
    assert choice.passed_over[came.addresses[MAIL[0]]] == "channel_not_connected"
