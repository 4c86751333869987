"""Customers, consents and orders told from outside are made or changed once, whoever tells them again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import consents
from storage.database import Database
from storage.importing import FACTS, Arriving, Birth, Came, keep_customers, whose
from storage.importing_consents import Told, keep_consents
from storage.importing_orders import Line, OrderCame, Ordered, keep_orders

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEL = ("tel:+34600123456", "sms")
MAIL = ("mailto:ana@example.com", "")


async def arrive(database: Database, *told: Arriving, at: datetime = NOW, **how: Any) -> list[Came]:
    async with database.writing() as connection:
        return await keep_customers(connection, database.ids, told, at, **{"bulk": True, **how})


async def order(database: Database, *told: Ordered, at: datetime = NOW) -> list[OrderCame]:
    async with database.writing() as connection:
        return await keep_orders(connection, database.ids, told, at)


async def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.exec_driver_sql(sql)]


def ana(**more: Any) -> Arriving:
    facts = {"name": "Ana", "language": "pt", **more.pop("facts", {})}
    birthday = more.pop("birthday", Birth(2, 29, 1992))
    return Arriving(
        **{"ref": "7", "addresses": (TEL, MAIL), "tags": ("new",), **more}, facts=facts, birthday=birthday
    )


async def test_a_customer_is_made_with_addresses_and_the_second_time_is_the_same(database: Database) -> None:
    (made,) = await arrive(database, ana())
    kept = await rows(database, "SELECT * FROM customers")
    (again,) = await arrive(database, ana(), at=NOW + timedelta(days=1))
    assert (made.what, again.what) == ("made", "same")
    assert again.customer_id == made.customer_id
    assert await rows(database, "SELECT * FROM customers") == kept
    known = await rows(database, "SELECT address, channel, customer_id FROM addresses ORDER BY address")
    assert known == [(*MAIL, made.customer_id), (*TEL, made.customer_id)]
    told = await rows(database, "SELECT birth_month, birth_day, birth_year, birthday_in_bulk FROM customers")
    assert told == [(2, 29, 1992, True)]


async def test_what_is_empty_changes_nothing_and_what_differs_is_changed(database: Database) -> None:
    await arrive(database, ana())
    (came,) = await arrive(database, Arriving(ref="7", facts={"name": "", "tier": "gold"}))
    assert came.what == "changed"
    kept = await rows(database, "SELECT name, language, tier, birth_day FROM customers")
    assert kept == [("Ana", "pt", "gold", 29)]


async def test_a_customer_who_wrote_first_is_found_by_address_and_gets_the_reference(
    database: Database,
) -> None:
    (wrote,) = await arrive(database, Arriving(addresses=(("tel:+34600123456", ""),)))
    (told,) = await arrive(database, ana())
    assert (told.what, told.customer_id) == ("changed", wrote.customer_id)
    assert await rows(database, "SELECT ref FROM customers") == [("7",)]
    assert ("sms",) in await rows(database, "SELECT channel FROM addresses")  # now it is connected


async def test_an_address_of_somebody_else_stays_theirs(database: Database) -> None:
    (first,) = await arrive(database, ana())
    (second,) = await arrive(database, Arriving(ref="8", addresses=(TEL,)))
    assert (second.what, second.elsewhere) == ("made", [TEL[0]])
    assert second.customer_id != first.customer_id


async def test_two_of_one_call_who_are_one_become_one(database: Database) -> None:
    first, second = await arrive(database, ana(), Arriving(addresses=(MAIL,), facts={"tier": "iron"}))
    assert first.customer_id == second.customer_id
    assert await rows(database, "SELECT name, tier FROM customers") == [("Ana", "iron")]


@st.composite
def strangers(draw: st.DrawFn) -> list[Arriving]:
    """Draw customers of whom some are the same by reference or address, and some tell little."""
    told = []
    for _ in range(draw(st.integers(1, 5))):
        texts = draw(st.lists(st.sampled_from("abcdef"), max_size=2, unique=True))
        told.append(
            Arriving(
                ref=draw(st.sampled_from(["", "1", "2", "3"])),
                addresses=[
                    (f"mailto:{one}@example.com", draw(st.sampled_from(["", "mail"]))) for one in texts
                ],
                facts=draw(st.sampled_from([{}, {"name": "Ana"}, {"tier": "iron", "language": "pt"}])),
                tags=draw(st.sampled_from([None, (), ("new",)])),
                birthday=draw(st.sampled_from([None, Birth(3, 1, 1990), Birth(1, 1, 1970, "doubted")])),
            )
        )
    return told


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=strangers())
async def test_strangers_become_the_same_beside_somebody_who_is_known(
    database: Database, told: list[Arriving]
) -> None:
    found = []
    for before in ([], [Arriving(ref="known", facts={"name": "Eva"})]):
        async with database.writing() as connection:
            await connection.exec_driver_sql("DELETE FROM addresses")
            await connection.exec_driver_sql("DELETE FROM customers")
        await arrive(database, *before)
        came = await arrive(database, *before, *told)
        which = f"SELECT ref, {', '.join(FACTS)}, created_at FROM customers WHERE {{}} ORDER BY id"
        ways = "SELECT c.ref, address, channel FROM addresses a JOIN customers c ON c.id = a.customer_id"
        found.append(
            (
                [(one.what, sorted(one.addresses), one.elsewhere) for one in came[len(before) :]],
                [str(row) for row in await rows(database, which.format("ref IS NULL OR ref <> 'known'"))],
                await rows(database, f"{ways} ORDER BY address"),
            )
        )
    assert found[0] == found[1]


async def test_a_merged_customer_is_the_one_they_were_merged_into(database: Database) -> None:
    (old,) = await arrive(database, ana())
    (new,) = await arrive(database, Arriving(ref="9"))
    async with database.writing() as connection:
        await connection.exec_driver_sql(
            f"UPDATE customers SET merged_into = {new.customer_id} WHERE id = {old.customer_id}"
        )
    (came,) = await arrive(database, ana(facts={"tier": "gold"}))
    assert came.customer_id == new.customer_id
    async with database.reading() as connection:
        assert await whose(connection, [Arriving(addresses=(TEL,))]) == [(new.customer_id, "")]


async def test_who_asked_to_be_forgotten_is_refused_and_nobody_is_made_where_none_may_be(
    database: Database,
) -> None:
    await arrive(database, ana())
    async with database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET erased_at = 1")
    (erased,) = await arrive(database, ana(facts={"tier": "gold"}))
    assert (erased.what, erased.reason) == ("refused", "The customer asked to be forgotten.")
    (unknown,) = await arrive(database, Arriving(ref="99"), adding=False)
    assert (unknown.what, unknown.reason) == ("refused", "There is no such customer.")
    assert await rows(database, "SELECT count(*) FROM customers") == [(1,)]


BIRTHDAYS = [
    pytest.param(Birth(3, 1, 1990), Birth(3, 2, 1990), (3, 2, 1990, ""), id="a new one is taken"),
    pytest.param(
        Birth(3, 1, 1990), Birth(1, 1, 1970, "placeholder_birthdate"), (3, 1, 1990, ""), id="doubted"
    ),
    pytest.param(Birth(3, 1, 1990), Birth(3, 1, None), (3, 1, 1990, ""), id="the same without its year"),
    pytest.param(
        Birth(1, 1, 1970, "placeholder_birthdate"), Birth(3, 1, 1990), (3, 1, 1990, ""), id="mended"
    ),
]


@pytest.mark.parametrize(("first", "then", "kept"), BIRTHDAYS)
async def test_a_birthday_that_is_not_believed_replaces_none_that_is(
    database: Database, first: Birth, then: Birth, kept: tuple[Any, ...]
) -> None:
    await arrive(database, ana(birthday=first))
    await arrive(database, ana(birthday=then))
    which = "SELECT birth_month, birth_day, birth_year, birthday_fault FROM customers"
    assert await rows(database, which) == [kept]


async def say(database: Database, came: Came, *, yes: bool = True, at: datetime = NOW, **more: str) -> str:
    told = Told(
        address=TEL[0],
        address_id=came.addresses[TEL[0]],
        subject=more.get("subject", "marketing"),
        yes=yes,
        source="import c.csv line 2",
        proof=more.get("proof", "form 7"),
        at=at,
    )
    async with database.writing() as connection:
        (answer,) = await keep_consents(connection, database.ids, [told])
    return answer


ALLOWED = "SELECT subject, allowed FROM allowances"


async def test_a_yes_holds_once_with_its_proof(database: Database) -> None:
    (came,) = await arrive(database, ana())
    assert await say(database, came) == ""
    assert await say(database, came, at=NOW + timedelta(days=1)) == "known"
    assert await rows(database, ALLOWED) == [("marketing", True)]
    said = await rows(database, "SELECT word, source, proof, subject FROM consents")
    assert said == [("yes", "import c.csv line 2", "form 7", "marketing")]


@pytest.mark.parametrize("where", ["tel:+34600123456", "whatsapp:+34600123456"])
async def test_a_yes_never_undoes_a_stop_at_the_number(database: Database, where: str) -> None:
    (came,) = await arrive(database, ana())
    (other,) = await arrive(database, Arriving(addresses=((where, ""),)))
    async with database.writing() as connection:
        await consents.record(
            connection,
            database.ids,
            address_id=other.addresses[where],
            word="stop",
            source="STOP",
            at=NOW - timedelta(days=9),
        )
    assert await say(database, came) == "stopped"
    assert (True,) not in await rows(database, "SELECT allowed FROM allowances")


async def test_a_yes_never_undoes_a_no_and_a_no_ends_a_yes(database: Database) -> None:
    (came,) = await arrive(database, ana())
    assert await say(database, came, yes=False) == "known"  # there was nothing to refuse
    assert await rows(database, ALLOWED) == []
    await say(database, came)
    assert await say(database, came, yes=False, at=NOW + timedelta(hours=1), proof="left") == ""
    assert await rows(database, ALLOWED) == [("marketing", False)]
    assert await say(database, came, at=NOW + timedelta(days=1), proof="form 8") == "stopped"
    assert await say(database, came, at=NOW + timedelta(days=1), subject="birthday") == "stopped"


async def test_an_order_is_made_moved_and_the_same(database: Database) -> None:
    (came,) = await arrive(database, ana())
    line = Line(name="Cup", quantity=2, price=990)
    told = Ordered(
        number="A1", customer_id=came.customer_id, placed_at=NOW, total=1980, currency="EUR", lines=[line]
    )
    answers = [await order(database, told) for _ in range(2)]
    assert [one.what for (one,) in answers] == ["made", "same"]
    moved = Ordered(number="A1", delivered_at=NOW + timedelta(days=3))
    assert [one.what for one in await order(database, moved, moved)] == ["changed", "same"]
    more = Ordered(number="A1", lines=[line, Line(name="Plate")])
    assert [one.what for one in await order(database, more)] == ["changed"]
    assert await rows(database, "SELECT position, name FROM order_lines ORDER BY position") == [
        (0, "Cup"),
        (1, "Plate"),
    ]
    assert await rows(database, "SELECT total, currency, placed_at < delivered_at FROM orders") == [
        (1980, "EUR", True)
    ]


@pytest.mark.parametrize(("more", "word"), [({}, "customer"), ({"customer_id": 1}, "placed")])
async def test_a_new_order_needs_its_customer_and_its_day(
    database: Database, more: dict[str, Any], word: str
) -> None:
    (came,) = await order(database, Ordered(number="A1", **more))
    assert came.what == "refused"
    assert word in came.reason


async def test_two_who_tell_the_same_at_once_make_one(database: Database) -> None:
    other = Database(
        database.url.render_as_string(hide_password=False).replace("+aiosqlite", "").replace("+asyncpg", "")
    )
    await other.open()
    try:
        came = await asyncio.gather(*(arrive(one, ana()) for one in (database, other) * 4))
    finally:
        await other.close()
    assert sorted(one.what for (one,) in came) == ["made"] + ["same"] * 7
    assert len({one.customer_id for (one,) in came}) == 1
