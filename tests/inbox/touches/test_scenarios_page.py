"""The page about scenarios tells the truth, and a mistake in one is told by its place."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner

from config.errors import Mistake
from inbox.cli import tidings
from inbox.touches.scenario import try_out
from inbox.touches.scenario_parts import EVENTS, ScenarioPart

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "scenarios.md").read_text("utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
CLOCK = {"from": "2027-03-01T00:00:00Z", "to": "2027-03-04T00:00:00Z"}

PRINTED = [
    pytest.param(BLOCKS[0], [("ana", "2027-03-02T10:00:00+00:00")], {"sent": 1}, id="the first"),
    pytest.param(
        BLOCKS[1],
        [("bo", "2027-03-02T15:00:00+09:00")],
        {"cancelled": 1, "not_sent": 1, "shown": 1},
        id="what happens",
    ),
]
FILES = {
    "channels": ([("ana", "sms")], {"sent": 1}),
    "promotion": ([("bo", "telegram"), ("ana", "telegram")], {"expired": 1, "sent": 2}),
    "down": ([("bo", "telegram")], {"expired": 1, "sent": 1}),
}


def test_every_block_of_the_page_is_tried() -> None:
    assert len(BLOCKS) == len(PRINTED)
    assert {path.stem for path in (DOCS / "scenarios").glob("*.json")} == set(FILES)


def test_the_page_names_every_part_and_event() -> None:
    named = set(re.findall(r"`([a-z_0-9]+)`", PAGE))
    parts = {info.alias or name for name, info in ScenarioPart.model_fields.items()} - {"note"}
    assert parts - named == set()
    assert set(EVENTS) - {"returns"} - named == set()


@pytest.mark.parametrize(("block", "sent", "counts"), PRINTED)
async def test_a_block_of_the_page_does_what_it_says(
    block: str, sent: list[tuple[str, str]], counts: dict[str, int]
) -> None:
    out = await try_out(json.loads(block))
    assert [(one["customer"], one["local"]) for one in out["sent"]] == sent
    assert out["counts"] == counts


@pytest.mark.parametrize("name", FILES)
async def test_an_example_does_what_its_note_says(name: str) -> None:
    sent, counts = FILES[name]
    out = await try_out(json.loads((DOCS / "scenarios" / f"{name}.json").read_text("utf-8")))
    assert [(one["customer"], one["channel"]) for one in out["sent"]] == sent
    assert out["counts"] == counts


async def test_a_scenario_told_twice_is_the_same_twice() -> None:
    scenario = json.loads((DOCS / "scenarios" / "channels.json").read_text("utf-8"))
    scenario["outages"][0]["how"] = "transient"
    scenario["outages"][0]["to"] = "2027-03-02T11:00:00Z"
    assert await try_out(scenario) == await try_out(scenario)


WRONG: list[Any] = [
    pytest.param([], "A scenario is a JSON object", id="no object"),
    pytest.param({}, "clock is missing", id="no clock"),
    pytest.param({"clock": {**CLOCK, "to": "2027-02-01"}}, "clock: to must be after from", id="backwards"),
    pytest.param(
        {"clock": CLOCK, "touches": ["birtday"]}, "touches.0: there is no touch", id="no such touch"
    ),
    pytest.param({"clock": CLOCK, "policy": {"a_dya": 1}}, "policy.limits.a_dya is not known", id="limit"),
    pytest.param(
        {"clock": CLOCK, "customers": [{"id": "a", "birthday": "1990-02-30"}]},
        "customers.0.birthday: day is out of range",
        id="30 February",
    ),
    pytest.param(
        {"clock": CLOCK, "customers": [{"id": "a", "addresses": [{"address": "fax:1"}]}]},
        "customers.0.addresses.0.channel: no channel takes",
        id="no channel",
    ),
    pytest.param(
        {"clock": CLOCK, "events": [{"at": "2027-03-02", "kind": "says", "customer": "bo"}]},
        "events.0.customer: there is no customer 'bo'",
        id="nobody",
    ),
    pytest.param(
        {"clock": CLOCK, "outages": [{"channel": "fax", **CLOCK}]},
        "outages.0.channel: there is no channel 'fax'",
        id="outage of nothing",
    ),
    pytest.param(
        {"clock": CLOCK, "touches": [{"key": "birthday", "at": "25:00"}]}, "touches.0.at", id="no such hour"
    ),
]


@pytest.mark.parametrize(("scenario", "words"), WRONG)
async def test_a_mistake_is_told_by_its_place(scenario: Any, words: str) -> None:
    with pytest.raises(Mistake) as told:
        await try_out(scenario)
    assert words in str(told.value)


@pytest.fixture
def quiet() -> Iterator[None]:
    """What the command does to the logs is undone."""
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("quiet")
def test_the_command_prints_json_and_exits_1_for_a_mistake(tmp_path: Path) -> None:
    good, bad, broken = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "broken.json"
    good.write_text(BLOCKS[0])
    bad.write_text('{"clock": 1}')
    broken.write_text("{")
    told = CliRunner().invoke(tidings, ["touches", "try", str(good)])
    assert told.exit_code == 0
    assert set(json.loads(told.stdout)) == {"sent", "ledger", "counts"}
    for path, words in ((bad, "clock"), (broken, "not JSON")):
        told = CliRunner().invoke(tidings, ["touches", "try", str(path)])
        assert (told.exit_code, words in told.stderr) == (1, True)
