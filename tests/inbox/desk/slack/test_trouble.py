"""When Slack is slow, deaf, down or shut: nothing lost, nothing twice, everything in order."""

from pathlib import Path
from typing import Any

import pytest

from inbox.desk.slack import putting
from inbox.desk.slack.calls import TOKEN_GONE
from storage.statuses import SENDING
from tests.inbox.desk.slack.bureau import Bureau, begin, bureau, face, start, stop
from tests.providers.slack import Fault


def shown(desk: Bureau, words: str) -> int:
    return sum(words in post.text for post in desk.posts if post.thread_ts)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.cut_after_accepting(),
        Fault.answers(500, accepted=True),
        Fault.refuses("fatal_error", accepted=True),
        Fault(kind="html", accepted=True),
        Fault(kind="half", accepted=True),
    ],
    ids=["cut", "500", "fatal_error", "html", "half a body"],
)
async def test_a_post_whose_answer_was_lost_stays_one_post(desk: Bureau, fault: Fault) -> None:
    await desk.opened("first")
    desk.slack.fault("chat.postMessage", fault)
    await desk.says("second", 2)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'slack' AND state = 'asking'")
    await desk.says("third", 3)
    await desk.forward(3)
    await desk.until(lambda: shown(desk, "third"))
    assert (shown(desk, "first"), shown(desk, "second"), shown(desk, "third")) == (1, 1, 1)
    ts = next(post.ts for post in desk.posts if post.thread_ts and "second" in post.text)
    rows = await desk.house.rows(
        "SELECT p.ts FROM slack_posts p JOIN messages m ON m.id = p.message_id WHERE m.text = 'second'"
    )
    assert rows == [(ts,)]


async def test_a_post_that_was_cut_off_before_is_posted_on_the_second_try(desk: Bureau) -> None:
    await desk.opened("first")
    desk.slack.fault("chat.postMessage", Fault.cut_before_accepting())
    await desk.says("second", 2)
    for code, seconds in (("look:1", 3), ("look:2", 9)):
        await desk.until_row(
            "SELECT code FROM deliveries WHERE lane = 'slack' AND state = 'asking'", is_=code
        )
        await desk.forward(seconds)
    await desk.until(lambda: shown(desk, "second"))
    assert shown(desk, "second") == 1


async def test_a_card_whose_answer_was_lost_stays_one_card(desk: Bureau) -> None:
    desk.slack.fault("chat.postMessage", Fault.cut_after_accepting())
    await desk.says("first")
    for code in ("look:1", "look:2"):
        await desk.until_row(
            "SELECT code FROM deliveries WHERE lane = 'slack' AND state = 'asking'", is_=code
        )
        await desk.forward(10)
    await desk.until(lambda: shown(desk, "first"))
    assert len(desk.cards) == 1
    assert shown(desk, "first") == 1


async def test_where_nobody_can_look_it_is_posted_once_more_and_says_so(desk: Bureau) -> None:
    await desk.opened("first")
    desk.slack.fault("chat.postMessage", Fault.cut_before_accepting(times=2))
    desk.slack.fault("conversations.replies", Fault.refuses("missing_scope", times=99))
    await desk.says("second", 2)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'slack' AND state = 'asking'")
    await desk.forward(3)
    await desk.until_row("SELECT code FROM deliveries WHERE lane = 'slack' AND state = 'asking'", is_="blind")
    tries = len(desk.slack.called("chat.postMessage"))
    await desk.forward(61)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'slack' AND state = 'perhaps'")
    repeat = desk.slack.called("chat.postMessage")[tries:]
    assert len(repeat) == 1
    assert "shown twice?" in repeat[0].arguments["text"]
    await desk.forward(600)
    await desk.says("third", 3)
    await desk.until(lambda: shown(desk, "third"))
    assert len(desk.slack.called("chat.postMessage")) == tries + 2


async def test_429_silences_one_slack_channel_for_posts_and_nothing_else(desk: Bureau) -> None:
    card = await desk.opened("first")
    desk.slack.fault("chat.postMessage", Fault.throttled(7))
    await desk.says("second", 2)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE reason LIKE '%wait%'")
    calls = len(desk.slack.called("chat.postMessage"))
    await desk.says("third", 3)
    await desk.ana.clicks(card, "take")
    await desk.until(lambda: "Ana has it" in card.text)
    assert len(desk.slack.called("chat.postMessage")) == calls
    await desk.forward(9)
    await desk.until(lambda: shown(desk, "third"))
    assert shown(desk, "second") == 1


async def test_429_on_a_card_delays_no_post(desk: Bureau) -> None:
    await desk.opened("first")
    desk.slack.fault("chat.update", Fault.throttled(30))
    await desk.house.desk.take(
        (await desk.house.rows("SELECT id FROM conversations"))[0][0],
        desk.house.agents["ana"],
        now=desk.now(),
    )
    await desk.until(lambda: desk.slack.called("chat.update"))
    await desk.says("second", 2)
    await desk.until(lambda: shown(desk, "second"))
    await desk.forward(40)
    await desk.until(lambda: "Ana has it" in desk.cards[0].text)


async def test_what_waited_is_one_post_in_order_with_each_time(desk: Bureau) -> None:
    await desk.opened("first")
    desk.slack.fault("chat.postMessage", Fault.throttled(5))
    for number, words in enumerate(("two", "three", "four", "five"), start=2):
        await desk.says(words, number)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE reason LIKE '%wait%'")
    await desk.forward(7)
    await desk.until(lambda: shown(desk, "five"))
    together = desk.thread()[-1]
    assert [together.text.count(words) for words in ("two", "three", "four", "five")] == [1, 1, 1, 1]
    assert together.text.index("two") < together.text.index("three") < together.text.index("five")
    assert together.text.count("<!date^") == 4


async def test_a_post_that_stumbles_keeps_nobody_who_went_along(
    desk: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong in the hand, the rows that were claimed for one post are looked up and go on."""
    await desk.opened("first")
    put, stumbles = putting.put, [RuntimeError("stumbled")]

    async def putting_badly(*post: Any) -> str:
        if stumbles and post[2].also:
            raise stumbles.pop()
        return await put(*post)

    monkeypatch.setattr(putting, "put", putting_badly)
    desk.slack.fault("chat.postMessage", Fault.throttled(5))
    for number, words in enumerate(("two", "three", "four"), start=2):
        await desk.says(words, number)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE reason LIKE '%wait%'")
    await desk.forward(7)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE code = 'look:1'", is_=3)
    for code in ("look:1", "look:2"):
        await desk.until_row(
            "SELECT code FROM deliveries WHERE lane = 'slack' AND state = 'asking' ORDER BY id", is_=code
        )
        await desk.forward(11)
    await desk.until(lambda: shown(desk, "four"))
    assert not stumbles
    assert [shown(desk, words) for words in ("two", "three", "four")] == [1, 1, 1]


async def test_an_archived_slack_channel_gives_way_to_the_fallback_and_back(desk: Bureau) -> None:
    await desk.opened("first")
    desk.slack.archive(desk.team)
    await desk.says("second", 2)
    await desk.until(lambda: len(desk.slack.posts(desk.fallback)) == 2)
    card, words = desk.slack.posts(desk.fallback)
    assert "first" in card.text or "second" in card.text
    assert "second" in words.text
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    direct = [
        post for post in desk.slack.called("chat.postMessage") if post.arguments["channel"] == desk.ana.id
    ]
    assert len(direct) == 1
    desk.slack.unarchive(desk.team)
    await desk.until(lambda: not desk.face.workspace.closed)
    await desk.says("another", who="zoe")
    await desk.until(lambda: len(desk.cards) == 2)


async def test_without_any_open_slack_channel_everything_waits_and_then_flows(tmp_path: Path) -> None:
    async with bureau(tmp_path, channel="") as desk:
        await desk.opened("first")
        desk.slack.archive(desk.team)
        await desk.until(lambda: desk.face.workspace.closed)
        await desk.says("second", 2)
        await desk.says("third", 3)
        desk.slack.unarchive(desk.team)
        await desk.until(lambda: shown(desk, "third"))
        assert shown(desk, "second") == 1


async def test_a_lost_token_stops_the_desk_and_drops_nothing(desk: Bureau) -> None:
    await desk.opened("first")
    desk.slack.revoke_tokens()
    await desk.until(lambda: desk.face.workspace.stopped)
    await desk.says("second", 2)
    assert desk.face.workspace.stopped in (*TOKEN_GONE, "tokens_revoked")
    assert shown(desk, "second") == 0
    desk.slack.space.auth_error = ""
    desk.ring()
    await desk.until(lambda: shown(desk, "second"))


async def test_a_deleted_card_gets_a_successor_that_goes_on(desk: Bureau) -> None:
    card = await desk.opened("first")
    await desk.forward(3700)
    await desk.ana.deletes(card)
    await desk.says("second", 2)
    await desk.until(lambda: desk.cards and any("second" in post.text for post in desk.thread(0)))
    assert len(desk.cards) == 1
    await desk.ana.types(desk.cards[0], "hello")
    assert await desk.sent() == ["hello"]


async def test_a_failed_answer_is_marked_explained_and_sent_again(desk: Bureau) -> None:
    from bots.errors import Refused

    card = await desk.opened()
    desk.house.paper.answers.append(Refused("the paper is wet", code="77"))
    typed = await desk.ana.types(card, "hello")
    await desk.until(lambda: "x" in typed.reactions and shown(desk, "the paper is wet"))
    post = next(post for post in desk.thread() if "the paper is wet" in post.text)
    assert "Next:" in post.text
    assert desk.ana.id in str(post.blocks)
    await desk.ana.clicks(post, "send_again")
    assert await desk.sent() == ["hello"]
    await desk.until(lambda: "heavy_check_mark" in typed.reactions and "sends it again" in post.text)


async def test_who_said_stop_is_not_offered_to_be_written_to_again(desk: Bureau) -> None:
    from bots.errors import OptedOut

    card = await desk.opened()
    desk.house.paper.answers.append(OptedOut("they texted STOP"))
    await desk.ana.types(card, "hello")
    await desk.until(lambda: shown(desk, "they texted STOP"))
    post = next(post for post in desk.thread() if "they texted STOP" in post.text)
    assert "until the customer says START" in post.text
    assert "Send again" not in post.text


async def test_a_public_slack_channel_is_refused_unless_allowed(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False) as made:
        made.slack.space.channels[made.team].private = False
        await begin(made)
        await made.says("hello")
        await made.until(lambda: made.slack.posts(made.fallback))
        assert made.slack.posts(made.team) == []


async def test_an_allowed_public_slack_channel_sees_masked_addresses(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False, allow_public=True) as made:
        made.slack.space.channels[made.team].private = False
        await made.says("hello", who="+34600123456")
        async with made.house.database.writing() as connection:
            await connection.exec_driver_sql("UPDATE customers SET name = ''")
        await begin(made)
        await made.until(lambda: made.cards)
        assert "+34 ••• 456" in made.cards[0].text
        assert "600123" not in str(made.cards[0].blocks)


async def test_a_perhaps_sent_answer_is_shown_and_settled_by_an_agent(desk: Bureau) -> None:
    from bots.errors import Uncertain

    card = await desk.opened()
    desk.house.paper.answers.append(Uncertain())
    typed = await desk.ana.types(card, "hello")
    await desk.until(lambda: "grey_question" in typed.reactions and shown(desk, "perhaps sent"))
    post = next(post for post in desk.thread() if "perhaps sent" in post.text)
    await desk.ana.clicks(post, "arrived")
    await desk.until_row("SELECT status FROM messages WHERE direction = 'out'", is_="sent")
    assert desk.house.paper.sent == []


async def test_after_a_crash_what_was_being_posted_is_looked_up_not_repeated(tmp_path: Path) -> None:
    async with bureau(tmp_path) as desk:
        await desk.opened("first")
        await stop(desk.face)
        async with desk.house.database.writing() as connection:
            sql = f"UPDATE deliveries SET state = '{SENDING}' WHERE lane = 'slack' AND kind = 'message'"
            await connection.exec_driver_sql(sql)
        await desk.says("second", 2)
        desk.face = face(desk)
        await start(desk.face)
        await desk.until(lambda: shown(desk, "second"))
        assert (shown(desk, "first"), shown(desk, "second")) == (1, 1)


async def test_after_a_crash_a_journalled_answer_is_sent_once(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False) as desk:
        await begin(desk)
        card = await desk.opened("first")
        await desk.ana.types(card, "hello")
        assert await desk.sent() == ["hello"]
        await stop(desk.face)
        async with desk.house.database.writing() as connection:
            await connection.exec_driver_sql("UPDATE hooks SET state = 'waiting' WHERE channel = 'slack'")
            await connection.exec_driver_sql("DELETE FROM slack_posts WHERE by_agent")
        desk.face = face(desk)
        await start(desk.face)
        await desk.until_row(
            "SELECT count(*) FROM hooks WHERE channel = 'slack' AND state = 'waiting'", is_=0
        )
        await desk.until_row("SELECT count(*) FROM slack_posts WHERE by_agent")
        assert len(desk.house.paper.sent) == 1


async def test_slack_down_at_the_start_lets_everything_wait_in_order(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False, socket_mode=False) as desk:
        desk.slack.space.auth_error = "internal_error"
        await start(desk.face)
        await desk.says("first")
        await desk.says("second", 2)
        desk.slack.space.auth_error = ""
        desk.ring()
        await desk.until(lambda: shown(desk, "second"))
        assert desk.thread()[0].text.index("first") >= 0
