"""What the bot remembers over a restart."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.naming import EPOCH, first_after, moment, user_of_token
from bots.discord.places import MOST, Places, Session, Spot
from tests.bots.discord.conftest import Shelf
from tests.providers.discord.state import BOT, TOKEN


def _places(memory: Shelf) -> Places:
    places = Places()
    places.memory = memory
    return places


async def test_it_is_read_as_it_was_written_but_for_people(memory: Shelf) -> None:
    before = _places(memory)
    before.session = Session(id="s", url="wss://gateway.example", sequence=7)
    before.heard("1", "82", "100")
    before.heard("2", "", "50")
    await before.save()
    after = _places(memory)
    await after.load()
    assert after.session == before.session
    assert after.spots() == [("2", Spot(user="", last="50")), ("1", Spot(user="", last="100"))]
    assert b"82" not in memory.written


@pytest.mark.parametrize(
    "written",
    [b"null", b"[]", b'{"spots": 5, "session": []}', b'{"spots": [{"channel": 5}], "session": {"id": "x"}}'],
)
async def test_a_memory_that_makes_no_sense_is_as_none(memory: Shelf, written: bytes) -> None:
    memory.written = written
    places = _places(memory)
    await places.load()
    assert (places.session, places.spots()) == (None, [])


async def test_who_goes_on_again_goes_on_from_where_another_was(memory: Shelf) -> None:
    first, second = _places(memory), _places(memory)
    first.heard("1", "82", "100")
    await first.save()
    await second.load()
    second.heard("1", "82", "200")
    second.session = Session(id="s", url="u", sequence=9)
    await second.save()
    await first.load()
    assert (first.spots(), first.session) == ([("1", Spot(user="82", last="200"))], second.session)
    first.heard("1", "82", "300")
    await first.save()
    await second.load()
    assert second.spots() == [("1", Spot(user="82", last="300"))]


def test_the_last_message_never_goes_back() -> None:
    places = Places()
    for message in ("100", "99", "1000", ""):
        places.heard("1", "82", message)
    assert places.spots() == [("1", Spot(user="82", last="1000"))]


def test_who_was_silent_for_longest_is_forgotten_first() -> None:
    places = Places()
    for number in range(1, MOST + 2):
        places.heard(str(number), str(number), "5")
    assert len(places.spots()) == MOST
    assert (places.channel_of("1"), places.channel_of("2")) == ("", "2")


def test_a_session_moves_forward_only() -> None:
    places = Places()
    places.advance(5)
    assert places.session is None
    places.session = Session(id="s", url="u", sequence=7)
    places.advance(6)
    assert places.session.sequence == 7


@given(st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_an_id_of_a_moment_tells_that_moment(at: datetime) -> None:
    milliseconds = (int(first_after(at)) >> 22) + EPOCH
    assert abs(milliseconds / 1000 - at.timestamp()) <= 0.002


@given(st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert moment(text, datetime(2026, 1, 1, tzinfo=UTC)).tzinfo is not None


def test_the_token_says_who_the_bot_is() -> None:
    assert user_of_token(TOKEN) == BOT
    assert user_of_token("!!.b.c") == ""
    assert user_of_token("YWJj.b.c") == ""
