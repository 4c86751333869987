"""Processes of tidings on one configuration: each has its own port and its own wire to the database."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp

from tests.road.processes import PROJECT, python
from tests.torture.children import Child
from tests.torture.ports import quiet_port
from tests.torture.providers import ENV, PUBLIC
from tests.torture.proxy import Wire
from tests.torture.servers import until

SECRET = "k" * 40
READY_SECONDS = 90.0
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
CONFIG = """
business = "Casa Oliva"
public_url = "{public}"
media_dir = "{folder}/media"
log_format = "json"

[channels.telegram]
api_url = "{telegram}"
delivery = "webhook"
retry_seconds = 0.2
answer_seconds = 5

[channels.sms]
base_url = "{twilio}"
rate = 100
timeout = 5

[[agents]]
key = "ana"
name = "Ana"
email = "ana@example.org"
role = "admin"
zone = "UTC"

[[agents]]
key = "rui"
name = "Rui"
email = "rui@example.org"
role = "admin"
zone = "UTC"
"""


class Node:
    """One tidings; *wire* stands between it and the database, where that is reached over TCP."""

    def __init__(self, name: str, folder: Path, env: Mapping[str, str], wire: Wire | None) -> None:
        self.name = name
        self.wire = wire
        self.port = quiet_port()
        config = folder / "tidings.toml"
        command = python("tests.road.cli", "--config", str(config), "run", "--no-link")
        own = {"PYTHONPATH": str(PROJECT), "TIDINGS_PORT": str(self.port), **env}
        self.child = Child(name, command, folder=folder, env=own)
        self.clock = folder / f"{name}.clock"

    async def start(self, *, fake: bool = False) -> None:
        """Start it and wait until it says that it can work; with *fake* its clock can be set."""
        more = {}
        if fake:
            self.set_clock(0)
            more = {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                "FAKETIME_CACHE_DURATION": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
        await self.child.start(more=more)
        await self.is_ready()

    def set_clock(self, seconds: int) -> None:
        """Let its clock go wrong by so many seconds from now on."""
        self.clock.write_text(f"{seconds:+d}\n")

    async def is_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until /readyz says 200; raises TimeoutError, or AssertionError where it is over."""

        async def ready() -> bool:
            assert self.child.alive, f"{self.name} is over: {self.child.said()[-1500:]}"
            try:
                timeout = aiohttp.ClientTimeout(total=3)
                async with (
                    aiohttp.ClientSession(timeout=timeout) as client,
                    client.get(f"http://127.0.0.1:{self.port}/readyz") as answer,
                ):
                    return answer.status == 200
            except (aiohttp.ClientError, TimeoutError):
                return False

        await until(ready, f"{self.name} is ready", seconds)


def write_config(folder: Path, *, telegram: str, twilio: str, more: str = "") -> None:
    """Write what every node reads."""
    (folder / "media").mkdir(exist_ok=True)
    text = CONFIG.format(public=PUBLIC, folder=folder, telegram=telegram, twilio=twilio)
    (folder / "tidings.toml").write_text(text + more)


def env_of(database: str, journal: str) -> dict[str, str]:
    """Name what a node finds in its environment."""
    env = {**ENV, "TIDINGS_SECRET_KEY": SECRET, "TIDINGS_DATABASE": database}
    return env | ({"TIDINGS_JOURNAL": journal} if journal else {})


async def sign_in_link(folder: Path, env: Mapping[str, str], agent: str) -> str:
    """Let the command line make a link for *agent*; gives its token."""
    command: Sequence[str] = python(
        "tests.road.cli", "--config", str(folder / "tidings.toml"), "sign-in", agent
    )
    child = Child(f"sign-in-{agent}", command, folder=folder, env={"PYTHONPATH": str(PROJECT), **env})
    await child.start()
    assert child.process is not None
    await child.process.wait()
    said = child.said()
    assert "token=" in said, said
    return said.rpartition("token=")[2].split()[0]
