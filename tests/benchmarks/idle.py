"""What `tidings run` takes while nothing happens: of a core, of memory.

Run alone: `python -m tests.benchmarks idle`.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.benchmarks.serving import Served, serving, slack_look_alike
from tests.ports import free_port
from tests.torture.servers import JetStream, Postgres

SECONDS = 60.0
SETTLE = 15.0
TOKEN = "42:LOOKALIKE"
CONFIG = """
host = "127.0.0.1"
port = {port}
public_url = "https://inbox.example"
database = "{database}"
journal = "{journal}"
media_dir = "{folder}/media"
log_level = "error"
[channels.telegram]
api_url = "{telegram}"
[channels.sms]
base_url = "{twilio}"
[channels.web]
kind = "webchat"
[slack]
api_url = "{slack}/api/"
allow_public = true
[[agents]]
key = "ana"
name = "Ana"
role = "admin"
[[teams]]
key = "support"
name = "Support"
slack_channel = "{channel}"
"""


@asynccontextmanager
async def _look_alikes() -> AsyncIterator[tuple[dict[str, str], dict[str, str]]]:
    """Run Telegram's, Twilio's and Slack's; gives what the settings say of them, and the secrets."""
    async with AsyncExitStack() as stack:
        told = {}
        for name in ("telegram", "twilio"):
            port = free_port()
            options = ("--token", TOKEN) if name == "telegram" else ()
            command = (f"tests.providers.{name}", "--port", str(port), *options)
            await stack.enter_async_context(serving(*command, port=port, folder=Path()))
            told[name] = f"http://127.0.0.1:{port}"
        slack = await stack.enter_async_context(slack_look_alike())
        told["slack"] = f"http://127.0.0.1:{slack.port}"
        client = await stack.enter_async_context(aiohttp.ClientSession())
        async with client.get(f"{told['slack']}/_control/state") as response:
            state: dict[str, Any] = await response.json()
        secrets = {
            "TIDINGS_SECRET_KEY": "benchmark-secret-key-0123456789",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "0" * 32,
            "TWILIO_NUMBER": "+447700900000",
            "SLACK_BOT_TOKEN": state["bot_token"],
            "SLACK_APP_TOKEN": state["app_token"],
            "SLACK_SIGNING_SECRET": state["signing_secret"],
        }
        yield told | {"channel": state["channels"]["support"]}, secrets


@asynccontextmanager
async def tidings(database: str = "", journal: str = "") -> AsyncIterator[Served]:
    """Run tidings as operators do, with four channels of which three have look-alikes, and Slack."""
    port = free_port()
    async with _look_alikes() as (told, secrets):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tidings.toml"
            where = database or f"sqlite:///{folder}/tidings.db"
            path.write_text(CONFIG.format(port=port, folder=folder, database=where, journal=journal, **told))
            command = ("tests.road.cli", "--config", str(path), "run", "--no-link")
            async with serving(
                *command, port=port, folder=Path(folder), env={**os.environ, **secrets}
            ) as one:
                yield one


async def resting(database: str = "", journal: str = "", seconds: float = SECONDS) -> tuple[float, float]:
    """Return the share of a core that it takes while nothing happens, and the MiB it holds then."""
    async with tidings(database, journal) as ours:
        await asyncio.sleep(SETTLE)
        before = ours.cpu_seconds
        await asyncio.sleep(seconds)
        return (ours.cpu_seconds - before) / seconds, ours.resident_mib


async def report() -> list[str]:
    """Measure each database, and with the journal, as lines of Markdown."""
    lines = [
        f"`tidings run` with Telegram, SMS, the web chat and Slack configured, started for the second time; "
        f"{SECONDS:.0f} s in which nobody writes. The databases' and NATS's own time is not counted.",
        "",
        "| kept by | of a core | MiB | aim |",
        "|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        postgres, jetstream = Postgres(Path(folder)), JetStream(Path(folder), count=1)
        await postgres.make()
        await jetstream.start()
        try:
            for name, where in (
                ("SQLite", ("", "")),
                ("PostgreSQL", (postgres.url, "")),
                ("PostgreSQL and NATS", (postgres.url, jetstream.url)),
            ):
                sys.stderr.write(f"  {name}\n")
                share, mib = await resting(*where)
                lines.append(f"| {name} | {share:.2%} | {mib:.0f} | 1 %, 150 MiB |")
        finally:
            await jetstream.end()
            await postgres.end()
    return lines
