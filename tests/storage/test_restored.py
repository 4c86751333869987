"""What a database that was put back may send: nothing, until somebody says what becomes of what was owed."""

from datetime import timedelta
from typing import Any

import pytest

from storage import endings, queues, restored
from storage.endings import Outcome
from storage.queues import OwedRow
from storage.restored import Held
from storage.statuses import ASKING
from storage.tables import agents, laters, messages
from tests.storage.keeping import NOON, Home, said

MADE = NOON + timedelta(minutes=10)
BACK = NOON + timedelta(hours=2)
HELD = Held(made_at=MADE, at=BACK, by="ana")


async def _conversation(home: Home) -> tuple[int, int, int]:
    """One customer who wrote, and Ana; gives the conversation, the address and Ana."""
    await home.keep(said(1))
    [(conversation, address)] = await home.rows("SELECT id, address_id FROM conversations")
    ana = home.database.ids.next()
    async with home.database.writing() as connection:
        await connection.execute(
            agents.insert().values(id=ana, key="ana", name="Ana", role="admin", teams=[], created_at=NOON)
        )
    return conversation, address, ana


async def _owe(home: Home, key: str, *, by: int | None, lane: str = "telegram", kind: str = "message") -> int:
    """Owe what Ana said, or the house itself; gives the message."""
    [(conversation, address)] = await home.rows("SELECT id, address_id FROM conversations")
    message = home.database.ids.next()
    async with home.database.writing() as connection:
        await connection.execute(
            messages.insert().values(
                id=message,
                conversation_id=conversation,
                direction="out",
                channel="telegram",
                external_id=f"ours:{message}",
                address_id=address,
                agent_id=by,
                text=key,
                sent_at=NOON,
                received_at=NOON,
                status="queued",
                status_at=NOON,
            )
        )
        row = OwedRow(
            lane=lane, kind=kind, conversation_id=conversation, key=key, due_at=NOON, message_id=message
        )
        await queues.owe(connection, home.database.ids, [row], NOON)
    return message


async def _hold(home: Home) -> None:
    async with home.database.writing() as connection:
        await restored.hold(connection, HELD)


async def _states(home: Home) -> dict[str, tuple[Any, ...]]:
    rows = await home.rows("SELECT key, state, code, reason FROM deliveries ORDER BY id")
    return {row[0]: row[1:] for row in rows}


async def test_a_house_that_was_never_put_back_is_not_held(home: Home) -> None:
    async with home.database.reading() as connection:
        assert await restored.held(connection) is None
        assert await restored.restored_at(connection) is None


async def test_it_is_held_until_it_is_let_go_and_remembers_when_it_was_put_back(home: Home) -> None:
    await _hold(home)
    async with home.database.writing() as connection:
        assert await restored.held(connection) == HELD
        await restored.let_go(connection)
        assert await restored.held(connection) is None
        assert await restored.restored_at(connection) == BACK


async def test_what_was_owed_waits_and_says_why(home: Home) -> None:
    _, _, ana = await _conversation(home)
    await _owe(home, "one", by=ana)
    await _owe(home, "two", by=ana)
    await _hold(home)
    why = "owed when the backup of 2026-11-24 12:10Z was made; it may have been sent since (tidings resume)"
    assert await _states(home) == {"one": ("ready", "restored", why), "two": ("queued", "restored", why)}


@pytest.mark.parametrize("asking", [False, True], ids=["sending", "asking"])
async def test_what_was_being_sent_is_perhaps_sent_and_keeps_nobody_waiting(home: Home, asking: bool) -> None:
    _, _, ana = await _conversation(home)
    first = await _owe(home, "one", by=ana)
    await _owe(home, "two", by=ana)
    async with home.database.writing() as connection:
        [row] = await queues.claim(connection, "telegram", NOON, 1)
        if asking:
            await endings.end(connection, [Outcome(id=row.id, state=ASKING, due_at=NOON)], NOON)
    await _hold(home)
    states = await _states(home)
    assert states["one"][:2] == ("perhaps", "restored")
    assert "being sent when the backup" in states["one"][2]
    assert states["two"][0] == "ready"
    assert await home.rows(f"SELECT status FROM messages WHERE id = {first}") == [("perhaps",)]


async def test_an_edit_that_was_being_made_waits_for_it_is_the_same_when_made_twice(home: Home) -> None:
    _, _, ana = await _conversation(home)
    await _owe(home, "edit", by=ana, kind="edit")
    async with home.database.writing() as connection:
        await queues.claim(connection, "telegram", NOON, 1)
    await _hold(home)
    assert (await _states(home))["edit"][:2] == ("ready", "restored")


@pytest.mark.parametrize("lane", ["slack", "slack-cards"])
async def test_what_agents_are_to_see_is_not_held(home: Home, lane: str) -> None:
    _, _, ana = await _conversation(home)
    await _owe(home, "card", by=ana, lane=lane)
    await _hold(home)
    assert (await _states(home))["card"] == ("ready", "", "")


async def test_a_channel_whose_name_begins_like_slack_s_is_held(home: Home) -> None:
    _, _, ana = await _conversation(home)
    await _owe(home, "one", by=ana, lane="slackconnect")
    await _hold(home)
    assert (await _states(home))["one"][1] == "restored"


async def test_giving_up_spares_what_agents_wrote_since_and_nothing_else(home: Home) -> None:
    conversation, address, ana = await _conversation(home)
    before = await _owe(home, "before", by=ana)
    await _hold(home)
    by_itself = await _owe(home, "by itself", by=None)
    fell_due = await _owe(home, "fell due", by=ana)
    in_time = await _owe(home, "in time", by=ana)
    await _owe(home, "since", by=ana)
    async with home.database.writing() as connection:
        for message, at in ((fell_due, BACK - timedelta(hours=1)), (in_time, BACK + timedelta(hours=1))):
            values = {
                "id": home.database.ids.next(),
                "conversation_id": conversation,
                "address_id": address,
                "agent_id": ana,
                "text": "later",
                "at": at,
                "if_they_write": "send",
                "state": "sent",
                "made_at": NOON,
                "message_id": message,
            }
            await connection.execute(laters.insert().values(**values))
        assert await restored.doubtful(connection, HELD) == 3
        assert await restored.certain(connection, HELD) == 2
        assert await restored.give_up(connection, HELD, BACK) == 3
        assert await restored.doubtful(connection, HELD) == 0
    states = await _states(home)
    assert {key: one[0] for key, one in states.items()} == {
        "before": "dropped",
        "by itself": "dropped",
        "fell due": "dropped",
        "in time": "ready",
        "since": "queued",
    }
    assert "it may have been sent" in states["before"][2]
    told = await home.rows(f"SELECT status FROM messages WHERE id IN ({before}, {by_itself}, {fell_due})")
    assert {status for (status,) in told} == {"dropped"}


async def test_what_is_sent_in_the_end_forgets_why_it_waited(home: Home) -> None:
    _, _, ana = await _conversation(home)
    await _owe(home, "one", by=ana)
    await _hold(home)
    async with home.database.writing() as connection:
        await restored.let_go(connection)
        [row] = await queues.claim(connection, "telegram", BACK, 1)
        await endings.end(connection, [Outcome(id=row.id, state="sent", external_id="x")], BACK)
    assert (await _states(home))["one"] == ("sent", "", "")
