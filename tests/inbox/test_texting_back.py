"""Who rang in vain is texted back once, in their language, never at night, not once somebody was there."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.channel import Attachment, Called, CallMissed, MessageIn
from config.calls import CallKnobs
from config.touches import load_touches
from config.wording import load_wording
from inbox.channels import speechless
from inbox.sorting import sort
from inbox.texting_back import TextingBack, spoken_at
from inbox.touches.rules import Current, rules_of
from inbox.touches.ways import Specs
from storage.batch import Batch
from storage.keep_postgres import PostgresKeeper
from storage.keep_sqlite import SqliteKeeper
from tests.inbox.desk.channels import SMS, Phone, address, give_phone, stopped, with_phone, with_sms
from tests.inbox.house import House, Paper

NUMBER = "tel:+34600123456"
TEXTS = "SELECT lane, text FROM deliveries WHERE key LIKE 'said:text_back:%' ORDER BY id"
ES = "Casa Oliva: nos ha llamado y nadie ha podido atenderle."
HOUR = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Line:
    """A house with a telephone and SMS, and the loop."""

    house: House
    phone: Phone
    sms: Paper
    loop: TextingBack
    calls: int = 0

    async def hears(self, *events: Any) -> None:
        """A hook of these events is kept."""
        batch, ground = Batch(), self.house.ground
        sort(batch, 0, "voice", events, self.house.clock())
        rules = replace(self.house.accept.applying.rules, speechless=speechless(ground.channels))
        sqlite = ground.database.dialect == "sqlite"
        keeper = SqliteKeeper(ground.database) if sqlite else PostgresKeeper(ground.database)
        await keeper.keep(batch, rules)
        await keeper.close()

    async def rings(self, number: str = NUMBER) -> int:
        """Somebody rings in vain; returns the conversation."""
        self.calls += 1
        call = CallMissed(address=number, external_id=f"CA{self.calls}", sent_at=self.house.clock())
        await self.hears(call)
        [(key,)] = await self.house.rows(
            "SELECT c.id FROM conversations c JOIN addresses a ON a.customer_id = c.customer_id"
            f" WHERE a.address = '{number}'"
        )
        return int(key)

    async def later(self, **by: float) -> list[tuple[Any, ...]]:
        """Time passes and the loop turns; returns the texts that were owed so far."""
        self.house.clock.forward(**by)
        await self.loop.turn()
        return await self.house.rows(TEXTS)


def knobs(house: House, **values: Any) -> None:
    policies = house.ground.policies
    calls = CallKnobs(text_back=True, **values)
    policies._take(policies.now.model_copy(update={"calls": calls}))


def loop(house: House) -> TextingBack:
    book = load_touches(None, business="Casa Oliva")
    rules = rules_of(book, Specs(house.ground.channels), team="support", reopen_within=HOUR)
    return TextingBack(
        ground=house.ground,
        wording=load_wording(business="Casa Oliva"),
        current=Current(rules),
        nudges=house.ground.nudges,
        clock=house.clock,
    )


@pytest.fixture
async def line(house: House) -> Line:
    knobs(house)
    give_phone(house.ground.policies, "ana")
    phone, sms = with_phone(house), with_sms(house)
    return Line(house=house, phone=phone, sms=sms, loop=loop(house))


async def test_after_a_minute_they_are_texted_in_their_language_once(line: Line) -> None:
    await line.rings()
    assert await line.later(seconds=59) == []
    [(lane, text)] = await line.later(seconds=1)
    assert (lane, text.startswith(ES)) == ("sms", True)
    assert len(await line.later(minutes=5)) == 1


async def test_it_is_shown_as_the_teams_and_whoever_waits_waits_on(line: Line) -> None:
    talk = await line.rings()
    await line.later(minutes=1)
    who = "SELECT direction, channel, sender_name, agent_id, status FROM messages ORDER BY id DESC LIMIT 1"
    assert await line.house.rows(who) == [("out", "sms", "Support", None, "queued")]
    waits = f"SELECT waiting_since IS NOT NULL FROM conversations WHERE id = {talk}"
    assert await line.house.rows(waits) == [(True,)]


async def test_it_is_off_until_it_is_switched_on_and_there_is_a_telephone(house: House) -> None:
    with_sms(house)
    phone = with_phone(house)
    line = Line(house=house, phone=phone, sms=with_sms(house), loop=loop(house))
    await line.rings()
    assert await line.later(minutes=2) == []
    knobs(house)
    assert len(await line.later(minutes=1)) == 1


async def test_who_rings_again_and_again_gets_one_in_so_many_hours(line: Line) -> None:
    for _ in range(3):
        await line.rings()
        await line.later(minutes=30)
    assert len(await line.house.rows(TEXTS)) == 1
    await line.later(hours=9)
    await line.rings()
    assert len(await line.later(minutes=2)) == 1, "eleven hours"
    line.house.clock.now = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    await line.rings()
    assert len(await line.later(minutes=2)) == 2


async def test_two_who_look_at_the_same_moment_owe_it_once(line: Line) -> None:
    await line.rings()
    line.house.clock.forward(minutes=2)
    other = loop(line.house)
    since = line.house.clock() - HOUR
    assert await line.loop.turn() == 1
    assert await other.turn() == 0
    assert since < line.house.clock()
    assert len(await line.house.rows(TEXTS)) == 1


async def test_a_crash_before_the_end_owes_nothing_and_after_it_no_second_one(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.rings()
    line.house.clock.forward(minutes=2)
    monkeypatch.setattr("inbox.texting_back.team_name", _dies)
    with pytest.raises(RuntimeError):
        await line.loop.turn()
    assert await line.house.rows(TEXTS) == []
    monkeypatch.undo()
    assert await loop(line.house).turn() == 1
    assert await loop(line.house).turn() == 0


def _dies(*_: Any) -> str:
    raise RuntimeError("the power is out")


@pytest.mark.parametrize(
    ("rang", "texted"),
    [
        (datetime(2026, 11, 24, 23, 40, tzinfo=UTC), datetime(2026, 11, 25, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
    ],
    ids=["late at night", "early"],
)
async def test_at_night_on_their_clock_it_waits_for_the_morning(
    line: Line, rang: datetime, texted: datetime
) -> None:
    """Spain has two clocks: eight is on both when it is in the Canaries, as in UTC."""
    line.house.clock.now = rang
    await line.rings()
    assert await line.later(minutes=10) == []
    line.house.clock.now = texted - timedelta(seconds=1)
    assert await line.later() == []
    assert len(await line.later(seconds=1)) == 1


async def test_what_would_come_too_late_is_not_sent_at_all(line: Line) -> None:
    knobs(line.house, text_back_within=timedelta(hours=4))
    line.house.clock.now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    await line.rings()
    assert await line.later(minutes=5) == []
    line.house.clock.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert await line.later() == []


async def test_who_said_stop_is_never_texted(line: Line) -> None:
    talk = await line.rings()
    [(place,)] = await line.house.rows(f"SELECT address_id FROM conversations WHERE id = {talk}")
    await stopped(line.house, place)
    assert await line.later(minutes=2) == []


async def answers(line: Line, talk: int) -> None:
    await line.house.desk.reply(talk, line.house.agents["ana"], text="hello", now=line.house.clock())


async def calls_back(line: Line, talk: int) -> None:
    await line.house.desk.call(talk, line.house.agents["ana"], now=line.house.clock())


async def resolves(line: Line, talk: int) -> None:
    await line.house.desk.resolve(talk, line.house.agents["ana"], now=line.house.clock())


async def gets_through(line: Line, talk: int) -> None:
    spoken = Called(address=NUMBER, external_id="CX", sent_at=line.house.clock(), lasted=HOUR)
    await line.hears(spoken)


async def writes(line: Line, talk: int) -> None:
    batch = Batch()
    message = MessageIn(address=NUMBER, external_id="SM1", text="call me", sent_at=line.house.clock())
    sort(batch, 0, "sms", [message], line.house.clock())
    sqlite = line.house.database.dialect == "sqlite"
    keeper = SqliteKeeper(line.house.database) if sqlite else PostgresKeeper(line.house.database)
    await keeper.keep(batch, line.house.accept.applying.rules)
    await keeper.close()


@pytest.mark.parametrize(
    "meanwhile", [answers, calls_back, resolves, gets_through, writes], ids=lambda one: one.__name__
)
async def test_what_happens_meanwhile_makes_it_needless(line: Line, meanwhile: Any) -> None:
    talk = await line.rings()
    line.house.clock.forward(seconds=20)
    await meanwhile(line, talk)
    assert await line.later(minutes=5) == []


async def test_a_voicemail_is_no_second_call(line: Line) -> None:
    await line.rings()
    sound = Attachment(kind="voice", ref="r", name="voicemail.mp3", content_type="audio/mpeg")
    left = MessageIn(address=NUMBER, external_id="RE1", attachments=(sound,), sent_at=line.house.clock())
    await line.hears(left)
    assert len(await line.later(minutes=2)) == 1
    assert len(await line.later(minutes=2)) == 1


async def test_without_sms_the_app_at_their_number_is_written_to_while_its_window_is_open(
    line: Line,
) -> None:
    app = _whatsapp(line, window=timedelta(hours=24))
    talk = await line.rings()
    await address(
        line.house, talk, "whatsapp:+351912345678", channel="whatsapp", last_in_at=line.house.clock()
    )
    assert await line.later(minutes=2) == [], "that is another number"
    await address(
        line.house, talk, "whatsapp:+34600123456", channel="whatsapp", last_in_at=line.house.clock()
    )
    [(lane, text)] = await line.later(minutes=2)
    assert (lane, text.startswith(ES)) == ("whatsapp", True)
    assert app.sent == []


async def test_once_that_window_is_over_an_approved_template_goes_or_nothing(line: Line) -> None:
    _whatsapp(line, window=timedelta(hours=24))
    talk = await line.rings()
    await address(line.house, talk, "whatsapp:+34600123456", channel="whatsapp")
    assert await line.later(minutes=2) == []
    _whatsapp(line, window=timedelta(hours=24), templates={"en": ["birthday"], "es": ["missed_call"]})
    [(lane, _)] = await line.later(minutes=2)
    [(data,)] = await line.house.rows("SELECT data FROM deliveries WHERE key LIKE 'said:text_back:%'")
    assert lane == "whatsapp"
    for word in ('"template": "missed_call"', '"template_language": "es"', '"business": "Casa Oliva"'):
        assert word in (data if isinstance(data, str) else str(data).replace("'", '"'))


def _whatsapp(line: Line, **spec: Any) -> Paper:
    app = Paper(spec=replace(SMS, kind="whatsapp", label="WhatsApp", scheme="whatsapp", **spec))
    channels: Any = line.house.ground.channels
    channels.pop("sms", None)
    channels["whatsapp"] = app
    return app


@pytest.mark.parametrize(
    ("number", "language"),
    [(NUMBER, "es"), ("tel:+351912345678", "pt"), ("tel:+5511912345678", "pt"), ("tel:+3225551234", "")],
)
def test_a_number_tells_the_language_where_its_country_has_one(number: str, language: str) -> None:
    assert spoken_at(number) == language
