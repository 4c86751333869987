"""An agent is asked before a touch leaves: approve, hold, edit, not this time; once, and in one place."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inbox.touches.deciding import decide
from inbox.touches.stopping import expire
from storage import agents
from tests.inbox.desk.slack.bureau import Bureau, bureau
from tests.inbox.desk.slack.touching import customer, planned, rules
from tests.inbox.touches.world import BIRTHDAY
from tests.providers.slack import Fault, Message

ASKING = replace(BIRTHDAY, approve=True)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, rules=rules(ASKING)) as made:
        yield made


async def asked(desk: Bureau, place: str = "", **more: Any) -> tuple[Message, int]:
    """A birthday touch for Maria waits for somebody's word; returns the post and the touch."""
    who = await customer(desk, tier="gold", birth_month=11, birth_day=24, **more)
    touch = await planned(desk, who, desk.now() + timedelta(hours=2), approval="asked")
    desk.ring()
    where = place or desk.team
    await desk.until(lambda: desk.slack.posts(where))
    return desk.slack.posts(where)[0], touch


async def row_of(desk: Bureau, touch: int) -> tuple[Any, ...]:
    [row] = await desk.house.rows(f"SELECT state, approval, reason, text FROM touches WHERE id = {touch}")
    return row


async def test_the_question_says_whom_what_when_and_how(desk: Bureau) -> None:
    post, _ = await asked(desk)
    for said in (
        "Approve this touch?",
        "Birthday touch to Maria (gold)",
        "10:00",
        "Lisbon",
        "Our time",
        "Channel: Paper",
        "At the latest",
        "Happy birthday",
        "characters",
        "[Approve] [Hold] [Edit] [Not this time]",
    ):
        assert said in post.text, said
    assert "Happy birthday" in str(post.blocks)
    assert post.thread_ts is None
    assert desk.slack.mistakes == []


async def test_who_looks_after_the_customer_is_asked_and_nobody_else(desk: Bureau) -> None:
    who = await customer(desk, account_manager="rui")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(f"UPDATE agents SET slack_id = '{desk.rui.id}' WHERE key = 'rui'")
    await planned(desk, who, desk.now() + timedelta(hours=2), approval="asked")
    desk.ring()
    await desk.until(lambda: any(c.direct and c.messages for c in desk.slack.space.channels.values()))
    assert desk.posts == []


async def test_it_is_asked_once(desk: Bureau) -> None:
    await asked(desk)
    for _ in range(3):
        await desk.face.touched.turn()
    assert len(desk.posts) == 1


async def test_approved_is_said_in_place_with_who_and_when(desk: Bureau) -> None:
    post, touch = await asked(desk)
    await desk.ana.clicks(post, "touch_approve")
    await desk.until(lambda: "Approved by Ana" in post.text)
    assert (await row_of(desk, touch))[:2] == ("planned", "given")
    assert not any(block["type"] == "actions" for block in post.blocks)
    assert len(desk.posts) == 1


async def test_a_second_click_says_who_decided_and_changes_nothing(desk: Bureau) -> None:
    post, touch = await asked(desk)
    before = list(post.blocks)
    await asyncio.gather(desk.ana.clicks(post, "touch_approve"), desk.ana.clicks(post, "touch_approve"))
    await desk.until(lambda: "Approved by Ana" in post.text)
    post.blocks = before  # what Rui still sees
    await desk.rui.clicks(post, "touch_refuse")
    await desk.rui.sees("Approved by Ana at")
    assert (await row_of(desk, touch))[:2] == ("planned", "given")
    steps = await desk.house.rows("SELECT count(*) FROM touch_log")
    assert steps == [(1,)]


async def test_not_this_time_ends_it(desk: Bureau) -> None:
    post, touch = await asked(desk)
    await desk.ana.clicks(post, "touch_refuse")
    await desk.until(lambda: "Decided against by Ana" in post.text)
    assert (await row_of(desk, touch))[:3] == ("cancelled", "refused", "approval_refused")
    assert "Not sent: an agent decided against it" in post.text
    await desk.until_row("SELECT count(*) FROM slack_touches WHERE ended_at IS NOT NULL")


async def test_held_can_still_be_approved(desk: Bureau) -> None:
    post, touch = await asked(desk)
    await desk.ana.clicks(post, "touch_hold")
    await desk.until(lambda: "Held by Ana" in post.text)
    assert (await row_of(desk, touch))[:2] == ("held", "held")
    await desk.ana.clicks(post, "touch_approve")
    await desk.until(lambda: "Approved by Ana" in post.text)
    assert (await row_of(desk, touch))[:2] == ("planned", "given")


@pytest.mark.parametrize(
    ("hours", "looked_at", "leaves"),
    [(2, 2, 2), (2, 20, 2), (-1, 20, 0)],
    ids=["long before its hour", "looked at much later", "its hour is over"],
)
async def test_what_was_held_leaves_at_its_own_hour_or_at_once_where_that_is_over(
    desk: Bureau, hours: int, looked_at: int, leaves: int
) -> None:
    now = desk.now()
    who, own = await customer(desk), (now + timedelta(hours=hours)).replace(second=0, microsecond=0)
    there = own.astimezone(ZoneInfo("Europe/Lisbon"))
    touch = await planned(
        desk, who, now + timedelta(hours=looked_at), state="held", reason="taken_by_agent", approval="held",
        day=there.date().isoformat(), clock=f"{there:%H:%M}",
    )  # fmt: skip
    async with desk.house.database.reading() as connection:
        ana = await agents.by_key(connection, "ana")
    assert ana is not None
    decided = await decide(desk.house.desk.ground, touch, ana, "approve", now)
    assert decided.row is not None
    assert decided.row.due_at == (own if leaves else now)


async def test_the_words_can_be_edited_and_are_what_is_asked_about(desk: Bureau) -> None:
    post, touch = await asked(desk)
    await desk.ana.clicks(post, "touch_edit")
    view = await desk.ana.sees_view("tidings_touch_edit")
    [field] = [block for block in view.body["blocks"] if block["type"] == "input"]
    assert "Happy birthday" in field["element"]["initial_value"]
    assert field["element"]["max_length"] == 1_600
    await desk.ana.submits(view, {"text": "Maria, all the best & <3 from us."})
    await desk.until(lambda: "all the best" in post.text)
    assert "The words were edited." in post.text
    assert (await row_of(desk, touch))[1:] == ("asked", "", "Maria, all the best & <3 from us.")
    await desk.ana.clicks(post, "touch_approve")
    await desk.until(lambda: "Approved by Ana" in post.text)
    assert (await row_of(desk, touch))[3] == "Maria, all the best & <3 from us."
    assert desk.slack.mistakes == []


async def test_no_words_at_all_are_refused_under_their_field(desk: Bureau) -> None:
    post, touch = await asked(desk)
    await desk.ana.clicks(post, "touch_edit")
    view = await desk.ana.sees_view("tidings_touch_edit")
    handed = await desk.ana.submits(view, {"text": "   "})
    assert handed.body == {
        "response_action": "errors",
        "errors": {"text": "Write what the customer is to read."},
    }
    assert (await row_of(desk, touch))[3] == ""


async def test_unanswered_it_is_not_sent_and_the_post_says_why(desk: Bureau) -> None:
    post, touch = await asked(desk)
    await desk.forward(13 * 3600)
    await expire(desk.house.database, desk.now())
    assert (await row_of(desk, touch))[:3] == ("expired", "asked", "not_approved")
    desk.ring()
    await desk.until(lambda: "no agent approved it before its time was over" in post.text)
    assert not any(block["type"] == "actions" for block in post.blocks)


async def test_what_the_browser_decided_is_said_here(desk: Bureau) -> None:
    post, touch = await asked(desk)
    async with desk.house.database.reading() as connection:
        rui = await agents.by_key(connection, "rui")
    assert rui is not None
    assert (await decide(desk.house.desk.ground, touch, rui, "approve", desk.now())).done
    desk.ring()
    await desk.until(lambda: "Approved by Rui" in post.text)


async def test_a_stranger_decides_nothing(desk: Bureau) -> None:
    post, touch = await asked(desk)
    guest = desk.slack.add_person("Guest", email="guest@x.example")
    await guest.clicks(post, "touch_approve")
    await guest.sees("not among the agents")
    assert (await row_of(desk, touch))[1] == "asked"


async def test_a_lost_answer_is_asked_again_after_a_minute_and_not_before(desk: Bureau) -> None:
    desk.slack.fault("chat.postMessage", Fault(kind="cut", accepted=True))
    await asked(desk)
    await desk.face.touched.turn()
    assert len(desk.posts) == 1
    await desk.forward(61)
    await desk.until(lambda: len(desk.posts) == 2)
    await desk.ana.clicks(desk.posts[1], "touch_approve")
    await desk.until(lambda: "Approved by Ana" in desk.posts[1].text)
