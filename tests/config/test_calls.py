"""What is written about calls is taken as it is meant, or its mistake is named."""

from datetime import timedelta
from pathlib import Path

import pytest

from config.calls import CallKnobs
from config.errors import Mistake
from config.settings import load


def settings_of(tmp_path: Path, text: str) -> object:
    path = tmp_path / "tidings.toml"
    path.write_text(text)
    return load(path, {})


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("", ""),
        ("https://meet.example.com/house", "https://meet.example.com/house"),
        ("https://meet.example.com/{room}", "https://meet.example.com/r00m"),
        ("https://meet.example.com/c/{conversation}?x={room}", "https://meet.example.com/c/7?x=r00m"),
    ],
)
def test_a_meeting_has_an_address_of_its_own(written: str, address: str) -> None:
    assert CallKnobs(meeting_url=written).meeting(7, "r00m") == address


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("http://meet.example.com/{room}", "https://meet.example.com/{room}"),
        ("meet.example.com", "a meeting is at an address"),
        ("https://", "a meeting is at an address"),
        ("https://[::1", "a meeting is at an address"),
        ("https://me:secret@meet.example.com/", "a meeting is at an address"),
        ("https://meet.example.com/a b", "a meeting is at an address"),
        ("https://meet.example.com/{room", "a meeting is at an address"),
        ("https://meet.example.com/{name}", "there is no placeholder {name}"),
        ("https://{room}.example.com/", "the name of the machine"),
    ],
)
def test_what_is_no_address_of_a_meeting_is_named_with_its_line(
    tmp_path: Path, written: str, why: str
) -> None:
    with pytest.raises(Mistake, match=r"toml:2:") as mistake:
        settings_of(tmp_path, f'[calls]\nmeeting_url = "{written}"\n')
    assert why in str(mistake.value)


def test_nobody_is_texted_back_unless_it_is_written() -> None:
    knobs = CallKnobs()
    assert (knobs.text_back, knobs.meeting_url) == (False, "")
    assert knobs.text_back_after == timedelta(minutes=1)


@pytest.mark.parametrize(
    "line", ['text_back_within = "4d"', 'text_back_every = "10s"', "text_forward = true"]
)
def test_what_cannot_be_meant_about_texts_back_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(Mistake, match=r"toml:2:"):
        settings_of(tmp_path, f"[calls]\n{line}\n")


@pytest.mark.parametrize(
    ("written", "number"),
    [("+351 912 345 678", "+351912345678"), ("+34600123456", "+34600123456"), ("", "")],
)
def test_an_agents_phone_is_kept_as_it_is_dialled(tmp_path: Path, written: str, number: str) -> None:
    settings = load(_with_phone(tmp_path, written), {})
    assert settings.policy.agents[0].phone == number


@pytest.mark.parametrize("written", ["912345678", "+351 12", "call me"])
def test_what_is_no_number_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    with pytest.raises(Mistake, match=r"toml:4:"):
        load(_with_phone(tmp_path, written), {})


def _with_phone(folder: Path, written: str) -> Path:
    path = folder / "tidings.toml"
    path.write_text(f'[[agents]]\nkey = "ana"\nname = "Ana"\nphone = "{written}"\n')
    return path
