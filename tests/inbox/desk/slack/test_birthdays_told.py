"""A birthday that nobody greets is told to who talks with the customer, in thread and card, once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.inbox.desk.slack.bureau import Bureau, bureau
from tests.inbox.desk.slack.touching import customer, planned, rules


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, rules=rules()) as made:
        yield made


async def born_today(desk: Bureau, **more: Any) -> tuple[int, int]:
    today = desk.now()
    return await customer(desk, birth_month=today.month, birth_day=today.day, **more)


async def late(desk: Bureau) -> None:
    """Let it be noon, whatever the hour the test runs at."""
    now = desk.now()
    await desk.forward((12 - now.hour) % 24 * 3600)


HELD = "Maria’s birthday is today. The touch is held: a complaint is open."


async def test_a_birthday_held_by_a_complaint_is_told_once_in_the_thread_and_on_the_card(
    desk: Bureau,
) -> None:
    await late(desk)
    who = await born_today(desk)
    await planned(desk, who, desk.now(), state="held", reason="open_complaint")
    card = await desk.opened("this is broken")
    await desk.until(lambda: any(HELD in post.text for post in desk.thread()))
    await desk.until(lambda: "Birthday today: The touch is held: a complaint is open" in card.text)
    for _ in range(3):
        await desk.face.touched.turn()
    assert len([post for post in desk.thread() if HELD in post.text]) == 1
    assert await desk.house.rows("SELECT count(*) FROM happenings WHERE kind = 'birthday'") == [(1,)]
    assert desk.slack.mistakes == []


async def test_the_owner_is_called_and_else_who_looks_after_the_customer(desk: Bureau) -> None:
    await late(desk)
    who = await born_today(desk, account_manager="ana")
    await planned(desk, who, desk.now(), state="suppressed", reason="no_consent")
    await desk.opened("hello")
    await desk.until(lambda: any("birthday is today" in post.text for post in desk.thread()))
    [post] = [post for post in desk.thread() if "birthday is today" in post.text]
    assert "The touch is not sent: the customer was not asked, or did not allow it." in post.text
    assert desk.ana.id in str(post.blocks)


QUIET = [
    pytest.param({"state": "planned"}, id="it goes"),
    pytest.param({"state": "suppressed", "reason": "suppressed_deceased"}, id="nobody should say it"),
    pytest.param({"state": "control", "reason": "control"}, id="left out to compare"),
]


@pytest.mark.parametrize("given", QUIET)
async def test_where_nobody_has_to_say_it_no_line_is_written(desk: Bureau, given: dict[str, Any]) -> None:
    await late(desk)
    await planned(desk, await born_today(desk), desk.now(), **given)
    await desk.opened("hello")
    await desk.face.touched.turn()
    assert await desk.house.rows("SELECT count(*) FROM happenings WHERE kind = 'birthday'") == [(0,)]


async def test_a_card_says_birthday_today_though_nothing_is_planned(desk: Bureau) -> None:
    await late(desk)
    await born_today(desk)
    card = await desk.opened("hello")
    assert "Birthday today: no touch is planned" in card.text


async def test_without_a_conversation_there_is_nothing_to_write_in(desk: Bureau) -> None:
    await late(desk)
    await planned(desk, await born_today(desk), desk.now(), state="held", reason="open_complaint")
    await desk.face.touched.turn()
    assert not [post for post in desk.posts if "birthday" in post.text]
