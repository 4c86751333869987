"""Who joins by text hears one answer for each time they asked, in their language, and no agent is called."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.sms.spec import SPEC as SMS
from config.wording import load_wording
from inbox.joining import Joining
from inbox.live import Live
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outbox import Outbox
from inbox.owing import Owing
from storage.batch import Batch, Consented, Rules, Said
from storage.keep_sqlite import SqliteKeeper
from tests.inbox.house import NOON, House, make_house

ANA, RUI = "tel:+34600123456", "tel:+351912345408"
RULES = Rules(team="support", reopen_within=timedelta(hours=72), slack=True)
ENGLISH = (
    "You will get news, offers, birthday wishes and a word after deliveries from Casa Oliva, up to 3 a week. "
    "Reply STOP to stop."
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = await make_house(f"sqlite:///{tmp_path / 'tidings.db'}", slack=True)
    yield made
    await made.accept.close()
    await made.database.close()


def loop(house: House, later: timedelta = timedelta(0)) -> Joining:
    return Joining(
        database=house.database,
        channels={"sms": replace(house.paper, spec=SMS)},
        wording=load_wording(business="Casa Oliva"),
        live=Live(),
        nudges=Nudges(),
        clock=lambda: NOON + later,
    )


async def texts(house: House, sid: str, text: str, word: str = "", who: str = ANA, **more: Any) -> None:
    """A customer's text comes, with what their word means."""
    batch = Batch()
    told: dict[str, Any] = {"channel": "sms", "address": who, "external_id": sid}
    batch.said.append(Said(hook_id=1, text=text, sent_at=NOON, received_at=NOON, **told, **more))
    if word:
        batch.consented.append(Consented(word=word, source="texted", wording=text, at=NOON, **told))
    keeper = SqliteKeeper(house.database)
    await keeper.keep(batch, RULES)
    await keeper.close()


async def answers(house: House) -> list[tuple[Any, ...]]:
    return await house.rows("SELECT key, text FROM deliveries WHERE lane = 'sms' ORDER BY id")


async def test_a_join_is_answered_once_and_goes_out(house: House) -> None:
    await texts(house, "SM1", "JOIN", "join")
    await loop(house).turn()
    await loop(house).turn()
    await asyncio.gather(loop(house).turn(), loop(house).turn())
    assert await answers(house) == [("join:sms:SM1", ENGLISH)]
    paper = replace(house.paper, spec=SMS)
    owing = Owing(
        database=house.database,
        live=Live(),
        nudges=Nudges(),
        media=MediaStore(Path("media"), "secret"),
        public_url="http://x",
        slack=True,
    )
    box = Outbox(
        lane="sms",
        channel=paper,
        owing=owing,
        nudges=Nudges(),
        metrics=Metrics(),
        clock=lambda: NOON,
    )
    await box.drain()
    assert [(one.address, one.text) for one in paper.sent] == [(ANA, ENGLISH)]
    assert await house.rows("SELECT lane FROM deliveries WHERE lane LIKE 'slack%'") == []
    assert await house.rows("SELECT state, unread, waiting_since FROM conversations") == [
        ("resolved", 0, None)
    ]


async def test_the_same_hook_twice_is_answered_once_and_another_join_again(house: House) -> None:
    await texts(house, "SM1", "JOIN", "join")
    await loop(house).turn()
    await texts(house, "SM1", "JOIN", "join")
    await texts(house, "SM2", "join!", "join")
    await loop(house).turn()
    assert [key for key, _ in await answers(house)] == ["join:sms:SM1", "join:sms:SM2"]


@pytest.mark.parametrize(
    ("word", "language", "begins"),
    [
        ("JOIN", "", "You will get"),
        ("Aderir", "", "Vai receber"),
        ("UNIRME.", "", "Desde ahora"),
        ("JOIN", "pt-PT", "Vai receber"),
        ("JOIN", "de", "You will get"),
    ],
)
async def test_the_answer_is_in_their_language(house: House, word: str, language: str, begins: str) -> None:
    await texts(house, "SM1", word, "join", language=language, sender_name="Ana")
    await loop(house).turn()
    [(_, text)] = await answers(house)
    assert text.startswith(begins)


async def test_nothing_is_owed_where_they_said_stop_or_long_after(house: House) -> None:
    await texts(house, "SM1", "STOP", "stop")
    await texts(house, "SM2", "JOIN", "join")
    await texts(house, "SM3", "JOIN", "join", who=RUI)
    await loop(house, timedelta(hours=25)).turn()
    assert await answers(house) == []


async def test_other_words_are_not_answered(house: House) -> None:
    await texts(house, "SM1", "START", "start")
    await texts(house, "SM2", "join us for lunch?")
    await loop(house).turn()
    assert await answers(house) == []


async def test_a_flood_of_joins_is_answered_three_times_an_hour(house: House) -> None:
    for number in range(7):
        await texts(house, f"SM{number}", "JOIN", "join")
    await loop(house).turn()
    assert [key for key, _ in await answers(house)] == [f"join:sms:SM{number}" for number in range(3)]
    await texts(house, "SM8", "JOIN", "join", RUI)
    await loop(house, timedelta(minutes=50)).turn()
    assert [key for key, _ in await answers(house)][3:] == ["join:sms:SM8"]
    await loop(house, timedelta(minutes=61)).turn()
    assert len(await answers(house)) == 4, "what was left out once stays so"
