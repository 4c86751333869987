"""What the outbox does with each verdict."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bots.channel import MessageOut, Sent
from bots.errors import (
    ChannelError,
    MarketingStopped,
    Misconfigured,
    OptedOut,
    Refused,
    Throttled,
    Uncertain,
    Unreachable,
    WindowClosed,
)
from inbox.assigning.saying import say
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.outbox import Outbox
from inbox.owing import Owing
from storage import queues, waiting
from storage.database import Unavailable
from storage.statuses import PERHAPS
from tests.inbox.house import SPEC, House


def _outbox(house: House, tmp_path: Path) -> Outbox:
    owing = Owing(
        database=house.database,
        live=house.ground.live,
        nudges=house.ground.nudges,
        media=MediaStore(tmp_path / "media", "secret"),
        public_url="https://in.example",
        slack=house.ground.slack,
        channels=house.ground.channels,
    )
    return Outbox(
        lane="paper",
        channel=house.paper,
        owing=owing,
        nudges=house.ground.nudges,
        metrics=Metrics(),
        clock=house.clock,
    )


@pytest.fixture
async def outbox(house: House, tmp_path: Path) -> AsyncIterator[Outbox]:
    made = _outbox(house, tmp_path)
    yield made
    await made.stop()


async def _drain(outbox: Outbox) -> None:
    """Turn until nothing is claimed and nothing is under way."""
    while await outbox._turn() or outbox._under_way:
        if outbox._under_way:
            await asyncio.wait(outbox._under_way)


async def _reply(house: House, text: str = "hello", who: str = "maria") -> tuple[int, int]:
    conversation = await house.says(who, 1, "hi")
    message = await house.desk.reply(conversation, house.agents["ana"], text=text, now=house.clock())
    return conversation, message


async def _status(house: House, message: int) -> tuple[str, str]:
    [row] = await house.rows(f"SELECT status, reason FROM messages WHERE id = {message}")
    return row[0], row[1]


async def test_an_answer_is_sent_once_to_the_customers_address(house: House, outbox: Outbox) -> None:
    _, message = await _reply(house)
    await _drain(outbox)
    await _drain(outbox)
    assert [(one.address, one.text) for one in house.paper.sent] == [("paper:maria", "hello")]
    assert await _status(house, message) == ("sent", "")


async def test_what_a_person_writes_says_so_and_what_an_automaton_writes_does_not(
    house: House, outbox: Outbox
) -> None:
    conversation, _ = await _reply(house)
    async with house.ground.act(house.clock()) as act:
        [waits] = await waiting.some(act.connection, [conversation])
        await say(act, house.ground, waits, "We are closed", key="closed", sender="Support")
    await _drain(outbox)
    assert [(one.text, one.by_agent) for one in house.paper.sent] == [
        ("hello", True),
        ("We are closed", False),
    ]


async def test_an_answer_under_a_subject_names_the_matter_and_what_was_said(
    house: House, outbox: Outbox
) -> None:
    house.paper.spec = replace(SPEC, threads=True)
    conversation = await house.says("maria", 1, "hi")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE messages SET subject = 'Order A1'")
    await house.says("maria", 2, "are you there?")
    for text in ("Yes", "Here it is"):
        await house.desk.reply(conversation, house.agents["ana"], text=text, now=house.clock())
        await _drain(outbox)
    first, second = house.paper.sent
    assert (first.subject, first.reply_to, first.thread) == ("Order A1", "maria:2", ("maria:1", "maria:2"))
    assert (second.reply_to, second.thread) == ("maria:2", ("maria:1", "maria:2", "sent:1"))


async def test_an_answer_elsewhere_names_nothing(house: House, outbox: Outbox) -> None:
    await _reply(house)
    await _drain(outbox)
    [sent] = house.paper.sent
    assert (sent.subject, sent.reply_to, sent.thread, sent.unsubscribe) == ("", "", (), "")


async def test_only_the_last_twenty_are_named(house: House, outbox: Outbox) -> None:
    house.paper.spec = replace(SPEC, threads=True)
    for number in range(25):
        conversation = await house.says("maria", number, "hi")
    await house.desk.reply(conversation, house.agents["ana"], text="Yes", now=house.clock())
    await _drain(outbox)
    assert house.paper.sent[0].thread == tuple(f"maria:{number}" for number in range(5, 25))


async def test_an_address_that_the_providers_answer_names_is_the_same_customers(
    house: House, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(_: object, message: MessageOut) -> Sent:
        return Sent(external_id="9:1", also=("paper:m-1", message.address))

    await house.says("rita", 1, "hi")
    monkeypatch.setattr(type(house.paper), "send", send)
    await _reply(house)
    await _drain(outbox)
    rows = await house.rows("SELECT count(*), count(DISTINCT customer_id) FROM addresses")
    assert rows == [(3, 2)]


VERDICTS = [
    pytest.param(Refused("no such number"), "failed", id="refused"),
    pytest.param(WindowClosed(), "failed", id="window closed"),
    pytest.param(Misconfigured("the token is wrong"), "failed", id="misconfigured"),
    pytest.param(OptedOut("they wrote STOP"), "failed", id="opted out"),
    pytest.param(Uncertain(), "perhaps", id="no answer heard, and the provider cannot be asked"),
]


@pytest.mark.parametrize(("error", "status"), VERDICTS)
async def test_a_final_verdict_is_shown_with_its_reason_and_never_sent_again(
    house: House, outbox: Outbox, error: ChannelError, status: str
) -> None:
    house.paper.answers = [error]
    _, message = await _reply(house)
    await _drain(outbox)
    house.clock.forward(days=1)
    await _drain(outbox)
    assert await _status(house, message) == (status, error.reason)
    assert house.paper.sent == []


AGAIN = [
    pytest.param(Throttled(retry_after=7), 7, id="throttled: not before the provider's wish"),
    pytest.param(Unreachable(), 1, id="unreachable: after a pause"),
]


@pytest.mark.parametrize(("error", "seconds"), AGAIN)
async def test_what_was_not_taken_is_sent_later(
    house: House, outbox: Outbox, error: ChannelError, seconds: float
) -> None:
    house.paper.answers = [error, error]
    _, message = await _reply(house)
    await _drain(outbox)
    house.clock.forward(seconds=seconds * 0.49)
    await _drain(outbox)
    assert house.paper.sent == []
    for _ in range(2):
        house.clock.forward(seconds=20)
        await _drain(outbox)
    assert len(house.paper.sent) == 1
    assert await _status(house, message) == ("sent", "")


async def test_a_provider_away_for_a_day_ends_as_failed(house: House, outbox: Outbox) -> None:
    house.paper.answers = [Unreachable("nobody answers")] * 2
    _, message = await _reply(house)
    await _drain(outbox)
    house.clock.forward(hours=25)
    await _drain(outbox)
    assert await _status(house, message) == ("failed", "nobody answers")


async def test_answers_of_one_conversation_keep_their_order_past_an_error(
    house: House, outbox: Outbox
) -> None:
    conversation, _ = await _reply(house, "one")
    await house.desk.reply(conversation, house.agents["ana"], text="two", now=house.clock())
    house.paper.answers = [Unreachable()]
    await _drain(outbox)
    assert house.paper.sent == [], "the second waits behind the first"
    house.clock.forward(seconds=30)
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["one", "two"]


async def test_what_another_node_owed_by_a_clock_an_hour_ahead_goes_now_and_in_order(
    house: House, tmp_path: Path
) -> None:
    conversation = await house.says("maria", 1, "hi")
    ahead = house.clock() + timedelta(hours=1)
    for text in ("one", "two"):
        await house.desk.reply(conversation, house.agents["ana"], text=text, now=ahead)
    outbox = _outbox(house, tmp_path)
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["one", "two"]
    await outbox.stop()


async def test_what_waits_for_its_next_try_is_no_clock_ahead(house: House, tmp_path: Path) -> None:
    house.paper.answers = [Throttled(retry_after=3_000)]
    await _reply(house)
    for _ in range(2):
        outbox = _outbox(house, tmp_path)
        await _drain(outbox)
        await outbox.stop()
    assert house.paper.sent == []


async def test_a_blocked_conversation_delays_no_other(house: House, outbox: Outbox) -> None:
    house.paper.answers = [Unreachable()]
    await _reply(house, "blocked", "maria")
    await _drain(outbox)
    await _reply(house, "free", "joana")
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["free"]


async def test_a_refused_answer_lets_the_next_one_go(house: House, outbox: Outbox) -> None:
    conversation, _ = await _reply(house, "bad")
    await house.desk.reply(conversation, house.agents["ana"], text="good", now=house.clock())
    house.paper.answers = [Refused()]
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["good"]


LOOK_UPS = [
    pytest.param([Sent(external_id="found")], 0, "sent", id="found: adopted, not sent again"),
    pytest.param([None, None, None], 1, "sent", id="surely absent: sent again"),
    pytest.param([Unreachable()] * 3, 0, "perhaps", id="cannot be asked: perhaps sent"),
    pytest.param([None, Sent(external_id="late")], 0, "sent", id="found at the second look"),
]


@pytest.mark.parametrize(("found", "resent", "status"), LOOK_UPS)
async def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(
    house: House, tmp_path: Path, found: list[object], resent: int, status: str
) -> None:
    house.paper.spec = replace(SPEC, looks_up=True)
    outbox = _outbox(house, tmp_path)
    house.paper.answers, house.paper.looked_up = [Uncertain()], list(found)
    _, message = await _reply(house)
    for _ in range(6):
        await _drain(outbox)
        house.clock.forward(seconds=61)
    assert len(house.paper.sent) == resent
    assert (await _status(house, message))[0] == status


TWINS = [
    pytest.param(
        [Sent(external_id="sent:1"), Sent(external_id="2nd")], 1, "sent", id="its twin, then itself"
    ),
    pytest.param([Sent(external_id="sent:1"), None, None], 2, "sent", id="its twin alone: sent again"),
    pytest.param([Sent(external_id="sent:1")] * 3, 1, "perhaps", id="its twin again and again: perhaps"),
]


@pytest.mark.parametrize(("found", "sent", "status"), TWINS)
async def test_a_message_sent_before_is_not_taken_for_the_lost_one(
    house: House, tmp_path: Path, found: list[object], sent: int, status: str
) -> None:
    house.paper.spec = replace(SPEC, looks_up=True)
    outbox = _outbox(house, tmp_path)
    await _reply(house, "ok")
    await _drain(outbox)
    house.paper.answers, house.paper.looked_up = [Uncertain()], list(found)
    _, message = await _reply(house, "ok")
    for _ in range(6):
        await _drain(outbox)
        house.clock.forward(seconds=61)
    assert len(house.paper.sent) == sent
    assert (await _status(house, message))[0] == status


async def test_after_a_crash_what_was_being_sent_is_perhaps_sent(house: House, tmp_path: Path) -> None:
    _, message = await _reply(house)
    async with house.database.writing() as connection:
        await queues.claim(connection, "paper", house.clock(), 1)
    outbox = _outbox(house, tmp_path)
    await outbox._owing.recover(["paper"], PERHAPS, house.clock())
    await _drain(outbox)
    assert house.paper.sent == []
    assert (await _status(house, message))[0] == "perhaps"


async def test_an_agent_can_send_again_or_say_that_it_arrived(house: House, outbox: Outbox) -> None:
    house.paper.answers = [Uncertain(), Uncertain()]
    conversation, first = await _reply(house, "one")
    second = await house.desk.reply(conversation, house.agents["ana"], text="two", now=house.clock())
    await _drain(outbox)
    await house.desk.arrived(first, house.agents["ana"], now=house.clock())
    await house.desk.resend(second, house.agents["ana"], now=house.clock())
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["two"]
    assert (await _status(house, first))[0] == "sent"
    assert (await _status(house, second))[0] == "sent"


async def test_an_opt_out_the_provider_knows_of_is_recorded(house: House, outbox: Outbox) -> None:
    house.paper.answers = [OptedOut("they wrote STOP to the provider")]
    await _reply(house)
    await _drain(outbox)
    [(stopped,)] = await house.rows("SELECT stopped_at FROM addresses")
    assert stopped is not None


async def test_who_stopped_marketing_at_the_provider_is_still_answered(house: House, outbox: Outbox) -> None:
    house.paper.answers = [MarketingStopped()]
    conversation, _ = await _reply(house)
    await _drain(outbox)
    assert await house.rows("SELECT stopped_at FROM addresses") == [(None,)]
    assert await house.rows("SELECT word, subject FROM consents") == [("no", "marketing")]
    await house.desk.reply(conversation, house.agents["ana"], text="and now?", now=house.clock())
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["and now?"]


async def test_long_text_goes_in_parts_in_order(house: House, outbox: Outbox) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    _, message = await _reply(house, words)
    await _drain(outbox)
    assert len(house.paper.sent) > 3
    assert " ".join(one.text for one in house.paper.sent) == words
    assert all(len(one.text) <= 100 for one in house.paper.sent)
    assert (await _status(house, message))[0] == "sent"


async def test_a_held_answer_waits_and_can_be_taken_back(house: House, outbox: Outbox) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana = house.agents["ana"]
    hold = timedelta(seconds=5)
    kept = await house.desk.reply(conversation, ana, text="kept", now=house.clock(), hold=hold)
    taken = await house.desk.reply(conversation, ana, text="taken back", now=house.clock(), hold=hold)
    await _drain(outbox)
    assert house.paper.sent == []
    assert await house.desk.delete_reply(taken, ana, now=house.clock())
    await house.desk.edit_reply(kept, ana, text="kept, better", now=house.clock())
    house.clock.forward(seconds=6)
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["kept, better"]


async def test_a_sent_answer_is_edited_and_deleted_where_the_channel_can(
    house: House, outbox: Outbox
) -> None:
    _, message = await _reply(house, "teh price")
    await _drain(outbox)
    await house.desk.edit_reply(message, house.agents["ana"], text="the price", now=house.clock())
    assert not await house.desk.delete_reply(message, house.agents["ana"], now=house.clock())
    await _drain(outbox)
    assert house.paper.edited == [("sent:1", "the price")]
    assert house.paper.deleted == ["sent:1"]


async def test_slack_hears_of_a_failure_and_its_reason(slack_house: House, tmp_path: Path) -> None:
    outbox = _outbox(slack_house, tmp_path)
    slack_house.paper.answers = [Refused("no such number")]
    await _reply(slack_house)
    await _drain(outbox)
    rows = await slack_house.rows("SELECT kind, data FROM deliveries WHERE kind IN ('failure', 'mark')")
    assert sorted(kind for kind, _ in rows) == ["failure", "mark"]
    assert any("no such number" in str(data) for _, data in rows)


async def test_a_resent_answer_goes_before_what_waits_behind_it_and_never_beside_it(
    house: House, outbox: Outbox
) -> None:
    house.paper.answers = [Refused()]
    conversation, first = await _reply(house, "first")
    ana = house.agents["ana"]
    await _drain(outbox)
    hold = timedelta(seconds=5)
    await house.desk.reply(conversation, ana, text="second", now=house.clock(), hold=hold)
    await house.desk.resend(first, ana, now=house.clock())
    states = await house.rows("SELECT text, state FROM deliveries ORDER BY id")
    assert states == [("first", "ready"), ("second", "queued")]
    house.clock.forward(seconds=6)
    await _drain(outbox)
    assert [one.text for one in house.paper.sent] == ["first", "second"]


async def test_a_resent_answer_has_a_day_again(house: House, outbox: Outbox) -> None:
    house.paper.answers = [Refused(), Unreachable()]
    _, message = await _reply(house)
    await _drain(outbox)
    house.clock.forward(days=3)
    await house.desk.resend(message, house.agents["ana"], now=house.clock())
    await _drain(outbox)
    house.clock.forward(seconds=30)
    await _drain(outbox)
    assert await _status(house, message) == ("sent", "")


async def test_slack_hears_of_a_second_failure_too(slack_house: House, tmp_path: Path) -> None:
    outbox = _outbox(slack_house, tmp_path)
    slack_house.paper.answers = [Refused("one"), Refused("two")]
    _, message = await _reply(slack_house)
    await _drain(outbox)
    await slack_house.desk.resend(message, slack_house.agents["ana"], now=slack_house.clock())
    await _drain(outbox)
    rows = await slack_house.rows("SELECT data FROM deliveries WHERE kind = 'failure' ORDER BY id")
    assert [json.loads(data)["reason"] for (data,) in rows] == ["one", "two"]


async def test_slack_hears_of_what_a_crash_left_as_perhaps_sent(slack_house: House, tmp_path: Path) -> None:
    await _reply(slack_house)
    async with slack_house.database.writing() as connection:
        await queues.claim(connection, "paper", slack_house.clock(), 1)
    await _outbox(slack_house, tmp_path)._recover()
    kinds = await slack_house.rows("SELECT kind FROM deliveries WHERE kind IN ('failure', 'mark')")
    assert sorted(kinds) == [("failure",), ("mark",)]


@pytest.mark.parametrize("how", ["no answer heard", "a crash"])
async def test_an_edit_whose_answer_was_lost_is_made_again(
    house: House, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    _, message = await _reply(house, "teh price")
    await _drain(outbox)
    await house.desk.edit_reply(message, house.agents["ana"], text="the price", now=house.clock())
    if how == "a crash":
        async with house.database.writing() as connection:
            await queues.claim(connection, "paper", house.clock(), 1)
        await outbox._recover()
    else:
        with monkeypatch.context() as patch:
            patch.setattr(type(house.paper), "edit", _lost)
            await _drain(outbox)
    house.clock.forward(seconds=30)
    await _drain(outbox)
    assert house.paper.edited == [("sent:1", "the price")]
    assert await _status(house, message) == ("sent", "")


async def _lost(*_: object) -> None:
    raise Uncertain


async def test_nothing_owed_before_a_stop_is_sent_after_it(house: House, outbox: Outbox) -> None:
    _, message = await _reply(house)
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    await _drain(outbox)
    assert house.paper.sent == []
    assert (await _status(house, message))[0] == "failed"


async def test_a_mistake_before_the_call_is_tried_again_and_not_called_perhaps(
    house: House, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, message = await _reply(house)
    with monkeypatch.context() as patch:
        patch.setattr(Owing, "message_out", _broken)
        await _drain(outbox)
    house.clock.forward(seconds=30)
    await _drain(outbox)
    assert await _status(house, message) == ("sent", "")


async def _broken(*_: object) -> None:
    raise KeyError


async def test_no_more_rows_are_claimed_than_may_be_sent_at_once(house: House, tmp_path: Path) -> None:
    house.paper.spec = replace(SPEC, rate=0.5)
    outbox = _outbox(house, tmp_path)
    for number in range(5):
        await _reply(house, "hi", f"c{number}")
    await _drain(outbox)
    assert len(house.paper.sent) == 1
    states = await house.rows("SELECT state, count(*) FROM deliveries GROUP BY 1 ORDER BY 1")
    assert states == [("ready", 4), ("sent", 1)]


async def test_one_customer_gets_no_more_a_second_than_the_channel_allows(
    house: House, tmp_path: Path
) -> None:
    house.paper.spec = replace(SPEC, rate_per_address=0.01)
    outbox = _outbox(house, tmp_path)
    conversation, _ = await _reply(house, "one", "maria")
    await house.desk.reply(conversation, house.agents["ana"], text="two", now=house.clock())
    await _reply(house, "free", "joana")
    await _drain(outbox)
    assert sorted(one.text for one in house.paper.sent) == ["free", "one"]
    assert await outbox._until_due() > 1, "it does not spin meanwhile"


async def test_a_clock_set_back_an_hour_holds_nothing_up(house: House, outbox: Outbox) -> None:
    house.paper.answers = [Unreachable()]
    _, message = await _reply(house)
    await _drain(outbox)
    house.clock.forward(hours=-1)
    await _drain(outbox)
    house.clock.forward(seconds=10)
    await _drain(outbox)
    assert await _status(house, message) == ("sent", "")


async def test_stopping_waits_for_what_is_under_way_and_forgets_no_outcome(
    house: House, outbox: Outbox
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        asked.set()
        await answer.wait()

    house.paper.answers = [slowly]
    _, message = await _reply(house)
    running = asyncio.create_task(outbox.run())
    await asked.wait()
    stopping = asyncio.create_task(outbox.stop())
    await asyncio.sleep(0)
    answer.set()
    await asyncio.gather(stopping, running)
    assert await _status(house, message) == ("sent", "")


async def test_the_loop_outlives_a_database_that_is_away_at_every_step(
    house: House, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    async def away(*_: object) -> None:
        failed.set()
        raise Unavailable

    _, message = await _reply(house)
    for name in ("recover", "next_due"):
        with monkeypatch.context() as patch:
            patch.setattr(Owing, name, away)
            failed.clear()
            running = asyncio.create_task(outbox.run())
            await failed.wait()
            await asyncio.sleep(0)
            assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await _drain(outbox)
    assert await _status(house, message) == ("sent", "")


async def test_a_mistake_in_looking_up_ends_as_perhaps_sent(house: House, tmp_path: Path) -> None:
    house.paper.spec = replace(SPEC, looks_up=True)
    outbox = _outbox(house, tmp_path)
    house.paper.answers = [Uncertain()]  # and nothing to look up: every look-up is an IndexError
    _, message = await _reply(house)
    for _ in range(6):
        await _drain(outbox)
        house.clock.forward(seconds=61)
    assert (await _status(house, message))[0] == "perhaps"
