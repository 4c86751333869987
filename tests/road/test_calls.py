"""A customer rings in vain, is texted back, and is called from Slack: by real processes, by telephone."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.desk.their_hours import theirs
from storage.rows import Address, Customer
from tests.inbox.desk.channels import SMS
from tests.road.processes import until
from tests.road.slack_hands import Hands, Json
from tests.road.town import OUR_NUMBER, Town, town

DESK_PHONE, ANA = "+351210000001", "+351930000001"
TEXTS = {
    "+351912345678": "ligou-nos e ninguém atendeu",
    "+64211234567": "you called, and we could not come to the phone",
    "+819012345678": "you called, and we could not come to the phone",
}
"""Somewhere on earth it is day; what a caller from there is texted."""
MORE = """
[channels.voice]
base_url = "http://127.0.0.1:{twilio}"
ring = ["+351210000001"]

[calls]
text_back = true
text_back_after = "0s"
meeting_url = "https://meet.example.com/{{room}}"
"""


@dataclass(slots=True, kw_only=True)
class Road:
    """The town, Ana at Slack, and a customer for whom it is day."""

    place: Town
    customer: str

    @property
    def ana(self) -> Hands:
        """Ana's hands."""
        assert self.place.slack is not None
        return Hands(slack=self.place.slack, person=self.place.ana)

    async def rings(self, **how: Any) -> Json:
        """The customer rings our number."""
        hook = f"{self.place.url}/hooks/voice"
        made = {"url": hook, "status_url": hook, "from": self.customer, **how}
        return dict(await self.place.twilio.post("ring", **made))

    async def texts(self) -> list[str]:
        """What the customer was texted."""
        sent = await self.place.twilio.get("sent")
        return [one["body"] for one in sent if one["to"] == self.customer]

    async def calls(self) -> list[Json]:
        """The calls that we began."""
        return [one for one in await self.place.twilio.get("calls") if one["direction"] == "outbound-api"]

    def rows(self, sql: str) -> list[Any]:
        """Ask tidings' own file."""
        with sqlite3.connect(self.place.folder / "var" / "tidings.db") as connection:
            return connection.execute(sql).fetchall()


def awake(number: str) -> bool:
    """Whether it is day where a number is, and will be for the next minutes."""
    now = datetime.now(UTC)
    nobody = Customer(id=1, name="", language="", zone="", tier="", created_at=now)
    address = Address(
        id=1, customer_id=1, address=f"tel:{number}", channel="sms", stopped_at=None, stop_source="",
        last_in_at=now, created_at=now,
    )  # fmt: skip
    there = theirs(nobody, [address])
    return all(there.allowed(now + timedelta(minutes=each), address, "sms", SMS) for each in (0, 5))


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with AsyncExitStack() as stack:
        secrets = {"TWILIO_VOICE_NUMBER": OUR_NUMBER}
        place = await stack.enter_async_context(town(tmp_path, slack=True, more=MORE, secrets=secrets))
        config = tmp_path / "tidings.toml"
        written = config.read_text()
        config.write_text(written.replace('role = "admin"', f'role = "admin"\nphone = "{ANA}"'))
        yield Road(place=place, customer=next(number for number in TEXTS if awake(number)))


@pytest.mark.timeout(120)
async def test_a_missed_call_is_texted_back_and_the_customer_called_from_slack(road: Road) -> None:
    place, ana = road.place, road.ana
    assert place.slack is not None
    async with place.tidings() as program:
        call = await road.rings(says="an mp3 of a voice", hangs_up=False)
        assert call["status"] == "completed"

        card = await ana.post(place.slack_channel, road.customer[-3:])  # whatever was said last
        await ana.post(place.slack_channel, "Missed call", under=card)
        await until(lambda: _voicemail(place, card))
        [text] = await until(road.texts)
        assert text.startswith("Casa Oliva: ")
        assert TEXTS[road.customer] in text
        await ana.post(place.slack_channel, TEXTS[road.customer], under=card)

        await place.twilio.post("phones", answer=[ANA, road.customer])
        await ana.menu(card, "call")
        sheet = await ana.sheet("tidings_call", having="rings first")
        await ana.submits(sheet, {})
        [rung] = await until(road.calls)
        assert (rung["to"], rung["from"]) == (ANA, OUR_NUMBER)
        await ana.post(place.slack_channel, "Ana is calling ", under=card)
        await ana.post(place.slack_channel, "Ana called, 42 s", under=card)
        assert (await road.calls())[0]["dialled"] == [[road.customer, OUR_NUMBER]]

        await place.twilio.post("phones", answer=[ANA], busy=[road.customer])
        await ana.menu(card, "call")
        await ana.submits(await ana.sheet("tidings_call", having="rings first"), {})
        await ana.post(place.slack_channel, "The customer was on the phone. Next: call again", under=card)

        await ana.menu(card, "meeting")
        await ana.submits(await ana.sheet("tidings_meeting", having="https://meet.example.com/"), {})
        await until(lambda: _met(road))

        assert len(await road.texts()) == 2, "one text back, one invitation"
        log = "SELECT nature, agent_id IS NOT NULL FROM messages WHERE channel = 'voice' ORDER BY id"
        assert road.rows(log) == [("", 0), ("", 0), ("call", 1), ("call", 1), ("call", 1)]
        assert await place.slack.get("mistakes") == []
        assert "Traceback" not in program.output()
        assert await program.end() == 0


async def _voicemail(place: Town, card: Json) -> bool:
    """Whether the sound stands in the thread, as a file."""
    assert place.slack is not None
    thread = await place.slack.get(f"posts?channel={place.slack_channel}&thread_ts={card['ts']}")
    return any("voicemail.mp3" in str(one) for one in thread)


async def _met(road: Road) -> bool:
    return any("https://meet.example.com/" in text for text in await road.texts())


@pytest.mark.timeout(120)
async def test_who_gets_through_is_not_texted(road: Road) -> None:
    place = road.place
    async with place.tidings() as program:
        await place.twilio.post("phones", answer=[DESK_PHONE])
        await road.rings()
        await until(lambda: _spoken(road))
        await road.rings()
        await until(lambda: _spoken(road, 2))
        assert await road.texts() == []
        assert await program.end() == 0
    assert "Traceback" not in program.output()


async def _spoken(road: Road, number: int = 1) -> bool:
    return len(road.rows("SELECT id FROM messages WHERE nature = 'call'")) == number
