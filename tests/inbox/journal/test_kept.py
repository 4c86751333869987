"""The streams keep nothing for longer than the operator says."""

import pytest

from inbox.journal.server import DEAD, HOOKS, Server
from tests.torture.servers import JetStream

DAY = 86_400


@pytest.mark.parametrize(
    ("days", "hooks", "dead"),
    [
        pytest.param(0, 7, 30, id="for ever in the database"),
        pytest.param(30, 7, 30, id="as shipped"),
        pytest.param(10, 7, 10, id="shorter than the dead have"),
        pytest.param(2, 2, 2, id="shorter than both"),
    ],
)
async def test_a_stream_keeps_hooks_for_no_longer_than_the_journal(
    jetstream: JetStream, days: int, hooks: int, dead: int
) -> None:
    before, now = Server(jetstream.url, 5), Server(jetstream.url, days)
    for server in (before, now):  # streams that are there already are brought to what holds today
        await server.open()
    kept = [(await now.stream.stream_info(name)).config.max_age for name in (HOOKS, DEAD)]
    for name in (HOOKS, DEAD):
        await now.stream.delete_stream(name)
    for server in (before, now):
        await server.close()
    assert kept == [hooks * DAY, dead * DAY]
