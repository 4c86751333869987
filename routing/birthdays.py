"""Birthdays by the calendar: on which day one is observed, and which are not to be greeted."""

from calendar import isleap
from datetime import date, timedelta

from routing.touch import Birthday, Person

LEAP_DAY = (2, 29)
PLACEHOLDERS = {(1900, 1, 1), (1970, 1, 1)}  # what forms and databases write when they know nothing


def observed(birthday: Birthday, year: int, rule: str) -> date:
    """Give the day on which a birthday is observed in *year*: 29 February moves by the *rule*.

    The rule is feb28 or mar1 and counts in common years. Raises ValueError for a day that no year has.
    """
    if (birthday.month, birthday.day) == LEAP_DAY and not isleap(year):
        return date(year, 3, 1) if rule == "mar1" else date(year, 2, 28)
    return date(year, birthday.month, birthday.day)


def turning(birthday: Birthday, day: date, rule: str) -> int | None:
    """Give the year of the birthday that is observed on *day*, or None if none is."""
    if (birthday.month, birthday.day) == (day.month, day.day):
        return day.year
    if (birthday.month, birthday.day) != LEAP_DAY:
        return None
    return day.year if observed(birthday, day.year, rule) == day else None


def birthdays_asked(first: date, last: date, days: int = 0) -> frozenset[tuple[int, int]]:
    """Give each (month, day) that may be observed from *first* to *last*, by either rule for 29 February.

    *days* is the touch's offset from the birthday: -7 asks for the birthdays of a week later.
    """
    asked: set[tuple[int, int]] = set()
    for ahead in range(min((last - first).days, 366) + 1):
        day = first + timedelta(days=ahead - days)
        asked.add((day.month, day.day))
        if not isleap(day.year) and (day.month, day.day) in {(2, 28), (3, 1)}:
            asked.add(LEAP_DAY)
    return frozenset(asked)


def fault(person: Person, birthday: Birthday, year: int, youngest: int) -> str:
    """Give the reason why the birthday of *year* is never greeted, or "": quarantined, made up, too young."""
    if person.birthday_fault:
        return person.birthday_fault
    if birthday.year is None:
        return ""
    if (birthday.year, birthday.month, birthday.day) in PLACEHOLDERS:
        return "placeholder_birthdate"
    return "underage" if year - birthday.year < youngest else ""
