"""`tidings route` shows decisions without acting, and the page about routing tells the truth."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config.answering import agents_of
from config.filled import SAVED
from config.policy import AgentEntry, Policy, Team
from config.rules import RuleEntry, WhenEntry
from config.saved import DeskKnobs, SavedEntry
from config.settings import load
from config.tiers import SHIPPED_TIERS, AnsweringKnobs, TargetEntry
from inbox.cli import tidings as command_line
from inbox.commands.route_facts import AgentWritten, MatterWritten
from inbox.matters import answerers_of, is_there, matter_of, stage_of
from inbox.policies import fixed
from storage import conversations, customers
from storage.route_facts import Bought
from storage.rows import Agent
from storage.tables import messages, orders, routed
from tests.inbox.house import NOON, House, make_house

PAGE = (Path(__file__).parents[2] / "docs" / "routing.md").read_text("utf-8")
TOML = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
JSON = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
ANA = '[[agents]]\nkey = "ana"\nname = "Ana"\n'
RUI = '[[agents]]\nkey = "rui"\nname = "Rui"\n'
KINDS = ("sms", "telegram", "webchat")

Tidings = Callable[..., Result]


@pytest.fixture
def tidings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tidings:
    """Run the command in an empty folder, as an operator would."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, config: str = "", facts: str = "") -> Result:
        Path("tidings.toml").write_text(config)
        Path("facts.json").write_text(facts)
        return CliRunner().invoke(command_line, words)

    return run


@pytest.mark.parametrize("block", TOML, ids=range(len(TOML)))
def test_every_block_of_the_page_is_a_configuration(tmp_path: Path, block: str) -> None:
    path = tmp_path / "tidings.toml"
    path.write_text(block)
    load(path, {}, KINDS)


def test_the_page_tells_of_every_knob() -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    told = {word for quoted in re.findall(r"`([^`]+)`", prose) for word in re.findall(r"\w+", quoted)}
    told |= {word for key in re.findall(r"(?m)^([\w.]+) = ", PAGE) for word in key.split(".")}
    models = (Team, AgentEntry, RuleEntry, WhenEntry, TargetEntry, AnsweringKnobs, SavedEntry, DeskKnobs)
    known = {name for model in (*models, MatterWritten, AgentWritten) for name in model.model_fields}
    assert known - {"when"} - told == set()
    assert {name for name in SAVED if f"{{{{ {name} }}}}" not in PAGE} == set()


def test_the_tiers_on_the_page_are_ours() -> None:
    for key, tier in SHIPPED_TIERS.items():
        (row,) = re.findall(rf"(?m)^\| {key} \|(.*)\|$", PAGE)
        assert tier.first_reply
        assert tier.next_reply
        assert tier.resolution
        shown = [tier.first_reply, tier.next_reply, tier.resolution, tier.channels["webchat"].first_reply]
        cells = [cell.strip() for cell in row.split("|")]
        assert cells[0] == str(tier.rank)
        assert [_span(cell) for cell in cells[1:]] == shown


def _span(cell: str) -> timedelta:
    return timedelta(**{{"m": "minutes", "h": "hours"}[cell[-1]]: int(cell[:-1])})


def test_the_example_of_the_page_prints_what_the_page_says(tidings: Tidings) -> None:
    facts, printed = JSON
    ran = tidings("route", "try", "facts.json", config=TOML[-1], facts=facts)
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(ran.stdout) == json.loads(printed)


def test_without_agents_all_of_the_configuration_are_there_as_their_shifts_say(tidings: Tidings) -> None:
    config = (
        '[[agents]]\nkey="ana"\nname="Ana"\nshifts=["mon 9:00-10:00"]\n[[agents]]\nkey="rui"\nname="Rui"\n'
    )
    facts = '{"now": "2026-11-24T10:00:00Z", "matter": {}}'  # a Tuesday
    told = json.loads(tidings("route", "try", "facts.json", config=config, facts=facts).stdout)
    assert told["agent"] == "rui"
    assert any("Ana" in step["said"] for step in told["steps"])


def test_an_account_manager_who_is_back_soon_is_waited_for(tidings: Tidings) -> None:
    config = ANA + RUI
    facts = {
        "now": "2026-11-24T10:00:00Z",
        "matter": {"manager": "ana"},
        "agents": [{"key": "ana", "present": False, "back_at": "2026-11-24T10:05:00Z"}, {"key": "rui"}],
    }
    told = json.loads(tidings("route", "try", "facts.json", config=config, facts=json.dumps(facts)).stdout)
    assert (told["agent"], told["waits_for"]) == (None, "ana")
    assert told["waits_until"]


MISTAKES = [
    pytest.param("{", "not JSON", id="not JSON"),
    pytest.param("[]", "no facts", id="no object"),
    pytest.param("{}", "now is missing", id="nothing"),
    pytest.param('{"now": "2026-11-24T10:00:00", "matter": {}}', "timezone", id="an instant without a zone"),
    pytest.param(
        '{"now": "2026-11-24T10:00:00Z", "matter": {"wrds": "a"}}', "Did you mean 'words'", id="misspelt"
    ),
    pytest.param(
        '{"now": "2026-11-24T10:00:00Z", "matter": {"team": "x"}}', "no team 'x'", id="an unknown team"
    ),
    pytest.param(
        '{"now": "2026-11-24T10:00:00Z", "matter": {"tier": "x"}}', "no tier 'x'", id="an unknown tier"
    ),
    pytest.param(
        '{"now": "2026-11-24T10:00:00Z", "matter": {}, "agents": [{"key": "x"}]}',
        "no agent 'x'",
        id="an unknown agent",
    ),
]


@pytest.mark.parametrize(("facts", "words"), MISTAKES)
def test_a_mistake_in_facts_exits_1_and_names_the_file(tidings: Tidings, facts: str, words: str) -> None:
    ran = tidings("route", "try", "facts.json", facts=facts)
    assert ran.exit_code == 1
    assert ran.stderr.startswith("tidings: facts.json: ")
    assert words in ran.stderr


def test_a_conversation_that_is_none_exits_1(tidings: Tidings) -> None:
    ran = tidings("route", "explain", "42")
    assert (ran.exit_code, ran.stderr) == (1, "tidings: there is no conversation 42.\n")


def test_a_conversation_is_explained_and_left_as_it_is(tidings: Tidings, tmp_path: Path) -> None:
    import asyncio

    key = asyncio.run(_waiting(f"sqlite:///{tmp_path}/t.db"))
    config = f'database = "sqlite:///{tmp_path}/t.db"\n[[agents]]\nkey="ana"\nname="Ana"\n'
    first, again = (tidings("route", "explain", str(key), config=config) for _ in range(2))
    assert first.exit_code == 0, first.stderr
    told = json.loads(first.stdout)
    described = PAGE.rpartition("tidings route explain")[2]
    assert [name for name in told if f"`{name}`" not in described] == []
    assert told["conversation"]["id"] == key
    assert (told["conversation"]["owner"], told["conversation"]["team"]) == (None, "support")
    assert told["decided"]["rule"] == "refunds"
    assert told["decided"]["steps"] == [{"step": "rule", "said": "because"}]
    assert told["now"]["agent"] == "ana"
    assert json.loads(again.stdout)["conversation"] == told["conversation"]


async def _waiting(url: str) -> int:
    house = await make_house(url)
    key = await house.says("maria", 1, "refund, please")
    async with house.database.writing() as connection:
        await connection.execute(
            routed.insert().values(
                conversation_id=key,
                decided_at=NOON,
                rule="refunds",
                reasons=[{"step": "rule", "said": "because"}],
            )
        )
    await house.database.close()
    return key


async def test_a_matter_is_read_whole_from_the_rows(house: House) -> None:
    key = await house.says("maria", 1, "hello")
    await house.says("maria", 2, "where is it?")
    async with house.database.writing() as connection:
        conversation = await conversations.one(connection, key)
        assert conversation is not None
        await customers.change(
            connection,
            conversation.customer_id,
            tier="gold",
            language="pt",
            tags=["vip"],
            account_manager="rui",
        )
        await connection.execute(orders.insert().values(_order(1, conversation.customer_id, NOON)))
        before = await matter_of(connection, conversation, NOON)
    assert (before.words, before.tier, before.language) == ("hello\nwhere is it?", "gold", "pt")
    assert (set(before.tags), before.stage, before.manager) == ({"vip"}, "new", "rui")
    assert (before.last_agent, before.answered, before.placed) == (None, False, False)
    assert before.waiting_since == NOON
    ana = house.agents["ana"]
    await house.desk.take(key, ana, now=NOON)
    await house.desk.reply(key, ana, text="soon", now=NOON)
    await house.desk.give_back(key, ana, now=NOON)
    await house.desk.hand_over(key, ana, to_team="billing", now=NOON)
    async with house.database.reading() as connection:
        conversation = await conversations.one(connection, key)
        assert conversation is not None
        after = await matter_of(connection, conversation, NOON)
    assert (after.last_agent, after.answered, after.placed, after.team) == (ana, True, True, "billing")
    assert after.refused == {ana}


async def test_what_was_taken_back_or_was_no_answer_counts_for_nothing(house: House) -> None:
    key = await house.says("maria", 1, "secret")
    async with house.database.writing() as connection:
        await connection.execute(messages.update().values(deleted_at=NOON))
        conversation = await conversations.one(connection, key)
        assert conversation is not None
        matter = await matter_of(connection, conversation, NOON)
    assert matter.words == ""


async def test_agents_are_read_with_their_loads_and_what_the_policy_says(house: House) -> None:
    key = await house.says("maria", 1, "hello")
    await house.desk.take(key, house.agents["ana"], now=NOON)
    policies = fixed(
        Policy(agents=(AgentEntry(key="ana", name="Ana", capacity=9), AgentEntry(key="eva", name="Eva")))
    )
    async with house.database.reading() as connection:
        (ana,) = await answerers_of(connection, policies, NOON)
    assert (ana.id, ana.key, ana.load, ana.capacity, ana.present) == (house.agents["ana"], "ana", 1, 9, True)


MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
THERE = [
    pytest.param({}, [], (True, None), id="here, without shifts"),
    pytest.param({}, ["mon 9:00-17:00"], (True, None), id="here, on shift"),
    pytest.param({}, ["mon 14:00-17:00"], (False, MONDAY + 2 * HOUR), id="before the shift"),
    pytest.param({"available": False}, [], (False, None), id="away for as long as they like"),
    pytest.param(
        {"available": False, "away_until": MONDAY + HOUR}, [], (False, MONDAY + HOUR), id="away until a time"
    ),
    pytest.param(
        {"available": False, "away_until": MONDAY + HOUR},
        ["mon 9:00-12:30", "mon 15:00-16:00"],
        (False, MONDAY + 3 * HOUR),
        id="away until after the shift",
    ),
    pytest.param({"available": False, "away_until": MONDAY - HOUR}, [], (True, None), id="back by now"),
]


@pytest.mark.parametrize(("row", "shifts", "there"), THERE)
def test_who_is_there(row: dict[str, Any], shifts: list[str], there: tuple[bool, datetime | None]) -> None:
    entry = AgentEntry(key="ana", name="Ana", shifts=tuple(shifts) or None)
    kept: dict[str, Any] = {**entry.kept, "id": 1, "theme": "", "active": True, "available": True}
    agent = Agent(**(kept | {"idle_since": None, "created_at": MONDAY} | row))
    assert is_there(agent, agents_of(Policy(agents=(entry,)))["ana"], MONDAY) == there


STAGES = [
    pytest.param(0, None, "prospect", id="no order"),
    pytest.param(1, 10, "new", id="one order"),
    pytest.param(2, 365, "regular", id="two orders"),
    pytest.param(2, 366, "lapsed", id="none for a year"),
]


@pytest.mark.parametrize(("number", "days", "stage"), STAGES)
def test_orders_say_where_a_customer_is_with_us(number: int, days: int | None, stage: str) -> None:
    last = None if days is None else NOON - timedelta(days=days)
    assert stage_of(Bought(number=number, last_at=last), NOON) == stage


def _order(key: int, customer: int, at: datetime) -> dict[str, Any]:
    return {"id": key, "customer_id": customer, "number": str(key), "placed_at": at, "changed_at": at}
