"""A customer of Messenger or Instagram writes and comments; an agent answers, by the real house."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from config.filling import Source
from config.settings import Settings
from inbox.app import App, build
from tests.providers.meta_page import MetaPageLookAlike

KINDS = ("messenger", "instagram")


@dataclass(frozen=True, slots=True)
class House:
    """The house, running, with a look-alike of the one provider that it has."""

    app: App
    meta: MetaPageLookAlike
    kind: str

    @property
    def door(self) -> str:
        return f"http://127.0.0.1:{self.app.port}/hooks/{self.kind}"

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.app.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]

    async def answers(self, text: str, address: str = "") -> None:
        """Let an agent answer in the newest conversation, at another address where one is named."""
        [(conversation,)] = await self.rows("SELECT max(id) FROM conversations")
        [(agent,)] = await self.rows("SELECT min(id) FROM agents")
        where = f"SELECT id FROM addresses WHERE address = '{address}'"
        chosen = (await self.rows(where))[0][0] if address else None
        await self.app.desk.reply(
            conversation, agent, text=text, address_id=chosen, now=self.app.clock(), key=text
        )


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the house has done something; the test's own time-out ends it."""
    while not await found():
        await asyncio.sleep(0.01)


@pytest.fixture(params=KINDS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    kind = request.param
    meta = MetaPageLookAlike(kind="page" if kind == "messenger" else "instagram")
    await meta.start()
    names = {"messenger": "MESSENGER_PAGE_TOKEN", "instagram": "INSTAGRAM_ACCESS_TOKEN"}
    env = {
        f"{kind.upper()}_APP_SECRET": meta.secret,
        f"{kind.upper()}_VERIFY_TOKEN": "a-word-of-our-own",
        names[kind]: meta.token,
        "TIDINGS_SECRET_KEY": "k" * 32,
    }
    about = {"app_id": meta.app_id, "account_id": meta.account_id, "human_agent": True}
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'tidings.db'}",
        media_dir=tmp_path / "media",
        secret_key=SecretStr("k" * 32),
        port=0,
        channels={kind: about | {"base_url": meta.base_url}},
        source=Source(env=env),
    )
    app = build(settings)
    await app.start()
    yield House(app, meta, kind)
    await app.stop()
    await meta.stop()


@pytest.mark.parametrize("first", [False, True], ids=["the answer first", "the hooks first"])
async def test_a_message_is_answered_and_the_answer_read(house: House, first: bool) -> None:
    picture = ("menu.jpg", "image", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(200))
    heard = await house.meta.say(house.door, "5678", "Is there a table?", files=[picture])
    assert heard.status == 200
    again = await house.meta.say(house.door, "5678", "Is there a table?", mid=heard.id)
    assert again.status == 200
    assert await house.rows("SELECT external_id, text FROM messages") == [(heard.id, "Is there a table?")]
    house.meta.hooks_url, house.meta.receipts = house.door, ("delivered", "read")
    house.meta.tells_first = first
    await house.answers("At *eight*, gladly")

    async def read() -> bool:
        return await house.rows("SELECT status FROM messages WHERE direction = 'out'") == [("read",)]

    await until(read)
    (sent,) = house.meta.sent
    assert (sent.customer, sent.text, sent.body["tag"]) == ("5678", "At eight, gladly", "HUMAN_AGENT")
    await house.meta.settled()
    assert await house.rows("SELECT count(*) FROM messages") == [(2,)]  # our own echo is no third


async def test_meta_is_told_that_the_door_is_ours(house: House) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    async with ClientSession() as session:
        for word, status in (("a-word-of-our-own", 200), ("a guess", 401)):
            async with session.get(house.door, params={**asked, "hub.verify_token": word}) as answer:
                assert answer.status == status
                assert (await answer.text() == "1158201444") is (status == 200)


async def test_what_was_written_by_hand_is_shown_once(house: House) -> None:
    await house.meta.say(house.door, "5678", "Hello")
    heard = await house.meta.echo(house.door, "5678", "Written in the app", app_id="263902037430900")
    assert heard.status == 200
    out = await house.rows("SELECT text, nature FROM messages WHERE direction = 'out'")
    assert out == [("Written in the app", "echo")]


async def test_a_comment_is_answered_in_public_and_privately(house: House) -> None:
    told = await house.meta.comment(house.door, "77", "How much is it?")
    assert told.status == 200
    [(text,)] = await house.rows("SELECT text FROM messages")
    assert text.startswith("How much is it?\n[comment on our post")
    await house.answers("It is 2 €")

    async def in_public() -> bool:
        return bool(house.meta.answers)

    await until(in_public)
    (answer,) = house.meta.answers
    assert (answer.parent, answer.text) == (told.id, "It is 2 €")
    await house.answers("And for you 1.50 €", address=f"{house.kind}:comment/{told.id}")

    async def privately() -> bool:
        known = f"SELECT count(*) FROM addresses WHERE address = '{house.kind}:77'"
        return bool(house.meta.sent) and await house.rows(known) == [(1,)]

    await until(privately)
    (sent,) = house.meta.sent
    assert sent.body["recipient"] == {"comment_id": told.id}
    await house.meta.say(house.door, "77", "Thank you!")
    people = await house.rows("SELECT DISTINCT customer_id FROM addresses")
    assert len(people) == 1  # who commented and who wrote is one
