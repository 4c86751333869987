"""Who asks by a word of their own gets marketing; nothing older and no start allows it."""

import pytest

from storage import consents
from storage.batch import Consented
from tests.storage.keeping import Home, at, said

WHO = "tel:+34600123456"


def word(number: int, what: str, minutes: float = 0) -> Consented:
    return Consented(
        channel="telegram",
        address=WHO,
        external_id=f"c{number}",
        word=what,
        source="texted",
        at=at(minutes),
        wording=what.upper(),
    )


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ([word(1, "join")], True),
        ([word(1, "start")], None),
        ([word(1, "join", 1), word(2, "stop", 2)], False),
        ([word(1, "stop", 1), word(2, "join", 2)], True),
        ([word(1, "join", 2), word(2, "stop", 3), word(1, "join", 9)], False),
        ([word(1, "stop", 2), word(2, "join", 1)], False),
        ([word(1, "stop", 1), word(2, "join", 1)], False),
    ],
    ids=["join", "start", "stop after", "stop before", "again", "late", "at once"],
)
async def test_a_join_allows_marketing(home: Home, words: list[Consented], allowed: bool | None) -> None:
    await home.keep(said(1, who=WHO), *words)
    async with home.database.reading() as connection:
        [(customer, address)] = await home.rows("SELECT customer_id, id FROM addresses")
        held = await consents.allowed(connection, customer)
        lines = await consents.of_customer(connection, customer)
    assert held.get((address, "marketing")) is allowed
    assert {one.wording for one in lines if one.word == "join"} <= {"JOIN"}
    assert {one.subject for one in lines if one.word == "join"} <= {"marketing"}
