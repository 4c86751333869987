"""What agents change of a customer: checked, written down, said without the values."""

from typing import Any

import pytest

from inbox.desk.errors import DeskError, NotThere
from inbox.desk.facts import WrongFacts
from inbox.desk.profile import Consented, Facts
from storage import customers, looks
from tests.inbox.house import House

WRITTEN = {
    "name": "  Maria   Silva ",
    "language": "Portuguese",
    "zone": "Europe/Lisbon",
    "birthday": "--02-29",
    "tags": "vip, late payer, vip",
    "preferred_channel": "paper",
    "account_manager": "rui",
    "tier": "gold",
}


async def _maria(house: House) -> int:
    conversation = await house.says("maria", 1, "hi")
    [(customer,)] = await house.rows(f"SELECT customer_id FROM conversations WHERE id = {conversation}")
    return int(customer)


async def _change(house: House, customer: int, *, agent: str = "ana", **facts: Any) -> Any:
    consents = facts.pop("consents", ())
    values = Facts(written=facts, consents=consents)
    return await house.desk.change_customer(customer, house.agents[agent], values=values, now=house.clock())


async def test_facts_are_tidied_kept_and_written_down_with_what_they_were(house: House) -> None:
    customer = await _maria(house)
    changed = await _change(house, customer, **WRITTEN)
    assert list(changed) == list(WRITTEN)
    async with house.database.reading() as connection:
        now = await customers.one(connection, customer)
        [line] = await looks.of(connection, customer)
    assert now is not None
    assert (now.name, now.language, now.zone) == ("Maria Silva", "pt", "Europe/Lisbon")
    assert (now.birth_month, now.birth_day, now.birth_year) == (2, 29, None)
    assert now.birthday_at == house.clock()
    assert (now.tags, now.account_manager, now.tier) == (["vip", "late payer"], "rui", "gold")
    assert (line.what, line.agent_id) == ("changed", house.agents["ana"])
    assert line.data["name"] == ["Maria", "Maria Silva"]
    assert line.data["tags"] == ["", "vip, late payer"]


async def test_a_thread_is_told_what_changed_but_no_value(house: House) -> None:
    customer = await _maria(house)
    await _change(house, customer, name="Zebra", zone="Europe/Lisbon")
    [(data,)] = await house.rows("SELECT data FROM happenings WHERE kind = 'customer_changed'")
    assert data == '{"what": ["name", "zone"]}'


async def test_nothing_new_is_nothing_written(house: House) -> None:
    customer = await _maria(house)
    await _change(house, customer, zone="Europe/Lisbon")
    assert list(await _change(house, customer, zone=" Europe/Lisbon", tags=" , ")) == []
    assert await house.rows("SELECT count(*) FROM looks") == [(1,)]


async def test_what_a_form_only_says_again_is_not_refused(house: House) -> None:
    customer = await _maria(house)
    old = {"name": "x" * 200, "account_manager": "who left", "preferred_channel": "fax", "tier": "bronze"}
    async with house.database.writing() as connection:
        await customers.change(connection, customer, **old)
    assert list(await _change(house, customer, **{**old, "zone": "Europe/Lisbon"})) == ["zone"]


WRONG = [
    pytest.param("language", "Klingonish", "no language", id="no language"),
    pytest.param("zone", "Mars/Olympus", "no such time zone", id="no zone"),
    pytest.param("birthday", "1990-02-30", "There was no", id="a day no calendar has"),
    pytest.param("birthday", "2090-01-02", "still to come", id="a birthday to come"),
    pytest.param("birthday", "soon", "no date", id="no date"),
    pytest.param("tags", ",".join(map(str, range(31))), "At most 30", id="too many tags"),
    pytest.param("preferred_channel", "pigeon", "no such channel", id="no channel of ours"),
    pytest.param("account_manager", "ghost", "no such agent", id="nobody of ours"),
    pytest.param("tier", "titanium", "no such tier", id="no tier"),
    pytest.param("name", "x" * 121, "at most 120", id="a long name"),
    pytest.param("erased_at", "2026", "no fact", id="what is no fact"),
]


@pytest.mark.parametrize(("fact", "written", "words"), WRONG)
async def test_what_cannot_be_so_is_said_of_that_fact_and_nothing_is_written(
    house: House, fact: str, written: str, words: str
) -> None:
    customer = await _maria(house)
    with pytest.raises(WrongFacts) as raised:
        await _change(house, customer, **{"zone": "Europe/Lisbon", fact: written})
    assert words in raised.value.wrong[fact]
    assert await house.rows("SELECT count(*) FROM looks") == [(0,)]
    assert await house.rows(f"SELECT zone FROM customers WHERE id = {customer}") == [("",)]


async def test_consent_told_to_an_agent_is_a_line_of_the_ledger_with_their_words(house: House) -> None:
    customer = await _maria(house)
    [(address,)] = await house.rows("SELECT id FROM addresses")
    yes = Consented(address_id=address, allowed=True, wording="“Yes, offers please”, on the phone")
    assert list(await _change(house, customer, consents=[yes])) == ["consent"]
    assert await house.rows("SELECT word, source, wording, agent_id FROM consents") == [
        ("yes", "agent", "“Yes, offers please”, on the phone", house.agents["ana"])
    ]
    assert list(await _change(house, customer, consents=[yes])) == []


@pytest.mark.parametrize(
    ("wording", "stopped", "words"),
    [("", False, "in which words"), ("sure", True, "only they can undo")],
    ids=["without words", "against their stop"],
)
async def test_consent_that_nobody_gave_is_refused(
    house: House, wording: str, stopped: bool, words: str
) -> None:
    customer = await _maria(house)
    [(address,)] = await house.rows("SELECT id FROM addresses")
    if stopped:
        async with house.database.writing() as connection:
            await customers.stop(connection, address, "they wrote it", house.clock())
    with pytest.raises(WrongFacts, match=words):
        await _change(
            house, customer, consents=[Consented(address_id=address, allowed=True, wording=wording)]
        )
    assert await house.rows("SELECT count(*) FROM consents") == [(0,)]


async def test_each_look_at_a_profile_is_written_down(house: House) -> None:
    customer = await _maria(house)
    seen = await house.desk.profile(customer, house.agents["rui"], now=house.clock())
    assert seen.customer.name == "Maria"
    assert [way.address for way in seen.addresses] == ["paper:maria"]
    assert await house.rows("SELECT what, agent_id, customer_id FROM looks") == [
        ("seen", house.agents["rui"], customer)
    ]


async def test_who_became_one_with_another_is_changed_there(house: House) -> None:
    customer = await _maria(house)
    async with house.database.writing() as connection:
        await customers.change(connection, customer, merged_into=customer + 1)
    with pytest.raises(DeskError, match="became one"):
        await _change(house, customer, name="M")
    with pytest.raises(NotThere):
        await _change(house, 12345, name="M")
