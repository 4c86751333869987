"""Erasing forgets every word of a customer on both databases, and every count stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, Table, func, insert, inspect, select

from storage import erasing, preferences, slack_forgetting, suppressed, traces
from storage.database import Database
from storage.tables import (
    addresses,
    agents,
    allowances,
    attachments,
    consents,
    conversations,
    customer_events,
    customers,
    deliveries,
    drafts,
    happenings,
    holds,
    hooks,
    messages,
    metadata,
    orders,
    promises,
    slack_posts,
    slack_threads,
    touches,
)
from tests.storage.keeping import NOON

SECRET = "zebra"  # stands in everything that a customer said or is called by
ANA, OLD, RUI = 1, 2, 3
RESOLVED = {"state": "resolved", "team": "care", "opened_at": NOON, "last_at": NOON}


async def _put(database: Database, table: Table, **values: Any) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(table).values(**values))


async def _person(database: Database, key: int, word: str, **values: Any) -> None:
    """Keep a customer who has one row in every table."""
    scale = key * 10
    await _put(
        database, customers, id=key, created_at=NOON, name=word, ref=f"{word}{key}", tags=[word], **values
    )
    await _put(
        database,
        addresses,
        id=scale,
        customer_id=key,
        address=f"mail:{word}{key}@x.example",
        channel="m",
        created_at=NOON,
        stop_source=word,
    )
    await _put(
        database,
        consents,
        id=scale,
        address_id=scale,
        channel="m",
        external_id=f"{word}{key}",
        word="stop",
        source="page",
        at=NOON,
        wording=word,
        proof=word,
    )
    await _put(database, allowances, address_id=scale, subject="news", allowed=True, at=NOON)
    await _put(
        database,
        hooks,
        id=scale,
        channel="m",
        received_at=NOON,
        method="POST",
        url="/",
        headers={},
        body=word.encode(),
        state="applied",
    )
    await _put(
        database,
        conversations,
        id=scale,
        customer_id=key,
        address_id=scale,
        channel="m",
        last_text=word,
        **RESOLVED,
    )
    for number, direction in enumerate(("in", "out", "note")):
        await _put(
            database,
            messages,
            id=scale + number,
            conversation_id=scale,
            direction=direction,
            channel="m",
            external_id=f"{word}{key}{direction}",
            text=word,
            text_before=word,
            subject=word,
            sender_name=word,
            sent_at=NOON,
            received_at=NOON,
            hook_id=scale if direction == "in" else None,
        )
    await _put(
        database,
        attachments,
        id=scale,
        message_id=scale,
        position=0,
        kind="image",
        name=word,
        ref=word,
        path=f"aa/{word}{key}",
        state="kept",
    )
    await _put(
        database, happenings, id=scale, conversation_id=scale, kind="resolved", at=NOON, data={"reason": word}
    )
    await _put(
        database,
        drafts,
        agent_id=9,
        conversation_id=scale,
        mode="answer",
        text=word,
        kept_at=NOON,
    )
    await _put(
        database,
        deliveries,
        id=scale,
        lane="m",
        kind="message",
        conversation_id=scale,
        message_id=scale + 1,
        key=f"k{key}",
        text=word,
        state="ready",
        owed_at=NOON,
        due_at=NOON,
    )
    await _put(
        database,
        orders,
        id=scale,
        customer_id=key,
        number=f"A{key}",
        placed_at=NOON,
        changed_at=NOON,
        total=1250,
        summary=word,
    )
    await _put(
        database,
        customer_events,
        id=scale,
        customer_id=key,
        kind="rated",
        at=NOON,
        ref=word,
        data={"said": word},
        external_id=f"{word}{key}",
    )
    await _put(database, holds, id=scale, customer_id=key, kind="agent", since=NOON, reason=word)
    await _put(
        database,
        promises,
        id=scale,
        customer_id=key,
        conversation_id=scale,
        owner_id=9,
        made_by=9,
        text=word,
        due_at=NOON,
        state="open",
        made_at=NOON,
        key=f"slack:{word}{key}",
    )
    for number, state in enumerate(("planned", "sent")):
        await _put(
            database,
            touches,
            id=scale + number,
            customer_id=key,
            kind="birthday",
            period=str(number),
            state=state,
            due_at=NOON,
            valid_until=NOON,
            day="2026-11-24",
            clock="10:00",
            zone="UTC",
            zone_source="own",
            text=word,
        )
    await _put(
        database,
        slack_posts,
        slack_channel="C1",
        ts=f"{key}.0",
        message_id=scale,
        thread_ts="1.0",
        by_agent=key == 2,
    )


@pytest.fixture
async def three(database: Database) -> Database:
    """Ana, whom an older Ana was joined to, and Rui."""
    await _put(database, agents, id=9, key="a", name="A", teams=[], created_at=NOON)
    await _person(database, ANA, SECRET)
    await _person(database, OLD, SECRET, merged_into=ANA)
    await _person(database, RUI, "giraffe")
    return database


async def _everything(database: Database) -> dict[str, str]:
    """Write every table out, whatever columns it has."""
    found = {}
    async with database.reading() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        whole = MetaData()
        await connection.run_sync(lambda sync: whole.reflect(sync))
        for name in names:
            rows = (await connection.execute(select(whole.tables[name]))).all()
            found[name] = repr([[bytes(c) if isinstance(c, memoryview) else c for c in row] for row in rows])
    return found


async def _counts(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        return {
            name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in metadata.tables.items()
        }


async def _erase(database: Database) -> traces.Traces:
    async with database.writing() as connection:
        found = await traces.traces(connection, ANA)
        await erasing.erase(connection, database.ids, found.customers, NOON + timedelta(days=1))
    return found


async def test_no_table_holds_a_word_of_an_erased_customer(three: Database) -> None:
    assert len([name for name, rows in (await _everything(three)).items() if SECRET in rows]) > 10
    await _erase(three)
    after = await _everything(three)
    assert [name for name, rows in after.items() if SECRET in rows] == []
    assert len([name for name, rows in after.items() if "giraffe" in rows]) > 10


async def test_the_counts_stay_and_the_journal_and_drafts_go(three: Database) -> None:
    before = await _counts(three)
    await _erase(three)
    after = await _counts(three)
    gone = {name: before[name] - after[name] for name in before if before[name] > after[name]}
    assert gone == {"allowances": 2, "drafts": 2, "hooks": 2}
    async with three.reading() as connection:
        told = select(func.count(), func.sum(orders.c.total)).where(orders.c.customer_id == ANA)
        assert tuple((await connection.execute(told)).one()) == (1, 1250)


async def test_what_was_found_names_files_and_posts_of_whoever_was_joined(three: Database) -> None:
    found = await _erase(three)
    assert sorted(found.customers) == [ANA, OLD]
    assert sorted(found.files) == ["aa/zebra1", "aa/zebra2"]
    assert found.posts == [("C1", "2.0")], "what an agent wrote is for people to delete"
    assert sorted(found.refs) == ["zebra1", "zebra2"]


async def test_what_stands_in_slack_is_owed_to_be_taken_away_once(three: Database) -> None:
    for channel, root in (("C1", "1.0"), ("C2", "7.0")):
        thread = {"workspace": "T", "slack_channel": channel, "root_ts": root, "current": root == "7.0"}
        await _put(three, slack_threads, **thread, conversation_id=ANA * 10, posted_at=NOON)
    found = await _erase(three)
    for _ in range(2):
        async with three.writing() as connection:
            assert await slack_forgetting.owe(connection, three.ids, found.customers, NOON) == 1
    async with three.writing() as connection:
        which = select(deliveries).where(deliveries.c.kind == slack_forgetting.FORGET)
        [owed] = (await connection.execute(which)).all()
        assert (owed.lane, owed.state, owed.data) == ("slack", "ready", {"posts": [["C1", "1.0"]]})
        threads = await slack_forgetting.threads(connection, owed.conversation_id)
        assert {one.root_ts for one in threads} == {"1.0", "7.0"}
        await slack_forgetting.gone(connection, owed.conversation_id)
        assert await slack_forgetting.threads(connection, owed.conversation_id) == []


async def test_what_was_planned_is_called_off_and_what_was_sent_stays_sent(three: Database) -> None:
    await _erase(three)
    async with three.reading() as connection:
        which = select(touches.c.state, touches.c.reason).where(touches.c.customer_id == ANA)
        rows = (await connection.execute(which.order_by(touches.c.id))).all()
        owed = select(deliveries.c.state).order_by(deliveries.c.id)
        states = list((await connection.execute(owed)).scalars())
    assert [tuple(row) for row in rows] == [("suppressed", "suppressed_erased"), ("sent", "")]
    assert states == ["dropped", "dropped", "ready"]


async def test_that_they_said_stop_and_when_is_kept(three: Database) -> None:
    await _erase(three)
    async with three.reading() as connection:
        said = select(consents.c.word, consents.c.at, consents.c.source).where(
            consents.c.address_id == ANA * 10
        )
        assert tuple((await connection.execute(said)).one()) == ("stop", NOON, "page")


async def test_erasing_twice_changes_nothing(three: Database) -> None:
    await _erase(three)
    before = await _everything(three)
    found = await _erase(three)
    after = await _everything(three)
    assert found.refs == []
    changed = {name for name in before if before[name] != after[name] and not name.startswith("words_")}
    assert changed <= {"conversations"}  # its revision alone


async def test_an_erasure_is_asked_taken_back_and_asked_again(database: Database) -> None:
    await _put(database, customers, id=ANA, created_at=NOON)
    ids = database.ids
    async with database.writing() as connection:
        assert await preferences.ask_erasure(connection, ids, ANA, NOON)
        assert not await preferences.ask_erasure(connection, ids, ANA, NOON + timedelta(hours=1))
        assert await preferences.erasures_due(connection, NOON) == [ANA]
        assert await preferences.erasures_due(connection, NOON - timedelta(seconds=1)) == []
        assert await preferences.withdraw_erasure(connection, ids, ANA, NOON)
        assert not await preferences.withdraw_erasure(connection, ids, ANA, NOON)
        assert await preferences.erasures_due(connection, NOON + timedelta(days=9)) == []
        later = NOON + timedelta(days=2)
        assert await preferences.ask_erasure(connection, ids, ANA, later)
        assert await preferences.erasure_asked(connection, ANA) == later
        assert await preferences.erasures_due(connection, NOON + timedelta(days=1)) == []
        assert await preferences.erasures_due(connection, later) == [ANA]
        await erasing.erase(connection, ids, [ANA], later)
        assert await preferences.erasures_due(connection, later) == []
        assert await preferences.known(connection, ANA, later) is None


async def test_marks_are_kept_once_with_their_first_reason(database: Database) -> None:
    async with database.writing() as connection:
        await suppressed.keep(connection, ["a" * 64, "b" * 64], "stopped", NOON)
        await suppressed.keep(connection, ["a" * 64], "erased", NOON)
        await suppressed.keep(connection, [], "erased", NOON)
        assert await suppressed.among(connection, ["a" * 64, "c" * 64]) == {"a" * 64}
        assert await suppressed.among(connection, [str(n) for n in range(1200)]) == set()


@pytest.mark.parametrize("asked", ["1", "mail:zebra1@x.example", "zebra1", "2", "mail:zebra2@x.example"])
async def test_a_customer_is_found_by_key_address_or_the_shops_number(three: Database, asked: str) -> None:
    async with three.reading() as connection:
        found = await preferences.named(connection, asked)
        assert found is not None
        assert found.id == ANA
        for nobody in ("", "99", "mail:x", "-1", "١", "9" * 30):
            assert await preferences.named(connection, nobody) is None
