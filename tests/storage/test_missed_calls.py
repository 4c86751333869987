"""Who rang in vain and waits, on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from storage import conversations, missed_calls
from storage.missed_calls import Missed
from tests.storage.keeping import NOON, RULES, Home, at, called, said

VOICE = ("phone",)
RINGS = replace(RULES, speechless={"phone": "telegram"})
MARIA, JOAO, EVA = "tel:+351911111111", "tel:+351922222222", "tel:+351933333333"


def rang(number: int, minutes: float = 0, who: str = MARIA) -> Any:
    return said(number, "Missed call", who=who, minutes=minutes, channel="phone")


async def waits(home: Home, minutes: float = 60, **more: Any) -> list[Missed]:
    wanted = {"since": NOON, "until": at(minutes), "limit": 10, **more}
    async with home.database.reading() as connection:
        return await missed_calls.waiting(connection, VOICE, **wanted)


async def of(home: Home, one: Missed) -> Missed | None:
    async with home.database.reading() as connection:
        return await missed_calls.of(connection, one.conversation_id, VOICE, since=NOON)


async def key(home: Home, external_id: str) -> int:
    [(found,)] = await home.rows(f"SELECT id FROM messages WHERE external_id = '{external_id}'")
    return int(found)


async def test_the_last_call_of_each_who_waits_is_listed_in_order(home: Home) -> None:
    await home.keep(
        rang(1), rang(2, 5), rang(3, 2, JOAO), said(4, "hello", who=EVA, channel="sms"), rules=RINGS
    )
    maria, joao = await waits(home)
    assert (maria.message_id, maria.at) == (await key(home, f"{MARIA}:2"), at(5))
    assert (joao.message_id, joao.at) == (await key(home, f"{JOAO}:3"), at(2))
    assert await waits(home, beyond=maria.message_id) == [joao]
    assert await waits(home, limit=1) == [maria]


async def test_who_rang_too_shortly_or_too_long_ago_is_not(home: Home) -> None:
    await home.keep(rang(1, 10), rules=RINGS)
    assert await waits(home, minutes=9) == []
    assert await waits(home, since=at(11)) == []
    [one] = await waits(home, minutes=10)
    assert await of(home, one) == one


async def test_who_got_through_wrote_or_was_answered_is_not(home: Home) -> None:
    await home.keep(rang(1), rang(2, 0, JOAO), rang(3, 0, EVA), rules=RINGS)
    maria, joao, eva = await waits(home)
    written = said(4, "Call me", who=JOAO, minutes=1, channel="sms")
    await home.keep(written, called("x:1", who=MARIA), rules=RINGS)
    assert await waits(home) == [eva]
    assert (await of(home, maria), await of(home, joao), await of(home, eva)) == (None, None, eva)
    async with home.database.writing() as connection:
        await conversations.change(connection, eva.conversation_id, waiting_since=None)
    assert (await waits(home), await of(home, eva)) == ([], None)


@pytest.mark.parametrize("channels", [VOICE, ()], ids=["a telephone", "none"])
async def test_who_only_rang_is_told_from_who_wrote_too(home: Home, channels: tuple[str, ...]) -> None:
    await home.keep(rang(1), rang(2, 0, JOAO), said(3, "hello", who=EVA, channel="sms"), rules=RINGS)
    await home.keep(said(4, "Call me", who=JOAO, minutes=1, channel="sms"), rules=RINGS)
    rows = await home.rows(
        "SELECT a.address, c.id FROM conversations c JOIN addresses a ON a.id = c.address_id"
    )
    ids = {str(address): int(conversation) for address, conversation in rows}
    async with home.database.reading() as connection:
        found = await missed_calls.only_rang(connection, list(ids.values()), channels)
    assert found == ({ids[MARIA]} if channels else set())
