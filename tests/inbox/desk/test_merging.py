"""Merging customers at the desk: who may, what is said in both threads, and how it is undone."""

from datetime import timedelta
from typing import Any, Final

import pytest

from inbox.desk.errors import DeskError, Ended, NotAllowed, NotThere
from storage import agents
from tests.inbox.house import House


async def _two(house: House) -> dict[str, Any]:
    """Maria and Mia wait, each by an address of her own; Ana is a lead, Rui is not."""
    async with house.database.writing() as connection:
        await agents.change(connection, house.agents["ana"], role="lead")
    first = await house.says("maria", 1, "hi")
    house.clock.forward(minutes=1)
    second = await house.says("mia", 1, "it is me again")
    rows = dict(await house.rows("SELECT id, customer_id FROM conversations"))
    return {"on": first, "over": second, "maria": rows[first], "mia": rows[second]}


async def _merge(house: House, two: dict[str, Any], agent: str = "ana") -> int:
    return await house.desk.merge(two["maria"], two["mia"], house.agents[agent], now=house.clock())


async def test_both_conversations_say_so_and_point_to_each_other(house: House) -> None:
    two = await _two(house)
    merge = await _merge(house, two)
    told = await house.rows(
        "SELECT conversation_id, data FROM happenings WHERE kind = 'customers_merged' ORDER BY id"
    )
    assert told == [
        (two["on"], f'{{"merge_id": {merge}, "customer": "Mia", "other": {two["over"]}}}'),
        (two["over"], f'{{"merge_id": {merge}, "customer": "Mia", "into": {two["on"]}}}'),
    ]
    assert await house.rows("SELECT what FROM looks ORDER BY id") == [("merged",), ("merged",)]


async def test_an_agent_may_not_merge_and_may_not_undo(house: House) -> None:
    two = await _two(house)
    with pytest.raises(NotAllowed):
        await _merge(house, two, "rui")
    merge = await _merge(house, two)
    with pytest.raises(NotAllowed):
        await house.desk.unmerge(merge, house.agents["rui"], now=house.clock())


async def test_asked_twice_it_is_done_once_and_undone_once(house: House) -> None:
    two = await _two(house)
    merge = await _merge(house, two)
    assert await _merge(house, two) == merge
    ana = house.agents["ana"]
    await house.desk.unmerge(merge, ana, now=house.clock())
    await house.desk.unmerge(merge, ana, now=house.clock())
    assert await house.rows("SELECT kind, count(*) FROM happenings GROUP BY kind ORDER BY kind") == [
        ("customers_merged", 2),
        ("customers_parted", 2),
        ("opened", 2),
    ]
    states = await house.rows("SELECT state, merged_into, customer_id FROM conversations ORDER BY id")
    assert states == [("open", None, two["maria"]), ("open", None, two["mia"])]


async def test_what_was_merged_is_neither_reopened_nor_answered(house: House) -> None:
    two = await _two(house)
    await _merge(house, two)
    ana, now = house.agents["ana"], house.clock()
    with pytest.raises(DeskError, match=r"has a newer|goes on in another"):
        await house.desk.reopen(two["over"], ana, now=now)
    await house.desk.resolve(two["on"], ana, now=now)
    with pytest.raises(DeskError, match="goes on in another"):
        await house.desk.reopen(two["over"], ana, now=now)
    with pytest.raises(Ended):
        await house.desk.take(two["over"], ana, now=now)


async def test_after_thirty_days_it_stays_merged(house: House) -> None:
    two = await _two(house)
    merge = await _merge(house, two)
    late = house.clock() + timedelta(days=30, seconds=1)
    with pytest.raises(DeskError, match="more than 30 days"):
        await house.desk.unmerge(merge, house.agents["ana"], now=late)
    await house.desk.unmerge(merge, house.agents["ana"], now=late - timedelta(seconds=1))


async def test_the_later_of_two_merges_is_undone_first(house: House) -> None:
    two = await _two(house)
    first = await _merge(house, two)
    third = await house.says("mary", 1, "and me")
    [(mary,)] = await house.rows(f"SELECT customer_id FROM conversations WHERE id = {third}")
    ana, now = house.agents["ana"], house.clock()
    second = await house.desk.merge(mary, two["maria"], ana, now=now)
    with pytest.raises(DeskError, match="Undo that first"):
        await house.desk.unmerge(first, ana, now=now)
    await house.desk.unmerge(second, ana, now=now)
    await house.desk.unmerge(first, ana, now=now)
    owners = await house.rows("SELECT id, customer_id FROM conversations ORDER BY id")
    assert owners == [(two["on"], two["maria"]), (two["over"], two["mia"]), (third, mary)]


@pytest.mark.parametrize("who", ["oneself", "nobody", "who is one already"])
async def test_what_is_no_second_customer_is_refused_in_words(house: House, who: str) -> None:
    two = await _two(house)
    other = {"oneself": two["maria"], "nobody": 12345, "who is one already": two["mia"]}[who]
    if who == "who is one already":
        await _merge(house, two)
        third = await house.says("mary", 1, "and me")
        [(two["maria"],)] = await house.rows(f"SELECT customer_id FROM conversations WHERE id = {third}")
    error: type[DeskError] = NotThere if who == "nobody" else DeskError
    with pytest.raises(error):
        await house.desk.merge(two["maria"], other, house.agents["ana"], now=house.clock())


HAS: Final = "SELECT state, snoozed_until IS NULL, owner_id, unread, channel FROM conversations ORDER BY id"


@pytest.mark.parametrize("aside", [False, True], ids=["nobody's", "set aside"])
async def test_undone_the_first_is_as_it_was_though_its_card_was_shown_anew(
    slack_house: House, aside: bool
) -> None:
    house = slack_house
    two = await _two(house)
    ana, rui, now = house.agents["ana"], house.agents["rui"], house.clock()
    if aside:
        await house.desk.snooze(two["on"], ana, until=now + timedelta(hours=3), now=now)
    await house.desk.take(two["over"], rui, now=now)
    before = await house.rows(HAS)
    merge = await _merge(house, two)
    assert await house.rows(HAS) != before
    await house.desk.unmerge(merge, ana, now=house.clock())
    assert await house.rows(HAS) == before


async def test_what_was_promised_in_a_matter_begun_since_goes_home_with_it(house: House) -> None:
    two = await _two(house)
    ana, now = house.agents["ana"], house.clock()
    for one in ("on", "over"):
        await house.desk.resolve(two[one], ana, now=now)
    merge = await _merge(house, two)
    house.clock.forward(hours=100)
    begun = await house.says("mia", 2, "a new matter")
    now = house.clock()
    await house.desk.promise(begun, ana, text="call", due_at=now + timedelta(hours=1), now=now)
    await house.desk.unmerge(merge, ana, now=now)
    whose = (
        "SELECT c.customer_id, p.customer_id FROM promises p JOIN conversations c ON c.id = p.conversation_id"
    )
    assert await house.rows(whose) == [(two["mia"], two["mia"])]
