"""Resolving with last words: thanks, a question, and what the customer answers to it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.policy import Policy, Team
from config.saved import DeskKnobs
from inbox.desk.errors import DeskError, Stopped
from inbox.desk.rating import filled, parting
from inbox.policies import fixed
from routing.rating import rating_of
from storage import ratings
from tests.inbox.house import House, make_house

KNOBS = DeskKnobs(thanks={"en": "Thanks.", "pt": "Obrigado."}, question={"en": "How?", "pt": "Como?"})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which customers are asked how it was."""
    made = await make_house(f"sqlite:///{tmp_path / 't.db'}", slack=True)
    made.ground = replace(
        made.ground, policies=fixed(Policy(teams=(Team(key="support", name="S"),), desk=KNOBS))
    )
    made.desk = type(made.desk)(made.ground)
    made.accept.applying.rules = replace(made.accept.applying.rules, rating_of=rating_of)
    yield made
    await made.accept.close()
    await made.database.close()


async def resolved(house: House, *, thank: bool = False, ask: bool = False) -> int:
    conversation = await house.says("maria", 1, "where is it?")
    await house.desk.resolve(
        conversation, house.agents["ana"], reason="done", thank=thank, ask=ask, key="g", now=house.clock()
    )
    return conversation


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"thank": True}, "Thanks."),
        ({"ask": True}, "How?"),
        ({"thank": True, "ask": True}, "Thanks.\n\nHow?"),
    ],
)
async def test_last_words_are_one_answer_before_the_matter_ends(
    house: House, said: dict[str, bool], text: str
) -> None:
    await resolved(house, **said)
    assert await house.rows("SELECT text FROM deliveries WHERE lane = 'paper'") == [(text,)]
    assert await house.rows("SELECT state, resolve_reason FROM conversations") == [("resolved", "done")]
    kinds = [row[0] for row in await house.rows("SELECT kind FROM happenings ORDER BY id")]
    assert kinds[-1] == "resolved"


async def test_without_last_words_nothing_is_said(house: House) -> None:
    await resolved(house)
    assert await house.rows("SELECT count(*) FROM deliveries WHERE lane = 'paper'") == [(0,)]
    assert await house.rows("SELECT count(*) FROM ratings") == [(0,)]


async def test_they_are_said_in_the_customers_language(house: House) -> None:
    conversation = await house.says("maria", 1, "oi")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET language = 'pt-BR'")
    await house.desk.resolve(conversation, house.agents["ana"], thank=True, ask=True, now=house.clock())
    assert await house.rows("SELECT text FROM deliveries WHERE lane = 'paper'") == [("Obrigado.\n\nComo?",)]


async def test_the_answer_is_a_rating_of_who_had_the_matter_and_opens_nothing(house: House) -> None:
    conversation = await resolved(house, ask=True)
    house.clock.forward(hours=2)
    await house.says("maria", 2, "5, very kind")
    async with house.database.reading() as connection:
        row = await ratings.of(connection, conversation)
    assert row is not None
    assert (row.rating, row.words, row.agent_id) == (5, "very kind", house.agents["ana"])
    assert await house.rows("SELECT state FROM conversations") == [("resolved",)]


async def test_where_nothing_can_be_sent_nothing_is_resolved_either(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    with pytest.raises(Stopped):
        await house.desk.resolve(conversation, house.agents["ana"], ask=True, now=house.clock())
    assert await house.rows("SELECT state FROM conversations") == [("open",)]
    assert await house.rows("SELECT count(*) FROM ratings") == [(0,)]


async def test_customers_are_asked_only_where_that_is_on(house: House) -> None:
    off = Policy(teams=(Team(key="support", name="S"),), desk=DeskKnobs(satisfaction=False))
    desk = type(house.desk)(replace(house.ground, policies=fixed(off)))
    conversation = await house.says("maria", 1, "hi")
    with pytest.raises(DeskError, match="not asked"):
        await desk.resolve(conversation, house.agents["ana"], ask=True, now=house.clock())


async def test_asked_anew_the_last_answer_counts(house: House) -> None:
    conversation = await resolved(house, ask=True)
    await house.says("maria", 2, "2")
    await house.says("maria", 3, "and where is it now?")
    await house.desk.resolve(conversation, house.agents["ana"], ask=True, now=house.clock.forward(hours=1))
    await house.says("maria", 4, "4")
    assert await house.rows("SELECT rating FROM ratings") == [(4,)]
    assert await house.rows("SELECT count(*) FROM customer_events WHERE kind = 'rated'") == [(2,)]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("{{ name }}, how was it?", "Maria", "Maria, how was it?"),
        ("{{ name }}, how was it?", "", "how was it?"),
        ("How was it, {{ name }}?", "", "How was it?"),
    ],
)
def test_what_is_not_known_is_left_out_of_last_words(text: str, name: str, said: str) -> None:
    assert filled(text, name=name) == said


def test_a_language_that_nobody_wrote_gets_english_then_any() -> None:
    assert parting(KNOBS, "th", thank=True, ask=False) == "Thanks."
    assert parting(DeskKnobs(thanks={"pt": "Obrigado."}), "th", thank=True, ask=False) == "Obrigado."
