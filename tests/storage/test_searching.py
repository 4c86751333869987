"""Searching finds what was said and who said it, whatever is typed, soon after it was kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from storage import erasing, found_people, indexing, searching
from storage.database import Database
from storage.indexing import read_all
from storage.searching import Found, find
from storage.tables import addresses, agents, conversations, customers, messages, orders
from storage.terms import query

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SAID = (
    (1, "A terrina chegou com a TAMPA partida."),
    (2, "partida a tampa? vou ver"),
    (3, "tampas partidas outra vez"),
    (4, "Não é <b>nada</b> & obrigado"),
    (5, "我想去東京都庁看看"),
    (6, "สวัสดีครับ อยากได้ของ"),
    (7, "write to ana.silva@example.com, order A-1001"),
)

SIGNS = (
    *("tampa", '"', "*", "OR", "AND", "NOT", "NEAR(", ")", "(", "'", ":", "said:", "^", "-", "&", "|"),
    *("!", "<->", "\\", ";", "--", "{", "}", "ª", "ﷺ", "\u0301", "½", "𝒶", "\x00", "🙂", "กี้"),
)

KEPT = {
    "sqlite": "SELECT c0 FROM words_said_content",
    "postgresql": "SELECT CAST(terms AS text) FROM words_said",
}


async def people(database: Database, *names: str) -> None:
    async with database.writing() as connection:
        for key, name in enumerate(names, 1):
            await connection.execute(insert(customers).values(id=key, name=name, created_at=NOON))
            row = {"id": key, "customer_id": key, "channel": "sms", "created_at": NOON}
            await connection.execute(insert(addresses).values(**row, address=f"tel:+3460012345{key}"))
            await connection.execute(
                insert(conversations).values(
                    id=key,
                    customer_id=key,
                    address_id=key,
                    channel="sms",
                    team="care",
                    state="open",
                    opened_at=NOON,
                    last_at=NOON,
                )
            )


async def say(database: Database, key: int, words: str, conversation: int = 1, **values: Any) -> None:
    row = {"direction": "in", "channel": "sms", "received_at": NOON, "external_id": f"e{key}", **values}
    row.setdefault("sent_at", NOON + timedelta(minutes=key % 1000))
    async with database.writing() as connection:
        await connection.execute(
            insert(messages).values(id=key, conversation_id=conversation, text=words, **row)
        )


async def read(database: Database) -> None:
    async with database.writing() as connection:
        await read_all(connection)


async def found(database: Database, words: str, **narrowed: Any) -> Found:
    async with database.reading() as connection:
        return await find(connection, words, **narrowed)


async def keys(database: Database, words: str, **narrowed: Any) -> list[int]:
    return [hit.message_id for hit in (await found(database, words, **narrowed)).hits]


@pytest.fixture
async def talks(database: Database) -> Database:
    """Seven customers, each with a conversation of one message."""
    await people(database, *(f"Customer {key}" for key, _ in SAID))
    for key, words in SAID:
        await say(database, key, words, key)
    await read(database)
    return database


WORDS: tuple[tuple[str, str, list[int]], ...] = (
    ("together and in order before apart", "tampa partida", [1, 2]),
    ("whole words, the newest first, then beginnings", "tampa", [2, 1, 3]),
    ("case and accents", "NAO É NADA", [4]),
    ("the beginning of the last word", "terri", [1]),
    ("not of another word", "terri chegou", []),
    ("two letters begin nothing", "te", []),
    ("a phrase", '"a tampa"', [2, 1]),
    ("a phrase has an order", '"tampa a"', []),
    ("what is quoted is whole", '"terri"', []),
    ("Chinese without spaces", "東京", [5]),
    ("Chinese in its order", "京東", []),
    ("Thai", "สวัสดี", [6]),
    ("a mailbox", "ana.silva@example.com", [7]),
    ("a number with a sign", "a-1001", [7]),
    ("what narrows is not a word", "k1", []),
    ("nothing", "", []),
    ("only signs", "?!", []),
)


async def test_words_are_found(talks: Database) -> None:
    assert {label: await keys(talks, words) for label, words, _ in WORDS} == {
        label: expected for label, _, expected in WORDS
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from(SIGNS),
            max_size=8,
        ).map(" ".join),
    )
)
async def test_nothing_that_is_typed_is_an_error(talks: Database, words: str) -> None:
    async with talks.reading() as connection:
        await find(connection, words, customer_id=1, channel="s'm\"s")
        await found_people.people(connection, words)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
async def test_whoever_repeats_a_message_finds_it(database: Database, words: str) -> None:
    async with database.writing() as connection:
        savepoint = await connection.begin_nested()
        await connection.execute(insert(customers).values(id=1, name="A", created_at=NOON))
        row = {"id": 1, "customer_id": 1, "channel": "sms"}
        await connection.execute(insert(addresses).values(**row, address="x:1", created_at=NOON))
        talk = {**row, "address_id": 1, "team": "care", "state": "open", "opened_at": NOON, "last_at": NOON}
        await connection.execute(insert(conversations).values(**talk))
        text = {"id": 1, "conversation_id": 1, "direction": "in", "channel": "sms", "text": words}
        await connection.execute(insert(messages).values(**text, sent_at=NOON, received_at=NOON))
        await read_all(connection)
        hits = (await find(connection, words)).hits
        assert [hit.message_id for hit in hits] == ([1] if query(words).phrases else [])
        await savepoint.rollback()


NARROWED: tuple[tuple[str, dict[str, Any], list[int]], ...] = (
    ("customer", {"customer_id": 2}, [2]),
    ("a customer who is not there", {"customer_id": 99}, []),
    ("channel", {"channel": "sms"}, [5, 4, 3, 2]),
    ("another channel", {"channel": "tg-pt"}, [1]),
    ("notes", {"direction": "note"}, [3]),
    ("agent", {"agent_id": 7}, [3]),
    ("since", {"since": NOON - timedelta(days=1)}, [5, 3, 2, 1]),
    ("until", {"until": NOON}, [4]),
    ("over years", {"since": NOON - timedelta(days=800), "until": NOON}, [4]),
    ("not included", {"since": NOON, "until": NOON + timedelta(minutes=2)}, [1]),
    ("no span", {"since": NOON, "until": NOON - timedelta(days=90)}, []),
)


async def test_it_is_narrowed(database: Database) -> None:
    await people(database, *"abcde")
    async with database.writing() as connection:
        agent = {"id": 7, "key": "ana", "name": "Ana", "role": "agent", "teams": ["care"], "zone": "UTC"}
        await connection.execute(insert(agents).values(**agent, created_at=NOON))
    await say(database, 1, "tampa", 1, channel="tg-pt")
    await say(database, 2, "tampa", 2)
    await say(database, 3, "tampa", 3, direction="note", agent_id=7)
    await say(database, 4, "tampa", 4, sent_at=NOON - timedelta(days=400))
    await say(database, 5, "tampa", 5)
    await read(database)
    found = {label: sorted(await keys(database, "tampa", **narrowed)) for label, narrowed, _ in NARROWED}
    assert found == {label: sorted(expected) for label, _, expected in NARROWED}


async def test_a_conversation_is_told_once_with_its_best_message(database: Database) -> None:
    await people(database, "Ana", "Zé")
    await say(database, 1, "a tampa partida", 1)
    await say(database, 2, "partida, a tampa", 1)
    await say(database, 3, "partida e tampa", 2)
    await read(database)
    one, other = (await found(database, "tampa partida")).hits
    assert (one.message_id, one.more, one.customer_name) == (1, 1, "Ana")
    assert (other.message_id, other.more) == (3, 0)
    assert [(piece.text, piece.hit) for piece in one.excerpt] == [
        ("a ", False),
        ("tampa", True),
        (" ", False),
        ("partida", True),
    ]


async def test_a_long_text_is_cut_around_the_hit(database: Database) -> None:
    whole = "x " * 200 + "TÂMPA " + "y " * 200
    pieces = searching.excerpt(query("tampa"), whole)
    assert [piece.text for piece in pieces if piece.hit] == ["TÂMPA"]
    assert (pieces[0].text, pieces[-1].text) == ("…", "…")
    assert sum(len(piece.text) for piece in pieces) < 210


async def test_pages_tell_every_conversation_once_and_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 4)
    await people(database, *"abcdefghi")
    for key in range(1, 10):
        await say(database, key, f"tampa {key}", key)
    await read(database)
    seen, edge = [], None
    for _ in range(9):
        page = await found(database, "tampa", limit=3, before=edge)
        seen += [hit.message_id for hit in page.hits]
        edge = page.edge
        if edge is None:
            break
        await say(database, 100 + len(seen), "tampa too", 1)  # what comes meanwhile moves no page
        await read(database)
    assert seen == list(range(9, 0, -1))


async def test_what_changes_reaches_the_index(talks: Database) -> None:
    async with talks.writing() as connection:
        change = update(messages).where(messages.c.id == 1)
        await connection.execute(change.values(text="uma jarra azul"))
        await connection.execute(update(messages).where(messages.c.id == 2).values(deleted_at=NOON))
        await connection.execute(update(messages).where(messages.c.id == 3).values(status="read"))
        noted = await connection.exec_driver_sql("SELECT count(*) FROM words_due")
        assert noted.scalar_one() == 2, "a receipt is no change of words"
    await read(talks)
    assert await keys(talks, "jarra") == [1]
    assert await keys(talks, "tampa") == [3]
    async with talks.reading() as connection:
        assert await indexing.due(connection, 10) is None


async def test_what_is_deleted_is_not_found_even_before_the_index_knows(talks: Database) -> None:
    async with talks.writing() as connection:
        await connection.execute(update(messages).where(messages.c.id == 1).values(deleted_at=NOON))
    assert await keys(talks, "terrina") == []


async def test_who_is_erased_is_found_by_nothing(talks: Database) -> None:
    async with talks.writing() as connection:
        await erasing.erase(connection, talks.ids, [1], NOON)
    await read(talks)
    assert await keys(talks, "terrina") == []
    async with talks.reading() as connection:
        found = await found_people.people(connection, "123451")
        rows = await connection.exec_driver_sql(KEPT[talks.dialect])
    assert (found, "terrina" in str(rows.all())) == ([], False)


async def test_a_merge_needs_no_reading_anew(talks: Database) -> None:
    async with talks.writing() as connection:
        row = update(conversations).where(conversations.c.id == 1)
        await connection.execute(row.values(customer_id=2, state="resolved"))
    assert await keys(talks, "terrina", customer_id=2) == [1]
    assert await keys(talks, "terrina", customer_id=1) == []


async def test_a_key_that_was_committed_late_is_not_missed(database: Database) -> None:
    await people(database, "Ana")
    early, late = database.ids.next(), database.ids.next()
    await say(database, late, "second")
    await read(database)
    await say(database, early, "first")
    await read(database)
    assert await keys(database, "first") == [early]


WHO: tuple[tuple[str, str, list[str]], ...] = (
    ("a name whatever the accents", "joao", ["João Conceição"]),
    ("in any order", "conceicao joao", ["João Conceição"]),
    ("a part of it", "nceic", ["João Conceição"]),
    ("a number with spaces", "+34 600 123 452", ["Marta"]),
    ("its end", "123452", ["Marta"]),
    ("its beginning", "3460012345", ["João Conceição", "Marta"]),
    ("an address as it is kept", "tel:+34600123452", ["Marta"]),
    ("the shop's number", "R-9", ["Marta"]),
    ("an order", "#1001", ["João Conceição"]),
    ("a sign", "%", []),
    ("nothing", " ", []),
)


@pytest.mark.parametrize("indexed", [False, True], ids=["before they are read", "read"])
async def test_customers_are_found(database: Database, indexed: bool) -> None:
    await people(database, "João Conceição", "Marta")
    async with database.writing() as connection:
        await connection.execute(update(customers).where(customers.c.id == 2).values(ref="R-9"))
        row = {"id": 1, "customer_id": 1, "number": "1001", "placed_at": NOON, "changed_at": NOON}
        await connection.execute(insert(orders).values(**row))
    if indexed:
        await read(database)
    async with database.reading() as connection:
        found = {
            label: [one.name for one in await found_people.people(connection, words)]
            for label, words, _ in WHO
        }
    assert found == {label: expected for label, _, expected in WHO}


async def test_a_new_name_an_erased_one_and_a_former_one(database: Database) -> None:
    await people(database, "Ana", "Berta", "Carla", "Dora")
    await read(database)
    async with database.writing() as connection:
        for key, values in (
            (1, {"name": "Anabela"}),
            (2, {"name": "", "erased_at": NOON}),
            (3, {"merged_into": 4}),
            (4, {"merged_into": 1}),
        ):
            await connection.execute(update(customers).where(customers.c.id == key).values(**values))
    await read(database)
    async with database.reading() as connection:
        names = {
            words: [(one.customer_id, one.name) for one in await found_people.people(connection, words)]
            for words in ("anabela", "berta", "carla")
        }
        assert [row.customer_id for row in await found_people.latest_of(connection, [1, 2])] == [1, 2]
    assert names == {"anabela": [(1, "Anabela")], "berta": [], "carla": [(1, "Anabela")]}


async def test_what_stands_above_an_e_mail_is_found_and_shown(database: Database) -> None:
    await people(database, "Ana")
    await say(database, 1, "Where is it?", subject="Order A1 to Lisbon")
    async with database.writing() as connection:
        await read_all(connection)
        found = await find(connection, "lisbon")
    [hit] = found.hits
    assert "".join(piece.text for piece in hit.excerpt) == "Order A1 to Lisbon\nWhere is it?"
    assert [piece.text for piece in hit.excerpt if piece.hit] == ["Lisbon"]
