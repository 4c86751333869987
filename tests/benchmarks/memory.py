"""The memory that the house holds after many messages."""

from tests.benchmarks.hooks import prepared
from tests.benchmarks.load import flood
from tests.benchmarks.serving import house

MESSAGES = 100_000
ROUND = 20_000


async def report() -> list[str]:
    """Send a hundred thousand messages and look at the process."""
    async with house() as ours:
        before = ours.resident_mib
        kept, start = 0, 1
        while kept < MESSAGES:
            hooks = prepared("telegram", ROUND, start)
            result = await flood(ours.port, hooks, connections=32, seconds=1.0)
            kept += result.statuses.get(200, 0)
            start += ROUND
        after = ours.resident_mib
    return [
        "| what | MiB | aim |",
        "|---|---|---|",
        f"| resident, just started | {before:.0f} | |",
        f"| resident after {kept:,} messages | {after:.0f} | 200 |",
    ]
