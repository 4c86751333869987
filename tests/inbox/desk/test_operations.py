"""What agents can do, and what the desk refuses with a sentence."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inbox.desk.errors import (
    CannotChange,
    DeskError,
    Ended,
    FileRefused,
    NothingToSend,
    NotThere,
    Stopped,
    TakenBy,
    TooLong,
    WindowOver,
)
from inbox.media import KeptFile
from tests.inbox.house import SPEC, House

PNG = KeptFile(name="a.png", content_type="image/png", size=500, path="aa/bb")


async def _one(house: House, sql: str) -> tuple[Any, ...]:
    [row] = await house.rows(sql)
    return row


async def test_the_first_answer_takes_what_nobody_has_and_ends_the_wait(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    await house.desk.reply(conversation, house.agents["ana"], text="hello", now=house.clock())
    row = await _one(
        house, "SELECT owner_id, waiting_since, unread, last_text, last_direction FROM conversations"
    )
    assert row == (house.agents["ana"], None, 0, "hello", "out")


async def test_the_same_gesture_twice_is_one_answer_and_one_note(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    first = await house.desk.reply(conversation, ana, text="hello", now=now, key="g1")
    assert await house.desk.reply(conversation, ana, text="hello", now=now, key="g1") == first
    note = await house.desk.note(conversation, ana, text="careful", now=now, key="g2")
    assert await house.desk.note(conversation, ana, text="careful", now=now, key="g2") == note
    assert await _one(house, "SELECT count(*) FROM messages WHERE direction <> 'in'") == (2,)
    assert await _one(house, "SELECT count(*) FROM deliveries") == (1,)


async def test_a_note_is_owed_to_no_channel(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    await house.desk.note(conversation, house.agents["ana"], text="call him", now=house.clock())
    assert await _one(house, "SELECT count(*) FROM deliveries") == (0,)


async def _refused(house: House, error: type[DeskError], **more: Any) -> str:
    conversation = await house.says("maria", 9, "hi")
    call = {"text": "hello", "now": house.clock(), **more}
    with pytest.raises(error) as raised:
        await house.desk.reply(conversation, house.agents["ana"], **call)
    assert await _one(house, "SELECT count(*) FROM messages WHERE direction = 'out'") == (0,)
    return str(raised.value)


EXE = KeptFile(name="a.exe", content_type="application/x-msdownload", size=5, path="x")
BIG = replace(PNG, size=2_000_000)
REFUSALS = [
    pytest.param(NothingToSend, {"text": "  \n "}, "nothing to send", id="only white space"),
    pytest.param(TooLong, {"text": "x" * 30_001}, "30001 characters", id="too long for anybody"),
    pytest.param(FileRefused, {"files": [BIG]}, "at most 1 MB (a.png)", id="a file too large"),
    pytest.param(
        FileRefused,
        {"files": [replace(PNG, content_type="video/mp4")]},
        "does not carry video/mp4",
        id="a file of a kind the channel does not carry",
    ),
]


@pytest.mark.parametrize(("error", "more", "words"), REFUSALS)
async def test_what_cannot_be_sent_is_refused_in_words_and_nothing_is_kept(
    house: House, error: type[DeskError], more: dict[str, Any], words: str
) -> None:
    assert words in await _refused(house, error, **more)


async def test_nothing_is_sent_to_who_said_stop(house: House) -> None:
    await house.says("maria", 1, "hi")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    assert "said stop" in await _refused(house, Stopped)


async def test_nothing_is_sent_once_the_window_is_over(house: House) -> None:
    house.paper.spec = replace(SPEC, window=timedelta(hours=24))
    conversation = await house.says("maria", 1, "hi")
    house.clock.forward(hours=25)
    with pytest.raises(WindowOver):
        await house.desk.reply(conversation, house.agents["ana"], text="late", now=house.clock())


async def test_a_resolved_conversation_is_answered_after_reopening(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana = house.agents["ana"]
    await house.desk.resolve(conversation, ana, reason="answered", now=house.clock())
    with pytest.raises(Ended):
        await house.desk.reply(conversation, ana, text="one more thing", now=house.clock())
    await house.desk.reopen(conversation, ana, now=house.clock())
    await house.desk.reply(conversation, ana, text="one more thing", now=house.clock())
    kinds = [kind for (kind,) in await house.rows("SELECT kind FROM happenings ORDER BY id")]
    assert kinds == ["opened", "resolved", "reopened"]


async def test_an_old_matter_is_not_reopened_beside_a_newer_one(house: House) -> None:
    old = await house.says("maria", 1, "hi")
    await house.desk.resolve(old, house.agents["ana"], now=house.clock())
    house.clock.forward(days=4)
    assert await house.says("maria", 2, "new matter") != old
    with pytest.raises(DeskError, match="newer conversation"):
        await house.desk.reopen(old, house.agents["ana"], now=house.clock())


async def test_of_two_who_take_at_once_one_wins_and_the_other_is_told_who(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    takes = [house.desk.take(conversation, house.agents[name], now=house.clock()) for name in ("ana", "rui")]
    results = await asyncio.gather(*takes, return_exceptions=True)
    losers = [one for one in results if isinstance(one, TakenBy)]
    assert len(losers) == 1
    assert losers[0].agent_name in ("Ana", "Rui")
    assert await _one(house, "SELECT count(*) FROM happenings WHERE kind = 'taken'") == (1,)


async def test_taking_over_is_possible_and_recorded(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    await house.desk.take(conversation, house.agents["ana"], now=house.clock())
    await house.desk.take(conversation, house.agents["rui"], now=house.clock(), over=True)
    assert await _one(house, "SELECT owner_id FROM conversations") == (house.agents["rui"],)


async def test_it_is_handed_over_to_a_colleague_or_a_team_with_the_reason(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana, rui = house.agents["ana"], house.agents["rui"]
    await house.desk.hand_over(conversation, ana, to_agent=rui, why="speaks Polish", now=house.clock())
    assert await _one(house, "SELECT owner_id FROM conversations") == (rui,)
    await house.desk.hand_over(conversation, rui, to_team="billing", now=house.clock())
    assert await _one(house, "SELECT owner_id, team FROM conversations") == (None, "billing")
    with pytest.raises(DeskError, match="to whom"):
        await house.desk.hand_over(conversation, rui, now=house.clock())


async def test_it_is_handed_to_no_team_that_is_not_there(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana = house.agents["ana"]
    await house.desk.take(conversation, ana, now=house.clock())
    with pytest.raises(DeskError, match=r"There is no team nights\. Choose another\."):
        await house.desk.hand_over(conversation, ana, to_team="nights", now=house.clock())
    assert await _one(house, "SELECT owner_id, team FROM conversations") == (ana, "support")


async def test_it_is_set_aside_only_until_a_time_to_come(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    with pytest.raises(DeskError, match="passed"):
        await house.desk.snooze(conversation, ana, until=now, now=now)
    await house.desk.snooze(conversation, ana, until=now + timedelta(hours=1), now=now)
    assert await _one(house, "SELECT state FROM conversations") == ("snoozed",)
    await house.desk.wake(conversation, ana, now=now)
    assert await _one(house, "SELECT state FROM conversations") == ("open",)


async def test_who_looks_reads_unless_a_colleague_has_it(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    await house.desk.take(conversation, house.agents["ana"], now=house.clock())
    await house.desk.read_up_to(conversation, house.agents["rui"], now=house.clock())
    assert await _one(house, "SELECT unread FROM conversations") == (1,)
    await house.desk.read_up_to(conversation, house.agents["ana"], now=house.clock())
    assert await _one(house, "SELECT unread FROM conversations") == (0,)


async def test_what_was_sent_in_parts_or_over_a_fixed_channel_is_not_changed(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    long = await house.desk.reply(conversation, ana, text="word " * 60, now=now)
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET state = 'sent', external_id = 'x' || id")
    with pytest.raises(CannotChange, match="Paper cannot change"):
        await house.desk.edit_reply(long, ana, text="other", now=now)
    house.paper.spec = replace(SPEC, deletes=False)
    with pytest.raises(CannotChange):
        await house.desk.delete_reply(long, ana, now=now)


async def test_what_is_not_there_is_said(house: House) -> None:
    with pytest.raises(NotThere):
        await house.desk.take(1, house.agents["ana"], now=house.clock())
    conversation = await house.says("maria", 1, "hi")
    with pytest.raises(NotThere, match="no such agent"):
        await house.desk.hand_over(conversation, house.agents["ana"], to_agent=7, now=house.clock())
    [(theirs,)] = await house.rows("SELECT id FROM messages")
    with pytest.raises(NotThere, match="not an answer of ours"):
        await house.desk.edit_reply(theirs, house.agents["ana"], text="no", now=house.clock())


async def test_slack_is_shown_what_is_done_in_the_browser_but_not_what_came_from_it(
    slack_house: House,
) -> None:
    house = slack_house
    conversation = await house.says("maria", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    await house.desk.reply(conversation, ana, text="from the browser", now=now)
    await house.desk.reply(conversation, ana, text="from Slack", now=now, origin="slack")
    await house.desk.resolve(conversation, ana, now=now)
    posts = await house.rows("SELECT kind FROM deliveries WHERE lane = 'slack' ORDER BY id")
    assert [kind for (kind,) in posts] == ["message", "happened", "reply", "happened"]
    cards = await _one(house, "SELECT count(*) FROM deliveries WHERE lane = 'slack-cards'")
    assert cards == (1,), "many changes before it is drawn are one refresh"


LONG = " ".join(f"word{n}" for n in range(40))  # three parts on paper


async def _in_parts(house: House, *states: str) -> int:
    """An answer in parts, each in a state."""
    conversation = await house.says("maria", 1, "hi")
    message = await house.desk.reply(conversation, house.agents["ana"], text=LONG, now=house.clock())
    async with house.database.writing() as connection:
        for part, state in enumerate(states):
            name = f"'sent:{part}'" if state == "sent" else "NULL"
            await connection.exec_driver_sql(
                f"UPDATE deliveries SET state = '{state}', external_id = {name} WHERE part = {part}"
            )
    return message


PARTS = [
    pytest.param(("queued", "queued", "queued"), True, 0, id="nothing left"),
    pytest.param(("failed", "queued", "queued"), True, 0, id="the first failed"),
    pytest.param(("sent", "ready", "queued"), False, 1, id="one part left"),
    pytest.param(("sent", "sent", "sent"), False, 3, id="all left"),
]


@pytest.mark.parametrize(("states", "never_left", "carried"), PARTS)
async def test_taking_back_an_answer_in_parts_keeps_back_what_has_not_left(
    house: House, states: tuple[str, ...], never_left: bool, carried: int
) -> None:
    message = await _in_parts(house, *states)
    for _ in range(2):
        assert await house.desk.delete_reply(message, house.agents["ana"], now=house.clock()) is never_left
    assert await _one(house, "SELECT count(*) FROM deliveries WHERE kind = 'delete'") == (carried,)
    waits = "SELECT count(*) FROM deliveries WHERE kind = 'message' AND state IN ('queued', 'ready')"
    assert await _one(house, waits) == (0,)


@pytest.mark.parametrize("state", ["sending", "asking", "perhaps"])
async def test_what_may_be_on_its_way_cannot_be_taken_back(house: House, state: str) -> None:
    message = await _in_parts(house, "sent", state, "queued")
    with pytest.raises(CannotChange):
        await house.desk.delete_reply(message, house.agents["ana"], now=house.clock())
    assert await _one(house, f"SELECT deleted_at FROM messages WHERE id = {message}") == (None,)


async def test_new_words_that_one_message_cannot_carry_are_refused(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    message = await house.desk.reply(conversation, ana, text="short", now=now, hold=timedelta(seconds=5))
    with pytest.raises(TooLong, match="Paper carries 100"):
        await house.desk.edit_reply(message, ana, text="x" * 101, now=now)
    assert await _one(house, "SELECT text FROM deliveries") == ("short",)
