"""Addresses that a provider says are one person's, and what customers say about marketing alone."""

import pytest

from storage import likely, messages
from tests.storage.keeping import Home, consented, said

NUMBER, NAME = "whatsapp:+351911111111", "whatsapp:PT.123"
OWNED = "SELECT a.address, c.name, a.channel FROM addresses a JOIN customers c ON c.id = a.customer_id"


async def test_an_address_told_along_belongs_to_the_customer(home: Home) -> None:
    await home.keep(said(1, who=NUMBER, channel="whatsapp", sender_name="Ana", also=(NAME,)))
    assert sorted(await home.rows(OWNED)) == [(NUMBER, "Ana", "whatsapp"), (NAME, "Ana", "whatsapp")]
    assert await home.rows("SELECT count(*) FROM conversations") == [(1,)]
    await home.keep(said(2, who=NAME, channel="whatsapp", minutes=1))
    assert await home.rows("SELECT count(*), min(unread) FROM conversations") == [(1, 2)]


async def test_an_address_never_seen_joins_the_customer_of_one_told_along(home: Home) -> None:
    await home.keep(said(1, who=NUMBER, channel="whatsapp", sender_name="Ana"))
    kept = await home.keep(said(2, who=NAME, channel="whatsapp", also=(NUMBER,), minutes=1))
    assert kept.begun == 0
    assert await home.rows("SELECT count(*) FROM customers") == [(1,)]
    assert len(await home.rows(OWNED)) == 2


async def test_a_known_address_gets_the_one_told_along_later(home: Home) -> None:
    await home.keep(said(1, who=NUMBER, channel="whatsapp"))
    await home.keep(said(2, who=NUMBER, channel="whatsapp", also=(NAME, NAME), minutes=1))
    assert await home.rows("SELECT count(*), count(DISTINCT customer_id) FROM addresses") == [(2, 1)]


@pytest.mark.parametrize("first", [0, 1], ids=["the bare one first", "the told one first"])
async def test_all_in_one_batch_is_one_customer(home: Home, first: int) -> None:
    both = [said(1, who=NUMBER, channel="whatsapp"), said(2, who=NAME, channel="whatsapp", also=(NUMBER,))]
    await home.keep(both[first], both[1 - first])
    assert await home.rows("SELECT count(*), count(DISTINCT customer_id) FROM addresses") == [(2, 1)]
    assert await home.rows("SELECT count(*) FROM conversations") == [(1,)]


async def test_two_customers_who_are_known_already_are_never_joined(home: Home) -> None:
    await home.keep(said(1, who=NUMBER, channel="whatsapp"), said(1, who=NAME, channel="whatsapp"))
    await home.keep(said(2, who=NUMBER, channel="whatsapp", also=(NAME,), minutes=1))
    assert await home.rows("SELECT count(DISTINCT customer_id) FROM addresses") == [(2,)]
    owned = dict(await home.rows("SELECT address, customer_id FROM addresses"))
    async with home.database.reading() as connection:
        for mine, other in ((NUMBER, NAME), (NAME, NUMBER)):
            found = await likely.same(connection, owned[mine])
            assert [(one.customer_id, one.address) for one in found] == [(owned[other], other)]


async def test_a_subject_is_kept_with_its_message(home: Home) -> None:
    await home.keep(said(1, "Where is it?", subject="Order A1\x00"))
    async with home.database.reading() as connection:
        [(key,)] = await home.rows("SELECT id FROM messages")
        found = await messages.one(connection, key)
    assert found is not None
    assert (found.subject, found.text, found.nature) == ("Order A1\ufffd", "Where is it?", "")


async def test_a_stop_of_marketing_leaves_the_address_open(home: Home) -> None:
    await home.keep(said(1))
    await home.keep(consented("join", 2))
    await home.keep(consented("stop", 3, marketing=True))
    assert await home.rows("SELECT stopped_at FROM addresses") == [(None,)]
    assert await home.rows("SELECT subject, allowed FROM allowances") == [("marketing", False)]
    rows = await home.rows("SELECT word, subject FROM consents ORDER BY at")
    assert rows == [("join", "marketing"), ("no", "marketing")]
    [(data,)] = await home.rows("SELECT data FROM happenings WHERE kind = 'stopped'")
    assert "marketing" in str(data)


async def test_a_stop_of_marketing_holds_for_the_whole_number(home: Home) -> None:
    await home.keep(said(1, who="tel:+351911111111"), said(1, who="whatsapp:+351911111111"))
    await home.keep(consented("stop", 3, who="whatsapp:+351911111111", marketing=True))
    assert await home.rows("SELECT allowed FROM allowances") == [(False,), (False,)]


async def test_marketing_that_starts_again_neither_opens_nor_allows(home: Home) -> None:
    await home.keep(said(1))
    await home.keep(consented("stop", 2))
    await home.keep(consented("start", 3, marketing=True))
    [(stopped,)] = await home.rows("SELECT stopped_at FROM addresses")
    assert stopped is not None
    assert await home.rows("SELECT allowed FROM allowances") == [(False,)]


SAME = [
    pytest.param("tel:+351911111111", "rcs:+351911111111", True, id="a number by SMS and RCS"),
    pytest.param("whatsapp:+351911111111", "rcs:+351911111111", True, id="a number by WhatsApp and RCS"),
    pytest.param("whatsapp:+351911111111", "tel:+351911111112", False, id="another number"),
    pytest.param("mailto:ana@example.org", "mailto:ana@example.com", False, id="another mailbox"),
    pytest.param("messenger:1", "instagram:1", False, id="the same digits at two providers"),
    pytest.param("discord:1", "slackconnect:T1/1", False, id="ids of their own"),
]


@pytest.mark.parametrize(("mine", "theirs", "same"), SAME)
async def test_the_same_number_or_mailbox_is_likely_the_same_person(
    home: Home, mine: str, theirs: str, same: bool
) -> None:
    await home.keep(said(1, who=mine, channel="a"), said(1, who=theirs, channel="b"))
    owned = dict(await home.rows("SELECT address, customer_id FROM addresses"))
    assert len(set(owned.values())) == 2, "never joined by itself"
    async with home.database.reading() as connection:
        for one, other in ((mine, theirs), (theirs, mine)):
            found = await likely.same(connection, owned[one])
            assert [each.customer_id for each in found] == ([owned[other]] if same else [])
