"""One's own page: away until when and why, what one prefers, safe mode."""

import pytest

from tests.inbox.desk.web.house import House

SQL = "SELECT available, away_why, away_until IS NOT NULL FROM agents WHERE key = 'tiago'"


async def rows(desk: House, sql: str) -> list[tuple[object, ...]]:
    async with desk.app.database.reading() as connection:
        return [tuple(row) for row in await connection.exec_driver_sql(sql)]


async def text(desk: House) -> str:
    answer = await desk.client.get("/desk/me")
    assert answer.status == 200
    return await answer.text()


async def test_the_page_offers_to_go_away_and_then_to_come_back(desk: House) -> None:
    await desk.sign_in()
    assert "New conversations come to you." in await text(desk)
    await desk.post("/desk/me/away", until="2036-11-25T15:30", why="<b>lunch</b>", owned="keep")
    assert await rows(desk, SQL) == [(0, "<b>lunch</b>", 1)]
    page = await text(desk)
    assert "&lt;b&gt;lunch&lt;/b&gt;" in page
    assert "Take conversations" in page


@pytest.mark.parametrize("until", ["2001-01-01T10:00", "soon"])
async def test_a_time_that_has_passed_or_is_none_changes_nothing(desk: House, until: str) -> None:
    await desk.sign_in()
    answer = await desk.post("/desk/me/away", until=until, owned="keep")
    assert answer.status == 409
    assert "Choose a time to come" in await answer.text()
    assert (await rows(desk, SQL))[0][0] == 1


async def test_language_and_digest_are_kept_and_shown_and_an_unknown_language_is_not(desk: House) -> None:
    await desk.sign_in()
    await desk.post("/desk/me/prefer", language="pt", digest="no")
    assert '<option value="pt" selected>' in await text(desk)
    await desk.post("/desk/me/prefer", language="xx")
    sql = "SELECT language, digest FROM agents WHERE key = 'tiago'"
    assert await rows(desk, sql) == [("pt", 0)]


async def test_safe_mode_is_switched_on_ones_own_page(desk: House) -> None:
    await desk.sign_in()
    await desk.post("/desk/me/safe-mode", on="yes")
    assert "Switch safe mode off" in await text(desk)
