"""The shipped birthday and follow-up go out by SMS, Telegram and web chat, once, whatever restarts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from storage import consents
from storage.database import Database
from storage.tables import addresses, conversations, customers, orders
from tests.road.processes import until
from tests.road.town import Town, town

MARIA = 7001
PHONE = "+447700900142"
BUYER = "+447700900143"


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=False) as made:
        yield made


def _where_it_is_one(now: datetime) -> str:
    """A zone in which it is one o'clock in the afternoon: every hour that matters is allowed."""
    ahead = 13 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


async def _meet(place: Town) -> str:
    """Let one customer write on each channel; returns the web visitor's token."""
    async with place.client.post(f"{place.url}/chat/visitor") as response:
        token = str((await response.json())["token"])
    said = {"events": [{"kind": "message", "id": "message-00000001", "text": "hello from the web"}]}
    headers = {"Authorization": f"Bearer {token}"}
    async with place.client.post(f"{place.url}/hooks/webchat", json=said, headers=headers) as response:
        assert response.status == 200, await response.text()
    await place.telegram.post("say", chat_id=MARIA, text="hello from Telegram")
    await place.twilio.post("say", url=f"{place.url}/hooks/sms", **{"from": PHONE}, body="hello from a phone")
    return token


async def _database(place: Town) -> Database:
    database = Database(f"sqlite:///{place.folder}/var/tidings.db")
    await database.open()
    return database


async def _three_are_here(place: Town) -> bool:
    database = await _database(place)
    async with database.reading() as connection:
        found = (await connection.execute(select(addresses.c.id))).all()
    await database.close()
    return len(found) == 3


async def _birthday_today(place: Town, zone: str, now: datetime) -> None:
    """All of them have their birthday today and allow a word; somebody else had a delivery."""
    today = now.astimezone(ZoneInfo(zone)).date()
    ago = now - timedelta(days=30)
    database = await _database(place)
    async with database.writing() as connection:
        born: dict[str, Any] = {"birth_month": today.month, "birth_day": today.day, "birthday_at": ago}
        await connection.execute(customers.update().values(zone=zone, **born))
        over = {"state": "resolved", "resolved_at": ago, "waiting_since": None}
        await connection.execute(conversations.update().values(**over))
        ids = database.ids
        buyer, where = ids.next(), ids.next()
        person = {"id": buyer, "name": "Rui", "zone": zone, "created_at": ago}
        await connection.execute(customers.insert().values(**person))
        at = {"id": where, "customer_id": buyer, "address": f"tel:{BUYER}", "channel": "sms"}
        await connection.execute(addresses.insert().values(**at, created_at=ago))
        order = {"id": ids.next(), "customer_id": buyer, "number": "A-1017", "summary": "two blue bowls"}
        times = {"placed_at": now - timedelta(days=6), "delivered_at": now - timedelta(days=4)}
        await connection.execute(orders.insert().values(**order, **times, changed_at=now))
        for key in (await connection.execute(select(addresses.c.id))).scalars().all():
            await consents.record(connection, ids, address_id=key, word="yes", source="form", at=ago)
    await database.close()


async def _states(place: Town) -> list[tuple[str, str]]:
    database = await _database(place)
    async with database.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT channel, state FROM touches ORDER BY 1, 2")
        found = [(str(row.channel), str(row.state)) for row in rows]
    await database.close()
    return found


@pytest.mark.timeout(120)
async def test_a_birthday_and_a_follow_up_go_out_by_sms_telegram_and_web_chat(place: Town) -> None:
    now = datetime.now(UTC)
    zone = _where_it_is_one(now)
    async with place.tidings() as program:
        token = await _meet(place)
        await until(lambda: _three_are_here(place))
        assert await program.end() == 0
    await _birthday_today(place, zone, now)
    config = place.folder / "tidings.toml"
    config.write_text(
        config.read_text()
        + f'\n[touches]\non = ["birthday", "after_delivery"]\nzone = "{zone}"\ncountry = "GB"\n'
    )

    async def both_texts() -> Any:
        sent = await place.twilio.get("sent")
        return sent if len(sent) == 2 else None

    async with place.tidings() as program:
        texts = {one["to"]: one["body"] for one in await until(both_texts)}
        assert set(texts) == {PHONE, BUYER}
        assert "STOP" in texts[PHONE].upper()
        [greeting] = await until(lambda: place.telegram.get("sent"))
        assert greeting["text"]

        async def on_the_page() -> Any:
            headers = {"Authorization": f"Bearer {token}"}
            async with place.client.get(f"{place.url}/chat/messages", headers=headers) as response:
                seen = (await response.json())["messages"]
            return [one["text"] for one in seen if not one["mine"]]

        assert len(await until(on_the_page)) == 1

        async def all_sent() -> bool:
            states = await _states(place)
            return states == [("sms", "sent"), ("sms", "sent"), ("telegram", "sent"), ("webchat", "sent")]

        await until(all_sent)
        assert await program.end() == 0
    async with place.tidings() as program:
        await until(lambda: place.ready(program))
        await place.telegram.post("say", chat_id=MARIA, text="how kind, when do you open?")

        async def reopened() -> bool:
            database = await _database(place)
            async with database.reading() as connection:
                asked = "SELECT count(*) FROM messages WHERE text LIKE 'how kind%'"
                number = (await connection.exec_driver_sql(asked)).scalar_one()
            await database.close()
            return bool(number == 1)

        await until(reopened)
        assert await program.end() == 0
    assert len(await place.twilio.get("sent")) == 2
    assert len(await place.telegram.get("sent")) == 1
    database = await _database(place)
    async with database.reading() as connection:
        asked = (
            "SELECT c.state, count(*) FROM conversations c JOIN messages m ON m.conversation_id = c.id "
            "WHERE c.channel = 'telegram' AND c.state = 'open' GROUP BY c.id"
        )
        assert [tuple(row) for row in await connection.exec_driver_sql(asked)] == [("open", 2)]
    await database.close()
