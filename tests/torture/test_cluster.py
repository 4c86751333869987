"""Two nodes, PostgreSQL and three NATS, harmed in every way that a minute has room for; nothing is lost."""

from pathlib import Path

import pytest

from tests.torture.load import Pace
from tests.torture.run import torture
from tests.torture.servers import missing
from tests.torture.world import Shape, world

SEED = 7
BRIEF = (
    "kill-node",
    "kill-postgres",
    "kill-leader",
    "stall-database",
    "cut-database",
    "pause-node",
    "dropped-answers",
    "storm",
    "deploy",
)


@pytest.mark.timeout(300)
@pytest.mark.skipif(bool(missing()), reason=missing())
async def test_nothing_is_lost_doubled_or_swapped_whatever_befalls_the_cluster(tmp_path: Path) -> None:
    shape = Shape(seed=SEED, nodes=2, haste=0.3, pace=Pace(messages=15, answers=4))
    async with world(tmp_path, shape) as made:
        report = await torture(made, BRIEF, 0, print)
    assert report.wrongs == [], "\n".join(report.lines())
    assert report.skipped == {}
    assert {harm.name for harm in report.harms} == set(BRIEF)
    told = report.figures
    assert told is not None
    assert told.messages_kept >= told.hooks_accepted > 50
    assert told.replies_taken > 10
