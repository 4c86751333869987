"""The ledger of consent: what was said, and what holds since."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import consents
from storage.batch import Batch, Consented
from tests.storage.keeping import NOON, RULES, Home, at, said

SMS, WHATSAPP, OTHER = "tel:+351912345678", "whatsapp:+351912345678", "tel:+351912345679"


async def _meet(home: Home) -> dict[str, int]:
    """Customers at three addresses; the first two are one phone number with different people."""
    ones = [said(1, who=place, channel="sms") for place in (SMS, WHATSAPP, OTHER)]
    await home.keeper.keep(Batch(said=ones), RULES)
    return {row[0]: row[1] for row in await home.rows("SELECT address, id FROM addresses")}


async def _say(home: Home, address_id: int, word: str, minutes: float = 0, **more: Any) -> bool:
    async with home.database.writing() as connection:
        return await consents.record(
            connection,
            home.database.ids,
            address_id=address_id,
            word=word,
            source="form",
            at=at(minutes),
            **more,
        )


async def _holds(home: Home, address_id: int) -> dict[str, bool]:
    rows = await home.rows(f"SELECT subject, allowed FROM allowances WHERE address_id = {address_id}")
    return {subject: bool(allowed) for subject, allowed in rows}


LAST_WORDS = [
    pytest.param([("yes", 0), ("no", 5)], False, id="a no after a yes"),
    pytest.param([("no", 0), ("yes", 5)], True, id="a yes after a no"),
    pytest.param([("no", 5), ("yes", 0)], False, id="an old yes that comes late"),
    pytest.param([("yes", 5), ("no", 5)], False, id="at one instant the no counts"),
    pytest.param([("no", 5), ("yes", 5)], False, id="at one instant the no counts, whatever the order"),
    pytest.param([("yes", 0), ("stop", 5)], False, id="a stop refuses"),
    pytest.param([("yes", 0), ("stop", 5), ("start", 9)], False, id="a start allows no marketing"),
    pytest.param([("yes", 0), ("help", 5)], True, id="help says nothing"),
]


@pytest.mark.parametrize(("spoken", "holds"), LAST_WORDS)
async def test_the_last_word_holds(home: Home, spoken: list[tuple[str, float]], holds: bool) -> None:
    where = await _meet(home)
    for word, minutes in spoken:
        await _say(home, where[SMS], word, minutes)
    assert (await _holds(home, where[SMS]))["marketing"] is holds


async def test_a_stop_refuses_marketing_at_every_app_of_the_number_and_closes_only_its_own(
    home: Home,
) -> None:
    where = await _meet(home)
    for place in where.values():
        await _say(home, place, "yes")
        await _say(home, place, "yes", subject="birthday")
    await _say(home, where[SMS], "stop", 5)
    refused = {"marketing": False, "birthday": False}
    assert await _holds(home, where[SMS]) == refused
    assert await _holds(home, where[WHATSAPP]) == refused
    assert await _holds(home, where[OTHER]) == {"marketing": True, "birthday": True}
    stopped = await home.rows("SELECT address FROM addresses WHERE stopped_at IS NOT NULL")
    assert stopped == [(SMS,)]


async def test_a_stop_in_a_hook_does_the_same(home: Home) -> None:
    where = await _meet(home)
    for place in where.values():
        await _say(home, place, "yes", subject="birthday")
    words = Consented(channel="sms", address=SMS, external_id="s1", word="stop", source="sms", at=at(5))
    await home.keeper.keep(Batch(consented=[words]), RULES)
    refused = {"marketing": False, "birthday": False}
    assert await _holds(home, where[SMS]) == refused
    assert await _holds(home, where[WHATSAPP]) == refused
    assert await _holds(home, where[OTHER]) == {"birthday": True}


async def test_an_old_stop_that_comes_late_leaves_a_newer_yes(home: Home) -> None:
    where = await _meet(home)
    await _say(home, where[SMS], "yes", 9)
    words = Consented(channel="sms", address=SMS, external_id="s1", word="stop", source="sms", at=at(5))
    await home.keeper.keep(Batch(consented=[words]), RULES)
    assert await _holds(home, where[SMS]) == {"marketing": True}


async def test_the_same_word_twice_is_one_line(home: Home) -> None:
    where = await _meet(home)
    assert await _say(home, where[SMS], "yes", external_id="form:1")
    assert not await _say(home, where[SMS], "yes", external_id="form:1")
    assert await home.rows("SELECT count(*) FROM consents") == [(1,)]


async def test_a_customers_ledger_tells_every_word_with_its_source_and_wording(home: Home) -> None:
    where = await _meet(home)
    await _say(home, where[SMS], "yes", wording="Yes, write to me.", proof="form 7", until=_in_a_year())
    await _say(home, where[SMS], "no", 5, subject="birthday")
    [(customer,)] = await home.rows(f"SELECT customer_id FROM addresses WHERE id = {where[SMS]}")
    async with home.database.reading() as connection:
        lines = await consents.of_customer(connection, customer)
        held = await consents.allowed(connection, customer)
    assert [(one.word, one.subject, one.wording, one.proof) for one in lines] == [
        ("yes", "marketing", "Yes, write to me.", "form 7"),
        ("no", "birthday", "", ""),
    ]
    assert held == {(where[SMS], "marketing"): True, (where[SMS], "birthday"): False}


def _in_a_year() -> datetime:
    return NOON + timedelta(days=365)
