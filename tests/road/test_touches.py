"""The shipped birthday and follow-up go out by SMS, Telegram and web chat, once, whatever restarts."""

from collections.abc import AsyncIterator, Sequence
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
BUYERS_CHAT = 7002
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
    token = await _visits(place, "hello from the web")
    await place.telegram.post("say", chat_id=MARIA, text="hello from Telegram")
    await place.twilio.post("say", url=f"{place.url}/hooks/sms", **{"from": PHONE}, body="hello from a phone")
    return token


async def _visits(place: Town, text: str) -> str:
    """Let somebody new, whose browser knows nothing, write on the web; returns their token."""
    place.client.cookie_jar.clear()
    async with place.client.post(f"{place.url}/chat/visitor") as response:
        token = str((await response.json())["token"])
    said = {"events": [{"kind": "message", "id": "message-00000001", "text": text}]}
    headers = {"Authorization": f"Bearer {token}"}
    async with place.client.post(f"{place.url}/hooks/webchat", json=said, headers=headers) as response:
        assert response.status == 200, await response.text()
    return token


async def _database(place: Town) -> Database:
    database = Database(f"sqlite:///{place.folder}/var/tidings.db")
    await database.open()
    return database


async def _three_are_here(place: Town) -> bool:
    return len(await _people(place)) == 3


async def _people(place: Town) -> list[int]:
    """List the customers we know, in the order in which they came."""
    database = await _database(place)
    async with database.reading() as connection:
        asked = select(addresses.c.customer_id).order_by(addresses.c.customer_id)
        found = [int(key) for key in (await connection.execute(asked)).scalars()]
    await database.close()
    return found


async def _birthday_today(place: Town, zone: str, now: datetime, buyers: Sequence[int] = ()) -> None:
    """All but *buyers* have their birthday today; they and somebody else had a delivery; all allow a word."""
    today = now.astimezone(ZoneInfo(zone)).date()
    ago = now - timedelta(days=30)
    database = await _database(place)
    async with database.writing() as connection:
        born: dict[str, Any] = {"birth_month": today.month, "birth_day": today.day, "birthday_at": ago}
        await connection.execute(customers.update().values(zone=zone))
        await connection.execute(customers.update().where(customers.c.id.not_in(buyers)).values(**born))
        over = {"state": "resolved", "resolved_at": ago, "waiting_since": None}
        await connection.execute(conversations.update().values(**over))
        await connection.execute(addresses.update().values(last_in_at=ago))
        ids = database.ids
        buyer, where = ids.next(), ids.next()
        person = {"id": buyer, "name": "Rui", "zone": zone, "created_at": ago}
        await connection.execute(customers.insert().values(**person))
        at = {"id": where, "customer_id": buyer, "address": f"tel:{BUYER}", "channel": "sms"}
        await connection.execute(addresses.insert().values(**at, created_at=ago))
        times = {"placed_at": now - timedelta(days=6), "delivered_at": now - timedelta(days=4)}
        for number, who in enumerate((buyer, *buyers), start=1017):
            order = {"id": ids.next(), "customer_id": who, "number": f"A-{number}", "summary": "two bowls"}
            await connection.execute(orders.insert().values(**order, **times, changed_at=now))
        for key in (await connection.execute(select(addresses.c.id))).scalars().all():
            await consents.record(connection, ids, address_id=key, word="yes", source="form", at=ago)
    await database.close()


async def _states(place: Town) -> list[tuple[str, str, str]]:
    database = await _database(place)
    async with database.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT kind, channel, state FROM touches ORDER BY 1, 2, 3")
        found = [(str(row.kind), str(row.channel), str(row.state)) for row in rows]
    await database.close()
    return found


async def _on_the_page(place: Town, token: str) -> list[str]:
    """List what we said to a visitor."""
    headers = {"Authorization": f"Bearer {token}"}
    async with place.client.get(f"{place.url}/chat/messages", headers=headers) as response:
        seen = (await response.json())["messages"]
    return [one["text"] for one in seen if not one["mine"]]


async def _newly(place: Town, known: Sequence[int]) -> list[int] | None:
    """Name the two customers who came after *known*; None before both did."""
    came = [key for key in await _people(place) if key not in known]
    return came if len(came) == 2 else None


async def _by_telegram(place: Town) -> Any:
    """What went out to the two chats, once both heard; None before."""
    sent = await place.telegram.get("sent")
    return sent if len(sent) == 2 else None


@pytest.mark.timeout(120)
async def test_a_birthday_and_a_follow_up_go_out_by_sms_telegram_and_web_chat(place: Town) -> None:
    now = datetime.now(UTC)
    zone = _where_it_is_one(now)
    async with place.tidings() as program:
        token = await _meet(place)
        await until(lambda: _three_are_here(place))
        known = await _people(place)
        await place.telegram.post("say", chat_id=BUYERS_CHAT, text="hello, I bought bowls")
        bought = await _visits(place, "hello, so did I")
        buyers = await until(lambda: _newly(place, known))
        assert await program.end() == 0
    await _birthday_today(place, zone, now, buyers)
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
        assert "two bowls" in texts[BUYER] or "A-1017" in texts[BUYER], texts[BUYER]
        chats = {one["chat_id"]: one["text"] for one in await until(lambda: _by_telegram(place))}
        [wish] = await until(lambda: _on_the_page(place, token))
        [asked] = await until(lambda: _on_the_page(place, bought))
        for birthday, follow_up in ((chats[MARIA], chats[BUYERS_CHAT]), (wish, asked)):
            assert "birthday" in birthday.lower()
            assert "birthday" not in follow_up.lower()
            assert "A-101" in follow_up or "two bowls" in follow_up, follow_up

        async def all_sent() -> bool:
            channels = ("sms", "telegram", "webchat")
            due = [(kind, one, "sent") for kind in ("after_delivery", "birthday") for one in channels]
            return await _states(place) == due

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
    assert len(await place.telegram.get("sent")) == 2
    database = await _database(place)
    async with database.reading() as connection:
        question = (
            "SELECT c.state, count(*) FROM conversations c JOIN messages m ON m.conversation_id = c.id "
            "WHERE c.channel = 'telegram' AND c.state = 'open' GROUP BY c.id"
        )
        assert [tuple(row) for row in await connection.exec_driver_sql(question)] == [("open", 2)]
    await database.close()
