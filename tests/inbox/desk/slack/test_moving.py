"""A hand-over to another team moves the card: a new one there, what was said under it, the old one points."""

from inbox.desk.slack.moving import QUOTED
from tests.inbox.desk.slack.bureau import Bureau
from tests.providers.slack import Fault, Message


async def hand_over(desk: Bureau, **to: object) -> int:
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    ana = desk.house.agents["ana"]
    await desk.house.desk.hand_over(conversation, ana, why="a refund", now=desk.now(), **to)  # type: ignore[arg-type]
    desk.ring()
    return int(conversation)


def there(desk: Bureau) -> list[Message]:
    return desk.slack.posts(desk.billing)


async def test_another_team_gets_a_card_with_what_was_said_and_the_old_one_points_there(desk: Bureau) -> None:
    card = await desk.opened("message 1")
    for number in range(2, 13):
        await desk.says(f"message {number}", number)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'slack' AND state <> 'sent'", is_=0)
    await hand_over(desk, to_team="billing")
    await desk.until(lambda: len(there(desk)) == 2)
    new, quote = there(desk)
    assert quote.thread_ts == new.ts
    assert "Maria on Paper" in new.text
    assert f"{desk.team}/p{card.ts.replace('.', '')}" in str(new.blocks)
    assert "Ana → billing: a refund" in quote.text
    words = [line.partition(": ")[2] for line in quote.text.splitlines()[1:]]
    assert words == [f"message {number}" for number in range(3, 3 + QUOTED)]
    await desk.until(lambda: "moved" in card.text)
    assert f"{desk.billing}/p{new.ts.replace('.', '')}" in card.text
    assert not any(block["type"] == "actions" for block in card.blocks)
    assert any("Ana → billing" in post.text for post in desk.thread())


async def test_the_conversation_goes_on_in_the_new_thread(desk: Bureau) -> None:
    await desk.opened("where is my order?")
    await hand_over(desk, to_team="billing")
    await desk.until(lambda: len(there(desk)) == 2)
    await desk.says("hello?", 2)
    await desk.until(lambda: any("hello?" in post.text for post in there(desk) if post.thread_ts))
    await desk.rui.types(there(desk)[0], "I look into it")
    assert await desk.sent() == ["I look into it"]


async def test_the_new_owner_is_mentioned_once(desk: Bureau) -> None:
    await desk.opened()
    await desk.rui.types(desk.cards[0], "!who")  # by which Slack's Rui is known to be ours
    await desk.until_row(f"SELECT count(*) FROM agents WHERE slack_id = '{desk.rui.id}'")
    await hand_over(desk, to_team="billing", to_agent=desk.house.agents["rui"])
    await desk.until(lambda: len(there(desk)) == 2)
    await desk.says("hello?", 2)
    await desk.until(lambda: any("hello?" in post.text for post in there(desk) if post.thread_ts))
    mentions = [f"'user_id': '{desk.rui.id}'" in str(post.blocks) for post in (*there(desk), *desk.thread())]
    assert sum(mentions) == 1


async def test_within_a_team_the_thread_stays_and_the_colleague_is_mentioned(desk: Bureau) -> None:
    await desk.opened()
    await desk.rui.types(desk.cards[0], "!who")
    await desk.until_row(f"SELECT count(*) FROM agents WHERE slack_id = '{desk.rui.id}'")
    await hand_over(desk, to_agent=desk.house.agents["rui"])
    await desk.until(lambda: any("Ana → Rui" in post.text for post in desk.thread()))
    post = next(post for post in desk.thread() if "Ana → Rui" in post.text)
    assert desk.rui.id in str(post.blocks)
    assert there(desk) == []


async def test_a_new_card_whose_answer_was_lost_stays_one_card(desk: Bureau) -> None:
    card = await desk.opened()
    desk.slack.fault("chat.postMessage", Fault(kind="cut", accepted=True, channel=desk.billing))
    await hand_over(desk, to_team="billing")
    for code in ("look:1", "look:2"):
        await desk.until_row("SELECT code FROM deliveries WHERE state = 'asking'", is_=code)
        await desk.forward(10)
    await desk.until(lambda: len(there(desk)) == 2)
    await desk.until(lambda: "moved" in card.text)
    assert [post.thread_ts for post in there(desk)] == [None, there(desk)[0].ts]
