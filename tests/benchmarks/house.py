"""The whole house under load, as `tidings run` has it, or with one transaction a hook for comparison."""

import argparse
import asyncio
import time
from pathlib import Path

import aiohttp
import structlog

from config.settings import load
from inbox import app as application
from inbox.app import App, build
from inbox.collecting import collect_seldom
from inbox.journal.embedded import Embedded
from storage.keep_sqlite import SqliteKeeper
from tests.benchmarks.hooks import PUBLIC, TELEGRAM_SECRET, TWILIO_SID, TWILIO_TOKEN

CONFIG = """
host = "127.0.0.1"
port = {port}
public_url = "{public}"
media_dir = "{folder}/media"
log_level = "error"
[channels.telegram]
api_url = "http://127.0.0.1:9"
[channels.sms]
base_url = "http://127.0.0.1:9"
""" + "".join(f'[[agents]]\nkey = "a{n}"\nname = "Agent {n}"\ncapacity = 500\n' for n in range(8))


class SlowDisk(SqliteKeeper):
    """A keeper whose every commit costs some milliseconds more."""

    more = 0.0

    def _commit(self) -> None:
        time.sleep(self.more)
        super()._commit()


class Single(Embedded):
    """A journal that commits each hook by itself."""

    async def _write(self) -> None:
        while self._waiting:
            one = self._waiting.pop(0)
            [problem] = await self.applying.apply_each([one])
            one.answer(problem)


def settings_for(port: int, folder: Path, more: str = "", env: dict[str, str] | None = None) -> App:
    """Build a house in *folder* with Telegram and SMS switched on."""
    path = folder / "tidings.toml"
    path.write_text(CONFIG.format(port=port, folder=folder, public=PUBLIC) + more)
    secrets = {
        "TIDINGS_SECRET_KEY": "benchmark-secret-key-0123456789",
        "TELEGRAM_BOT_TOKEN": "1:bench",
        "TELEGRAM_WEBHOOK_SECRET": TELEGRAM_SECRET,
        "TWILIO_ACCOUNT_SID": TWILIO_SID,
        "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
        "TWILIO_NUMBER": "+447700900000",
        **(env or {}),
    }
    return build(load(path, secrets))


SLACK = """
[slack]
api_url = "{url}/api/"
posts_per_second = {pace}
posts_burst = {burst}
workspace_posts_per_minute = {minute}
allow_public = true

[[teams]]
key = "support"
name = "Support"
slack_channel = "{channel}"
"""


async def _slack(url: str, pace: float) -> tuple[str, dict[str, str]]:
    """Ask the look-alike for its Slack channel and tokens."""
    async with aiohttp.ClientSession() as client, client.get(f"{url}/_control/state") as response:
        state = await response.json()
    env = {
        "SLACK_BOT_TOKEN": state["bot_token"],
        "SLACK_APP_TOKEN": state["app_token"],
        "SLACK_SIGNING_SECRET": state["signing_secret"],
    }
    budget = {"pace": pace, "burst": max(3, int(pace)), "minute": pace * 100}
    return SLACK.format(url=url, channel=state["channels"]["support"], **budget), env


async def serve(options: argparse.Namespace) -> None:
    """Run until ended."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    more, env = ("", {}) if not options.slack else (await _slack(options.slack, options.pace))
    env |= {"TIDINGS_DATABASE": options.database or f"sqlite:///{options.folder}/tidings.db"}
    app = settings_for(options.port, options.folder, more, env | {"TIDINGS_JOURNAL": options.journal})
    if options.mode == "single":
        application.Embedded = Single  # type: ignore[attr-defined]
    if options.fsync_ms:
        SlowDisk.more = options.fsync_ms / 1000
        application.SqliteKeeper = SlowDisk  # type: ignore[attr-defined]
    await app.start()
    collect_seldom()
    await asyncio.Event().wait()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--mode", choices=["whole", "single"], default="whole")
    parser.add_argument("--fsync-ms", type=float, default=0)
    parser.add_argument("--database", default="", help="a PostgreSQL in place of a file of its own")
    parser.add_argument("--journal", default="", help="where JetStream listens")
    parser.add_argument("--slack", default="", help="where Slack's look-alike listens")
    parser.add_argument("--pace", type=float, default=1000, help="posts a second that Slack takes")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
