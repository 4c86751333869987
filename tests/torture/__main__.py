"""`python -m tests.torture --seed 7 --minutes 20`: the long form; exits 1 where anything is wrong."""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.torture.faults import ALL, FAULTS
from tests.torture.load import Pace
from tests.torture.run import Report, torture
from tests.torture.servers import missing
from tests.torture.world import Shape, world


def asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=20.0, help="0: every fault once")
    parser.add_argument("--faults", default="", help=f"some of {', '.join(FAULTS)}")
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--embedded", action="store_true", help="one node on SQLite, no servers")
    parser.add_argument("--no-journal", action="store_true", help="PostgreSQL without NATS")
    parser.add_argument("--disks", action="store_true", help="small disks for the servers (root)")
    parser.add_argument("--messages", type=float, default=20.0, help="a second")
    parser.add_argument("--answers", type=float, default=4.0, help="a second")
    parser.add_argument("--folder", type=Path, help="where logs and the report stay")
    return parser.parse_args()


def shape_of(options: argparse.Namespace) -> Shape:
    """Make the world that was asked for."""
    return Shape(
        seed=options.seed,
        nodes=1 if options.embedded else options.nodes,
        journal=not (options.embedded or options.no_journal),
        sqlite=options.embedded,
        disks=options.disks,
        pace=Pace(messages=options.messages, answers=options.answers),
    )


async def whole(options: argparse.Namespace, folder: Path) -> Report:
    """Run it all in *folder*; the ledger and the report stay there."""
    names = options.faults.split(",") if options.faults else ALL
    if unknown := set(names) - set(FAULTS):
        sys.exit(f"there is no fault called {', '.join(unknown)}")
    async with world(folder, shape_of(options)) as made:
        try:
            report = await torture(made, names, options.minutes * 60, lambda line: print(line, flush=True))
        finally:
            made.ledger.keep(folder / "ledger.json")
            (folder / "rows.json").write_text(json.dumps(asdict(await made.kept()), indent=1))
    (folder / "report.json").write_text(json.dumps(report.as_json(), indent=1))
    return report


def main() -> None:
    options = asked()
    if not options.embedded and (why := missing()):
        sys.exit(why)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="torture-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        sys.exit(f"{folder} is not empty: what a run before left there would be read again")
    print(f"logs in {folder}", flush=True)
    report = asyncio.run(whole(options, folder))
    for line in report.lines():
        print(line, flush=True)
    sys.exit(1 if report.wrongs else 0)


if __name__ == "__main__":
    main()
