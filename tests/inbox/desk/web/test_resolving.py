"""Resolving with care in the browser; safe mode and reactions there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import deliveries, ratings, routed
from tests.inbox.desk.web.house import POLICY, House, house_in


async def rows(house: House, *columns: object) -> list[tuple[object, ...]]:
    async with house.app.database.reading() as connection:
        return [tuple(row) for row in await connection.execute(select(*columns))]  # type: ignore[call-overload]


async def test_the_page_offers_reasons_a_note_and_last_words_in_the_customers_language(desk: House) -> None:
    key = await desk.conversation(language="pt-PT")
    page = await desk.page(f"/desk/c/{key}/resolve")
    for words in (
        "Order settled",
        "Note for the team",
        "Agradecemos o seu contacto.",
        "Como foi a nossa ajuda?",
    ):
        assert words in page


async def test_what_was_chosen_is_said_kept_and_done_once(desk: House) -> None:
    key = await desk.conversation()
    form = {
        "reason": "Order settled", "more": "a day late", "note": "ask the courier", "thank": "yes",
        "ask": "yes", "key": "k",
    }  # fmt: skip
    for _ in range(2):
        assert (await desk.post(f"/desk/c/{key}/resolve", **form)).status == 303
    row = await desk.row(key)
    assert (row.state, row.resolve_reason) == ("resolved", "Order settled: a day late")
    said = [(one.direction, one.text.partition("\n")[0]) for one in await desk.messages(key)]
    assert said == [("note", "ask the courier"), ("out", "Thank you for writing to us.")]
    assert await rows(desk, ratings.c.conversation_id) == [(key,)]


async def test_last_words_that_cannot_be_sent_resolve_nothing(desk: House) -> None:
    key = await desk.conversation()
    await desk.post(f"/desk/c/{key}/resolve", reason="x")
    await desk.post(f"/desk/c/{key}/reopen")
    other = await desk.conversation(name="Rui", stopped_at=desk.app.clock())
    assert (await desk.post(f"/desk/c/{other}/resolve", thank="yes")).status == 409
    assert (await desk.row(other)).state == "open"


async def test_a_rating_stands_in_the_log(desk: House) -> None:
    key = await desk.conversation()
    await desk.happened(key, "rated", rating=4, words="quick")
    assert "The customer says how it was: 4 of 5: quick" in await desk.page(f"/desk/c/{key}")


async def test_safe_mode_is_switched_from_the_menu(desk: House) -> None:
    key = await desk.conversation()
    for on, offered in (("yes", "Let what is typed in Slack go out"), ("no", "Hold what is typed in Slack")):
        await desk.post(f"/desk/c/{key}/safe-mode", on=on)
        assert await rows(desk, routed.c.safe_mode) == [(on == "yes",)]
        assert offered in await desk.page(f"/desk/c/{key}")


async def test_safe_mode_of_a_colleague_is_for_leads(house: House) -> None:
    await house.sign_in("helena")
    other = str(house.agents["tiago"])
    assert (await house.post("/desk/me/safe-mode", on="yes", agent=other)).status == 403
    assert (await house.post("/desk/me/safe-mode", on="yes")).status == 303


@pytest.fixture
async def reacting(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose team carries reactions, Tiago signed in."""
    teams = tuple(team.model_copy(update={"reactions": True}) for team in POLICY.teams)
    async with house_in(tmp_path, policy=POLICY.model_copy(update={"teams": teams})) as opened:
        await opened.sign_in()
        yield opened


async def test_a_reaction_is_put_shown_and_taken_off(reacting: House) -> None:
    key = await reacting.conversation(channel="telegram")
    message = await reacting.said(key, "it works")
    assert "React with 👍" in await reacting.page(f"/desk/c/{key}")
    await reacting.post(f"/desk/m/{message}/react", reaction="👍")
    assert "We reacted" in await reacting.page(f"/desk/c/{key}")
    await reacting.post(f"/desk/m/{message}/react", reaction="👍", on="no")
    assert "We reacted" not in await reacting.page(f"/desk/c/{key}")
    owed = await rows(reacting, deliveries.c.kind, deliveries.c.text)
    assert [one for one in owed if one[0] == "react"] == [("react", "👍"), ("react", "")]


@pytest.mark.parametrize("channel", ["telegram", "sms"])
async def test_none_is_offered_where_team_or_channel_does_not_carry_it(desk: House, channel: str) -> None:
    key = await desk.conversation(channel=channel)
    message = await desk.said(key, "it works")
    assert "React with" not in await desk.page(f"/desk/c/{key}")
    assert (await desk.post(f"/desk/m/{message}/react", reaction="👍")).status in (403, 409)
