"""What the Slack face remembers survives, is kept once, and is found by either end."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import (
    deliveries,
    endings,
    hooks,
    messages,
    migrate,
    queues,
    seen,
    slack_asks,
    slack_facts,
    slack_lanes,
    slack_posts,
    slack_threads,
)
from storage.database import Database
from storage.endings import Outcome
from storage.queues import OwedRow
from storage.tables import addresses, agents, conversations, customers

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.writing() as opened:
        await opened.execute(customers.insert().values(id=1, name="Maria", created_at=NOW))
        address = {"id": 1, "customer_id": 1, "address": "tel:+351", "channel": "sms", "created_at": NOW}
        await opened.execute(addresses.insert().values(**address))
        for number, state in ((1, "open"), (2, "resolved")):
            row = {"id": number, "customer_id": 1, "address_id": 1, "channel": "sms", "team": "support"}
            times = {"opened_at": NOW, "last_at": NOW, "state": state}
            await opened.execute(conversations.insert().values(**row, **times))
        agent = {"id": 1, "key": "ana", "name": "Ana", "teams": ["support"], "created_at": NOW}
        await opened.execute(agents.insert().values(**agent))
        for number in (1, 2):
            said = {"id": number, "conversation_id": 1, "direction": "in", "channel": "sms"}
            await messages.add(opened, {**said, "sent_at": NOW, "received_at": NOW})
        yield opened


async def thread(connection: AsyncConnection, ts: str, conversation: int = 1) -> None:
    await slack_threads.keep_thread(
        connection,
        workspace="T1",
        slack_channel="C1",
        root_ts=ts,
        conversation_id=conversation,
        revision=1,
        now=NOW,
    )


async def test_the_migration_makes_the_tables_of_today(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(migrate.differences) == []


async def test_a_payload_is_journalled_once_by_its_key(connection: AsyncConnection) -> None:
    kept = [
        await seen.journal(connection, hook_id=number, body=b"{}", key=key, url="u", now=NOW)
        for number, key in enumerate(["Ev1", "Ev1", "Ev2", "", ""], start=1)
    ]
    assert kept == [True, False, True, True, True]
    waiting = await hooks.in_state(connection, ["waiting"], channel="slack")
    assert [row.id for row in waiting] == [1, 3, 4, 5]


async def test_old_keys_are_forgotten(connection: AsyncConnection) -> None:
    await seen.journal(connection, hook_id=1, body=b"{}", key="Ev1", url="u", now=NOW)
    await seen.forget(connection, NOW + timedelta(seconds=1))
    assert await seen.journal(connection, hook_id=2, body=b"{}", key="Ev1", url="u", now=NOW)


async def test_a_conversation_goes_on_in_one_thread_and_the_old_one_is_still_heard(
    connection: AsyncConnection,
) -> None:
    for ts in ("1.0", "2.0", "2.0"):
        await thread(connection, ts)
    current = await slack_threads.thread_of(connection, 1)
    assert current is not None
    assert current.root_ts == "2.0"
    old = await slack_threads.thread_at(connection, "T1", "C1", "1.0")
    assert old is not None
    assert (old.conversation_id, old.current) == (1, False)
    assert await slack_threads.thread_at(connection, "T2", "C1", "1.0") is None
    assert list(await slack_threads.threads_of(connection, [1, 2])) == [1]


async def test_a_card_never_goes_back_to_an_older_revision(connection: AsyncConnection) -> None:
    await thread(connection, "1.0")
    for revision in (5, 3):
        current = await slack_threads.thread_of(connection, 1)
        assert current is not None
        await slack_threads.shown(connection, current, revision, NOW)
    current = await slack_threads.thread_of(connection, 1)
    assert current is not None
    assert current.revision == 5


async def test_live_cards_are_those_not_resolved(connection: AsyncConnection) -> None:
    await thread(connection, "1.0")
    await thread(connection, "2.0", conversation=2)
    assert await slack_threads.live_cards(connection) == 1


async def test_one_post_may_show_several_messages(connection: AsyncConnection) -> None:
    for number in (2, 1, 1):
        post = {"slack_channel": "C1", "ts": "3.0", "thread_ts": "1.0", "by_agent": False, "mark": ""}
        await slack_posts.keep_post(connection, slack_posts.SlackPost(message_id=number, **post))  # type: ignore[arg-type]
    posts = await slack_posts.posts_at(connection, "C1", "3.0")
    assert [post.message_id for post in posts] == [1, 2]
    await slack_posts.marked(connection, posts[0], "eyes")
    assert [post.mark for post in await slack_posts.posts_of(connection, 2)] == ["eyes"]


async def test_an_unanswered_question_is_found_until_it_is_answered(connection: AsyncConnection) -> None:
    ask = slack_asks.SlackAsk(
        slack_channel="C1",
        ts="3.0",
        thread_ts="1.0",
        conversation_id=1,
        agent_id=1,
        question="Really?",
        sendable=True,
        said={"text": "one"},
        state="asked",
        asked_at=NOW,
    )
    assert [await slack_asks.keep_ask(connection, ask) for _ in range(2)] == [True, False]
    await slack_asks.change_ask(connection, ask, {"text": "two"})
    late = await slack_asks.unanswered(connection, NOW + timedelta(seconds=1))
    assert [one.said for one in late] == [{"text": "two"}]
    assert await slack_asks.unanswered(connection, NOW) == []
    await slack_asks.answer_ask(connection, ask, "sent")
    assert await slack_asks.unanswered(connection, NOW + timedelta(seconds=1)) == []
    found = await slack_asks.ask_at(connection, "C1", "3.0")
    assert found is not None
    assert found.state == "sent"


async def test_heads_are_listed_claimed_and_asked_about(
    connection: AsyncConnection, database: Database
) -> None:
    rows = [
        OwedRow(lane="slack", kind="message", conversation_id=n, key=f"k{n}{m}", due_at=NOW)
        for n in (1, 2)
        for m in (1, 2)
    ]
    await queues.owe(connection, database.ids, rows, NOW)
    heads = await slack_lanes.due(connection, "slack", NOW, 10)
    assert [head.key for head in heads] == ["k11", "k21"]
    claimed = await slack_lanes.claim_these(connection, [heads[0].id])
    assert [row.state for row in claimed] == ["sending"]
    assert await slack_lanes.claim_these(connection, [heads[0].id]) == []
    assert [head.key for head in await slack_lanes.due(connection, "slack", NOW, 10)] == ["k21"]
    later = NOW + timedelta(seconds=2)
    await endings.end(connection, [Outcome(id=heads[0].id, state="asking", due_at=later)], NOW)
    assert await deliveries.to_ask(connection, "slack", NOW, 10) == []
    assert [row.key for row in await deliveries.to_ask(connection, "slack", later, 10)] == ["k11"]
    assert len(await slack_lanes.claim_these(connection, [heads[0].id])) == 1
    await slack_lanes.note_code(connection, heads[0].id, "file:F1")
    kept = await deliveries.one(connection, heads[0].id)
    assert kept is not None
    assert (kept.code, kept.tries) == ("file:F1", 2)


async def test_what_stands_in_slack_is_written_at_once_and_the_next_ones_go(
    connection: AsyncConnection, database: Database
) -> None:
    rows = [
        OwedRow(lane="slack", kind="message", conversation_id=n, key=f"k{n}{m}", due_at=NOW)
        for n in (1, 2)
        for m in (1, 2)
    ]
    await queues.owe(connection, database.ids, rows, NOW)
    heads = await slack_lanes.claim_these(
        connection, [row.id for row in await slack_lanes.due(connection, "slack", NOW, 9)]
    )
    assert [row.key for row in await slack_lanes.behind(connection, heads[0], 7)] == ["k12"]
    await slack_lanes.posted(connection, [head.id for head in heads], NOW)
    following = await slack_lanes.due(connection, "slack", NOW, 9)
    assert [row.key for row in following] == ["k12", "k22"]
    later = NOW + timedelta(seconds=5)
    await slack_lanes.postpone(connection, [following[0].id], later)
    assert await slack_lanes.next_at(connection, "slack", NOW) == later
    assert [row.id for row in await slack_lanes.rows(connection, [following[0].id, 77])] == [following[0].id]


async def test_keys_are_remembered_and_small_questions_answered(connection: AsyncConnection) -> None:
    assert [await seen.remember(connection, "gone", "C1:1.0", NOW) for _ in range(2)] == [True, False]
    assert await seen.remembers(connection, "gone", "C1:1.0")
    assert not await seen.remembers(connection, "gone", "C1:2.0")
    assert await slack_facts.last_answer(connection, 1) is None
    assert [await slack_facts.revision_of(connection, key) for key in (1, 77)] == [1, None]
    assert await slack_facts.zone_of(connection, "U1") == "UTC"


async def test_threads_of_what_goes_on_or_ended_lately_may_hold_words_of_agents(
    connection: AsyncConnection,
) -> None:
    await thread(connection, "1.1", 1)
    await thread(connection, "1.2", 2)
    later = NOW + timedelta(hours=1)
    active = await slack_threads.active_since(connection, "T1", NOW, 10)
    assert [one.root_ts for one in active] == ["1.2", "1.1"]
    active = await slack_threads.active_since(connection, "T1", later, 10)
    assert [one.root_ts for one in active] == ["1.1"]
    assert await slack_threads.active_since(connection, "T2", NOW, 10) == []


async def test_a_conversation_has_moved_once_it_goes_on_in_another_thread(
    connection: AsyncConnection,
) -> None:
    await thread(connection, "1.1")
    assert not await slack_threads.has_moved(connection, 1)
    await thread(connection, "1.2")
    assert await slack_threads.has_moved(connection, 1)


async def test_what_was_said_last_comes_oldest_first_without_what_was_taken_back(
    connection: AsyncConnection,
) -> None:
    await messages.add(
        connection,
        {
            "id": 3,
            "conversation_id": 1,
            "direction": "note",
            "channel": "note",
            "sent_at": NOW,
            "received_at": NOW,
        },
    )
    await messages.change(connection, 2, deleted_at=NOW)
    assert [row.id for row in await slack_facts.last_said(connection, 1, 10)] == [1, 3]
    assert [row.id for row in await slack_facts.last_said(connection, 1, 1)] == [3]
