"""Claims about sign-in links, sessions and drafts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from storage import drafts, sessions
from storage.database import Database
from storage.tables import addresses, agents, conversations, customers, sign_in_links
from storage.tables import sessions as sessions_table

NOW = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def an_agent_and_a_conversation(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(
            insert(agents).values(id=1, key="tiago", name="Tiago Ramos", teams=["care"], created_at=NOW)
        )
        await connection.execute(insert(customers).values(id=2, created_at=NOW))
        await connection.execute(
            insert(addresses).values(id=3, customer_id=2, address="web:x", channel="webchat", created_at=NOW)
        )
        await connection.execute(
            insert(conversations).values(
                id=4,
                customer_id=2,
                address_id=3,
                channel="webchat",
                team="care",
                state="open",
                opened_at=NOW,
                last_at=NOW,
            )
        )


async def test_a_link_signs_in_once(database: Database) -> None:
    async with database.writing() as connection:
        token = await sessions.make_link(connection, 1, now=NOW)
        assert await sessions.link_holds(connection, token, now=NOW)
        assert await sessions.link_holds(connection, token, now=NOW), "looking uses nothing up"
        assert await sessions.use_link(connection, token, now=NOW) == 1
        assert await sessions.use_link(connection, token, now=NOW) is None
        assert not await sessions.link_holds(connection, token, now=NOW)


@pytest.mark.parametrize(
    ("token", "later", "active"),
    [
        pytest.param("unheard of", timedelta(), True, id="unknown"),
        pytest.param("", sessions.LINK_LIVES, True, id="too old"),
        pytest.param("", timedelta(), False, id="of an agent who left"),
    ],
)
async def test_a_link_that_does_not_hold_signs_nobody_in(
    database: Database, token: str, later: timedelta, active: bool
) -> None:
    async with database.writing() as connection:
        made = await sessions.make_link(connection, 1, now=NOW)
        await connection.execute(update(agents).values(active=active))
        assert not await sessions.link_holds(connection, token or made, now=NOW + later)
        assert await sessions.use_link(connection, token or made, now=NOW + later) is None


async def test_a_session_names_its_agent_until_it_ends(database: Database) -> None:
    async with database.writing() as connection:
        first = await sessions.begin(connection, 1, now=NOW)
        second = await sessions.begin(connection, 1, now=NOW)
        agent = await sessions.agent_of(connection, first, now=NOW + timedelta(days=13))
        assert agent is not None
        assert agent.key == "tiago"
        await sessions.end(connection, first)
        assert await sessions.agent_of(connection, first, now=NOW) is None
        assert await sessions.agent_of(connection, second, now=NOW) is not None
        assert await sessions.agent_of(connection, second, now=NOW + sessions.SESSION_LIVES) is None


async def test_the_session_of_an_agent_who_left_names_nobody(database: Database) -> None:
    async with database.writing() as connection:
        token = await sessions.begin(connection, 1, now=NOW)
        await connection.execute(update(agents).values(active=False))
        assert await sessions.agent_of(connection, token, now=NOW) is None


async def test_no_token_is_kept(database: Database) -> None:
    async with database.writing() as connection:
        link = await sessions.make_link(connection, 1, now=NOW)
        session = await sessions.begin(connection, 1, now=NOW)
        kept = [str(row) for row in await connection.execute(select(sign_in_links))]
        kept += [str(row) for row in await connection.execute(select(sessions_table))]
    assert len(kept) == 2
    assert not [row for row in kept if link in row or session in row]


async def test_sweeping_leaves_what_still_holds(database: Database) -> None:
    async with database.writing() as connection:
        old = await sessions.make_link(connection, 1, now=NOW - timedelta(hours=1))
        new = await sessions.make_link(connection, 1, now=NOW)
        await sessions.begin(connection, 1, now=NOW - timedelta(days=20))
        session = await sessions.begin(connection, 1, now=NOW)
        await sessions.sweep(connection, now=NOW)
        assert len((await connection.execute(select(sign_in_links))).all()) == 1
        assert len((await connection.execute(select(sessions_table))).all()) == 1
        assert await sessions.link_holds(connection, new, now=NOW)
        assert not await sessions.link_holds(connection, old, now=NOW)
        assert await sessions.agent_of(connection, session, now=NOW) is not None


async def test_a_draft_is_kept_by_mode_and_the_last_words_win(database: Database) -> None:
    async with database.writing() as connection:
        await drafts.keep(connection, 1, 4, "answer", "Bom d", now=NOW)
        await drafts.keep(connection, 1, 4, "answer", "Bom dia", now=NOW + timedelta(seconds=1))
        await drafts.keep(connection, 1, 4, "note", "second lid", now=NOW)
        found = await drafts.kept(connection, 1, 4)
        assert {mode: draft.text for mode, draft in found.items()} == {
            "answer": "Bom dia",
            "note": "second lid",
        }
        assert found["answer"].kept_at == NOW + timedelta(seconds=1)


async def test_an_empty_draft_is_forgotten(database: Database) -> None:
    async with database.writing() as connection:
        await drafts.keep(connection, 1, 4, "answer", "Bom dia", now=NOW)
        await drafts.keep(connection, 1, 4, "answer", " \n", now=NOW)
        assert await drafts.kept(connection, 1, 4) == {}
