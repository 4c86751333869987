"""Touches are data: the shipped kinds, and every mistake with its line and remedy."""

import json
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import Mistake
from config.settings import load
from config.touch_policy import TouchKnobs
from config.touches import SHIPPED_TOUCHES, Book, book_of, load_touches, touch_of, wording_of
from config.where import SHIPPED
from routing.touch import Segment, Template, Touch

KINDS = (
    "birthday",
    "after_delivery",
    "after_conversation",
    "no_answer",
    "overdue",
    "anniversary",
    "satisfaction",
    "referral",
)


def written(folder: Path, text: str) -> Path:
    path = folder / "touches.toml"
    path.write_text(text)
    return path


def shipped(key: str) -> Touch:
    touch = load_touches(None).touch(key)
    assert touch is not None
    return touch


def test_eight_kinds_are_shipped_and_none_is_on() -> None:
    assert [touch.key for touch in load_touches(None).every] == [*KINDS]
    assert book_of(load(SHIPPED, {})).touches == ()


def test_on_switches_kinds_on(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    path.write_text(
        'language = "pt"\n[touches]\non = ["after_delivery", "birthday"]\n'
        'zone = "Europe/Lisbon"\ncountry = "PT"\n'
    )
    book = book_of(load(path, {}), channels=["sms", "webchat"])
    assert [touch.key for touch in book.touches] == ["birthday", "after_delivery"]
    assert (book.limits.zone, book.limits.country, book.limits.language) == ("Europe/Lisbon", "PT", "pt")
    assert book.limits.channels == ("sms", "webchat")


def test_switching_on_what_is_not_written_names_the_line_of_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    path.write_text('\n[touches]\non = ["brithday"]\n')
    with pytest.raises(Mistake, match="Did you mean 'birthday'") as caught:
        book_of(load(path, {}))
    assert (caught.value.file, caught.value.line) == (str(path), 3)


def test_the_birthday_is_the_day_itself_at_ten_and_over_with_it() -> None:
    birthday = shipped("birthday")
    assert (birthday.days, birthday.at, birthday.after, birthday.valid) == (0, time(10), None, None)
    assert (birthday.marketing, birthday.bulk_same_day, birthday.belated) == (True, False, "")


def test_the_follow_up_is_three_days_after_the_delivery_at_six() -> None:
    follow_up = shipped("after_delivery")
    assert (follow_up.days, follow_up.at, follow_up.stops) == (3, time(18), ("writes", "returns"))
    assert follow_up.valid == timedelta(days=3)


@pytest.mark.parametrize(
    ("key", "start", "subject", "marketing"),
    [
        ("birthday", "birthday", "birthday", True),
        ("after_delivery", "delivered", "after_delivery", True),
        ("after_conversation", "closed", "replies", False),
        ("no_answer", "unanswered", "replies", False),
        ("overdue", "overdue", "news", True),
        ("anniversary", "anniversary", "news", True),
        ("satisfaction", "closed", "after_delivery", True),
        ("referral", "rated", "news", True),
    ],
)
def test_a_kind_follows_its_start_and_is_marketing_as_its_subject_is(
    key: str, start: str, subject: str, marketing: bool
) -> None:
    touch = shipped(key)
    assert (touch.start, touch.subject, touch.marketing) == (start, subject, marketing)


def test_winning_back_ends_with_a_purchase_and_a_referral_needs_a_good_rating() -> None:
    assert shipped("overdue").stops == ("writes", "buys")
    assert shipped("overdue").overdue_factor == 1.5
    assert shipped("referral").rating_at_least == 4


def test_the_shipped_file_says_of_each_kind_who_when_over_what_and_what_stops_it() -> None:
    rows = SHIPPED_TOUCHES.read_text().split("[[touches]]")[1:]
    assert len(rows) == len(KINDS)
    for row in rows:
        for field in ("who", "channels", "wording", "holdout", "approve", "subject", "start"):
            assert f"\n{field} = " in row, field


def test_touches_toml_overrides_any_limit(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[limits]\na_week = 1\nbirthday_at = "11:30"\n\n[[touches]]\nkey = "birthday"\nname = "B"\n'
        'start = "birthday"\nsubject = "birthday"\n',
    )
    book = load_touches(path)
    assert (book.limits.a_week, book.limits.a_day) == (1, 1)
    assert [(touch.at, touch.days) for touch in book.touches] == [(time(11, 30), 0)]
    assert "US-FL" in book.limits.laws


def test_words_may_stand_in_the_touch_itself(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[[touches]]\nkey = "tea"\nname = "Tea"\nstart = "delivered"\nsubject = "news"\nafter = "2 hours"\n'
        'words.en = "Your tea is there."\nwords."en.sms" = "Tea!"\n',
    )
    book = load_touches(path)
    [touch] = book.touches
    assert book.wording.render(touch, "en", {}, kind="webchat").text == "Your tea is there."
    assert book.wording.render(touch, "en", {}, kind="sms").text.startswith("Tea!")
    assert (touch.valid, touch.stops) == (book.limits.follow_up_valid, ("writes", "returns"))


TOP = '[[touches]]\nkey = "t"\nname = "T"\nwording = "birthday"\nsubject = "news"\n'
FOLLOW = TOP + 'start = "delivered"\n'
WHEN = 'days = 1\nat = "11:00"\n'
MISTAKES = [
    pytest.param(TOP + 'start = "wedding"\n', 6, "'birthday', 'delivered'", id="a start that is none"),
    pytest.param(
        TOP.replace("news", "newz") + 'start = "birthday"\n',
        5,
        "Did you mean 'news'",
        id="an unknown subject",
    ),
    pytest.param(
        FOLLOW + WHEN + 'channels = ["smss"]\n', 9, "Did you mean 'sms'", id="an unknown channel to send over"
    ),
    pytest.param(
        FOLLOW + WHEN + 'who.channels = ["fax"]\n', 9, "Known here: sms", id="an unknown channel of customers"
    ),
    pytest.param(FOLLOW + 'after = "1 hour"\ndays = 2\n', 7, "contradict", id="after and days"),
    pytest.param(FOLLOW + 'after = "1 hour"\nat = "11:00"\n', 8, "Take at out", id="after and at"),
    pytest.param(
        '[limits]\nchannels = ["fax"]\n', 2, "no channel 'fax'", id="an unknown channel in the order"
    ),
    pytest.param(FOLLOW, 6, "it says not when", id="neither after nor days"),
    pytest.param(FOLLOW + "days = 3\n", 7, "needs an hour", id="days without at"),
    pytest.param(FOLLOW + 'days = -1\nat = "11:00"\n', 7, "never falls", id="before what it follows"),
    pytest.param(TOP + 'start = "birthday"\ndays = 300\n', 7, "-180 to 180", id="in another birthday's year"),
    pytest.param(
        TOP + 'start = "anniversary"\ndays = 365\nat = "11:00"\n', 7, "never falls", id="after the next one"
    ),
    pytest.param(FOLLOW + WHEN + 'valid = "0 days"\n', 9, "ends when it begins", id="valid for nothing"),
    pytest.param(
        FOLLOW + 'days = 1\nat = "03:00"\n', 8, "outside the allowed hours of every", id="in the night"
    ),
    pytest.param(FOLLOW + 'days = 1\nat = "22:00"\n', 8, "before 21:00", id="at the minute the last closes"),
    pytest.param(FOLLOW + WHEN + "rating_at_least = 4\n", 9, "start = 'rated'", id="a rating of a delivery"),
    pytest.param(FOLLOW + WHEN + "overdue_factor = 2.0\n", 9, "'overdue'", id="a factor of a delivery"),
    pytest.param(FOLLOW + WHEN + 'belated = "birthday"\n', 9, "'birthday'", id="a belated delivery"),
    pytest.param(FOLLOW + WHEN + "on = 2027-03-01\n", 9, "start = 'once'", id="a day of a follow-up"),
    pytest.param(TOP + 'start = "once"\n', 1, "needs on and at", id="once without a day"),
    pytest.param(
        TOP + 'start = "once"\non = 2027-03-01\nat = "11:00"\ndays = 2\n', 9, "contradict", id="once and days"
    ),
    pytest.param(
        TOP + 'start = "birthday"\nafter = "2 hours"\n', 7, "Write days", id="hours after a birthday"
    ),
    pytest.param(
        TOP + 'start = "birthday"\nstops = ["writes"]\n', 7, "nothing goes before", id="stopping a birthday"
    ),
    pytest.param(
        FOLLOW + WHEN + 'who = { tags = ["a"], without_tags = ["a"] }\n',
        9,
        "both asked",
        id="a tag both ways",
    ),
    pytest.param(
        FOLLOW + WHEN + "who = { ordered_within_days = 30, not_ordered_within_days = 60 }\n",
        9,
        "nobody ordered",
        id="orders that nobody made",
    ),
    pytest.param(
        FOLLOW + WHEN + 'channels = ["sms"]\nwho.channels = ["telegram"]\n', 9, "none of these", id="apart"
    ),
    pytest.param(FOLLOW + WHEN + "holdout = 0.9\n", 9, "share left out", id="nearly all left out"),
    pytest.param(FOLLOW + WHEN + 'stops = ["sleeps"]\n', 9, "writes, buys, returns", id="an unknown stop"),
    pytest.param(FOLLOW + WHEN + 'who.tier = ["gold"]\n', 9, "Did you mean 'tiers'", id="a segment misspelt"),
    pytest.param(
        FOLLOW.replace("birthday", "wedding") + WHEN, 4, "Write wedding.en.txt", id="no words at all"
    ),
    pytest.param(
        FOLLOW.replace('wording = "birthday"\n', "") + WHEN + 'words.pt = "Bom dia"\n',
        8,
        "account's language, 'en'",
        id="no words in the account's language",
    ),
    pytest.param(
        FOLLOW.replace('wording = "birthday"\n', "") + WHEN + 'words.en = "Hi {{ nam }}"\n',
        8,
        "Did you mean 'name'",
        id="an unknown variable",
    ),
    pytest.param(
        FOLLOW.replace('wording = "birthday"\n', "") + WHEN + 'words.en = "Hi {{ name }}"\n',
        8,
        "name has no fallback",
        id="a variable without fallback",
    ),
    pytest.param(
        FOLLOW.replace('wording = "birthday"\n', "") + WHEN + 'words.en = " "\n', 8, "empty", id="empty words"
    ),
    pytest.param(FOLLOW + WHEN + 'words.english = "Hi"\n', 9, "no language", id="a language that is none"),
    pytest.param(FOLLOW + WHEN + FOLLOW + WHEN, 10, "already taken", id="a key twice"),
    pytest.param(FOLLOW + 'days = true\nat = "11:00"\n', 7, "days", id="a truth for a number"),
]


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES)
def test_a_mistake_names_its_file_line_and_remedy(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Mistake) as caught:
        load_touches(path, channels=("sms", "telegram"))
    told = [str(mistake) for mistake in caught.value.every() if mistake.line == line]
    assert [each for each in told if words in each and each.startswith(f"{path}:{line}: ")], [
        str(mistake) for mistake in caught.value.every()
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, FOLLOW + 'days = -1\nat = "03:00"\nvalid = "0 days"\nstops = []\n')
    with pytest.raises(Mistake) as caught:
        load_touches(path)
    assert [mistake.line for mistake in caught.value.every()] == [7, 8, 9]


def test_a_file_that_is_not_there_says_where_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"\[touches\]"):
        load_touches(tmp_path / "none.toml")


def test_a_french_evening_is_an_hour_for_someone_and_no_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, FOLLOW + 'days = 1\nat = "21:30"\n')
    assert load_touches(path).touches[0].at == time(21, 30)


def test_what_is_not_marketing_may_be_written_at_any_hour(tmp_path: Path) -> None:
    path = written(tmp_path, FOLLOW.replace("news", "orders") + 'days = 1\nat = "03:00"\n')
    assert load_touches(path).touches[0].marketing is False


@pytest.fixture(scope="module")
def book() -> Book:
    return load_touches(None, channels=("sms", "webchat"))


ONCE: dict[str, Any] = {
    "key": "spring",
    "name": "Spring",
    "start": "once",
    "subject": "news",
    "on": "2027-03-21",
    "at": "11:00",
    "words": {"en": 'name = ""\n---\nSpring is here{% if name %}, {{ name }}{% endif %}.'},
    "who": {"tiers": ["gold"], "tags": ["garden"]},
    "channels": ["sms"],
    "holdout": 0.1,
}


def test_a_touch_made_once_has_the_same_parts(book: Book) -> None:
    touch = touch_of(json.loads(json.dumps(ONCE)), book=book, today=date(2027, 3, 20))
    assert (touch.on, touch.at, touch.days, touch.after) == (date(2027, 3, 21), time(11), None, None)
    assert touch.who == Segment(tiers=("gold",), tags=("garden",))
    assert (touch.channels, touch.holdout, touch.marketing) == (("sms",), 0.1, True)
    assert touch.valid == timedelta(days=1)
    wording = wording_of(ONCE, book=book)
    assert wording.render(touch, "", {"name": "Ada"}, kind="webchat").text == "Spring is here, Ada."
    assert book.wording.find("spring", "en") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"on": "2027-03-19"}, "has passed", id="a day gone by"),
        pytest.param({"on": "21.3.2027"}, "2027-03-01", id="a day in another manner"),
        pytest.param({"on": 20270321}, "2027-03-01", id="a number for a day"),
        pytest.param({"at": None}, "needs on and at", id="no hour"),
        pytest.param({"at": "23:30"}, "outside the allowed hours", id="in the night"),
        pytest.param({"channels": ["fax"]}, "no channel 'fax'", id="an unknown channel"),
        pytest.param({"subject": "spam"}, "no subject 'spam'", id="an unknown subject"),
        pytest.param({"words": {"en": "{{ secret }}"}}, "no variable 'secret'", id="an unknown variable"),
        pytest.param({"words": {}}, "no words of 'spring'", id="no words"),
        pytest.param({"days": 2}, "contradict", id="days"),
        pytest.param({"extra": 1}, "extra is not known", id="an unknown part"),
    ],
)
def test_a_touch_made_once_is_refused_as_in_a_file(book: Book, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Mistake) as caught:
        touch_of(ONCE | change, book=book, today=date(2027, 3, 20))
    assert words in str(caught.value)


def test_the_knobs_of_touches_are_read_from_the_configuration(tmp_path: Path) -> None:
    own = tmp_path / "wording"
    own.mkdir()
    (own / "birthday.en.txt").write_text("Cheers.\n")
    book = load_touches(None, knobs=TouchKnobs(on=("birthday",), wording=own))
    assert book.wording.render(book.touches[0], "en", {}, kind="webchat").text == "Cheers."


TEA = """[[touches]]
key = "tea"
name = "Tea"
start = "delivered"
subject = "news"
after = "2 hours"
words.en = "Tea!"
"""
FILLED = [
    pytest.param("templates.wa = {}", {}, "", id="called as the texts"),
    pytest.param('templates.wa.name = "tea_2027"', {}, "tea_2027", id="another name"),
    pytest.param('templates.wa.variables = ["name", "order"]', {"1": "name", "2": "order"}, "", id="numbers"),
    pytest.param(
        'templates.wa = { name = "x", variables = { "header.1" = "order", first = "name" } }',
        {"header.1": "order", "first": "name"},
        "x",
        id="names",
    ),
]


@pytest.mark.parametrize(("line", "variables", "name"), FILLED)
def test_a_touch_names_the_template_of_a_channel(
    tmp_path: Path, line: str, variables: dict[str, str], name: str
) -> None:
    [touch] = load_touches(written(tmp_path, TEA + line), channels=("wa", "sms")).touches
    assert touch.templates == {"wa": Template(name=name, variables=variables)}


UNFIT = [
    pytest.param("templates.wb = {}", "there is no channel 'wb'", id="no such channel"),
    pytest.param('templates.wa.variables = ["nmae"]', "there is no variable 'nmae'", id="no such variable"),
    pytest.param("templates.wa.variables = [3]", "string", id="no word"),
    pytest.param('templates.wa.nam = "x"', "nam", id="no such field"),
]


@pytest.mark.parametrize(("line", "words"), UNFIT)
def test_a_template_that_cannot_be_meant_is_refused(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(Mistake) as caught:
        load_touches(written(tmp_path, TEA + line), channels=("wa", "sms"))
    assert words in str(caught.value)
