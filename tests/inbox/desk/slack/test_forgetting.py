"""Who is forgotten is forgotten in Slack too: our posts and files go, agents' own words are listed."""

from typing import Any

from inbox.preferences.erasing import Erased, Eraser
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.test_files import _attached
from tests.providers.slack import Fault


async def erase(desk: Bureau) -> Erased:
    [(customer,)] = await desk.house.rows("SELECT customer_id FROM conversations ORDER BY id LIMIT 1")
    eraser = Eraser(database=desk.house.database, media=desk.media, secret="0" * 64)
    done = await eraser.erase(customer, desk.now())
    desk.ring()
    return done


def ours(desk: Bureau) -> list[str]:
    return [post.text for post in desk.posts if post.bot_id]


def last(desk: Bureau) -> dict[str, Any]:
    """What was posted last."""
    return desk.slack.called("chat.postMessage")[-1].arguments


def files(desk: Bureau) -> list[bool]:
    return [one.deleted for one in desk.slack.space.files.values()]


async def test_our_posts_and_files_go_and_what_an_agent_wrote_is_listed(desk: Bureau) -> None:
    card = await desk.opened("where is my order?")
    await _attached(desk)
    await desk.until(lambda: any("photo" in post.text for post in desk.thread()))
    await desk.ana.types(card, "on its way")
    assert await desk.sent() == ["on its way"]
    own = next(post for post in desk.thread() if post.text == "on its way")
    done = await erase(desk)
    assert done.conversations == 1
    assert done.posts == [(desk.team, own.ts)]
    await desk.until(lambda: not ours(desk) and files(desk) == [True])
    assert [post.text for post in desk.posts if not post.bot_id and post.subtype != "tombstone"] == [
        "on its way"
    ]
    await desk.until(lambda: last(desk)["channel"] == desk.ana.id)
    assert own.ts.replace(".", "") in last(desk)["text"]
    assert "Maria" not in last(desk)["text"]
    await desk.until_row("SELECT state FROM deliveries WHERE kind = 'forget'", is_="sent")
    assert await desk.house.rows("SELECT 1 FROM slack_threads") == []


async def test_others_stay(desk: Bureau) -> None:
    await desk.opened("where is my order?")
    await desk.opened("and mine?", who="rui")
    await erase(desk)
    await desk.until(lambda: len(desk.cards) == 1)
    assert [post.text for post in desk.posts if "and mine?" in post.text]


async def test_what_slack_did_not_do_is_done_later(desk: Bureau) -> None:
    await desk.opened("where is my order?")
    desk.slack.fault("chat.delete", Fault.throttled(30))
    await erase(desk)
    await desk.until_row("SELECT state FROM deliveries WHERE kind = 'forget' AND tries = 1", is_="ready")
    assert ours(desk)
    await desk.forward(40)
    await desk.until(lambda: not ours(desk))
    await desk.until_row("SELECT state FROM deliveries WHERE kind = 'forget'", is_="sent")
