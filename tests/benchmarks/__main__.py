"""`make bench`: measure, and write docs/benchmarks.md."""

import argparse
import asyncio
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import (
    accept,
    cluster,
    deciding,
    desk,
    fairness,
    full,
    idle,
    importing,
    memory,
    outbox,
    planning,
    reading,
    searching,
    year,
)
from tests.benchmarks.peers import rounds as peers

PAPER = Path(__file__).parents[2] / "docs" / "benchmarks.md"
PARTS = {
    "Accept": (
        accept,
        "Hooks of about 1 KiB, kept with `synchronous=FULL` before the 200. Aim: 60 %, at least 40 %.",
    ),
    "Cluster": (
        cluster,
        "One PostgreSQL and one NATS server on the same two cores, every write of both synced. "
        "About five minutes.",
    ),
    "Reading": (reading, "What each channel makes of the hooks of its contract, in one thread."),
    "Desk": (desk, "The whole house, SQLite; Slack's look-alike on the same two cores."),
    "Outbox": (outbox, "Sends of one owner, each provider a process of its own. About two minutes."),
    "Deciding": (deciding, "One decision about all that waits, in one thread, each step with its sentence."),
    "Fairness": (fairness, "Seeded; the same customers and the same agents both ways. About half a minute."),
    "Memory": (memory, "The whole house, SQLite."),
    "Idle": (idle, "Nothing happens. About five minutes."),
    "Peers": (peers, "Other programs that take the same hooks, in the same run. About six minutes."),
    "Full": (full, "Named alone: it takes ten minutes and ten gigabytes."),
    "Importing": (
        importing,
        "`tidings import customers` on SQLite, half of them with a consent, in a process of its own. "
        "About two minutes.",
    ),
    "Planning": (planning, "One day planned with every check, in a process of its own. About four minutes."),
    "Searching": (
        searching,
        "The search box's own questions, one after another in one process. About ten minutes.",
    ),
    "Year": (
        year,
        "A made-up quarter; the whole year is `python -m tests.benchmarks year --customers 20000`.",
    ),
}
BY_NAME = {"Full"}
"""What takes too much of a machine to be made with the rest."""
USUAL = [name for name in PARTS if name not in BY_NAME]
HEAD = """# Benchmarks

Made by `make bench` on {when}: Python {python}, {cores} cores, {system}. Servers, load and look-alikes share
the machine. Shares are of a bare aiohttp handler that checks an HMAC, measured in the same run, the median of
rounds (least to most in brackets). Absolute figures are of this machine and day.
"""


async def measure(names: list[str]) -> str:
    """Run the named parts, one after another."""
    parts = [
        HEAD.format(
            when=datetime.now(UTC).date(),
            python=platform.python_version(),
            cores=os.cpu_count(),
            system=platform.system(),
        )
    ]
    for name in names:
        module, words = PARTS[name]
        sys.stderr.write(f"{name} …\n")
        parts.append("\n".join([f"## {name}", "", words, "", *await module.report(), ""]))
    return "\n".join(parts)


def main() -> None:
    """Measure all, or the parts that are named; only all of them rewrites the paper."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", type=str.title, choices=[*PARTS, []])
    for name in ("customers", "days", "seed"):
        parser.add_argument(f"--{name}", type=int, help="of the year, which is whole then if left out")
    options = parser.parse_args()
    names = options.part or USUAL
    asked = {name: getattr(options, name) for name in ("customers", "days", "seed")}
    if names == ["Year"] and any(asked.values()):
        given = {name: value for name, value in asked.items() if value is not None}
        sys.stdout.write("\n".join(year.lines(**given)) + "\n")
        return
    paper = asyncio.run(measure(names))
    sys.stdout.write(paper)
    if names == USUAL:
        PAPER.write_text(paper)


if __name__ == "__main__":
    main()
