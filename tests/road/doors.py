"""Tidings built from settings, with its real door and its three real channels, and hooks for each."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bots.telegram.reading import SECRET_HEADER
from bots.twilio_signature import signed
from bots.webchat import WebChat
from config.filling import Source
from config.settings import Settings
from inbox.app import App, build
from inbox.files import Files
from storage import sessions
from tests.databases import begin_sqlite

URL = "https://inbox.example"
TOKEN = b"t" * 32
HUSH = "hush-hush"
ENV = {
    "TELEGRAM_BOT_TOKEN": "42:LOOKALIKE",
    "TELEGRAM_WEBHOOK_SECRET": HUSH,
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": TOKEN.decode(),
    "TWILIO_NUMBER": "+15005550006",
    "TIDINGS_SECRET_KEY": "k" * 32,
}
CHANNELS = ("webchat", "telegram", "sms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One hook as a provider sends it."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Doors:
    """The house and a way to knock."""

    app: App
    client: "TestClient[Any, Any]"
    now: datetime

    def clock(self) -> datetime:
        """Tell the test's time, which goes on by a moment at each look."""
        self.now += timedelta(milliseconds=1)
        return self.now

    @property
    def visitor(self) -> str:
        """A token of the visitor "ana"."""
        chat = self.app.channels["webchat"]
        assert isinstance(chat, WebChat)
        return chat.identities.issue("ana", self.now)

    def web(self, *events: Any, token: str = "") -> Call:
        """What the page of a visitor says."""
        body = events[0] if isinstance(events[0], bytes) else orjson.dumps({"events": events})
        headers = {"Authorization": f"Bearer {token or self.visitor}", "Content-Type": "application/json"}
        return Call(path="/hooks/webchat", body=body, headers=headers)

    def says(self, channel: str, text: str, number: int = 1) -> Call:
        """One message of one customer; *text* holds no lone surrogate."""
        match channel:
            case "webchat":
                return self.web({"kind": "message", "id": f"message-{number:08}", "text": text})
            case "telegram":
                return telegram(update_of(number, text=text), number)
            case _:
                return sms(MessageSid=f"SM{number:032}", From="+34600123456", Body=text)

    async def knock(self, call: Call) -> ClientResponse:
        """Send a hook."""
        return await self.client.post(call.path, data=call.body, headers=dict(call.headers))

    async def kept(self, what: str = "messages") -> int:
        """How many rows there are."""
        async with self.app.database.reading() as connection:
            found = await connection.exec_driver_sql(f"SELECT count(*) FROM {what}")
            return int(found.scalar_one())

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question of the test's own."""
        async with self.app.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]

    async def metrics(self) -> str:
        """What the operator's scraper reads."""
        return await (await self.client.get("/metrics")).text()

    async def fetch(self) -> None:
        """Fetch the attachments that are owed."""
        files = Files(
            ground=self.app.ground,
            channels=self.app.channels,
            media=self.app.media,
            nudges=self.app.nudges,
            cap=self.app.settings.attachment_bytes,
            clock=self.clock,
        )
        await files.turn()

    async def desk(self) -> str:
        """The desk's page of the newest conversation, as an agent sees it."""
        async with self.app.database.writing() as connection:
            [(agent,)] = (await connection.exec_driver_sql("SELECT id FROM agents")).fetchall()
            link = await sessions.make_link(connection, agent, now=self.now)
        answer = await self.client.post(
            "/desk/sign-in",
            data={"token": link},
            headers={"Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
        )
        assert answer.status == 303
        token = answer.cookies[next(iter(answer.cookies))].value
        [(key,)] = await self.rows("SELECT max(id) FROM conversations")
        name = "__Host-tidings_session"
        page = await self.client.get(f"/desk/c/{key}", headers={"Cookie": f"{name}={token}"})
        text = await page.text()
        assert page.status == 200, text
        return text

    async def chat(self) -> str:
        """The page without script that the visitor "ana" sees."""
        page = await self.client.get("/chat", headers={"Cookie": f"tidings_visitor={self.visitor}"})
        assert page.status == 200
        return await page.text()


def update_of(number: int, kind: str = "message", **content: Any) -> dict[str, Any]:
    """One of Telegram's updates, from one person."""
    person = {"id": 7, "is_bot": False, "first_name": "Ana"}
    about = {"message_id": number, "date": 1_790_000_000 + number, "chat": {"id": 7, "type": "private"}}
    return {"update_id": 100 + number, kind: {**about, "from": person, **content}}


def telegram(update: Any, number: int = 1, secret: str = HUSH) -> Call:
    """A hook of Telegram's."""
    body = update if isinstance(update, bytes) else orjson.dumps(update)
    return Call(path="/hooks/telegram", body=body, headers={SECRET_HEADER: secret})


def sms(
    form: Mapping[str, str] | None = None,
    *,
    body: bytes | None = None,
    token: bytes = TOKEN,
    at: str = URL,
    **fields: str,
) -> Call:
    """A form of Twilio's, signed over the public address; *body* holds the fields where it is given."""
    pairs = [*(form or {}).items(), *fields.items()]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signed(token, f"{at}/hooks/sms", pairs),
    }
    return Call(path="/hooks/sms", body=urlencode(pairs).encode() if body is None else body, headers=headers)


@asynccontextmanager
async def doors(folder: Path, **channels: dict[str, Any]) -> AsyncIterator[Doors]:
    """Open the house in *folder*; its loops do not run, the test takes their turns."""
    settings = Settings(
        database=f"sqlite:///{folder / 'tidings.db'}",
        media_dir=folder / "media",
        secret_key=SecretStr(ENV["TIDINGS_SECRET_KEY"]),
        public_url=URL,
        attachment_bytes=1_000_000,
        channels={name: channels.get(name, {}) for name in CHANNELS},
        source=Source(env=ENV),
    )
    app = build(settings)
    opened = Doors(app=app, client=None, now=datetime.now(UTC))  # type: ignore[arg-type]
    app.clock = opened.clock
    begin_sqlite(folder / "tidings.db")
    await app.open()
    async with TestClient(TestServer(app.web)) as client:
        opened.client = client
        yield opened
        app.live.close()
    await app.stop()
