"""Going away: until when and why as they are typed, and the question what becomes of what one has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk import promise_dates, promise_patterns
from inbox.desk.slack import listing, phrases, words
from inbox.desk.slack.away_words import WORDS
from inbox.desk.slack.posts import Post
from inbox.desk.slack.verbs import UNTIL, plain

MORNING: Final = " 09:00"  # a day alone means its morning
FORM: Final = "{date_short_pretty} {time}"
KEEP: Final = "away_keep"
GIVE_BACK: Final = "away_give_back"
HAND_OVER: Final = "away_hand_over"
LONGEST: Final = 200
MOST_WORDS: Final = 8  # words that a time may have
_SHORT: Final = re.compile(r"(?P<count>\d{1,3}) ?(?P<unit>min|m|h|d)")
_UNITS: Final[Mapping[str, str]] = {"m": "min", "min": "min", "h": "hour", "d": "day"}
_CLOCK: Final = re.compile(r"\d{1,2}([:.h]\d{2})?(am|pm|h)?")
_IN: Final[Mapping[str, str]] = {"en": "in", "pt": "em", "es": "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Until when, None if nobody knows, and why; *unread*: a time was given that cannot be read."""

    until: datetime | None = None
    why: str = ""
    unread: bool = False


def read(rest: str, language: str, zone: str, now: datetime) -> Absence:
    """Read what follows the word; slow the first time, for it loads the library of dates."""
    first, _, after = rest.partition(" ")
    if plain(first) not in UNTIL:
        return Absence(why=rest[:LONGEST])
    said, here = after.split(), now.astimezone(ZoneInfo(zone))
    spoken = dict.fromkeys((phrases.nearest(language), *phrases.LANGUAGES))
    for each in spoken:
        found, end = _prefix(said[:MOST_WORDS], each, here)
        if found is not None and found > now:
            return Absence(until=found, why=" ".join(said[end:])[:LONGEST])
    return Absence(unread=True)


def _prefix(said: Sequence[str], language: str, here: datetime) -> tuple[datetime | None, int]:
    """Read the time that the first words are; says how many they are: the fewest that mean the same."""
    found, end = None, 0
    for count, word in enumerate(said, start=1):
        now = _moment(" ".join(said[:count]), language, here)
        if now is not None and (now != found or _CLOCK.fullmatch(word)):
            found, end = now, count
    return found, end


def _moment(text: str, language: str, here: datetime) -> datetime | None:
    """Read an instant: a span like 2h, a time of day, a day (its morning), or both."""
    low = text.lower()
    if short := _SHORT.fullmatch(low):
        return promise_dates.due(f"in {short['count']} {_UNITS[short['unit']]}", "en", here)
    if promise_patterns.SPANS[language].search(promise_dates.folded(within := f"{_IN[language]} {low}")):
        return promise_dates.due(within, language, here)
    due = promise_dates.due(low, language, here)
    folded = promise_dates.folded(low)
    parts = (promise_patterns.TODAY, *(pattern for pattern, _ in promise_patterns.NAMED))
    if due is None or any(part.search(folded) for part in parts):
        return due
    morning = promise_dates.due(low + MORNING, language, here)
    return morning if morning is not None and here < morning <= due else due


def question(absence: Absence, owned: int, language: str) -> Post:
    """Ask what becomes of the conversations that one has."""
    key = "owned_one" if owned == 1 else "owned"
    text = say(language, key, n=owned, until=_until(absence.until, language))
    carried = value(absence, language)
    buttons = [
        (KEEP, say(language, "keep"), carried),
        (GIVE_BACK, say(language, "give_back"), carried),
        (HAND_OVER, say(language, "hand_over"), carried),
    ]
    return listing.spoken(f"{text} {say(language, 'not_yet')}", buttons)


def told(until: datetime | None, language: str, key: str = "", name: str = "") -> str:
    """Say in mrkdwn that one is away, and what became of what one had."""
    said = say(language, "away", until=_until(until, language))
    return f"{said} {say(language, key, name=words.name(name))}" if key else said


def say(language: str, key: str, **values: object) -> str:
    """Write a sentence about being away."""
    return phrases.said(WORDS, language, key, **values)


def value(absence: Absence, language: str) -> str:
    """Write what a button about it carries: the language, the time in seconds, and why."""
    seconds = int(absence.until.timestamp()) if absence.until else 0
    return f"away|{phrases.nearest(language)}|{seconds}|{absence.why}"


def of_value(text: str, now: datetime) -> Absence:
    """Read it again; a time that has passed meanwhile is none."""
    seconds, why = seconds_of(text), text.split("|", 3)[3:]
    until = datetime.fromtimestamp(seconds, UTC) if seconds else None
    late = until is not None and until <= now
    return Absence(until=None if late else until, why="".join(why)[:LONGEST])


def seconds_of(text: str) -> int:
    """Read the time that a button carries, 0 if it has none."""
    number = [*text.split("|", 3), "", "", ""][2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 12 else 0


def language_of(text: str) -> str:
    """Read the language that a button or a modal carries."""
    return phrases.nearest([*text.split("|", 3), ""][1])


def _until(until: datetime | None, language: str) -> str:
    return say(language, "until", at=words.clock(until, FORM)) if until else ""
