"""An agent's whole day in Slack: everything is done there, the browser stays shut."""

import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.road.processes import until
from tests.road.slack_hands import Hands, Json, holds
from tests.road.town import Town, town

MARIA = 7001
PHONE = "+447700900142"
MORE = """
[[teams]]
key = "billing"
name = "Billing"
slack_channel = "{billing}"

[[agents]]
key = "rui"
name = "Rui"
email = "rui@example.org"
slack_id = "{rui}"
teams = ["billing"]

[desk]
resolve_reasons = ["Question answered", "Refund or return"]
satisfaction = true
"""


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=True, more=MORE) as made:
        yield made


class Day:
    """One day of Ana's, step after step; each step sees what came of it."""

    def __init__(self, place: Town) -> None:
        assert place.slack is not None
        self.place = place
        self.ana = Hands(slack=place.slack, person=place.ana)
        self.rui = Hands(slack=place.slack, person=place.rui)
        self.room = place.slack_channel
        self.card: Json = {}

    def rows(self, sql: str) -> list[Any]:
        with sqlite3.connect(f"file:{self.place.folder}/var/tidings.db?mode=ro", uri=True) as connection:
            return connection.execute(sql).fetchall()

    async def row(self, sql: str, *, is_: Any) -> None:
        async def found() -> bool:
            return bool(self.rows(sql) == [is_])

        await holds(found)

    async def texts(self) -> list[str]:
        return [one["body"] for one in await self.place.twilio.get("sent")]

    async def got(self, words: str) -> None:
        async def there() -> bool:
            return any(words in one for one in await self.texts())

        await holds(there)

    async def says(self, body: str) -> None:
        hook = f"{self.place.url}/hooks/sms"
        heard = await self.place.twilio.post("say", url=hook, **{"from": PHONE}, body=body)
        assert heard["status"] == 200, heard

    async def picks_up(self) -> None:
        await self.ana.asks("away", self.room)
        await self.row("SELECT available FROM agents WHERE key = 'ana'", is_=(0,))
        await self.says("where is my order A-1017?")
        self.card = await self.ana.post(self.room, "where is my order A-1017?")
        assert "nobody has it" in self.card["text"]
        await self.ana.clicks(self.card, "take")
        await self.ana.post(self.room, "Ana has it")

    async def notes(self) -> None:
        await self.ana.types(self.card, ";; the depot has it")
        await self.ana.clicks(self.card, "more", "Note")
        sheet = await self.ana.sheet("tidings_write_note")
        await self.ana.submits(sheet, {"text": "prefers mornings", "pin": ["pin"]})
        await self.row("SELECT count(*) FROM messages WHERE direction = 'note'", is_=(2,))
        await self.row("SELECT count(*) FROM pins", is_=(1,))

    async def answers(self) -> None:
        await self.ana.types(self.card, "It left this morning.")
        await self.got("It left this morning.")

    async def promises(self) -> None:
        await self.ana.clicks(self.card, "promise")
        due = int(time.time()) + 7_200
        sheet = await self.ana.sheet("tidings_promise")
        await self.ana.submits(sheet, {"what": "send the tracking number", "due": due})
        await self.ana.post(self.room, "send the tracking number")
        await self.row("SELECT state FROM promises", is_=("open",))

    async def merges(self) -> None:
        await self.place.telegram.post("say", chat_id=MARIA, text="it is me, from my other phone")
        await self.ana.post(self.room, "it is me, from my other phone")
        before = self.rows("SELECT customer_id FROM addresses ORDER BY id")
        await self.ana.menu(self.card, "merge")
        sheet = await self.ana.sheet("tidings_merge")
        other = self.rows("SELECT customer_id FROM addresses WHERE address LIKE 'telegram:%'")[0][0]
        name = self.rows(f"SELECT name FROM customers WHERE id = {other}")[0][0]
        assert await self.ana.picks(sheet, "other", name) == str(other)
        await self.ana.chooses(sheet, "other", str(other))
        sheet = await self.ana.sheet("tidings_merge", having="Who stays")
        await self.ana.submits(sheet, {"sure": "MERGE"})
        await self.row("SELECT count(DISTINCT customer_id) FROM addresses", is_=(1,))
        assert len(set(before)) == 2

    async def answers_elsewhere(self) -> None:
        """They wrote last by Telegram: a reply goes there, and another channel is their phone."""
        await self.ana.types(self.card, "Thank you, I have you now.")
        sent = await until(lambda: self.place.telegram.get("sent"))
        assert [one["text"] for one in sent] == ["Thank you, I have you now."]
        await self.ana.clicks(self.card, "more", "Send on another channel")
        sheet = await self.ana.sheet("tidings_elsewhere")
        await self.ana.submits(sheet, {"text": "Here is the parcel's photo."})
        await self.got("Here is the parcel's photo.")

    async def undoes(self) -> None:
        told = await self.ana.post(self.room, "can be undone for 30 days", under=self.card)
        await self.ana.clicks(told, "merge_undo")
        await self.row("SELECT count(DISTINCT customer_id) FROM addresses", is_=(2,))

    async def snoozes(self) -> None:
        await self.ana.clicks(self.card, "snooze")
        await self.ana.submits(await self.ana.sheet("tidings_snooze"), {"when": "hour"})
        self.card = await self.ana.post(self.room, "snoozed until")
        await self.ana.clicks(self.card, "wake")
        await self.row("SELECT count(*) FROM conversations WHERE state = 'snoozed'", is_=(0,))

    async def hands_over(self) -> None:
        await self.ana.clicks(self.card, "more", "Hand over")
        sheet = await self.ana.sheet("tidings_hand_over")
        to = await self.ana.picks(sheet, "to", "bill")
        assert to == "team:billing"
        await self.ana.submits(sheet, {"to": to, "why": "refund agreed, wait for the bank"})
        self.card = await self.rui.post(self.place.billing, " on SMS")
        await self.rui.post(self.place.billing, "refund agreed", under=self.card)

    async def resolves(self) -> None:
        await self.rui.post(self.place.billing, "Rui has it")
        await self.rui.clicks(self.card, "resolve")
        sheet = await self.rui.sheet("tidings_resolve")
        await self.rui.submits(sheet, {"reason": "Refund or return", "last": ["ask"]})
        sheet = await self.rui.sheet("tidings_resolve", having="tracking number")
        fate = next(one for one in sheet["blocks"] if "tracking number" in str(one.get("label")))
        await self.rui.submits(sheet, {fate["block_id"]: "kept"})
        await self.got("1 (bad) to 5 (good)")
        await self.row("SELECT state, resolve_reason FROM conversations WHERE team = 'billing'",
                       is_=("resolved", "Refund or return"))  # fmt: skip

    async def is_rated(self) -> None:
        await self.says("5")
        await self.row("SELECT rating FROM ratings", is_=(5,))
        await self.row("SELECT state FROM conversations WHERE team = 'billing'", is_=("resolved",))
        await self.row("SELECT state FROM promises", is_=("kept",))


@pytest.mark.timeout(180)
async def test_a_whole_day_is_done_without_leaving_slack(place: Town) -> None:
    async with place.tidings() as program:
        day = Day(place)
        for step in (
            day.picks_up, day.notes, day.answers, day.promises, day.merges, day.answers_elsewhere,
            day.undoes, day.snoozes, day.hands_over, day.resolves, day.is_rated,
        ):  # fmt: skip
            await step()
        assert place.slack is not None
        assert await place.slack.get("mistakes") == []
        assert "Traceback" not in program.output()
        assert await program.end() == 0
