"""What is lost between the stream and who reads it, and what only looks as if it came twice."""

from typing import Any

import pytest
from nats.aio.subscription import Subscription

from bots.channel import Reacted
from inbox.journal.pulling import Ended, pulling
from inbox.journal.server import DEAD, HOOKS, SUBJECT
from inbox.journal.wire import partition_of
from tests.inbox.journal.conftest import Streamed


async def _say(streamed: Streamed, count: int) -> int:
    """Put so many hooks of one customer into the stream, each a message of its own; gives the partition."""
    house = streamed.house
    hooks = [house.hook(f"ana|{n}|{n}".encode()) for n in range(count)]
    for hook in hooks:
        await house.accept.take("paper", hook)
    return partition_of(house.paper.read(hooks[0]).events[0])


async def test_a_reader_who_misses_a_hook_on_the_way_begins_again_before_it(
    streamed: Streamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _say(streamed, 4)
    lost, next_msg = list[Any](), Subscription.next_msg

    async def next_but_one(self: Subscription, timeout: float | None = 1.0) -> Any:
        message = await next_msg(self, timeout)
        is_hook = "Status" not in (message.headers or {})
        if not lost and is_hook and message.metadata.sequence.consumer == 2:
            lost.append(message)  # as it is when the connection breaks under it
            return await next_msg(self, timeout)
        return message

    monkeypatch.setattr(Subscription, "next_msg", next_but_one)
    async with streamed.applying():
        await streamed.until_kept(4)
    assert lost
    assert await streamed.texts() == ["0", "1", "2", "3"]


async def test_a_reader_whose_first_hook_was_lost_gives_none_of_the_others(streamed: Streamed) -> None:
    partition = await _say(streamed, 3)
    async with pulling(streamed.server, partition, 0) as pulled:
        await pulled._ask()
        await pulled.subscription.next_msg(timeout=5)
        with pytest.raises(Ended):
            await pulled.batch()


async def test_a_reaction_that_is_put_on_again_is_in_the_stream_again(streamed: Streamed) -> None:
    house = streamed.house
    for emoji in ("👍", "", "👍"):
        hook = house.hook(emoji.encode())
        event = Reacted(address="paper:ana", external_id="1", emoji=emoji, sent_at=hook.received_at)
        await streamed.stream.keep("paper", hook, [event])
    info = await streamed.server.stream.stream_info(HOOKS)
    assert info.state.messages == 3


async def test_a_message_that_comes_again_is_not_in_the_stream_again(streamed: Streamed) -> None:
    await _say(streamed, 2)
    await _say(streamed, 2)
    info = await streamed.server.stream.stream_info(HOOKS)
    assert info.state.messages == 2


async def test_a_message_that_nobody_can_read_holds_up_none_and_is_among_the_dead(
    streamed: Streamed,
) -> None:
    partition = await _say(streamed, 1)
    for nonsense in (b"hello", b'[{"id": 1}]\n', b"[1]\n"):
        await streamed.server.stream.publish(f"{SUBJECT}.{partition}", nonsense)
    await streamed.house.accept.take("paper", streamed.house.hook(b"ana|9|after"))
    async with streamed.applying():
        await streamed.until_kept(2)
    assert await streamed.texts() == ["0", "after"]
    info = await streamed.server.stream.stream_info(DEAD)
    assert info.state.messages == 3
    assert (await streamed.server.stream.get_msg(DEAD, seq=1)).data == b"hello"
