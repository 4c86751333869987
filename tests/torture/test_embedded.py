"""A few lives of the long form: `python -m tests.torture` takes hundreds."""

from pathlib import Path

import pytest

from tests.torture.embedded import kills


@pytest.mark.timeout(120)
async def test_killed_at_any_moment_a_house_of_one_process_loses_and_doubles_nothing(tmp_path: Path) -> None:
    told = await kills(
        tmp_path, seed=11, number=3, customers=8, longest=0.6, answered=("telegram",), pause=0.5
    )
    assert told.verdict.wrong == []
    assert told.verdict.messages > 20
    assert told.verdict.answers > 0
