"""What other tools sent, calls and subjects, as a thread shows them."""

from datetime import timedelta

from bots.channel import Called, Echoed, Event, MessageIn
from inbox.sorting import sort
from storage.batch import Batch
from tests.inbox.desk.slack.bureau import Bureau


async def comes(desk: Bureau, *events: Event) -> None:
    """A hook of these events is kept."""
    batch, accept = Batch(), desk.house.accept
    sort(batch, 0, "paper", events, desk.now())
    accept.applying.told(await accept.applying.keeper.keep(batch, accept.applying.rules))
    desk.ring()


def told(desk: Bureau) -> str:
    """Everything that stands under the first card."""
    return "\n".join(post.text for post in desk.thread())


async def test_what_another_tool_sent_is_shown_in_the_thread(desk: Bureau) -> None:
    await desk.opened()
    echo = Echoed(address="paper:maria", external_id="x:1", text="From the phone", sent_at=desk.now())
    await comes(desk, echo)
    await desk.until(lambda: "From the phone" in told(desk))
    assert "Sent with another tool by Paper" in told(desk)


async def test_a_call_is_a_line_of_the_thread(desk: Bureau) -> None:
    await desk.opened()
    for number, ours in ((1, False), (2, True)):
        call = Called(
            address="paper:maria",
            external_id=f"CA{number}",
            sent_at=desk.now(),
            lasted=timedelta(seconds=200),
            ours=ours,
        )
        await comes(desk, call)
    await desk.until(lambda: "We called, 3 min 20 s" in told(desk))
    assert "Maria by Paper" in told(desk)
    assert "They called, 3 min 20 s" in told(desk)
    assert "Our side by Paper" in told(desk)


async def test_a_subject_stands_above_the_words(desk: Bureau) -> None:
    message = MessageIn(
        address="paper:maria",
        external_id="m:1",
        text="Where is it?",
        subject="Order A1",
        sent_at=desk.now(),
    )
    await comes(desk, message)
    await desk.until(lambda: desk.cards and "Where is it?" in told(desk))
    assert "Order A1: Where is it?" in told(desk)


async def test_who_was_never_heard_of_begins_no_thread_by_an_echo(desk: Bureau) -> None:
    echo = Echoed(address="paper:rita", external_id="x:1", text="From the phone", sent_at=desk.now())
    await comes(desk, echo)
    assert await desk.house.rows("SELECT count(*) FROM deliveries WHERE lane LIKE 'slack%'") == [(0,)]
    await desk.opened()
    assert len(desk.cards) == 1


async def test_nobody_is_called_for_it_and_who_writes_after_it_calls(desk: Bureau) -> None:
    await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    await desk.house.desk.take(conversation, desk.house.agents["ana"], now=desk.now())
    await desk.forward(3600)
    await comes(desk, Echoed(address="paper:maria", external_id="x:1", text="Echo", sent_at=desk.now()))
    await desk.until(lambda: "Echo" in told(desk))
    assert desk.ana.id not in str([post.blocks for post in desk.thread() if "Echo" in post.text])
    await desk.says("are you there?", 2)
    await desk.until(lambda: "are you there?" in told(desk))
    assert desk.ana.id in str([post.blocks for post in desk.thread() if "are you there?" in post.text])
