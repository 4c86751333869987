"""Calls that were spoken and what other tools sent: kept beside what customers say, on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from bots.channel import Attachment
from storage import conversations, endings, messages, queues
from storage.batch import Ask
from storage.endings import Outcome
from storage.keep_sqlite import SqliteKeeper
from storage.statuses import SENT
from tests.storage.keeping import (
    NOON,
    RULES,
    WITH_SLACK,
    Home,
    at,
    called,
    echoed,
    owing,
    said,
    sent_answer,
)

LOG = "SELECT direction, nature, text, status FROM messages ORDER BY id"
STATE = "SELECT state, waiting_since, unread, last_direction, last_text FROM conversations ORDER BY id"
ECHO = ("out", "echo", "From elsewhere", "sent")


async def under_way(home: Home) -> tuple[int, int]:
    """An answer of ours whose call is being made: its message and its delivery."""
    [(conversation, address)] = await home.rows("SELECT id, address_id FROM conversations")
    message = home.database.ids.next()
    values: dict[str, Any] = {"id": message, "conversation_id": conversation, "direction": "out"}
    values |= {"channel": "telegram", "external_id": f"ours:{message}", "address_id": address}
    values |= {"sent_at": NOON, "received_at": NOON, "text": "Ours", "status": "sending"}
    async with home.database.writing() as connection:
        await messages.add(connection, values)
        row = owing(conversation, f"key {message}", message_id=message)
        await queues.owe(connection, home.database.ids, [row], NOON)
        [claimed] = await queues.claim(connection, "telegram", NOON, 1)
    return message, claimed.id


async def answered(home: Home, delivery: int, external_id: str, minutes: float = 1) -> None:
    """The provider's answer to the call is written."""
    async with home.database.writing() as connection:
        await endings.end(
            connection, [Outcome(id=delivery, state=SENT, external_id=external_id)], at(minutes)
        )


async def test_what_another_tool_sent_stands_in_the_conversation_and_who_waits_goes_on_waiting(
    home: Home,
) -> None:
    await home.keep(said(1, "Hello?"))
    kept = await home.keep(echoed("x:1"))
    assert [one.kind for one in kept.fresh] == ["message"]
    assert await home.rows(LOG) == [("in", "", "Hello?", ""), ECHO]
    [(state, waiting, unread, direction, text)] = await home.rows(STATE)
    assert (state, unread, direction, text) == ("open", 1, "out", "From elsewhere")
    assert waiting is not None


async def test_it_does_not_reopen_what_is_over(home: Home) -> None:
    await home.keep(said(1))
    [(key,)] = await home.rows("SELECT id FROM conversations")
    async with home.database.writing() as connection:
        await conversations.change(connection, key, state="resolved", resolved_at=NOON, waiting_since=None)
    kept = await home.keep(echoed("x:1"), called("c:1", who="telegram:42"))
    assert kept.begun == 0
    assert [row[:2] for row in await home.rows(STATE)] == [("resolved", None)]
    assert len(await home.rows(LOG)) == 3


async def test_whoever_was_never_heard_of_gets_a_conversation_that_is_over(home: Home) -> None:
    await home.keep(echoed("x:1"), called("c:1"))
    assert [row[:3] for row in await home.rows(STATE)] == [("resolved", None, 0)] * 2
    assert await home.rows("SELECT resolve_reason FROM conversations ORDER BY id") == [
        ("Sent with another tool.",),
        ("They were spoken with on the phone.",),
    ]
    kept = await home.keep(said(1, "Thanks, one more thing", minutes=30))
    assert kept.begun == 1, "their answer finds it above their words"
    assert await home.rows("SELECT count(*) FROM conversations") == [(2,)]


async def test_a_first_message_and_an_echo_in_one_batch_are_one_customers(home: Home) -> None:
    await home.keep(said(1), echoed("x:1"))
    assert await home.rows("SELECT count(*) FROM customers") == [(1,)]
    assert [row[0] for row in await home.rows(STATE)] == ["open"]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
async def test_the_same_echo_twice_is_one(home: Home, together: bool) -> None:
    if together:
        await home.keep(echoed("x:1"), echoed("x:1"))
    else:
        await home.keep(echoed("x:1"))
        assert not (await home.keep(echoed("x:1"))).fresh
    assert await home.rows(LOG) == [ECHO]


async def test_an_echo_of_what_we_sent_ourselves_is_not_kept(home: Home) -> None:
    await home.keep(said(1))
    await sent_answer(home, "9:1")
    await home.keep(echoed("9:1"))
    assert [row[1] for row in await home.rows(LOG)] == ["", ""]


async def test_an_echo_that_overtakes_the_answer_to_our_call_goes_when_that_is_written(home: Home) -> None:
    await home.keep(said(1), rules=WITH_SLACK)
    message, delivery = await under_way(home)
    photo = Attachment(kind="image", ref="photo")
    await home.keep(echoed("9:1", "Ours", attachments=(photo,)), rules=WITH_SLACK)
    slack = "SELECT state, due_at FROM deliveries WHERE lane = 'slack' AND key LIKE 'aside:%'"
    [(_, due)] = await home.rows(slack)
    [(kept_at,)] = await home.rows("SELECT received_at FROM messages WHERE nature = 'echo'")
    assert due - kept_at == 20_000_000, "Slack is told a little later: it may be our own"
    await answered(home, delivery, "9:1")
    assert await home.rows("SELECT id FROM messages WHERE direction = 'out'") == [(message,)]
    assert await home.rows(slack) == []
    assert await home.rows("SELECT count(*) FROM attachments") == [(0,)]
    assert await home.rows("SELECT count(*) FROM early_receipts") == [(0,)]
    await home.keep(echoed("9:1", "Ours"), rules=WITH_SLACK)
    assert len(await home.rows(LOG)) == 2


async def test_an_echo_that_is_being_posted_is_taken_back_and_stays_a_row(home: Home) -> None:
    await home.keep(said(1))
    _, delivery = await under_way(home)
    await home.keep(echoed("9:1", "Ours"), rules=WITH_SLACK)
    async with home.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET state = 'sending' WHERE lane = 'slack'")
    await answered(home, delivery, "9:1")
    [(deleted,)] = await home.rows("SELECT deleted_at FROM messages WHERE nature = 'echo'")
    assert deleted is not None


async def test_an_echo_beside_a_call_of_ours_with_another_name_stays(home: Home) -> None:
    await home.keep(said(1))
    _, delivery = await under_way(home)
    await home.keep(echoed("x:1"))
    await answered(home, delivery, "9:1")
    assert [row[1] for row in await home.rows(LOG)] == ["", "", "echo"]


async def test_files_of_an_echo_are_fetched_and_its_text_may_be_any(home: Home) -> None:
    kept = await home.keep(echoed("x:1", "a\x00b", attachments=(Attachment(kind="image", ref="photo"),)))
    assert kept.files == 1
    assert await home.rows("SELECT text FROM messages") == [("a\ufffdb",)]


async def test_a_call_is_a_line_that_waits_for_nobody(home: Home) -> None:
    await home.keep(said(1, who="tel:+351911111111", channel="sms"))
    [(_, before, *_)] = await home.rows(STATE)
    kept = await home.keep(called("c:1"), called("c:2", direction="out"))
    assert len(kept.fresh) == 2
    assert [row[:2] for row in await home.rows(LOG)] == [("in", ""), ("in", "call"), ("out", "call")]
    [(_, after, unread, *_)] = await home.rows(STATE)
    assert (after, unread) == (before, 1)
    assert await home.rows("SELECT channel FROM addresses") == [("sms",)]


PHONE = replace(RULES, speechless={"phone": "sms"})
ALONE = replace(RULES, speechless={"phone": ""})
MISSED = [
    pytest.param("sms", PHONE, "sms", id="who wrote by SMS is answered there"),
    pytest.param("rcs", PHONE, "rcs", id="who wrote over another channel is answered there"),
    pytest.param("", PHONE, "sms", id="who never wrote is answered over the channel that stands in"),
    pytest.param("", ALONE, "phone", id="nobody can be answered where nothing stands in"),
]


@pytest.mark.parametrize(("wrote", "rules", "over"), MISSED)
async def test_a_missed_call_is_answered_over_a_channel_that_writes(
    home: Home, wrote: str, rules: Any, over: str
) -> None:
    number = "tel:+351911111111"
    if wrote:
        await home.keep(said(1, who=number, channel=wrote), rules=rules)
    await home.keep(said(2, "Missed call", who=number, channel="phone", minutes=2), rules=rules)
    assert await home.rows("SELECT channel FROM conversations") == [(over,)]
    assert await home.rows("SELECT channel FROM addresses") == [(over,)]
    assert (await home.rows("SELECT channel FROM messages ORDER BY id"))[-1] == ("phone",)


async def test_slack_is_told_of_an_echo_at_once_where_nothing_of_ours_is_under_way(home: Home) -> None:
    await home.keep(said(1))
    await sent_answer(home, "9:1")
    await home.keep(echoed("x:1"), rules=WITH_SLACK)
    [(due, received)] = await home.rows(
        "SELECT d.due_at, m.received_at FROM deliveries d JOIN messages m ON m.id = d.message_id "
        "WHERE d.lane = 'slack'"
    )
    assert due == received


async def test_an_ordinary_message_asks_no_more_than_it_did(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(home.keeper, SqliteKeeper):
        pytest.skip("the plan is one for both: it is listened to where it is answered at once")
    asked: list[str] = []
    answer = SqliteKeeper._answer

    def listening(keeper: SqliteKeeper, ask: Ask) -> list[Any]:
        asked.append(ask.name)
        return answer(keeper, ask)

    await home.keep(said(1))
    monkeypatch.setattr(SqliteKeeper, "_answer", listening)
    await home.keep(said(2, minutes=1))
    assert asked == [
        "known_messages",
        "known_addresses",
        "early_changes",
        "wait_on",
        "keep_messages",
        "freshen_addresses",
    ]
