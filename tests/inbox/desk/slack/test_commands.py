"""Words typed in a thread that hand over, promise, and say who the customer is; none of them is sent."""

from datetime import timedelta

import pytest

from tests.inbox.desk.slack.bureau import Bureau

OWNER = "SELECT a.key FROM conversations c JOIN agents a ON a.id = c.owner_id"


async def test_give_hands_over_to_the_mentioned_colleague_with_why(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "take")
    await desk.until_row(OWNER, is_="ana")
    await desk.ana.types(card, f"!give <@{desk.rui.id}> refund agreed, wait for the bank")
    await desk.until_row(OWNER, is_="rui")
    await desk.until(
        lambda: any("Ana → Rui: refund agreed, wait for the bank" in one.text for one in desk.thread())
    )
    assert desk.house.paper.sent == []
    assert desk.slack.mistakes == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("!give somebody", "Mention a colleague"),
        ("!give <@{zoe}>", "not among the agents"),
        ("!give <@{ana}>", "cannot hand over to yourself"),
    ],
)
async def test_give_explains_whom_it_cannot_give_to(desk: Bureau, typed: str, told: str) -> None:
    zoe = desk.slack.add_person("Zoe")
    card = await desk.opened()
    await desk.ana.types(card, typed.format(zoe=zoe.id, ana=desk.ana.id))
    await desk.ana.sees(told)
    assert await desk.house.rows("SELECT owner_id FROM conversations") == [(None,)]


async def test_give_to_somebody_away_does_it_and_says_so(desk: Bureau) -> None:
    card = await desk.opened()
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE agents SET available = 0 WHERE key = 'rui'")
    await desk.ana.types(card, f"!give <@{desk.rui.id}>")
    await desk.ana.sees("Rui is away.")
    await desk.until_row(OWNER, is_="rui")


@pytest.mark.parametrize(
    "typed", ["!promise call back in 2 hours", "!promise ligar em 2 horas", "!promise llamar en 2 horas"]
)
async def test_a_promise_is_made_with_the_time_that_is_read_in_it(desk: Bureau, typed: str) -> None:
    card = await desk.opened()
    await desk.ana.types(card, typed)
    await desk.until_row("SELECT count(*) FROM promises")
    [(text, due)] = await desk.house.rows("SELECT text, due_at FROM promises")
    assert text == typed.removeprefix("!promise ")
    wanted = desk.now() + timedelta(hours=2)
    assert abs(due / 1_000_000 - wanted.timestamp()) < 120
    assert desk.house.paper.sent == []


async def test_a_promise_without_a_time_is_asked_for_one(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "!promise call back")
    await desk.ana.sees("Say what and by when")
    assert await desk.house.rows("SELECT count(*) FROM promises") == [(0,)]


async def test_who_says_what_is_known_of_the_customer(desk: Bureau) -> None:
    card = await desk.opened("where is *it*?")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(
            "UPDATE customers SET tier = 'gold', language = 'pt', zone = 'Europe/Lisbon', ref = 'K-17'"
        )
    await desk.ana.types(card, "!who")
    seen = await desk.ana.sees("Maria on Paper, gold")
    assert "nobody has it" in seen.text
    assert "Their time" in seen.text
    assert "Shop number: K-17" in seen.text


async def test_a_word_marked_as_note_stays_inside(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "!note ask Rui")
    await desk.until_row("SELECT text FROM messages WHERE direction = 'note'", is_="ask Rui")
    assert desk.house.paper.sent == []
