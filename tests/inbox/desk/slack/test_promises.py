"""Promises in Slack: reminded of once whatever restarts, acted on by button, offered by one click."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.policy import Team
from inbox.desk.reminding import Reminding
from inbox.policies import fixed
from tests.inbox.desk.slack.bureau import Bureau, bureau
from tests.providers.slack import Message
from tests.providers.slack.state import View

MIN = 60.0
SAID_THERE = "SELECT p.text, m.text FROM promises p JOIN messages m ON m.id = p.message_id"


def reminding(desk: Bureau, leads: dict[str, str] | None = None) -> Reminding:
    """A loop as it is after a start: it remembers nothing but the rows."""
    ground = desk.house.ground
    return Reminding(ground=ground, nudges=ground.nudges, clock=desk.now, leads=lambda: leads or {})


async def agent_id(desk: Bureau, key: str) -> int:
    return int((await desk.house.rows(f"SELECT id FROM agents WHERE key = '{key}'"))[0][0])


async def promised(desk: Bureau, minutes: float = 60, who: str = "ana", **more: Any) -> tuple[Message, int]:
    """A card under which Ana promised to call back within so many minutes."""
    card = await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    due = desk.now() + timedelta(minutes=minutes)
    owner = await agent_id(desk, who)
    call = {"text": "call back", "due_at": due, "now": desk.now(), **more}
    key = await desk.house.desk.promise(conversation, owner, **call)
    desk.ring()
    await desk.until(lambda: any("promised “call back”" in post.text for post in desk.thread()))
    return card, key


def reminders(desk: Bureau) -> list[Message]:
    return [post for post in desk.thread() if "[Kept]" in post.text]


async def filled(desk: Bureau, callback: str, words: str) -> View:
    """Wait for a modal that holds these words."""
    await desk.until(lambda: desk.ana.view is not None and words in str(desk.ana.view.body))
    return await desk.ana.sees_view(callback)


async def told(desk: Bureau, number: int) -> list[Message]:
    desk.ring()
    await desk.until(lambda: len(reminders(desk)) >= number)
    return reminders(desk)


async def test_a_promise_is_reminded_of_before_and_when_due_once_whatever_restarts(desk: Bureau) -> None:
    """Check 33."""
    await promised(desk)
    assert not await reminding(desk).turn()
    await desk.forward(46 * MIN)
    for _ in range(3):
        await reminding(desk).turn()
    [before] = await told(desk, 1)
    assert "You promised: call back (" in before.text
    assert "[Kept] [New time] [Tell the customer] [Let it go]" in before.text
    assert desk.ana.id in str(before.blocks)
    await desk.forward(15 * MIN)
    for _ in range(3):
        await reminding(desk).turn()
    await told(desk, 2)
    await desk.forward(60)
    assert not await reminding(desk).turn()
    assert len(reminders(desk)) == 2
    assert desk.slack.mistakes == []


async def test_nobody_is_reminded_of_what_is_kept_even_if_it_was_owed(desk: Bureau) -> None:
    """Check 33."""
    _, key = await promised(desk)
    await desk.forward(46 * MIN)
    owed = reminding(desk)
    desk.face.workspace.closed[desk.team] = "for now"  # the post waits
    desk.face.workspace.closed[desk.fallback] = "for now"
    await owed.turn()
    await desk.house.desk.keep_promise(key, await agent_id(desk, "ana"), now=desk.now())
    desk.face.workspace.closed.clear()
    desk.ring()
    await desk.until_row("SELECT state FROM deliveries WHERE key LIKE 'promise:%'", is_="dropped")
    await desk.forward(60 * MIN)
    assert not await owed.turn()
    assert reminders(desk) == []


async def test_the_lead_hears_of_what_is_half_an_hour_late(desk: Bureau) -> None:
    await promised(desk, 20, who="rui")
    loop = reminding(desk, {"support": "ana"})
    await desk.forward(20 * MIN)
    await loop.turn()
    await desk.forward(29 * MIN)
    assert not await loop.turn()
    await desk.forward(2 * MIN)
    await loop.turn()
    late = (await told(desk, 2))[-1]
    assert "Late, and nobody said that it is kept. Rui promised: call back (" in late.text
    assert desk.ana.id in str(late.blocks)


async def test_the_buttons_of_a_reminder_keep_it_or_let_it_go(desk: Bureau) -> None:
    card, _ = await promised(desk)
    await desk.until(lambda: "Promise: call back" in card.text)
    await desk.forward(50 * MIN)
    await reminding(desk).turn()
    [post] = await told(desk, 1)
    await desk.rui.clicks(post, "promise_kept")
    await desk.until_row("SELECT state FROM promises", is_="kept")
    await desk.until(lambda: "[Kept]" not in post.text and "Rui: kept." in post.text)
    await desk.until(lambda: any("kept the promise “call back”." in one.text for one in desk.thread()))
    await desk.until(lambda: "Promise" not in card.text)
    assert desk.slack.mistakes == []


async def test_a_new_time_moves_it_and_tells_the_customer(desk: Bureau) -> None:
    await promised(desk)
    await desk.forward(50 * MIN)
    await reminding(desk).turn()
    [post] = await told(desk, 1)
    await desk.ana.clicks(post, "promise_move")
    view = await filled(desk, "tidings_promise_move", "“call back”")
    past = int(desk.now().timestamp()) - 60
    handed = await desk.ana.submits(view, {"due": past})
    assert handed.body["errors"] == {"due": "That time has passed. Choose a time to come."}
    due = int(desk.now().timestamp()) + 86_400
    await desk.ana.submits(view, {"due": due, "tell": "I call you tomorrow."})
    assert await desk.sent() == ["I call you tomorrow."]
    [(at, missed)] = await desk.house.rows("SELECT due_at, missed_at FROM promises")
    assert (at, missed) == (due * 1_000_000, None)
    await desk.until(lambda: any("moved the promise" in one.text for one in desk.thread()))
    assert not await reminding(desk).turn()


async def test_the_card_opens_a_modal_that_promises_and_tells(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "promise")
    view = await desk.ana.sees_view("tidings_promise")
    due = int(desk.now().timestamp()) + 3_600
    await desk.ana.submits(view, {"what": "send the quote", "due": due, "tell": "Within the hour."})
    assert await desk.sent() == ["Within the hour."]
    await desk.until_row("SELECT text FROM promises", is_="send the quote")
    await desk.until(lambda: "Promise: send the quote" in card.text)
    assert desk.slack.mistakes == []


async def test_a_time_outside_the_teams_hours_is_asked_about_once(desk: Bureau) -> None:
    team = Team.model_validate(desk.policy.teams[0].model_dump() | {"hours": ["mon-fri 9:00-18:00"]})
    desk.face.workspace.policies = fixed(desk.policy.model_copy(update={"teams": (team,)}))
    card = await desk.opened()
    await desk.ana.clicks(card, "promise")
    view = await desk.ana.sees_view("tidings_promise")
    sunday = desk.now() + timedelta(days=13 - desk.now().weekday())
    filled_in = {"what": "call back", "due": int(sunday.timestamp())}
    handed = await desk.ana.submits(view, filled_in)
    assert "Support is closed then" in str(handed.body)
    assert await desk.house.rows("SELECT count(*) FROM promises") == [(0,)]
    await desk.ana.submits(await desk.ana.sees_view("tidings_promise"), filled_in)
    await desk.until_row("SELECT text FROM promises", is_="call back")
    await desk.ana.shortcut("tidings_note", desk.thread()[0])
    view = await filled(desk, "tidings_note", "where is my order")
    filled_in = {"kind": "promise", "text": "ask the courier", "due": int(sunday.timestamp())}
    assert "Support is closed then" in str((await desk.ana.submits(view, filled_in)).body)
    await desk.ana.submits(await desk.ana.sees_view("tidings_note"), filled_in)
    await desk.until_row("SELECT count(*) FROM promises WHERE text = 'ask the courier'")


OFFERS = [
    pytest.param("I'll send the quote tomorrow at 10", True, id="a promise"),
    pytest.param("Thanks for your patience", False, id="none"),
]


@pytest.mark.parametrize(("text", "offered"), OFFERS)
async def test_an_answer_that_reads_like_a_promise_is_offered_as_one(
    desk: Bureau, text: str, offered: bool
) -> None:
    card = await desk.opened()
    await desk.ana.types(card, text)
    assert await desk.sent() == [text]
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    if not offered:
        assert desk.ana.ephemerals == []
        return
    offer = await desk.ana.sees("That reads like a promise: “I'll send the quote tomorrow at 10”")
    for _ in range(2):
        await desk.ana.clicks(offer, "promise_said")
    await desk.until_row("SELECT count(*) FROM promises")
    [(said, message)] = await desk.house.rows(SAID_THERE)
    assert (said, message) == (text, text)
    assert desk.slack.mistakes == []


async def test_any_message_becomes_a_note_or_a_promise_by_the_shortcut(desk: Bureau) -> None:
    await desk.opened("please call me")
    [said] = desk.thread()
    await desk.until_row("SELECT count(*) FROM slack_posts")
    await desk.ana.shortcut("tidings_note", said)
    view = await filled(desk, "tidings_note", "please call me")
    handed = await desk.ana.submits(view, {"kind": "promise", "text": "call", "due": None})
    assert "due" in handed.body["errors"]
    due = int(desk.now().timestamp()) + 3_600
    await desk.ana.submits(view, {"kind": "promise", "text": "call", "due": due})
    await desk.until_row("SELECT text FROM promises", is_="call")
    assert await desk.house.rows(SAID_THERE) == [("call", "please call me")]
    await desk.ana.shortcut("tidings_note", said)
    view = await filled(desk, "tidings_note", "please call me")
    await desk.ana.submits(view, {"kind": "note", "text": "likes calls"})
    await desk.until_row("SELECT text FROM messages WHERE direction = 'note'", is_="likes calls")
    assert desk.slack.mistakes == []


async def test_resolving_asks_first_what_becomes_of_each_open_promise(desk: Bureau) -> None:
    """Check 26."""
    card, kept = await promised(desk)
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    tomorrow = desk.now() + timedelta(days=1)
    goes_on = await desk.house.desk.promise(
        conversation, await agent_id(desk, "ana"), text="send the bill", due_at=tomorrow, now=desk.now()
    )
    await desk.forward(2 * 60 * MIN)
    await desk.ana.clicks(card, "resolve")
    await desk.ana.submits(await filled(desk, "tidings_resolve", "Note for the team"))
    view = await filled(desk, "tidings_resolve", "“call back”, promised by")
    assert await desk.house.rows("SELECT state FROM conversations") == [("open",)]
    late = {"anyway": ["anyway"], f"promise.{kept}": "moved", f"promise.{goes_on}": "moved"}
    handed = await desk.ana.submits(view, late)
    assert handed.body["errors"] == {f"promise_at.{kept}": "Choose a time to come: this one has passed."}
    await desk.ana.submits(view, late | {f"promise.{kept}": "kept"})
    await desk.until_row("SELECT state FROM conversations", is_="resolved")
    assert await desk.house.rows("SELECT state FROM promises ORDER BY id") == [("kept",), ("open",)]
    assert desk.slack.mistakes == []


async def test_typing_resolve_over_an_open_promise_is_refused_in_words(desk: Bureau) -> None:
    """Check 26."""
    card, _ = await promised(desk)
    await desk.ana.types(card, "!resolve")
    await desk.ana.sees("Not resolved: a promise is open (call back)")
    assert await desk.house.rows("SELECT state FROM conversations") == [("open",)]


async def test_in_safe_mode_the_offer_comes_once_it_is_sent(tmp_path: Path) -> None:
    async with bureau(tmp_path, safe_mode=True) as desk:
        card = await desk.opened()
        await desk.ana.types(card, "I'll send the quote tomorrow at 10")
        await desk.until(lambda: desk.ana.ephemerals)
        [asked] = desk.ana.ephemerals
        await desk.ana.clicks(asked, "ask_send")
        assert await desk.sent() == ["I'll send the quote tomorrow at 10"]
        await desk.ana.clicks(await desk.ana.sees("That reads like a promise"), "promise_said")
        await desk.until_row("SELECT count(*) FROM promises")


async def test_an_offer_can_be_changed_first_or_be_none(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "I'll send the quote tomorrow at 10")
    offer = await desk.ana.sees("That reads like a promise")
    await desk.ana.clicks(offer, "promise_said_edit")
    view = await filled(desk, "tidings_promise", "tomorrow at 10")
    await desk.ana.submits(view, {"what": "the quote"})
    await desk.until_row("SELECT text FROM promises", is_="the quote")
    assert (await desk.house.rows(SAID_THERE))[0][1] == "I'll send the quote tomorrow at 10"
    await desk.ana.clicks(offer, "promise_said")
    await desk.ana.clicks(offer, "promise_said_no")
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    assert await desk.house.rows("SELECT count(*) FROM promises") == [(1,)]
    assert desk.slack.mistakes == []
