"""Servers under load, each in a process of its own."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port


@dataclass(frozen=True, slots=True)
class Served:
    """Where a server listens, and its process."""

    port: int
    pid: int
    folder: Path

    @property
    def resident_mib(self) -> float:
        """The memory that the process holds, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    @property
    def cpu_seconds(self) -> float:
        """The seconds of a core that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def serving(
    *arguments: str,
    port: int,
    folder: Path,
    env: Mapping[str, str] | None = None,
    python: str = sys.executable,
) -> AsyncIterator[Served]:
    """Run a module as a server until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(python, "-m", *arguments),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=env,
    )
    try:
        await answers(process, port, arguments[0])
        yield Served(port, process.pid, folder)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def answers(process: asyncio.subprocess.Process, port: int, name: str) -> None:
    """Wait until a server answers on *port*; raises RuntimeError where it ended or never does."""
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError as error:
            if process.returncode is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}") from error
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError(f"{name} does not answer on {port}")


@asynccontextmanager
async def bare() -> AsyncIterator[Served]:
    """Serve the yardstick."""
    port = free_port()
    async with serving("tests.benchmarks.bare", str(port), port=port, folder=Path()) as served:
        yield served


@asynccontextmanager
async def house(*options: str, folder: Path | None = None) -> AsyncIterator[Served]:
    """Serve the house, on an empty database unless *folder* holds one."""
    port = free_port()
    with tempfile.TemporaryDirectory() as fresh:
        place = folder or Path(fresh)
        command = ("tests.benchmarks.house", "--port", str(port), "--folder", str(place), *options)
        async with serving(*command, port=port, folder=place) as served:
            yield served


@asynccontextmanager
async def slack_look_alike() -> AsyncIterator[Served]:
    """Serve Slack's look-alike without its limits."""
    port = free_port()
    command = ("tests.providers.slack", "--port", str(port), "--no-limits", "--channel", "support")
    async with serving(*command, port=port, folder=Path()) as served:
        yield served
