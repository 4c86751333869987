"""A failure that its author has not taken in is told to them directly after ten minutes, once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bots.errors import Refused
from inbox.desk.slack import unread
from tests.inbox.desk.slack.bureau import Bureau
from tests.providers.slack import Fault, Message

LATER = timedelta(minutes=11)


def told(desk: Bureau, who: str = "") -> list[str]:
    calls = desk.slack.called("chat.postMessage")
    return [call.arguments["text"] for call in calls if call.arguments["channel"] == (who or desk.ana.id)]


async def failed(desk: Bureau) -> tuple[Message, Message]:
    """Ana's answer has failed; returns it and the post that says so."""
    card = await desk.opened()
    desk.house.paper.answers.append(Refused("the paper is wet", code="77"))
    typed = await desk.ana.types(card, "hello")
    await desk.until(lambda: any("is wet" in post.text for post in desk.thread()))
    post = next(post for post in desk.thread() if "is wet" in post.text)
    await desk.until_row("SELECT external_id FROM deliveries WHERE kind = 'failure'", is_=post.ts)
    return typed, post


async def test_an_unread_failure_is_told_once_with_the_reason_and_the_way(desk: Bureau) -> None:
    await failed(desk)
    await unread.tell(desk.face.workspace, desk.now() + timedelta(minutes=9))
    assert told(desk) == []
    for minutes in (11, 12, 600):
        await unread.tell(desk.face.workspace, desk.now() + timedelta(minutes=minutes))
    [said] = told(desk)
    assert "Your answer to Maria, “hello”" in said
    assert "the paper is wet" in said
    assert desk.cards[0].ts.replace(".", "") in said
    assert told(desk, desk.rui.id) == []


async def test_the_loop_tells_when_the_time_has_come(desk: Bureau) -> None:
    await failed(desk)
    await desk.forward(LATER.total_seconds())
    await desk.until(lambda: told(desk))


async def sends_again(desk: Bureau, typed: Message, post: Message) -> None:
    await desk.ana.clicks(post, "send_again")
    await desk.sent()


async def drops(desk: Bureau, typed: Message, post: Message) -> None:
    [(message,)] = await desk.house.rows("SELECT id FROM messages WHERE direction = 'out'")
    await desk.house.desk.drop(message, desk.house.agents["ana"], now=desk.now())


async def answers(desk: Bureau, typed: Message, post: Message) -> None:
    await desk.rui.types(desk.cards[0], "I do it")
    ask = await desk.rui.sees("Ana has this conversation")
    await desk.rui.clicks(ask, "ask_send")
    await desk.sent()


async def notes(desk: Bureau, typed: Message, post: Message) -> None:
    noted = await desk.ana.types(desk.cards[0], ";; I ring him")
    await desk.until(lambda: "memo" in noted.reactions)


async def resolves(desk: Bureau, typed: Message, post: Message) -> None:
    await desk.ana.types(desk.cards[0], "!resolve")
    await desk.until_row("SELECT count(*) FROM conversations WHERE state = 'resolved'")


async def deletes(desk: Bureau, typed: Message, post: Message) -> None:
    await desk.ana.deletes(typed)
    await desk.until_row("SELECT count(*) FROM messages WHERE deleted_at IS NOT NULL")


async def reacts_on_the_post(desk: Bureau, typed: Message, post: Message) -> None:
    await desk.ana.reacts(post, "thumbsup")
    await desk.until_row(f"SELECT count(*) FROM seen WHERE scope = '{unread.NOTICED}'")


async def reacts_on_the_answer(desk: Bureau, typed: Message, post: Message) -> None:
    await desk.ana.reacts(typed, "thumbsup")
    await desk.until_row(f"SELECT count(*) FROM seen WHERE scope = '{unread.NOTICED}'")


@pytest.mark.parametrize(
    "does",
    [sends_again, drops, answers, notes, resolves, deletes, reacts_on_the_post, reacts_on_the_answer],
    ids=lambda does: str(does.__name__).replace("_", " "),
)
async def test_a_failure_that_was_taken_in_is_not_told(
    desk: Bureau, does: Callable[[Bureau, Message, Message], Awaitable[None]]
) -> None:
    typed, post = await failed(desk)
    await does(desk, typed, post)
    await unread.tell(desk.face.workspace, desk.now() + LATER)
    assert told(desk) == []


async def test_a_colleagues_reaction_is_not_the_authors(desk: Bureau) -> None:
    _, post = await failed(desk)
    await desk.rui.reacts(post, "eyes")
    await desk.until_row(f"SELECT count(*) FROM seen WHERE scope = '{unread.NOTICED}'")
    await unread.tell(desk.face.workspace, desk.now() + LATER)
    assert len(told(desk)) == 1


async def test_what_slack_makes_wait_is_told_later(desk: Bureau) -> None:
    await failed(desk)
    desk.slack.fault("chat.postMessage", Fault.throttled(5))
    await unread.tell(desk.face.workspace, desk.now() + LATER)
    await desk.forward(7)
    await unread.tell(desk.face.workspace, desk.now() + LATER)
    assert len(told(desk)) == 2
    await unread.tell(desk.face.workspace, desk.now() + LATER)
    assert len(told(desk)) == 2
