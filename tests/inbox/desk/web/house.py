"""A house with the desk's pages open, its customers, and channels that carry nothing away."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from sqlalchemy import insert, select, update

from bots.channel import Channel, Spec
from bots.sms.spec import SPEC as SMS
from bots.telegram.spec import SPEC as TELEGRAM
from bots.webchat.spec import SPEC as WEB
from config.policy import AgentEntry, Policy, Team
from config.settings import Settings
from inbox.app import App, build
from inbox.touches.first_word import first_word
from storage import sessions
from storage.tables import (
    addresses,
    agents,
    attachments,
    conversations,
    customers,
    deliveries,
    happenings,
    messages,
)
from tests.databases import begin_sqlite

NOW = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)
MIN = timedelta(minutes=1)
POLICY = Policy(
    teams=(Team(key="care", name="Care"), Team(key="shop", name="Shop")),
    agents=(
        AgentEntry(key="tiago", name="Tiago Ramos", role="admin", teams=("care",), zone="Europe/Lisbon"),
        AgentEntry(key="helena", name="Helena Prates", teams=("care", "shop"), zone="Europe/Madrid"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A channel of which only the spec is asked."""

    spec: Spec

    def remember_in(self, memory: Any) -> None:
        """Nothing is heard, so nothing is remembered."""

    async def stop(self) -> None:
        """Nothing was begun."""


@dataclass(slots=True, kw_only=True)
class House:
    """The app, a visitor's client and the agents' keys."""

    app: App
    client: "TestClient[Any, Any]"
    agents: dict[str, int]
    csrf: str = ""
    _at: int = field(default=0)

    @property
    def base(self) -> str:
        return str(self.client.make_url("")).rstrip("/")

    async def link(self, agent: str = "tiago") -> str:
        async with self.app.database.writing() as connection:
            return await sessions.make_link(connection, self.agents[agent], now=self.app.clock())

    async def enter(self, token: str, **options: Any) -> ClientResponse:
        """Post a link's token as the browser does that shows our own page."""
        headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        return await self.client.post("/desk/sign-in", data={"token": token}, headers=headers, **options)

    async def sign_in(self, agent: str = "tiago") -> None:
        answer = await self.enter(await self.link(agent))
        page = await answer.text()
        assert answer.status == 200, page
        found = re.search(r'data-csrf="([0-9a-f]+)"', page)
        assert found, page
        self.csrf = found[1]

    async def post(self, path: str, **data: Any) -> ClientResponse:
        return await self.client.post(path, data={"csrf": self.csrf, **data}, allow_redirects=False)

    async def page(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path, headers={"Accept": "text/html"}, allow_redirects=False)
        text = await answer.text()
        assert answer.status == status, text
        return text

    async def conversation(self, name: str = "Marta Figueiredo", **values: Any) -> int:
        """Keep a customer with a conversation; values are its columns, or the customer's and address's."""
        ids = self.app.database.ids
        customer, address, key = ids.next(), ids.next(), ids.next()
        self._at += 1
        now = self.app.clock()
        channel = values.pop("channel", "web")
        scheme = {"web": "web:", "sms": "tel:+351912000", "telegram": "telegram:77"}.get(channel, "x:")
        person: dict[str, Any] = {
            "name": name,
            **{k: values.pop(k) for k in ("tier", "language", "zone") if k in values},
        }
        place: dict[str, Any] = {
            k: values.pop(k) for k in ("address", "stopped_at", "last_in_at") if k in values
        }
        owner = values.pop("owner", None)
        row: dict[str, Any] = {
            "state": "open",
            "team": "care",
            "owner_id": self.agents[owner] if owner else None,
            "opened_at": now - 9 * MIN,
            "last_at": now - 5 * MIN,
            "last_in_at": now - 5 * MIN,
            "waiting_since": now - 5 * MIN,
            **values,
        }
        place = {"address": f"{scheme}{self._at:03d}", "last_in_at": now - 5 * MIN, **place}
        async with self.app.database.writing() as connection:
            await connection.execute(insert(customers).values(id=customer, created_at=now, **person))
            await connection.execute(
                insert(addresses).values(
                    id=address, customer_id=customer, channel=channel, created_at=now, **place
                )
            )
            await connection.execute(
                insert(conversations).values(
                    id=key, customer_id=customer, address_id=address, channel=channel, **row
                )
            )
        return key

    async def said(
        self, conversation: int, text: str, direction: str = "in", agent: str = "", **values: Any
    ) -> int:
        """Keep a message as if it had come or gone."""
        key = self.app.database.ids.next()
        at = values.pop("sent_at", self.app.clock() - 5 * MIN)
        async with self.app.database.writing() as connection:
            row = (
                await connection.execute(select(conversations).where(conversations.c.id == conversation))
            ).one()
            await connection.execute(
                insert(messages).values(
                    id=key,
                    conversation_id=conversation,
                    direction=direction,
                    channel=row.channel,
                    external_id=f"e{key}",
                    address_id=row.address_id,
                    agent_id=self.agents[agent] if agent else None,
                    text=text,
                    sent_at=at,
                    received_at=at,
                    **values,
                )
            )
            if direction != "note":
                await connection.execute(
                    update(conversations)
                    .where(conversations.c.id == conversation)
                    .values(last_text=text, last_direction=direction)
                )
        return key

    async def heard(self, conversation: int, text: str) -> int:
        """Keep what the customer says now: their window begins anew."""
        now = self.app.clock()
        row = await self.row(conversation)
        async with self.app.database.writing() as connection:
            place = update(addresses).where(addresses.c.id == row.address_id)
            await connection.execute(place.values(last_in_at=now))
        return await self.said(conversation, text, sent_at=now)

    async def attach(self, message: int, kind: str = "document", data: bytes = b"", **values: Any) -> int:
        """Keep a file with a message."""
        key = self.app.database.ids.next()

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        kept: dict[str, Any] = {"state": "owed"}
        if data:
            name, content_type = values.pop("name", "x.bin"), values.pop("content_type", "")
            file = await self.app.media.keep(chunks(), name=name, content_type=content_type, cap=10**7)
            kept = {
                "state": "kept",
                "path": file.path,
                "name": name,
                "size": file.size,
                "content_type": file.content_type,
            }
        async with self.app.database.writing() as connection:
            await connection.execute(
                insert(attachments).values(id=key, message_id=message, position=0, kind=kind, **kept | values)
            )
        return key

    async def happened(self, conversation: int, kind: str, agent: str = "", **data: Any) -> None:
        async with self.app.database.writing() as connection:
            await connection.execute(
                insert(happenings).values(
                    id=self.app.database.ids.next(),
                    conversation_id=conversation,
                    kind=kind,
                    agent_id=self.agents[agent] if agent else None,
                    at=self.app.clock() - 4 * MIN,
                    data=data,
                )
            )

    async def stuck(self, conversation: int, state: str, text: str = "Good day", reason: str = "") -> int:
        """Keep an answer of Tiago's that failed or was perhaps sent; returns the message's key."""
        key = await self.said(
            conversation, text, "out", "tiago", status=state, reason=reason, status_at=self.app.clock()
        )
        async with self.app.database.writing() as connection:
            await connection.execute(
                insert(deliveries).values(
                    id=self.app.database.ids.next(),
                    lane="web",
                    kind="message",
                    conversation_id=conversation,
                    message_id=key,
                    key=f"reply:{key}:0",
                    text=text,
                    state=state,
                    reason=reason,
                    owed_at=self.app.clock(),
                    due_at=self.app.clock(),
                    ended_at=self.app.clock(),
                )
            )
        return key

    async def row(self, conversation: int) -> Any:
        async with self.app.database.reading() as connection:
            which = select(conversations).where(conversations.c.id == conversation)
            return (await connection.execute(which)).one()

    async def messages(self, conversation: int) -> list[Any]:
        async with self.app.database.reading() as connection:
            which = select(messages).where(messages.c.conversation_id == conversation)
            return list((await connection.execute(which.order_by(messages.c.id))).all())


def _taken(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: values.pop(name) for name in names if name in values}


@asynccontextmanager
async def house_in(
    folder: Path, *, fixed: bool = True, policy: Policy = POLICY, **settings: Any
) -> AsyncIterator[House]:
    """Open a house in *folder*; the clock stands at `NOW` where it is *fixed*."""
    app = build(
        Settings(
            database=f"sqlite:///{folder}/t.db",
            media_dir=folder / "media",
            policy=policy,
            **{"secret_key": SecretStr("0" * 64), **settings},
        )
    )
    if fixed:
        app.clock = lambda: NOW
    for name, spec in {"web": WEB, "sms": SMS, "telegram": TELEGRAM}.items():
        app.channels[name] = cast(Channel, Quiet(spec=spec))
    app.first_word = first_word(
        app.settings,
        database=app.database,
        channels=app.channels,
        live=app.live,
        nudges=app.nudges,
        clock=app.clock,
        desk=app.desk,
    )
    begin_sqlite(folder / "t.db")
    await app.open()
    async with app.database.reading() as connection:
        keys = {row.key: row.id for row in await connection.execute(select(agents))}
    async with TestClient(TestServer(app.web)) as client:
        yield House(app=app, client=client, agents=keys)
        app.live.close()
    await app.stop()
