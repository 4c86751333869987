"""Going away and coming back by `/tidings`, what one has decided about first; writing to somebody."""

import pytest

from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.test_slash import asked


async def test_who_has_nothing_is_away_at_once_and_back_again(desk: Bureau) -> None:
    seen = await asked(desk, "away until 2h the dentist")
    assert "You are away until <!date^" in seen.text
    rows = await desk.house.rows("SELECT available, away_why, away_until FROM agents WHERE key = 'ana'")
    assert rows[0][:2] == (0, "the dentist")
    assert abs(rows[0][2] / 1_000_000 - desk.now().timestamp() - 7_200) < 60
    assert "away until" in (await asked(desk, "who", desk.rui)).text
    assert "here again" in (await asked(desk, "back")).text
    await desk.until_row("SELECT available FROM agents WHERE key = 'ana'")


@pytest.mark.parametrize(("button", "owned"), [("away_keep", 1), ("away_give_back", 0)])
async def test_who_has_something_is_asked_what_becomes_of_it_before_they_are_away(
    desk: Bureau, button: str, owned: int
) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "take")
    await desk.until_row("SELECT owner_id IS NOT NULL FROM conversations")
    seen = await asked(desk, "away lunch")
    assert "You have 1 open conversation. What becomes of it while you are away?" in seen.text
    assert "[Keep] [Give back] [Hand over…]" in seen.text.replace("\n", " ")
    assert await desk.house.rows("SELECT available FROM agents WHERE key = 'ana'") == [(1,)]
    await desk.ana.clicks(seen, button)
    await desk.until_row("SELECT available FROM agents WHERE key = 'ana'", is_=0)
    await desk.until(lambda: "You are away." in seen.text)
    await desk.until_row("SELECT owner_id IS NOT NULL FROM conversations", is_=owned)
    assert await desk.house.rows("SELECT away_why FROM agents WHERE key = 'ana'") == [("lunch",)]
    assert desk.slack.mistakes == []


async def test_what_one_has_is_handed_to_a_colleague_who_is_here(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "take")
    await desk.until_row("SELECT owner_id IS NOT NULL FROM conversations")
    seen = await asked(desk, "away until 2h lunch")
    await desk.ana.clicks(seen, "away_hand_over")
    view = await desk.ana.sees_view("tidings_away")
    handed = await desk.ana.submits(view)
    assert handed.body["response_action"] == "errors"
    [rui] = await desk.ana.picks(view, "to", "ru")
    await desk.ana.submits(view, {"to": rui["value"]})
    row = "SELECT a.key FROM conversations c JOIN agents a ON a.id = c.owner_id"
    await desk.until_row(row, is_="rui")
    assert await desk.house.rows("SELECT away_why, away_until > 0 FROM agents WHERE key = 'ana'") == [
        ("lunch", 1)
    ]
    assert desk.slack.mistakes == []


async def test_the_form_refuses_a_time_that_has_passed(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "take")
    await desk.until_row("SELECT owner_id IS NOT NULL FROM conversations")
    await desk.ana.clicks(await asked(desk, "away"), "away_hand_over")
    view = await desk.ana.sees_view("tidings_away")
    past = int(desk.now().timestamp()) - 60
    handed = await desk.ana.submits(view, {"until": past, "owned": "keep"})
    assert handed.body["errors"] == {"until": "That time has passed. Choose a time to come."}
    assert await desk.house.rows("SELECT available FROM agents WHERE key = 'ana'") == [(1,)]


async def test_writing_to_somebody_opens_the_form_and_says_nothing_else(desk: Bureau) -> None:
    before = len(desk.ana.ephemerals)
    await desk.ana.slash("/tidings new +351912345678", channel=desk.fallback)
    await desk.ana.sees_view("tidings_new")
    assert len(desk.ana.ephemerals) == before
