"""What agents promise is kept, broken or withdrawn because somebody says so, and goes where it belongs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inbox.desk import promised
from inbox.desk.errors import DeskError, NotThere, OpenPromises, Stopped
from inbox.desk.promise_acts import Fate
from storage import agents, promises
from storage.promises import Promise
from tests.inbox.house import NOON, House

FRIDAY = NOON + timedelta(days=3)
HOUR = timedelta(hours=1)


async def promise(house: House, conversation: int, agent: str = "ana", **more: Any) -> int:
    call = {"text": "send the quote", "due_at": FRIDAY, "now": house.clock(), **more}
    return await house.desk.promise(conversation, house.agents[agent], **call)


async def row(house: House, key: int) -> Promise:
    async with house.database.reading() as connection:
        found = await promises.one(connection, key)
    assert found is not None
    return found


async def happened(house: House) -> list[str]:
    rows = await house.rows("SELECT kind FROM happenings WHERE kind LIKE 'promise%' ORDER BY id")
    return [kind for (kind,) in rows]


async def test_a_promise_is_made_with_who_keeps_it_and_where_it_was_said(house: House) -> None:
    conversation = await house.says("maria", 1, "when do I get the quote?")
    key = await promise(house, conversation, owner_id=house.agents["rui"], message_id=7, text=" the\n quote ")
    made = await row(house, key)
    assert (made.text, made.due_at, made.state, made.message_id) == ("the quote", FRIDAY, "open", 7)
    assert (made.owner_id, made.made_by) == (house.agents["rui"], house.agents["ana"])
    assert await happened(house) == ["promise_made"]


async def test_the_same_gesture_twice_is_one_promise_and_one_answer(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    first = await promise(house, conversation, key="g", tell="You have it by Friday.")
    assert await promise(house, conversation, key="g", tell="You have it by Friday.") == first
    assert await house.rows("SELECT count(*) FROM promises") == [(1,)]
    [(message, text)] = await house.rows("SELECT id, text FROM messages WHERE direction = 'out'")
    assert text == "You have it by Friday."
    assert (await row(house, first)).message_id == message


async def test_what_the_customer_cannot_be_told_is_not_promised(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    with pytest.raises(Stopped):
        await promise(house, conversation, tell="by Friday")
    assert await house.rows("SELECT count(*) FROM promises") == [(0,)]


REFUSED = [
    pytest.param({"text": " \n"}, "Say what is promised", id="no words"),
    pytest.param({"text": "x" * 151}, "151 characters", id="too many words"),
    pytest.param({"due_at": NOON}, "has passed", id="due now"),
    pytest.param({"due_at": NOON + timedelta(days=400)}, "year ahead", id="too far"),
    pytest.param({"owner_id": 99}, "no such agent", id="a keeper who is not there"),
]


@pytest.mark.parametrize(("more", "words"), REFUSED)
async def test_what_is_no_promise_is_refused_in_words(house: House, more: dict[str, Any], words: str) -> None:
    conversation = await house.says("maria", 1, "hi")
    with pytest.raises(DeskError, match=words):
        await promise(house, conversation, **more)
    assert await house.rows("SELECT count(*) FROM promises") == [(0,)]


ENDS = [
    pytest.param("keep_promise", FRIDAY - HOUR, "kept", False, id="kept in time"),
    pytest.param("keep_promise", FRIDAY + timedelta(minutes=15), "kept", False, id="said a little after"),
    pytest.param("keep_promise", FRIDAY + HOUR, "kept", True, id="kept late"),
    pytest.param("withdraw_promise", FRIDAY - HOUR, "withdrawn", False, id="withdrawn before it was due"),
    pytest.param("withdraw_promise", FRIDAY + HOUR, "broken", True, id="let go after it was due"),
]


@pytest.mark.parametrize(("act", "at", "state", "late"), ENDS)
async def test_a_promise_ends_when_an_agent_says_so(
    house: House, act: str, at: datetime, state: str, late: bool
) -> None:
    key = await promise(house, await house.says("maria", 1, "hi"))
    house.clock.now = at
    await getattr(house.desk, act)(key, house.agents["rui"], now=at)
    ended = await row(house, key)
    assert (ended.state, ended.ended_at, ended.ended_by) == (state, at, house.agents["rui"])
    assert await happened(house) == ["promise_made", f"promise_{state}"]
    [(data,)] = await house.rows("SELECT data FROM happenings ORDER BY id DESC LIMIT 1")
    assert ('"late": true' in data) is late


async def test_the_clock_breaks_no_promise_and_what_has_ended_stays(house: House) -> None:
    key = await promise(house, await house.says("maria", 1, "hi"))
    now = house.clock.forward(days=30)
    assert (await row(house, key)).state == "open"
    await house.desk.keep_promise(key, house.agents["ana"], now=now)
    await house.desk.keep_promise(key, house.agents["ana"], now=now)  # twice is no error
    with pytest.raises(DeskError, match="kept already"):
        await house.desk.withdraw_promise(key, house.agents["ana"], now=now)
    with pytest.raises(NotThere):
        await house.desk.keep_promise(99, house.agents["ana"], now=now)


async def test_put_off_in_time_is_in_time_and_put_off_late_is_late_for_good(house: House) -> None:
    conversation, ana = await house.says("maria", 1, "hi"), house.agents["ana"]
    early, late = await promise(house, conversation), await promise(house, conversation)
    new = FRIDAY + timedelta(days=1)
    await house.desk.postpone_promise(early, ana, due_at=new, now=FRIDAY - HOUR)
    await house.desk.postpone_promise(late, ana, due_at=new, now=FRIDAY)
    for key in (early, late):
        await house.desk.keep_promise(key, ana, now=new - HOUR)
    assert [(await row(house, key)).was_late(new) for key in (early, late)] == [False, True]
    with pytest.raises(DeskError, match="has passed"):
        await house.desk.postpone_promise(await promise(house, conversation), ana, due_at=NOON, now=NOON)


async def test_promises_go_along_when_a_conversation_is_handed_over(house: House) -> None:
    conversation, ana, rui = await house.says("maria", 1, "hi"), house.agents["ana"], house.agents["rui"]
    await house.desk.take(conversation, ana, now=NOON)
    key = await promise(house, conversation)
    await house.desk.hand_over(conversation, ana, to_agent=rui, promises_too=False, now=NOON)
    assert (await row(house, key)).owner_id == ana
    await house.desk.take(conversation, ana, over=True, now=NOON)
    await house.desk.hand_over(conversation, ana, to_agent=rui, now=NOON)
    assert (await row(house, key)).owner_id == rui
    [(data,)] = await house.rows("SELECT data FROM happenings ORDER BY id DESC LIMIT 1")
    assert "send the quote" in data


async def test_what_is_handed_to_a_team_waits_for_whoever_gets_it(house: House) -> None:
    conversation, ana = await house.says("maria", 1, "hi"), house.agents["ana"]
    await house.desk.take(conversation, ana, now=NOON)
    key = await promise(house, conversation)
    await house.desk.hand_over(conversation, ana, to_team="billing", now=NOON)
    made = await row(house, key)
    assert (made.owner_id, made.follows) == (ana, True)


async def test_what_is_given_back_takes_its_owners_promises_along(house: House) -> None:
    conversation, ana = await house.says("maria", 1, "hi"), house.agents["ana"]
    await house.desk.take(conversation, ana, now=NOON)
    mine, ruis = await promise(house, conversation), await promise(house, conversation, "rui")
    await house.desk.give_back(conversation, ana, now=NOON)
    assert [(await row(house, key)).follows for key in (mine, ruis)] == [True, False]


async def test_who_left_keeps_no_new_promise(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    async with house.database.writing() as connection:
        await agents.change(connection, house.agents["rui"], active=False)
    with pytest.raises(DeskError, match="does not work here any more"):
        await promise(house, conversation, owner_id=house.agents["rui"])


async def test_nothing_is_resolved_over_an_open_promise(house: House) -> None:
    conversation, ana = await house.says("maria", 1, "hi"), house.agents["ana"]
    kept, dropped, moved, stays = [await promise(house, conversation) for _ in range(4)]
    fates = {kept: Fate(what="kept"), dropped: Fate(what="dropped"), stays: Fate(what="moved")}
    for decided in ({}, fates):
        with pytest.raises(OpenPromises) as asked:
            await house.desk.resolve(conversation, ana, promises=decided, now=NOON)
        assert len(asked.value.promises) == 4 - len(decided)
        assert "Not resolved" in str(asked.value)
    assert await house.rows("SELECT state FROM conversations") == [("open",)]
    assert (await row(house, kept)).state == "open", "half of it is nothing"
    later = FRIDAY + HOUR
    whole = {**fates, moved: Fate(what="moved", due_at=later)}
    await house.desk.resolve(conversation, ana, promises=whole, now=NOON)
    assert await house.rows("SELECT state FROM conversations") == [("resolved",)]
    assert [(await row(house, key)).state for key in (kept, dropped, moved, stays)] == [
        "kept",
        "withdrawn",
        "open",
        "open",
    ]
    assert (await row(house, moved)).due_at == later


async def test_a_late_promise_does_not_go_on_without_a_new_time(house: House) -> None:
    conversation, ana = await house.says("maria", 1, "hi"), house.agents["ana"]
    key = await promise(house, conversation)
    with pytest.raises(DeskError, match="is late"):
        await house.desk.resolve(conversation, ana, promises={key: Fate(what="moved")}, now=FRIDAY + HOUR)


async def test_the_customer_is_told_how_it_stands_in_the_promises_own_conversation(house: House) -> None:
    conversation, ana = await house.says("maria", 1, "hi"), house.agents["ana"]
    key = await promise(house, conversation)
    said = await house.desk.tell_promise(key, ana, text="Almost done.", now=NOON, key="t")
    assert await house.desk.tell_promise(key, ana, text="Almost done.", now=NOON, key="t") == said
    assert await house.rows("SELECT conversation_id, text FROM messages WHERE direction = 'out'") == [
        (conversation, "Almost done.")
    ]


SAID = [
    pytest.param("promise_made", {}, "Ana promised “the quote” by Fri 27 Nov 12:00 UTC.", id="made"),
    pytest.param(
        "promise_made",
        {"owner": "Rui"},
        "Ana promised “the quote” by Fri 27 Nov 12:00 UTC; Rui keeps it.",
        id="made for another",
    ),
    pytest.param("promise_kept", {"late": True}, "Ana kept the promise “the quote”, late.", id="kept late"),
    pytest.param(
        "promise_broken",
        {},
        "Ana said that the promise “the quote” was not kept; it was due Fri 27 Nov 12:00 UTC.",
        id="broken",
    ),
    pytest.param(
        "promise_withdrawn", {}, "Ana took back the promise “the quote” before it was due.", id="withdrawn"
    ),
    pytest.param(
        "promise_moved",
        {"was_due_at": NOON.isoformat()},
        "Ana moved the promise “the quote” to Fri 27 Nov 12:00 UTC; it was due Tue 24 Nov 12:00 UTC.",
        id="moved",
    ),
    pytest.param(
        "promise_moved",
        {"to": "Rui"},
        "The promise “the quote”, due Fri 27 Nov 12:00 UTC, is now Rui’s to keep.",
        id="passed on",
    ),
]


@pytest.mark.parametrize(("kind", "data", "sentence"), SAID)
def test_what_befalls_a_promise_is_one_sentence(kind: str, data: dict[str, Any], sentence: str) -> None:
    whole = {"text": "the quote", "due_at": FRIDAY.isoformat(), **data}
    assert promised.said(kind, "Ana", whole) == sentence
