"""Resolving in Slack: the reason, the note, the last words, and what stands in the thread afterwards."""

from dataclasses import replace
from typing import Any

from routing.rating import rating_of
from tests.inbox.desk.slack.bureau import Bureau
from tests.providers.slack.state import View


async def whole(desk: Bureau, words: str = "Note for the team") -> View:
    """Wait until the modal is whole."""
    await desk.until(lambda: desk.ana.view is not None and words in str(desk.ana.view.body))
    assert desk.ana.view is not None
    return desk.ana.view


async def resolves(desk: Bureau, card: Any, values: dict[str, Any]) -> None:
    """Answer the customer, press Resolve, fill it in."""
    await desk.ana.types(card, "it comes today")
    await desk.sent()
    await desk.ana.clicks(card, "resolve")
    await desk.ana.submits(await whole(desk), values)
    await desk.until_row("SELECT state FROM conversations", is_="resolved")


async def test_a_reason_of_the_list_and_words_of_ones_own_stand_on_the_card(desk: Bureau) -> None:
    card = await desk.opened()
    values = {"reason": "Order settled", "more": "came a day late", "note": "check the courier"}
    await resolves(desk, card, values)
    assert await desk.house.rows("SELECT resolve_reason FROM conversations") == [
        ("Order settled: came a day late",)
    ]
    await desk.until(lambda: "Order settled: came a day late" in card.text)
    assert await desk.house.rows("SELECT text FROM messages WHERE direction = 'note'") == [
        ("check the courier",)
    ]
    assert len(desk.house.paper.sent) == 1, "nothing is said to the customer"


async def test_thanks_and_the_question_go_first_and_the_answer_stands_in_the_thread(desk: Bureau) -> None:
    desk.house.accept.applying.rules = replace(desk.house.accept.applying.rules, rating_of=rating_of)
    card = await desk.opened()
    await resolves(desk, card, {"reason": "Order settled", "last": ["thank", "ask"]})
    last = (await desk.sent(2))[1]
    assert last.startswith("Thank you")
    assert "from 1 (bad) to 5 (good)" in last
    await desk.forward(3600)
    await desk.says("4, thank you", number=2)
    await desk.until(lambda: [post for post in desk.thread() if "4 of 5: thank you" in post.text])
    shown = [post.text for post in desk.thread()]
    assert next(at for at, text in enumerate(shown) if "4, thank you" in text) < next(
        at for at, text in enumerate(shown) if "4 of 5" in text
    )
    await desk.until(lambda: "the customer says 4 of 5" in card.text)
    assert await desk.house.rows("SELECT state, waiting_since FROM conversations") == [("resolved", None)]
    assert await desk.house.rows("SELECT count(*) FROM customer_events WHERE kind = 'rated'") == [(1,)]


async def test_an_unanswered_question_is_asked_about_and_what_was_filled_in_stays(desk: Bureau) -> None:
    """Check 26: resolving with an unanswered last message asks."""
    card = await desk.opened()
    await desk.ana.clicks(card, "resolve")
    handed = await desk.ana.submits(
        await whole(desk), {"reason": "Not for us", "more": "a wrong number", "last": ["thank"]}
    )
    assert isinstance(handed.body, dict)
    assert handed.body["response_action"] == "update"
    view = await whole(desk, "unanswered")
    assert await desk.house.rows("SELECT state FROM conversations") == [("open",)]
    for kept in ("Not for us", "a wrong number", "initial_options"):
        assert kept in str(view.body)
    await desk.ana.submits(view, {"anyway": ["anyway"]})
    await desk.until_row("SELECT resolve_reason FROM conversations", is_="Not for us: a wrong number")
    assert (await desk.sent())[0].startswith("Thank you")


async def test_last_words_that_cannot_be_sent_are_not_offered_and_refused_under_their_field(
    desk: Bureau,
) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "resolve")
    view = await whole(desk)
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    handed = await desk.ana.submits(view, {"last": ["ask"]})
    assert isinstance(handed.body, dict)
    assert "said stop" in handed.body["errors"]["last"]
    await desk.ana.closes(view)
    await desk.ana.clicks(card, "resolve")
    assert "Nothing can be sent to the customer now" in str((await whole(desk)).body)
