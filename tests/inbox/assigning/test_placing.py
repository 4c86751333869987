"""What the rules say of a waiting is written down once, moves it, answers it, and promises a time."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.assigning import placing
from inbox.assigning.placing import Placing
from storage.instants import to_micros
from tests.inbox.assigning.houses import a_house
from tests.inbox.house import NOON

REFUNDS = {"key": "refunds", "when": {"words": ["refund"]}, "team": "billing", "tags": ["money"]}
HOUR = timedelta(hours=1)


def tiers(**target: str) -> dict[str, Any]:
    return {"lead": {"first_reply": "40m", "next_reply": "20m", "resolution": "8h", "channels": {}, **target}}


async def test_a_rule_moves_it_to_its_team_tags_it_and_its_next_one_gets_it(tmp_path: Path) -> None:
    async with a_house(tmp_path, rules=[REFUNDS]) as house:
        talk = await house.says("maria", "I want a refund")
        await house.desk.tag(talk, house.agents["ana"], tags=["vip"], now=house.clock())
        await house.settle()
        assert await house.one("team FROM conversations") == "billing"
        assert await house.owner(talk) == "eva"
        assert await house.one("tags FROM routed") == '["vip", "money"]'
        [(_, moved), (_, given)] = await house.befell("handed_over", "assigned")
        assert (moved["to_team"], moved["by"]) == ("billing", "rule")
        assert "refunds" in moved["why"]
        assert given["reasons"][-1] == "Eva is the only one left"


async def test_what_an_agent_has_is_not_taken_by_a_rule(tmp_path: Path) -> None:
    async with a_house(tmp_path, rules=[REFUNDS]) as house:
        talk = await house.says("maria", "I want a refund")
        await house.desk.take(talk, house.agents["ana"], now=house.clock())
        await house.settle()
        assert (await house.one("team FROM conversations"), await house.owner(talk)) == ("support", "ana")
        assert await house.befell("handed_over") == []


async def test_a_conversation_of_a_team_that_is_no_more_goes_to_the_first(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        talk = await house.says("maria")
        async with house.house.database.writing() as connection:
            await connection.exec_driver_sql("UPDATE conversations SET team = 'gone'")
        await house.settle()
        assert await house.one("team FROM conversations") == "support"
        assert await house.owner(talk) in ("ana", "rui")


async def test_a_rule_answers_once_a_conversation_in_the_customers_language(tmp_path: Path) -> None:
    reply = {"en": "We look at it, {{ name }}.", "pt": "Vamos ver, {{ name }}. {{ team }}, {{ business }}"}
    async with a_house(tmp_path, rules=[{**REFUNDS, "reply": reply}]) as house:
        talk = await house.says("maria", "quero o meu dinheiro de volta, refund por favor")
        await house.settle()
        said = "Vamos ver, Maria. Billing, Acme"
        assert await house.sent() == [said]
        assert await house.one("waiting_since IS NOT NULL FROM conversations") == 1
        message = "text, sender_name, agent_id FROM messages WHERE direction = 'out'"
        assert await house.house.rows(f"SELECT {message}") == [(said, "Billing", None)]
        await house.desk.reply(talk, house.agents["eva"], text="done", now=house.clock())
        house.clock.forward(hours=1)
        await house.says("maria", "another refund?", 2)
        await house.settle()
        assert await house.sent() == [said, "done"]


async def test_who_said_stop_is_not_answered_by_a_rule(tmp_path: Path) -> None:
    async with a_house(tmp_path, rules=[{**REFUNDS, "reply": {"en": "We look at it."}}]) as house:
        await house.says("maria", "refund")
        async with house.house.database.writing() as connection:
            await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
        await house.settle()
        assert await house.sent() == []


async def due(house: Any) -> tuple[datetime | None, datetime | None, datetime | None]:
    [row] = await house.house.rows("SELECT reply_due_at, warn_at, resolve_due_at FROM routed")
    times = [None if each is None else NOON + timedelta(microseconds=each - to_micros(NOON)) for each in row]
    return times[0], times[1], times[2]


async def test_an_answer_is_promised_when_a_customer_begins_to_wait_and_not_while_they_do_not(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path, tiers=tiers()) as house:
        talk = await house.says("maria")
        await house.settle()
        assert await due(house) == (
            NOON + timedelta(minutes=40),
            NOON + timedelta(minutes=30),
            NOON + 8 * HOUR,
        )
        await house.says("maria", "are you there?", 2)
        await house.settle(minutes=5)
        assert (await due(house))[0] == NOON + timedelta(minutes=40)
        await house.desk.reply(talk, house.agents["ana"], text="yes", now=house.clock())
        await house.settle(minutes=5)
        assert (await due(house))[:2] == (None, None)
        await house.says("maria", "good", 3)
        await house.settle()
        assert (await due(house))[0] == NOON + timedelta(minutes=30)  # ten past, and the next answer's twenty


async def test_the_time_to_settle_a_matter_stands_still_while_we_wait_for_the_customer(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path, tiers=tiers()) as house:
        talk = await house.says("maria")
        await house.settle()
        await house.desk.reply(talk, house.agents["ana"], text="which one?", now=house.clock.forward(hours=1))
        house.clock.forward(hours=20)
        await house.says("maria", "the blue one", 2)
        await house.settle()
        assert (await due(house))[2] == NOON + 28 * HOUR


LANGUAGES = [
    pytest.param("onde está a minha encomenda?", "", "pt", id="told by the words"),
    pytest.param("ok", "", "", id="too little to tell"),
    pytest.param("onde está a minha encomenda?", "es", "es", id="somebody said another"),
]


@pytest.mark.parametrize(("words", "before", "after"), LANGUAGES)
async def test_a_customers_language_is_kept_where_nobody_said_one(
    tmp_path: Path, words: str, before: str, after: str
) -> None:
    async with a_house(tmp_path) as house:
        await house.says("maria", words)
        await house.customer("maria", language=before)
        await house.settle()
        assert await house.one("language FROM customers") == after


async def test_a_turn_after_a_crash_writes_the_same_and_nothing_twice(tmp_path: Path) -> None:
    rules = [{**REFUNDS, "reply": {"en": "We look at it."}}]
    async with a_house(tmp_path, rules=rules) as house:
        await house.says("maria", "refund")
        await house.loop._placing.turn(house.clock())  # and no more: the house stops here
        before = await house.house.rows("SELECT * FROM routed")
        again = type(house)(house.house)
        await again.settle()
        assert await house.sent() == ["We look at it."]
        [(_, moved), (_, given)] = await house.befell("handed_over", "assigned")
        assert (moved["to"], given["to"]) == ("Billing", "Eva")
        assert [row[1] for row in before] == [await house.one("since FROM routed")]


async def test_two_loops_at_once_move_and_answer_once(tmp_path: Path) -> None:
    async with a_house(tmp_path, rules=[{**REFUNDS, "reply": {"en": "We look at it."}}]) as house:
        await house.says("maria", "I want a refund")
        loops = [Placing(house.house.ground, business="Acme") for _ in range(3)]
        await asyncio.gather(*(loop.turn(house.clock()) for loop in loops))
        assert await house.sent() == ["We look at it."]
        assert len(await house.befell("handed_over")) == 1


async def test_a_rule_answers_nobody_who_says_stop_while_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_house(tmp_path, rules=[{**REFUNDS, "reply": {"en": "We look at it."}}]) as house:
        await house.says("maria", "I want a refund")

        async def stops(_words: Any) -> str:
            async with house.house.database.writing() as connection:
                await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
            return "en"

        monkeypatch.setattr(placing, "language_of", stops)
        await Placing(house.house.ground, business="Acme").turn(house.clock())
        assert await house.sent() == []
