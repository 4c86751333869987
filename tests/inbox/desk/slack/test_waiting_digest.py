"""The post in which a team reads who waits too long: one, edited in place, nobody mentioned."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from inbox.desk.slack import waiting_post
from inbox.desk.slack.waiting_digest import WaitingDigest
from inbox.desk.slack.waiting_post import Late
from tests.inbox.desk.slack.bureau import Bureau, begin, bureau, face
from tests.providers.slack import Fault, Message


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bureau]:
    """A bureau whose own digest never turns: the test does it."""
    async with bureau(tmp_path, start=False) as made:
        made.face.waiting.turn = asleep  # type: ignore[method-assign]
        await begin(made)
        yield made


async def asleep() -> float:
    return 3_600.0


def digests(desk: Bureau, where: str = "") -> list[Message]:
    posts = desk.slack.posts(where or desk.team)
    return [post for post in posts if post.thread_ts is None and "too long" in post.text]


async def late(desk: Bureau, who: str, seconds: float = 60) -> int:
    """Somebody waits whose answer was due so long ago."""
    before = len(desk.slack.posts(desk.team))
    conversation = await desk.says("hello?", who=who)
    await desk.until(lambda: len(desk.slack.posts(desk.team)) >= before + 2)
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO routed (conversation_id, decided_at, reply_due_at) VALUES (?, 0, ?)",
            (conversation, int((desk.now().timestamp() - seconds) * 1_000_000)),
        )
    return conversation


async def answered(desk: Bureau, conversation: int) -> None:
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(
            "UPDATE conversations SET waiting_since = NULL WHERE id = ?", (conversation,)
        )


async def test_one_post_is_edited_while_anybody_waits_too_long_and_then_says_that_nobody_does(
    desk: Bureau,
) -> None:
    digest = WaitingDigest(desk.face.workspace)
    await digest.turn()
    assert digests(desk) == []
    maria = await late(desk, "maria")
    await digest.turn()
    [post] = digests(desk)
    assert "Support: 1 customer waits too long." in post.text
    assert "Maria" in post.text
    assert "answer was due <!date^" in post.text
    assert "nobody has it" in post.text
    assert f"/archives/{desk.team}/p" in post.text
    joana = await late(desk, "joana", 600)
    await digest.turn()
    assert len(digests(desk)) == 1
    assert "2 customers wait too long." in post.text
    assert post.text.index("Joana") < post.text.index("Maria")
    edits = len(post.edits)
    await desk.forward(60)
    await digest.turn()
    assert len(post.edits) == edits
    await answered(desk, maria)
    await answered(desk, joana)
    await digest.turn()
    assert post.text == "Support: nobody waits too long."
    assert len(digests(desk)) == 1
    assert desk.slack.mistakes == []


async def test_nobody_is_mentioned_and_names_are_no_markup(desk: Bureau) -> None:
    await late(desk, "<!here>*bob*")
    await WaitingDigest(desk.face.workspace).turn()
    [post] = digests(desk)
    for text in (post.text, str(post.blocks)):
        assert "<!here" not in text
        assert "<@" not in text
        assert "@channel" not in text
        assert "*bob*" not in text.lower().replace("*here bob*", "")


@pytest.mark.parametrize(("hours", "posts"), [(0.5, 1), (2, 2)], ids=["soon again", "long after"])
async def test_another_post_is_made_only_when_the_first_has_long_been_calm(
    desk: Bureau, hours: float, posts: int
) -> None:
    digest = WaitingDigest(desk.face.workspace)
    maria = await late(desk, "maria")
    await digest.turn()
    await answered(desk, maria)
    await digest.turn()
    await desk.forward(hours * 3_600)
    await late(desk, "joana")
    await digest.turn()
    assert len(digests(desk)) == posts
    assert "Joana" in digests(desk)[-1].text


async def test_a_post_whose_answer_was_lost_is_found_again_and_not_doubled(desk: Bureau) -> None:
    await late(desk, "maria")
    desk.slack.faults.add("chat.postMessage", Fault.cut_after_accepting())
    digest = WaitingDigest(desk.face.workspace)
    await digest.turn()
    await digest.turn()
    assert len(digests(desk)) == 1
    rows = await desk.house.rows("SELECT ts FROM slack_digests")
    assert rows == [(digests(desk)[0].ts,)]


async def test_a_post_that_never_came_is_posted_again(desk: Bureau) -> None:
    await late(desk, "maria")
    desk.slack.faults.add("chat.postMessage", Fault.cut_before_accepting())
    digest = WaitingDigest(desk.face.workspace)
    await digest.turn()
    assert digests(desk) == []
    await digest.turn()
    assert len(digests(desk)) == 1


async def test_a_post_that_somebody_deleted_is_followed_by_another(desk: Bureau) -> None:
    digest = WaitingDigest(desk.face.workspace)
    await late(desk, "maria")
    await digest.turn()
    await desk.ana.deletes(digests(desk)[0])
    await late(desk, "joana")
    await digest.turn()
    await digest.turn()
    [post] = digests(desk)
    assert "Joana" in post.text


async def test_when_the_teams_slack_channel_is_shut_it_stands_in_the_fallback(desk: Bureau) -> None:
    digest = WaitingDigest(desk.face.workspace)
    await late(desk, "maria")
    await digest.turn()
    desk.face.workspace.closed[desk.team] = "is_archived"
    await digest.turn()
    assert "Maria" in digests(desk, desk.fallback)[0].text


async def test_it_says_that_slack_is_behind(desk: Bureau) -> None:
    digest = WaitingDigest(desk.face.workspace)
    conversation = await late(desk, "maria")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO deliveries (id, lane, kind, conversation_id, key, state, owed_at, due_at) "
            "VALUES (1, 'slack', 'happened', ?, 'k', 'ready', 0, ?)",
            (conversation, int((desk.now().timestamp() - 90) * 1_000_000)),
        )
    behind = await digest._behind()
    assert behind in (timedelta(minutes=1), timedelta(0))  # the lane may have taken it meanwhile
    said = waiting_post.made(
        Late(team="Support", rows=(), total=3, links={}, labels={}, behind=timedelta(minutes=1))
    )
    assert "Posts in Slack are more than 1 min behind." in said.text
    calm = waiting_post.made(Late(team="Support", rows=(), total=3, links={}, labels={}))
    assert "behind" not in calm.text


async def test_a_new_process_goes_on_with_the_same_post(desk: Bureau) -> None:
    await late(desk, "maria")
    await WaitingDigest(desk.face.workspace).turn()
    again = face(desk)
    await again.workspace.calls.open()
    await late(desk, "joana")
    await WaitingDigest(again.workspace).turn()
    await again.workspace.calls.close()
    [post] = digests(desk)
    assert "2 customers wait" in post.text
