"""The timeline page and the search page: everything once, by day, and nothing a customer wrote runs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from storage.indexing import read_all
from storage.tables import (
    addresses,
    consents,
    conversations,
    customers,
    happenings,
    orders,
    promises,
    touches,
)
from tests.inbox.desk.web.house import MIN, NOW, House

EVIL = "<script>alert(1)</script> & <b>tampa</b>"


async def _customer(house: House, conversation: int) -> int:
    async with house.app.database.reading() as connection:
        which = select(conversations.c.customer_id).where(conversations.c.id == conversation)
        return int((await connection.execute(which)).scalar_one())


async def _read(house: House) -> None:
    async with house.app.database.writing() as connection:
        await read_all(connection)


async def _put(house: House, table: Any, **values: Any) -> None:
    async with house.app.database.writing() as connection:
        await connection.execute(insert(table).values(id=house.app.database.ids.next(), **values))


async def _lived(house: House) -> tuple[int, int]:
    """A customer with one of everything; their key and that of the conversation."""
    key = await house.conversation(
        "Marta", owner="tiago", tier="platinum", language="pt", zone="Europe/Lisbon"
    )
    who = await _customer(house, key)
    await house.said(key, EVIL)
    await house.said(key, "we send a new lid", "out", agent="tiago", status="read")
    await house.said(key, "she is cross", "note", agent="helena")
    await house.said(key, "Missed call, rang 22 s")
    tiago = house.agents["tiago"]
    await _put(
        house, happenings, conversation_id=key, kind="taken", agent_id=tiago, at=NOW - 3 * MIN, data={}
    )
    promise = {"owner_id": tiago, "made_by": tiago, "text": "a new lid", "state": "open", "made_at": NOW}
    await _put(
        house, promises, customer_id=who, conversation_id=key, due_at=NOW + timedelta(hours=3), **promise
    )
    async with house.app.database.reading() as connection:
        mine = select(addresses.c.id).where(addresses.c.customer_id == who)
        way = (await connection.execute(mine)).scalar_one()
    word = {"channel": "web", "external_id": "w1", "source": "page", "subject": "birthday"}
    await _put(house, consents, address_id=way, word="no", at=NOW - timedelta(days=40), **word)
    bought = {"number": "10482", "total": 7400, "currency": "EUR", "summary": "terrine", "changed_at": NOW}
    placed = NOW - timedelta(days=7)
    await _put(house, orders, customer_id=who, placed_at=placed, delivered_at=placed, **bought)
    plan = {"period": "2026", "due_at": NOW, "valid_until": NOW, "day": "2026-11-24", "clock": "10:00"}
    plan |= {
        "zone": "UTC",
        "zone_source": "told",
        "kind": "birthday",
        "state": "held",
        "reason": "complaint_open",
    }
    await _put(house, touches, customer_id=who, **plan)
    return who, key


def titles(page: str) -> list[str]:
    return re.findall(r'<div class="event-body"><p><b>(.*?)</b>', page)


async def test_everything_of_a_customer_is_on_one_page(desk: House) -> None:
    who, _ = await _lived(desk)
    page = await desk.page(f"/desk/customer/{who}")
    assert sorted(titles(page)) == sorted(
        [
            "Marta on Web chat",
            "You on Web chat",
            "Note by Helena Prates",
            "Missed call, rang 22 s",
            "You took this",
            "Promise",
            "Consent on Web chat about birthday: refused",
            "Order 10482, arrived",
            "Birthday touch",
        ]
    )
    assert "Platinum · Lisbon · writes Portuguese" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "74.00 EUR" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("show=order", ["Order 10482, arrived"]),
        ("show=promise", ["Promise"]),
        ("show=happened", ["You took this"]),
        ("show=nonsense&before=1.said", None),
        ("before=99999999999999999999.said.3", None),
        ("channel=sms", []),
    ],
)
async def test_it_is_narrowed_and_odd_addresses_are_the_whole(
    desk: House, query: str, expected: list[str] | None
) -> None:
    who, _ = await _lived(desk)
    found = titles(await desk.page(f"/desk/customer/{who}?{query}"))
    assert found == expected if expected is not None else len(found) == 9


async def test_who_was_merged_leads_to_who_they_became_and_nobody_is_not_there(desk: House) -> None:
    who, _ = await _lived(desk)
    other = await _customer(desk, await desk.conversation("Zelda"))
    async with desk.app.database.writing() as connection:
        merged = update(customers).where(customers.c.id == other)
        await connection.execute(merged.values(merged_into=who))
    answer = await desk.client.get(f"/desk/customer/{other}", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, f"/desk/customer/{who}")
    await desk.page("/desk/customer/12345", 404)


async def test_earlier_pages_are_a_link(desk: House) -> None:
    key = await desk.conversation("Marta")
    for number in range(60):
        await desk.said(key, f"message {number}")
    path = f"/desk/customer/{await _customer(desk, key)}"
    first = await desk.page(path)
    more = re.search(r'href="([^"]+)">Show earlier', first)
    assert more
    second = await desk.page(more[1].replace("&amp;", "&"))
    said = re.findall(r"<q dir=\"auto\">(.*?)</q>", first + second)
    assert said == [f"message {number}" for number in reversed(range(60))]


async def test_words_are_found_with_the_hit_marked_and_nothing_runs(desk: House) -> None:
    _, key = await _lived(desk)
    await _read(desk)
    page = await desk.page("/desk/find?q=tampa")
    assert "&lt;b&gt;<mark>tampa</mark>&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert f"/desk/c/{key}?before=" in page
    assert "1 conversation for" in page
    rows = await desk.page("/desk/palette?q=tampa")
    assert "<mark>tampa</mark>" in rows
    assert "<script>" not in rows


async def test_a_search_is_narrowed_by_what_the_form_says(desk: House) -> None:
    who, _ = await _lived(desk)
    await _read(desk)
    hits = {
        query: (await desk.page(f"/desk/find?{query}")).count('<li class="hit">')
        for query in (
            f"q=lid&customer={who}",
            "q=lid&by=in",
            "q=lid&by=out",
            f"q=lid&agent={desk.agents['tiago']}",
            f"q=lid&agent={desk.agents['helena']}",
            "q=lid&from=2026-11-24&to=2026-11-24",
            "q=lid&to=2026-11-23",
            "q=lid&from=yesterday&channel=nonsense&customer=x&before=x",
        )
    }
    assert list(hits.values()) == [1, 0, 1, 1, 0, 1, 0, 1]


async def test_a_conversation_is_found_by_its_number(desk: House) -> None:
    key = await desk.conversation("Marta")
    assert f'id="row-{key}"' in await desk.page(f"/desk/find?q={key}")
    assert f'id="row-{key}"' in await desk.page(f"/desk/find?q=cv_{key}")
