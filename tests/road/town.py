"""A town for tidings to work in: three providers on loopback, and tidings itself beside them."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.ports import free_port
from tests.road.processes import Program, Told, python, running, until

SID = "AC" + "1" * 32
TWILIO_TOKEN = "1" * 32
BOT = "42:LOOKALIKE"
OUR_NUMBER = "+15005550006"

CONFIG = """
business = "Casa Oliva"
port = {port}
database = "sqlite:///{folder}/var/tidings.db"
media_dir = "{folder}/var/media"
secret_file = "{folder}/var/secret.key"
log_format = "json"

[channels.webchat]

[channels.telegram]
api_url = "http://127.0.0.1:{telegram}"
delivery = "polling"
poll_seconds = 1
retry_seconds = 0.2

[channels.sms]
base_url = "http://127.0.0.1:{twilio}"
rate = 100

[[agents]]
key = "ana"
name = "Ana"
email = "ana@example.org"
role = "admin"
"""
SLACK = """
[slack]
api_url = "http://127.0.0.1:{slack}/api/"
posts_per_second = 100
posts_burst = 100
workspace_posts_per_minute = 6000
edits_per_minute = 6000
marks_per_minute = 6000
hold_seconds = 0
mark_delay_seconds = 0
card_gap_seconds = 0.1
allow_public = true

[[teams]]
key = "support"
name = "Support"
slack_channel = "{channel}"
"""


@dataclass(slots=True, kw_only=True)
class Town:
    """Where everybody lives; `tidings` is started and killed by the test."""

    folder: Path
    port: int
    telegram: Told
    twilio: Told
    slack: Told | None
    slack_channel: str
    ana: str
    rui: str
    billing: str
    client: aiohttp.ClientSession
    env: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where tidings listens."""
        return f"http://localhost:{self.port}"

    @asynccontextmanager
    async def tidings(self) -> AsyncIterator[Program]:
        """Run `tidings run` until the block ends; it is ready when the block begins."""
        command = python("tests.road.cli", "--config", str(self.folder / "tidings.toml"), "run")
        async with running(*command, folder=self.folder, name="tidings", env=self.env) as program:
            await until(lambda: self.ready(program))
            yield program

    async def ready(self, program: Program) -> bool:
        """Whether tidings says that it can work."""
        assert program.process.returncode is None, program.output()
        try:
            async with self.client.get(f"{self.url}/readyz") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def sign_in_link(self, program: Program) -> str:
        """The one-time link that tidings printed last."""
        links: list[str] = re.findall(r"http://\S+/desk/sign-in\?token=\S+", program.output())
        return links[-1]


@asynccontextmanager
async def town(
    folder: Path, *, slack: bool, more: str = "", secrets: Mapping[str, str] | None = None
) -> AsyncIterator[Town]:
    """Start the providers and write tidings' configuration; *more* is put behind it.

    In *more*, `{rui}` is the Slack id of a second agent and `{billing}` a second Slack channel. *secrets*
    stand in the environment besides.
    """
    ports = {name: free_port() for name in ("port", "telegram", "twilio", "slack")}
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession())

        async def provider(name: str, *options: str) -> tuple[Told, Program]:
            command = python(f"tests.providers.{name}", "--port", str(ports[name]), *options)
            program = await stack.enter_async_context(running(*command, folder=folder, name=name))
            told = Told(client, ports[name])
            await until(told.awake)
            return told, program

        telegram, _ = await provider("telegram", "--token", BOT)
        twilio, _ = await provider(
            "twilio", "--account", SID, "--token", TWILIO_TOKEN, "--number", OUR_NUMBER
        )
        env = {
            "TELEGRAM_BOT_TOKEN": BOT,
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            "TWILIO_NUMBER": OUR_NUMBER,
            **(secrets or {}),
        }
        config, space = CONFIG, None
        room = billing = ana = rui = ""
        if slack:
            rooms = ("--channel", "support", "--channel", "billing", "--no-limits")
            people = ("--person", "Ana:ana@example.org", "--person", "Rui:rui@example.org")
            space, _ = await provider("slack", *rooms, *people)
            state = await space.get("state")
            room, billing = state["channels"]["support"], state["channels"]["billing"]
            ana, rui = state["people"]["Ana"], state["people"]["Rui"]
            env |= {
                "SLACK_BOT_TOKEN": state["bot_token"],
                "SLACK_APP_TOKEN": state["app_token"],
                "SLACK_SIGNING_SECRET": state["signing_secret"],
            }
            config += SLACK
        text = (config + more).format(folder=folder, channel=room, rui=rui, billing=billing, **ports)
        (folder / "tidings.toml").write_text(text)
        yield Town(
            folder=folder,
            port=ports["port"],
            telegram=telegram,
            twilio=twilio,
            slack=space,
            slack_channel=room,
            ana=ana,
            rui=rui,
            billing=billing,
            client=client,
            env=env,
        )
