"""Out of hours a customer is told once when somebody is there again, in their language and on their clock."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.assigning.closed import closed_since, told
from routing.answering import Hours, Span
from routing.hours import is_open
from tests.inbox.assigning.houses import ANA, SUPPORT, a_house

CLOSED: dict[str, Any] = {
    "agents": [ANA],
    "teams": [{**SUPPORT, "zone": "Europe/Lisbon", "hours": ["mon-fri 9:00-11:00"]}],
}
OPENS = "We will answer from Wednesday, 25 November, 09:00."  # of Lisbon, on its own clock


async def test_it_is_said_once_an_absence_and_again_in_the_next(tmp_path: Path) -> None:
    async with a_house(tmp_path, **CLOSED) as house:
        await house.says("maria", "hello there, where is my order please")
        await house.settle()
        await house.settle(minutes=1)
        assert await house.sent() == [f"Thank you for writing. We are closed at the moment. {OPENS}"]
        await house.says("maria", "hello?", 2)
        await house.settle(hours=1)
        assert len(await house.sent()) == 1
        house.clock.forward(hours=24)
        await house.says("maria", "hello again", 3)
        await house.settle()
        await house.settle(minutes=1)
        assert len(await house.sent()) == 2


async def test_who_only_rang_is_told_nothing_but_what_callers_are(tmp_path: Path) -> None:
    rules = [{"key": "r", "when": {"channels": ["paper"]}, "reply": {"en": "Thank you."}}]
    async with a_house(tmp_path, **CLOSED, rules=rules) as house:
        house.house.paper.spec = replace(house.house.paper.spec, calls=True)
        await house.says("maria")
        await house.settle()
        await house.settle(minutes=1)
        assert await house.sent() == []


LANGUAGES = [
    pytest.param(
        "pt", "Europe/Lisbon", "Respondemos a partir de quarta-feira, 25 de novembro, 09:00.", id="pt"
    ),
    pytest.param("pt-BR", "America/Sao_Paulo", "quarta-feira, 25 de novembro, 06:00", id="on their clock"),
    pytest.param(
        "es", "Europe/Madrid", "Responderemos a partir de miércoles, 25 de noviembre, 10:00.", id="es"
    ),
    pytest.param("fi", "Europe/Lisbon", OPENS, id="English where we have no words of theirs"),
    pytest.param("", "", OPENS, id="who told nothing is on the team's clock"),
]


@pytest.mark.parametrize(("language", "zone", "said"), LANGUAGES)
async def test_it_is_said_in_the_customers_language_and_zone(
    tmp_path: Path, language: str, zone: str, said: str
) -> None:
    async with a_house(tmp_path, **CLOSED) as house:
        await house.says("maria")
        await house.customer("maria", language=language, zone=zone)
        await house.settle()
        await house.settle(minutes=1)
        [text] = await house.sent()
        assert said in text


async def test_who_waited_already_when_it_closed_is_told_when_they_write_again(tmp_path: Path) -> None:
    async with a_house(tmp_path, **CLOSED) as house:
        house.clock.now = datetime(2026, 11, 24, 10, 55, tzinfo=UTC)
        await house.says("maria")
        await house.settle()
        await house.settle(minutes=10)
        assert await house.sent() == []
        await house.says("maria", "still there?", 2)
        await house.settle(minutes=1)
        assert len(await house.sent()) == 1


async def test_who_said_stop_is_told_nothing(tmp_path: Path) -> None:
    async with a_house(tmp_path, **CLOSED) as house:
        await house.says("maria")
        async with house.house.database.writing() as connection:
            await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
        await house.settle()
        await house.settle(minutes=1)
        assert await house.sent() == []


async def test_an_operator_may_want_nothing_said(tmp_path: Path) -> None:
    teams = [{**CLOSED["teams"][0], "away": {}}]
    async with a_house(tmp_path, **{**CLOSED, "teams": teams}) as house:
        await house.says("maria")
        await house.settle()
        await house.settle(minutes=1)
        assert await house.sent() == []


async def test_it_ends_no_wait_and_stands_in_the_thread_as_ours(tmp_path: Path) -> None:
    async with a_house(tmp_path, slack=True, **CLOSED) as house:
        await house.says("maria")
        await house.settle()
        await house.settle(minutes=1)
        assert await house.one("waiting_since IS NOT NULL FROM conversations") == 1
        shown = "kind FROM deliveries WHERE lane = 'slack' AND kind = 'reply'"
        assert await house.one(shown) == "reply"
        assert await house.one("sender_name FROM messages WHERE direction = 'out'") == "Support"


def test_the_time_alone_is_said_of_today() -> None:
    opens, now = datetime(2026, 11, 24, 14, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert told(opens, ZoneInfo("Europe/Madrid"), "es", now) == "15:00"
    assert told(opens, ZoneInfo("Pacific/Auckland"), "en", now) == "03:00"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.lists(
        st.builds(
            lambda day, start: Span(weekday=day, start=start, end=start + 60),
            st.integers(0, 6),
            st.integers(0, 1380),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_since_when_it_is_closed_does_not_change_while_it_is(now: datetime, spans: list[Span]) -> None:
    hours = Hours(zone="Europe/Lisbon", spans=tuple(spans))
    since = closed_since(hours, now)
    assert (since is None) == is_open(hours, now)
    if since is not None:
        assert not is_open(hours, since)
        assert closed_since(hours, since + (now - since) / 2) == since
