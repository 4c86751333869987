"""The policy of touches is data: each limit, law and subject as it stands in the shipped file."""

import json
import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from config.errors import Mistake
from config.touch_entries import SegmentEntry, TouchEntry, TouchesFile
from config.touch_policy import (
    SHIPPED_POLICY,
    CapEntry,
    HoursEntry,
    LimitsEntry,
    SubjectEntry,
    TouchKnobs,
    TouchPolicy,
    limits_of,
    misfits,
    subjects_of,
    week,
)
from config.touches import load_touches
from routing.touch import Limits

SHARED = Path(__file__).parents[2].parent / "shared" / "touch_policy.json"


def shipped() -> Limits:
    return load_touches(None).limits


def written(folder: Path, text: str, name: str = "policy.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("place", "day", "hours"),
    [
        pytest.param("US", 6, ("08:00", "21:00"), id="federal, any day"),
        pytest.param("US-FL", 0, ("08:00", "20:00"), id="Florida"),
        pytest.param("US-CT", 0, ("09:00", "20:00"), id="Connecticut"),
        pytest.param("US-KY", 5, ("10:00", "21:00"), id="Kentucky"),
        pytest.param("US-TX", 5, ("09:00", "21:00"), id="Texas on a Saturday"),
        pytest.param("US-TX", 6, ("12:00", "21:00"), id="Texas on a Sunday"),
        pytest.param("US-RI", 4, ("09:00", "18:00"), id="Rhode Island on a Friday"),
        pytest.param("US-RI", 5, ("10:00", "17:00"), id="Rhode Island on a Saturday"),
        pytest.param("US-RI", 6, None, id="Rhode Island on a Sunday"),
        pytest.param("FR", 5, ("08:00", "22:00"), id="France on a Saturday"),
        pytest.param("FR", 6, None, id="France on a Sunday"),
    ],
)
def test_the_hours_of_a_place_are_those_of_its_law(
    place: str, day: int, hours: tuple[str, str] | None
) -> None:
    found = shipped().laws[place].week[day]
    assert found == (hours and tuple(map(time.fromisoformat, hours)))


def test_every_row_has_its_source_and_the_days_it_holds_from_and_was_reviewed() -> None:
    for law in shipped().laws.values():
        assert law.source, law.place
        assert law.since is not None, law.place
        assert law.reviewed is not None, law.place
        assert law.since <= law.reviewed
    assert shipped().laws["FR"].holidays == "FR"
    assert shipped().laws["US-TX"].since == date(2025, 9, 1)


def test_three_states_allow_three_in_a_day() -> None:
    day = (3, timedelta(hours=24))
    assert dict(shipped().place_caps) == {"US-FL": day, "US-MD": day, "US-OK": day}


def test_the_shipped_limits_are_the_defaults_of_routing() -> None:
    limits, plain = shipped(), Limits(zone="UTC")
    apart = {"laws", "place_caps", "salt"}
    for name in set(Limits.__dataclass_fields__) - apart:
        assert getattr(limits, name) == getattr(plain, name), name
    assert limits.salt


def test_the_file_shows_every_limit() -> None:
    said = tomllib.loads(SHIPPED_POLICY.read_text())
    assert set(said["limits"]) == set(LimitsEntry.model_fields)
    assert set(LimitsEntry.model_fields) <= set(Limits.__dataclass_fields__)


def _spread(hours: Any) -> list[Any]:
    if isinstance(hours, list):
        return [hours] * 7
    days = {name: hours.get(name) for name in ("mon-sat", "mon-fri", "sat", "sun")}
    workday = days["mon-sat"] or days["mon-fri"]
    return [workday] * 5 + [days["sat"] or days["mon-sat"], days["sun"]]


def test_the_laws_are_those_that_were_agreed() -> None:
    if not SHARED.is_file():
        pytest.skip("the agreed table is not here")
    agreed = json.loads(SHARED.read_text())["allowed_hours"]["sms"]
    ours = {
        place: [hours and [f"{each:%H:%M}" for each in hours] for hours in law.week]
        for place, law in shipped().laws.items()
    }
    assert ours == {place: _spread(hours) for place, hours in agreed.items()}


def test_the_later_of_two_policies_wins_row_by_row() -> None:
    one = TouchPolicy.model_validate(
        {
            "limits": {"a_day": 1, "a_week": 3, "channels": ["sms"]},
            "subjects": [
                {"key": "a", "marketing": True, "label": {"en": "A"}},
                {"key": "b", "marketing": True, "label": {"en": "B"}},
            ],
        }
    )
    two = TouchPolicy.model_validate(
        {
            "limits": {"a_week": 2, "hours": ["09:00", "20:00"]},
            "subjects": [{"key": "a", "marketing": False, "label": {"en": "Other"}}],
        }
    )
    limits = limits_of((one, two), TouchKnobs(zone="Europe/Lisbon", country="PT"), "pt", ("x", "y"))
    assert (limits.a_day, limits.a_week, limits.channels) == (1, 2, ("sms",))
    assert limits.hours == (time(9), time(20))
    assert (limits.zone, limits.country, limits.language) == ("Europe/Lisbon", "PT", "pt")
    assert [(s.key, s.label["en"], s.marketing) for s in subjects_of((one, two))] == [
        ("a", "Other", False),
        ("b", "B", True),
    ]


def test_without_an_order_of_channels_it_is_that_of_the_configuration() -> None:
    assert load_touches(None, channels=("telegram", "sms")).limits.channels == ("telegram", "sms")


def test_customers_choose_among_five_subjects_in_three_languages() -> None:
    subjects = load_touches(None).subjects
    assert [s.key for s in subjects] == ["replies", "orders", "after_delivery", "birthday", "news"]
    assert [s.key for s in subjects if s.always] == ["replies"]
    assert [s.key for s in subjects if s.marketing] == ["after_delivery", "birthday", "news"]
    for subject in subjects:
        assert set(subject.label) == set(subject.hint) == {"en", "pt", "es"}


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"mon-fry": ["08:00", "20:00"]}, "no days"),
        ({"fri-mon": ["08:00", "20:00"]}, "no days"),
        ({"mon-fri": ["08:00", "20:00"], "fri": ["08:00", "18:00"]}, "fri stands there twice"),
    ],
)
def test_days_that_are_none_or_stand_twice_are_refused(hours: dict[str, list[str]], words: str) -> None:
    row = {"place": "XX", "week": hours, "since": "2026-01-01", "source": "law", "reviewed": "2026-01-01"}
    policy = TouchPolicy.model_validate({"hours": [row]})
    [(place, what)] = misfits(policy)
    assert place == ("hours", 0, "week")
    assert words in what
    with pytest.raises(ValueError, match=words):
        week(policy.hours[0].week)


ROW = '[[hours]]\nplace = "FR"\nsince = 2026-01-01\nsource = "law"\nreviewed = 2026-01-01\n'
MISTAKES = [
    pytest.param('[limits]\nhours = ["21:00", "08:00"]\n', 2, "hold the night", id="ends swapped"),
    pytest.param('[limits]\n\nsettle = "soon"\n', 3, "15 minutes", id="a span that is none"),
    pytest.param("[limits]\nsettle = 15\n", 2, "15 minutes", id="a span without its unit"),
    pytest.param('[limits]\nbirthday_at = "25:00"\n', 2, "18:00", id="an hour that is none"),
    pytest.param("[limits]\nbirthday_at = 10\n", 2, "18:00", id="a number for an hour"),
    pytest.param("[limits]\na_day = true\n", 2, "a_day", id="a truth for a number"),
    pytest.param('[limits]\nfeb29 = "feb30"\n', 2, "feb28", id="a day that is none"),
    pytest.param("[limits]\na_wek = 3\n", 2, "Did you mean", id="a limit misspelt"),
    pytest.param(ROW + 'week = { mon-fry = ["08:00", "20:00"] }\n', 6, "no days", id="days misspelt"),
    pytest.param('[[hours]]\nplace = "FR"\nweek = {}\n', 1, "since is missing", id="a law without a day"),
    pytest.param(
        (ROW + 'week = { mon = ["08:00", "20:00"] }\n') * 2, 8, "FR is written twice", id="a place twice"
    ),
    pytest.param('[[caps]]\nplace = "florida"\n', 2, "place", id="a place that is none"),
    pytest.param('[[subjects]]\nkey = "a"\nmarketing = true\n', 1, "label is missing", id="no label"),
]


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES)
def test_a_mistake_in_the_policy_names_its_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Mistake) as caught:
        load_touches(None, knobs=TouchKnobs(policy_file=path))
    told = [(mistake.file, mistake.line) for mistake in caught.value.every()]
    assert (str(path), line) in told
    assert any(words in str(mistake) for mistake in caught.value.every())


def test_hours_may_cross_midnight_into_the_first_hours_of_the_day(tmp_path: Path) -> None:
    path = written(tmp_path, '[limits]\nhours = ["12:00", "01:00"]\n')
    assert load_touches(None, knobs=TouchKnobs(policy_file=path, on=())).limits.hours == (time(12), time(1))


def test_a_policy_of_ones_own_loses_no_law_and_no_subject(tmp_path: Path) -> None:
    path = written(tmp_path, "[limits]\na_week = 2\n")
    book = load_touches(None, knobs=TouchKnobs(policy_file=path))
    assert (book.limits.a_week, book.limits.laws) == (2, shipped().laws)
    assert len(book.subjects) == 5


@pytest.mark.parametrize(
    "model",
    [LimitsEntry, HoursEntry, CapEntry, SubjectEntry, TouchPolicy, TouchEntry, SegmentEntry, TouchesFile],
)
def test_every_part_has_its_sentence(model: type[BaseModel]) -> None:
    for name, info in model.model_fields.items():
        assert info.description, name
        assert info.description.endswith("."), name
