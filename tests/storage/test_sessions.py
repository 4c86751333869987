"""Claims about sign-in links, sessions and drafts."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from storage import drafts, sessions
from storage.database import Connection, Database
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
        agent = await sessions.agent_of(connection, first, now=NOW + timedelta(days=2))
        assert agent is not None
        assert agent.key == "tiago"
        await sessions.end(connection, first)
        assert await sessions.agent_of(connection, first, now=NOW) is None
        assert await sessions.agent_of(connection, second, now=NOW) is not None
        assert await sessions.agent_of(connection, second, now=NOW + sessions.SESSION_LIVES) is None


async def test_a_session_ends_after_three_days_unused_and_after_fourteen_however_used(
    database: Database,
) -> None:
    async with database.writing() as connection:
        used = await sessions.begin(connection, 1, now=NOW)
        left = await sessions.begin(connection, 1, now=NOW)
        for day in range(1, 15):
            at = NOW + timedelta(days=day) - timedelta(seconds=1)
            assert await sessions.agent_of(connection, used, now=at) is not None
            await sessions.seen(connection, used, now=at)
        assert await sessions.agent_of(connection, used, now=NOW + sessions.SESSION_LIVES) is None
        assert await sessions.agent_of(connection, left, now=NOW + timedelta(days=2, hours=23)) is not None
        assert await sessions.agent_of(connection, left, now=NOW + sessions.IDLE_LIVES) is None


async def opened(connection: Connection, token: str, at: datetime) -> sessions.Session:
    found = await sessions.opened(connection, token, now=at)
    assert found is not None
    return found


async def test_a_token_is_due_after_an_hour_and_the_one_before_lives_until_the_new_one_is_shown(
    database: Database,
) -> None:
    later = NOW + sessions.TURNED_EVERY
    async with database.writing() as connection:
        first = await sessions.begin(connection, 1, now=NOW)
        before = await opened(connection, first, NOW)
        assert not before.due
        assert await sessions.turn(connection, first, now=NOW) is None, "not due"
        assert (await opened(connection, first, later)).due
        second = await sessions.turn(connection, first, now=later)
        assert second is not None
        assert await sessions.turn(connection, first, now=later) is None, "another request did it"
        lost = await opened(connection, first, later + timedelta(minutes=50))
        assert not lost.due, "the answer with the new token was lost: nobody is signed out"
        shown = await opened(connection, second, later)
        assert (shown.mark, shown.due, shown.unseen) == (before.mark, False, True)
        await sessions.seen(connection, second, now=later)
        assert await sessions.agent_of(connection, first, now=later + timedelta(seconds=59)) is not None
        assert await sessions.agent_of(connection, first, now=later + sessions.GRACE) is None
        assert await sessions.turn(connection, first, now=later + timedelta(hours=2)) is None
        assert not (await opened(connection, second, later + timedelta(seconds=1))).unseen


async def test_whose_new_token_was_lost_gets_another(database: Database) -> None:
    async with database.writing() as connection:
        first = await sessions.begin(connection, 1, now=NOW)
        at = NOW + sessions.TURNED_EVERY
        lost = await sessions.turn(connection, first, now=at)
        again = await sessions.turn(connection, first, now=at + sessions.TURNED_EVERY)
        assert lost is not None
        assert again is not None
        assert await sessions.agent_of(connection, lost, now=at + sessions.TURNED_EVERY) is None
        assert await sessions.agent_of(connection, again, now=at + sessions.TURNED_EVERY) is not None


async def test_a_token_is_due_at_once_when_the_role_changes(database: Database) -> None:
    async with database.writing() as connection:
        token = await sessions.begin(connection, 1, now=NOW)
        await connection.execute(update(agents).values(role="admin"))
        assert (await opened(connection, token, NOW)).due
        fresh = await sessions.turn(connection, token, now=NOW)
        assert fresh is not None
        assert not (await opened(connection, fresh, NOW)).due


async def test_a_session_from_before_there_were_marks_goes_on_under_its_own(
    database: Database,
) -> None:
    async with database.writing() as connection:
        old = {"token_hash": sessions.hashed("of before"), "agent_id": 1}
        await connection.execute(
            insert(sessions_table).values(**old, created_at=NOW, expires_at=NOW + sessions.SESSION_LIVES)
        )
        mark = (await opened(connection, "of before", NOW)).mark
        assert await sessions.holds(connection, mark, now=NOW)
        fresh = await sessions.turn(connection, "of before", now=NOW)
        assert fresh is not None
        assert (await opened(connection, fresh, NOW)).mark == mark
        assert await sessions.holds(connection, mark, now=NOW)


async def test_all_sessions_and_links_of_an_agent_end_together_and_no_others(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(
            insert(agents).values(id=9, key="helena", name="Helena", teams=["care"], created_at=NOW)
        )
        mine = [await sessions.begin(connection, 1, now=NOW) for _ in range(3)]
        hers = await sessions.begin(connection, 9, now=NOW)
        link = await sessions.make_link(connection, 1, now=NOW)
        mark = (await opened(connection, mine[0], NOW)).mark
        assert await sessions.end_all(connection, 1) == 3
        assert [await sessions.agent_of(connection, one, now=NOW) for one in mine] == [None] * 3
        assert not await sessions.holds(connection, mark, now=NOW)
        assert not await sessions.link_holds(connection, link, now=NOW)
        assert await sessions.agent_of(connection, hers, now=NOW) is not None


async def test_of_two_who_use_a_link_at_the_same_moment_one_comes_in(database: Database) -> None:
    async with database.writing() as connection:
        token = await sessions.make_link(connection, 1, now=NOW)

    async def use() -> int | None:
        async with database.writing() as connection:
            return await sessions.use_link(connection, token, now=NOW)

    found = await asyncio.gather(*(use() for _ in range(5)))
    assert sorted(found, key=bool) == [None, None, None, None, 1]


async def test_of_two_who_turn_a_token_at_the_same_moment_one_gets_a_new_one(database: Database) -> None:
    at = NOW + sessions.TURNED_EVERY
    async with database.writing() as connection:
        token = await sessions.begin(connection, 1, now=NOW)

    async def turn() -> str | None:
        async with database.writing() as connection:
            return await sessions.turn(connection, token, now=at)

    found = [one for one in await asyncio.gather(*(turn() for _ in range(5))) if one is not None]
    assert len(found) == 1
    async with database.reading() as connection:
        assert await sessions.agent_of(connection, token, now=at) is not None
        assert await sessions.agent_of(connection, found[0], now=at) is not None


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
        at = NOW + sessions.TURNED_EVERY
        fresh = await sessions.turn(connection, session, now=at)
        kept += [str(row) for row in await connection.execute(select(sessions_table))]
    assert len(kept) == 2
    assert fresh is not None
    assert not [row for row in kept if link in row or session in row or fresh in row]


async def test_sweeping_leaves_what_still_holds(database: Database) -> None:
    async with database.writing() as connection:
        old = await sessions.make_link(connection, 1, now=NOW - timedelta(hours=1))
        new = await sessions.make_link(connection, 1, now=NOW)
        await sessions.begin(connection, 1, now=NOW - timedelta(days=20))
        await sessions.begin(connection, 1, now=NOW - timedelta(days=4))
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
