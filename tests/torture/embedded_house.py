"""A house of one process with Telegram and Twilio look-alikes beside it, and its rows seen from outside."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.road.processes import PROJECT, python
from tests.road.town import Town, town

HUSH = "hush-hush"
RECEIPTS = ("sent", "delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where tidings lives; its database is read as a stranger reads it."""

    place: Town
    env: Mapping[str, str]

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.place.folder / "var" / "tidings.db"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the file; nothing where it, or its tables, are not there yet."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
                return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []

    async def ready(self) -> bool:
        """Whether it answers that it can work."""
        try:
            async with self.place.client.get(f"{self.place.url}/readyz") as answer:
                return answer.status == 200
        except OSError:
            return False

    async def command(self, *arguments: str) -> str:
        """Run `tidings` with *arguments*; gives what it says, raises where it fails."""
        command = python("tests.road.cli", "--config", str(self.place.folder / "tidings.toml"), *arguments)
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.place.folder,
            env={**os.environ, **self.env, "PYTHONPATH": str(PROJECT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, wrong = await process.communicate()
        assert process.returncode == 0, wrong.decode()
        return said.decode()

    async def link(self) -> str:
        """Make what signs Ana in once; the house need not run."""
        return (await self.command("sign-in", "ana")).strip().partition("token=")[2]

    async def sign_in(self, token: str) -> str:
        """Sign Ana in at the running house by a link's *token*; gives the token of her forms."""
        url = f"{self.place.url}/desk/sign-in"
        ours = {"Sec-Fetch-Site": "same-origin"}
        async with self.place.client.post(url, data={"token": token}, headers=ours) as answer:
            found = re.search(r'data-csrf="([0-9a-f]+)"', await answer.text())
        assert found is not None
        return found[1]


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """Let the look-alikes run and write the configuration; tidings itself is begun by who tortures it."""
    async with town(folder, slack=False, secrets={"TELEGRAM_WEBHOOK_SECRET": HUSH}) as place:
        config = folder / "tidings.toml"
        config.write_text(config.read_text().replace('delivery = "polling"', 'delivery = "webhook"'))
        await place.twilio.post("receipts", statuses=RECEIPTS)
        yield House(place=place, env=place.env)
