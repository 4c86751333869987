"""What the bot remembers over a restart."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.naming import EPOCH, first_after, moment, user_of_token
from bots.discord.places import MOST, Places, Session, Spot
from tests.providers.discord.state import BOT, TOKEN


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    before = Places(tmp_path / "deep" / "bot.json")
    before.session = Session(id="s", url="wss://gateway.example", sequence=7)
    before.heard("1", "82", "100")
    before.heard("2", "", "50")
    before.save()
    after = Places(tmp_path / "deep" / "bot.json")
    after.load()
    assert (after.session, after.spots()) == (before.session, before.spots())
    assert after.channel_of("82") == "1"
    assert (tmp_path / "deep" / "bot.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"spots": 5, "session": []}',
        b'{"spots": [{"channel": 5}], "session": {"id": "x"}}',
    ],
)
def test_a_file_that_is_spoiled_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bot.json").write_bytes(content)
    places = Places(tmp_path / "bot.json")
    places.load()
    assert (places.session, places.spots()) == (None, [])


def test_a_folder_that_cannot_be_written_to_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    places = Places(tmp_path / "file" / "bot.json")
    places.heard("1", "82", "100")
    places.save()
    assert places.channel_of("82") == "1"


def test_what_is_known_last_is_what_stays_whoever_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(tmp_path / "bot.json")
    write_bytes = Path.write_bytes
    others: list[threading.Thread] = []

    def interrupted(path: Path, content: bytes) -> int:
        if not others:  # while the first is being written, a second thread comes with more
            places.heard("1", "82", "200")
            others.append(threading.Thread(target=places.save))
            others[0].start()
            others[0].join(0.2)
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    places.heard("1", "82", "100")
    places.save()
    others[0].join()
    after = Places(tmp_path / "bot.json")
    after.load()
    assert after.spots() == [("1", Spot(user="82", last="200"))]


def test_the_last_message_never_goes_back() -> None:
    places = Places(Path("/nowhere/bot.json"))
    for message in ("100", "99", "1000", ""):
        places.heard("1", "82", message)
    assert places.spots() == [("1", Spot(user="82", last="1000"))]


def test_who_was_silent_for_longest_is_forgotten_first() -> None:
    places = Places(Path("/nowhere/bot.json"))
    for number in range(1, MOST + 2):
        places.heard(str(number), str(number), "5")
    assert len(places.spots()) == MOST
    assert (places.channel_of("1"), places.channel_of("2")) == ("", "2")


def test_a_session_moves_forward_only() -> None:
    places = Places(Path("/nowhere/bot.json"))
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
