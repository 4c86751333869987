"""What is written for a time to come leaves once, then, if it still may; else its writer hears why."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from inbox.desk.answers import Answers
from inbox.desk.errors import DeskError, Ended, NotThere, Stopped
from inbox.desk.sending_later import Sending
from tests.inbox.desk.channels import address, stopped, with_sms
from tests.inbox.house import NOON, House

HOUR = timedelta(hours=1)
AT = NOON + 3 * HOUR
OUT = "SELECT lane, text FROM deliveries WHERE kind = 'message' AND lane <> 'slack' ORDER BY id"
STATE = "SELECT state, reason FROM laters"


def loop(house: House) -> Sending:
    return Sending(ground=house.ground, nudges=house.ground.nudges, clock=house.clock)


async def later(house: House, talk: int, **more: Any) -> int:
    call = {"text": "good afternoon", "at": AT, "now": house.clock(), **more}
    return await house.desk.send_later(talk, house.agents["ana"], **call)


async def kinds(house: House) -> list[str]:
    found = await house.rows("SELECT kind FROM happenings WHERE kind LIKE 'later%' ORDER BY id")
    return [kind for (kind,) in found]


async def test_it_waits_for_its_time_and_then_leaves_once_whatever_restarts(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    await later(house, talk)
    house.clock.now = AT - timedelta(seconds=1)
    assert not await loop(house).turn()
    house.clock.now = AT
    assert await loop(house).turn()
    for _ in range(3):
        assert not await loop(house).turn()
    assert await house.rows(OUT) == [("paper", "good afternoon")]
    [(state, message, agent)] = await house.rows(
        "SELECT l.state, l.message_id = m.id, m.agent_id FROM laters l, messages m WHERE m.direction = 'out'"
    )
    assert (state, message, agent) == ("sent", 1, house.agents["ana"])


async def test_two_owners_at_once_send_it_once(house: House) -> None:
    await later(house, await house.says("maria", 1, "hi"))
    house.clock.now = AT
    await asyncio.gather(*(loop(house).turn() for _ in range(4)))
    assert await house.rows(OUT) == [("paper", "good afternoon")]


async def test_a_death_before_the_commit_leaves_both_undone_and_it_leaves_once_after(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await later(house, await house.says("maria", 1, "hi"))
    house.clock.now = AT

    async def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("inbox.desk.sending_later.laters.became", dies)  # the last thing it writes
        with pytest.raises(KeyboardInterrupt):
            await loop(house).turn()
    assert await house.rows(OUT) == []
    assert await house.rows(STATE) == [("waiting", "")]
    assert await loop(house).turn()
    assert await house.rows(OUT) == [("paper", "good afternoon")]


async def test_the_same_gesture_twice_waits_once(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    assert await later(house, talk, key="g") == await later(house, talk, key="g")
    assert await kinds(house) == ["later_made"]


async def test_the_customers_words_stop_it_at_once_unless_it_is_to_go_all_the_same(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    await later(house, talk)
    await later(house, talk, text="by all means", if_they_write="send")
    house.clock.forward(minutes=5)
    await house.says("maria", 2, "never mind")
    assert await loop(house).turn()
    assert await house.rows(f"{STATE} ORDER BY id") == [
        ("stopped", "the customer has written since"),
        ("waiting", ""),
    ]
    assert (await kinds(house))[-1] == "later_stopped"
    house.clock.now = AT
    await loop(house).turn()
    assert await house.rows(OUT) == [("paper", "by all means")]
    [(waits, unread)] = await house.rows("SELECT waiting_since, unread FROM conversations")
    assert (waits is not None, unread) == (True, 2)  # it answered nothing of what they said since


async def test_what_is_set_aside_stays_so_when_it_leaves(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    until = AT + 20 * HOUR
    await house.desk.snooze(talk, house.agents["ana"], until=until, now=house.clock())
    await later(house, talk)
    house.clock.now = AT
    await loop(house).turn()
    assert await house.rows("SELECT state, snoozed_until FROM conversations") == [
        ("snoozed", int(until.timestamp()) * 1_000_000)
    ]


async def _stops(house: House, talk: int) -> None:
    [(place,)] = await house.rows(f"SELECT address_id FROM conversations WHERE id = {talk}")
    await stopped(house, place)


async def _resolves(house: House, talk: int) -> None:
    await house.desk.resolve(talk, house.agents["ana"], now=house.clock())


async def _switched_off(house: House, talk: int) -> None:
    house.ground.channels.pop("paper")  # type: ignore[attr-defined]


REFUSALS = [
    pytest.param(_stops, "said stop", id="they said stop"),
    pytest.param(_resolves, "resolved", id="the matter is resolved"),
    pytest.param(_switched_off, "switched off", id="the channel is off"),
]


@pytest.mark.parametrize(("befalls", "why"), REFUSALS)
async def test_what_may_not_go_when_it_is_due_is_refused_and_its_writer_hears_why(
    house: House, befalls: Any, why: str
) -> None:
    talk = await house.says("maria", 1, "hi")
    await later(house, talk)
    await befalls(house, talk)
    house.clock.now = AT
    assert await loop(house).turn()
    assert not await loop(house).turn()
    assert await house.rows(OUT) == []
    [(state, reason)] = await house.rows(STATE)
    assert state == "refused"
    assert why in reason
    [(kind, data)] = await house.rows("SELECT kind, data FROM happenings ORDER BY id DESC LIMIT 1")
    assert (kind, '"by": "Ana"' in data, why in data) == ("later_refused", True, True)


async def test_a_window_that_is_over_then_refuses_and_one_that_opened_again_lets_it_go(house: House) -> None:
    sms = with_sms(house, window=2 * HOUR)
    talk = await house.says("maria", 1, "hi")
    number = await address(house, talk, last_in_at=NOON)
    await later(house, talk, address_id=number)
    house.clock.now = AT
    await loop(house).turn()
    assert (await house.rows(STATE))[0][0] == "refused"
    assert sms.sent == []


CHANGES = [
    pytest.param({"text": "other words"}, ("other words", AT), id="words"),
    pytest.param({"at": AT + HOUR}, ("good afternoon", AT + HOUR), id="time"),
]


@pytest.mark.parametrize(("change", "after"), CHANGES)
async def test_it_is_changed_while_it_waits(house: House, change: dict[str, Any], after: Any) -> None:
    key = await later(house, await house.says("maria", 1, "hi"))
    await house.desk.change_later(key, house.agents["rui"], **change, now=house.clock())
    [(text, at)] = await house.rows("SELECT text, at FROM laters")
    assert (text, at) == (after[0], int(after[1].timestamp()) * 1_000_000)
    assert await kinds(house) == ["later_made", "later_changed"]


async def test_it_is_cancelled_and_what_has_ended_stays(house: House) -> None:
    key, ana = await later(house, await house.says("maria", 1, "hi")), house.agents["ana"]
    await house.desk.cancel_later(key, ana, now=house.clock())
    await house.desk.cancel_later(key, ana, now=house.clock())  # twice is no error
    house.clock.now = AT
    assert not await loop(house).turn()
    with pytest.raises(DeskError, match="cancelled already"):
        await house.desk.change_later(key, ana, text="x", now=house.clock())
    with pytest.raises(NotThere):
        await house.desk.cancel_later(99, ana, now=house.clock())
    assert await kinds(house) == ["later_made", "later_cancelled"]


WRONG = [
    pytest.param({"at": NOON}, "has passed", id="now"),
    pytest.param({"at": NOON + timedelta(days=91)}, "90 days", id="too far"),
    pytest.param({"text": " "}, "nothing to send", id="no words"),
    pytest.param({"address_id": 99}, "no address", id="a stranger's address"),
]


@pytest.mark.parametrize(("more", "why"), WRONG)
async def test_what_cannot_be_sent_later_is_refused_in_words(
    house: House, more: dict[str, Any], why: str
) -> None:
    talk = await house.says("maria", 1, "hi")
    with pytest.raises(DeskError, match=why):
        await later(house, talk, **more)
    assert await house.rows("SELECT count(*) FROM laters") == [(0,)]


async def test_nothing_waits_for_who_said_stop_nor_in_what_is_over(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    await _stops(house, talk)
    with pytest.raises(Stopped):
        await later(house, talk)
    await house.desk.resolve(talk, house.agents["ana"], now=house.clock())
    with pytest.raises(Ended):
        await later(house, talk)


async def test_one_that_cannot_be_sent_keeps_those_behind_it_from_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await house.says("maria", 1, "hi")
    await later(house, first, text="never")
    await later(house, await house.says("ines", 1, "hi"), text="good evening")
    house.clock.now = AT
    reply = Answers.reply

    async def breaks(self: Answers, conversation_id: int, agent_id: int, **more: Any) -> int:
        if conversation_id == first:
            raise KeyError("a row of before")
        return await reply(self, conversation_id, agent_id, **more)

    monkeypatch.setattr(Answers, "reply", breaks)
    with pytest.raises(KeyError):
        await loop(house).turn()
    assert await house.rows(OUT) == [("paper", "good evening")]
    assert await house.rows(f"{STATE} ORDER BY id") == [("waiting", ""), ("sent", "")]


async def test_the_clock_wakes_nothing_that_was_set_aside_for_longer_meanwhile(house: House) -> None:
    talk, ana, now = await house.says("maria", 1, "hi"), house.agents["ana"], house.clock()
    await house.desk.snooze(talk, ana, until=now + HOUR, now=now)
    await house.desk.wake(talk, None, now=now + timedelta(minutes=59))
    assert await house.rows("SELECT state FROM conversations") == [("snoozed",)]
    await house.desk.wake(talk, None, now=now + HOUR)
    assert await house.rows("SELECT state FROM conversations") == [("open",)]
