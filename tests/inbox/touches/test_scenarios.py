"""The edges of writing first, each lived through by the very planner and hand-off."""

import json
from pathlib import Path
from typing import Any

import pytest

from inbox.touches.scenario import try_out

SCENARIOS = Path(__file__).with_name("scenarios")
DOUBLE = ("customer", "touch", "occasion")


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.json")), ids=lambda path: path.stem)
async def test_a_scenario_ends_as_it_is_written(path: Path) -> None:
    written = json.loads(path.read_text("utf-8"))
    out = await try_out(written["given"], path.name)
    assert _short(out["sent"]) == _like(written["expected"]["sent"], _short(out["sent"]))
    assert _short(out["ledger"]) == _like(written["expected"]["ledger"], _short(out["ledger"]))
    keys = [tuple(one[name] for name in DOUBLE) for one in out["sent"]]
    assert len(keys) == len(set(keys)), "nobody got the same twice"


def _short(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = [{k: v for k, v in row.items() if k not in ("steps", "sentence", "text")} for row in rows]
    return sorted(told, key=lambda row: (row["customer"], row["touch"], row["occasion"]))


def _like(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fill what is not said from the row that fits, so that the difference can be read."""
    left, filled = list(found), []
    for one in expected:
        fits = next((row for row in left if one.items() <= row.items()), None)
        if fits is not None:
            left.remove(fits)
        filled.append(fits or one)
    return sorted(filled, key=lambda row: (row["customer"], row.get("touch", ""), row.get("occasion", "")))
