"""Touches in Slack: above the words that answer them, on the card, in the menu; no thread of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.desk.slack.bureau import Bureau, bureau
from tests.inbox.desk.slack.touching import customer, rules, touched


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, rules=rules()) as made:
        yield made


async def test_a_touch_posts_nothing_and_stands_above_the_words_that_answer_it(desk: Bureau) -> None:
    await touched(desk, await customer(desk), text="Happy birthday, Maria!")
    desk.ring()
    assert desk.posts == []
    card = await desk.opened("that is kind! do you open on Sunday?")
    [post] = desk.thread()
    said = str(post.blocks)
    assert said.index("birthday touch") < said.index("Happy birthday, Maria!") < said.index("Sunday")
    assert "answers our birthday touch of" in post.text
    assert "“Happy birthday, Maria!”" in post.text
    assert "(sent)" in post.text
    assert "Answers: our birthday touch of" in card.text
    assert await desk.house.rows("SELECT state, owner_id FROM conversations") == [("open", None)]
    assert desk.slack.mistakes == []


async def test_only_the_first_words_stand_under_the_touch(desk: Bureau) -> None:
    await touched(desk, await customer(desk))
    await desk.opened("hello!")
    await desk.says("and another thing", 2)
    await desk.until(lambda: len(desk.thread()) == 2)
    assert "answers our" not in desk.thread()[1].text


async def test_a_follow_up_is_called_by_its_name(desk: Bureau) -> None:
    await touched(desk, await customer(desk), kind="after_delivery", text="How was it?")
    card = await desk.opened("the bowl is broken")
    assert "touch “After a delivery”" in desk.thread()[0].text
    assert "touch “After a delivery”" in card.text


async def test_thanks_post_nothing_and_a_question_after_them_does(desk: Bureau) -> None:
    await touched(desk, await customer(desk))
    await desk.says("Thank you so much! 🎉")
    assert await desk.house.rows("SELECT state FROM conversations") == [("resolved",)]
    assert await desk.house.rows("SELECT count(*) FROM deliveries") == [(0,)]
    await desk.says("do you open on Sunday?", 2)
    await desk.until(lambda: desk.cards and desk.thread())
    assert "Answers: our birthday touch of" in desk.cards[0].text
    assert desk.slack.mistakes == []


async def test_the_menu_says_that_a_complaint_is_open_and_settled_and_holds_touches(desk: Bureau) -> None:
    card = await desk.opened("this is broken")
    await _more(desk, "complaint")
    await desk.until(lambda: "Complaint: open since" in card.text)
    await desk.until(lambda: any("says that a complaint is open" in post.text for post in desk.thread()))
    assert await desk.house.rows("SELECT kind, ended_at FROM holds") == [("complaint", None)]
    await _more(desk, "hold_touches")
    await desk.until(lambda: "Touches: held by Ana" in card.text)
    await _more(desk, "complaint_over")
    await _more(desk, "release_touches")
    await desk.until(lambda: "Touches: held" not in card.text and "Complaint:" not in card.text)
    rows = await desk.house.rows("SELECT kind, ended_at IS NOT NULL FROM holds ORDER BY id")
    assert rows == [("complaint", 1), ("agent", 1)]
    assert desk.slack.mistakes == []


async def test_holding_twice_holds_once_and_says_so_once(desk: Bureau) -> None:
    await desk.opened("this is broken")
    await _more(desk, "hold_touches")
    await desk.until_row("SELECT count(*) FROM holds")
    conversation = (await desk.house.rows("SELECT id FROM conversations"))[0][0]
    again = await desk.house.desk.hold_touches(
        conversation, desk.house.agents["ana"], held=True, now=desk.now()
    )
    assert not again
    assert await desk.house.rows("SELECT count(*) FROM happenings WHERE kind = 'touches_held'") == [(1,)]


async def _more(desk: Bureau, deed: str) -> None:
    sql = "SELECT count(*) FROM holds WHERE ended_at IS NULL"
    before = (await desk.house.rows(sql))[0][0]
    await desk.ana.clicks(desk.cards[0], "more", "More…")
    await desk.until(lambda: deed in str(desk.ana.view and desk.ana.view.body))
    view = await desk.ana.sees_view("tidings_menu")
    await desk.ana.submits(view, {"what": deed})
    change = 1 if deed in ("complaint", "hold_touches") else -1
    await desk.until_row(sql, is_=before + change)
