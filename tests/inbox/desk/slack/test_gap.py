"""What agents write while no socket is open is read back, once, when one is open again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.desk.slack import sockets
from inbox.desk.slack.gap import HEARD
from tests.inbox.desk.slack.bureau import Bureau, begin, bureau, face
from tests.providers.slack import Fault, Message

GIVEN_UP = 1_300  # the look-alike tries four times, five minutes each


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bureau]:
    """A bureau whose sockets come back at once."""
    monkeypatch.setattr(sockets, "LEAST_APART", 0.02)
    async with bureau(tmp_path) as made:
        await made.until_row(f"SELECT count(*) FROM facts WHERE name = '{HEARD}'")
        yield made


async def deafen(desk: Bureau) -> None:
    """Cut every socket and let no new one open."""
    desk.slack.sockets.refusing = "too_many_websockets"
    desk.slack.sockets.drop()
    await desk.until(lambda: not desk.face.workspace.sockets and not desk.slack.sockets.open)


async def hear(desk: Bureau) -> None:
    """Let sockets open again."""
    desk.slack.sockets.refusing = ""
    await desk.until(lambda: desk.slack.sockets.open)
    desk.ring()


async def lost(desk: Bureau) -> None:
    """Let time pass until Slack has given up what it could not hand over."""
    settled = asyncio.create_task(desk.slack.delivery.settled())
    async with asyncio.timeout(25):
        while not settled.done():
            await desk.forward(60)
            await asyncio.sleep(0)


async def read_back(desk: Bureau) -> None:
    """Wait until it is written down that nothing before this moment is missing."""
    now = desk.now().isoformat()
    desk.ring()
    await desk.until_row(f"SELECT value > '\"{now}\"' FROM facts WHERE name = '{HEARD}'")


async def typed_in_the_gap(desk: Bureau, card: Message, words: str, age: float = 0) -> Message:
    """Ana writes while nobody listens, Slack gives up; she wrote it *age* seconds before it is read."""
    await deafen(desk)
    if not age:
        await desk.forward(GIVEN_UP)
    desk.slack.delivery.hold()
    typed = await desk.ana.types(card, words)
    if age:
        await desk.forward(age)
    return typed


async def test_what_was_typed_in_the_gap_reaches_the_customer_once(desk: Bureau) -> None:
    card = await desk.opened()
    await typed_in_the_gap(desk, card, "it is on its way")
    await hear(desk)
    assert await desk.sent() == ["it is on its way"]
    await desk.slack.delivery.release()
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    assert len(desk.house.paper.sent) == 1


async def test_what_slack_gives_up_is_taken_as_a_note_to_send(desk: Bureau) -> None:
    card = await desk.opened()
    await deafen(desk)
    typed = await desk.ana.types(card, "it is on its way")
    await lost(desk)
    assert desk.house.paper.sent == []
    await hear(desk)
    await desk.until(lambda: "memo" in typed.reactions)
    await desk.until(lambda: any("Kept as a note" in post.text for post in desk.thread()))
    question = next(post for post in desk.thread() if "Kept as a note" in post.text)
    assert "[Send to the customer]" in question.text
    assert f"'{desk.ana.id}'" in str(question.blocks)
    assert desk.house.paper.sent == []
    for _ in range(2):
        await desk.ana.clicks(question, "ask_send")
    assert await desk.sent() == ["it is on its way"]
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    assert len(desk.house.paper.sent) == 1


async def test_a_command_of_long_ago_is_kept_and_not_done(desk: Bureau) -> None:
    card = await desk.opened()
    typed = await typed_in_the_gap(desk, card, "!resolve", age=700)
    await hear(desk)
    await desk.until(lambda: "memo" in typed.reactions)
    assert await desk.house.rows("SELECT state FROM conversations") == [("open",)]


async def test_what_was_heard_before_the_gap_is_not_done_again(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "hello")
    assert await desk.sent() == ["hello"]
    await desk.ana.types(card, "!take")
    await desk.ana.types(card, "!give")
    await desk.until_row("SELECT count(*) FROM happenings WHERE kind = 'given_back'")
    await deafen(desk)
    await desk.forward(70)
    await hear(desk)
    await desk.until(lambda: desk.slack.called("conversations.replies"))
    await read_back(desk)
    await desk.until_row(
        "SELECT count(*) FROM hooks WHERE url = 'slack:event_callback' AND state <> 'applied'", is_=0
    )
    assert await desk.house.rows("SELECT count(*) FROM happenings WHERE kind = 'given_back'") == [(1,)]
    assert len(desk.house.paper.sent) == 1


async def test_a_short_gap_is_left_to_slack(desk: Bureau) -> None:
    card = await desk.opened()
    await deafen(desk)
    await desk.ana.types(card, "hello")
    await desk.forward(20)
    await hear(desk)
    assert await desk.sent() == ["hello"]
    await read_back(desk)
    assert desk.slack.called("conversations.replies") == []


async def test_a_thread_that_cannot_be_read_yet_is_read_later(desk: Bureau) -> None:
    card = await desk.opened()
    desk.slack.fault("conversations.replies", Fault.throttled(9))
    await typed_in_the_gap(desk, card, "hello")
    await hear(desk)
    slowed = desk.face.workspace.budget.slowed
    async with asyncio.timeout(25):
        while not slowed:
            await asyncio.sleep(0.01)
    await desk.forward(11)
    assert await desk.sent() == ["hello"]


async def test_a_restart_after_a_long_stop_reads_what_was_missed(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.face.stop()
    await desk.until(lambda: not desk.slack.sockets.open)
    desk.slack.delivery.hold()
    await desk.forward(400)
    await desk.ana.types(card, "hello")
    desk.face = face(desk)
    await begin(desk)
    assert await desk.sent() == ["hello"]
