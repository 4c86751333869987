"""Whether a rule can ever be the one that matches."""

import unicodedata
from collections.abc import Sequence

from config.openings import WEEK, minutes_of, spans
from config.policy import Policy
from config.rules import RuleEntry, WhenEntry

PARTS = ("channels", "languages", "words", "tiers", "tags", "stages", "teams")
CLOCKS = ("within", "outside", "within_team", "outside_team")
Found = tuple[tuple[str, ...], str, str]
"""Where below the rule, what, and the remedy."""


def unreachable(rule: RuleEntry, earlier: Sequence[RuleEntry], policy: Policy) -> Found | None:
    """Say why a rule never matches; None where it may."""
    when = rule.when
    for name in (*PARTS, "within", "outside"):
        if getattr(when, name) == ():
            return ("when", name), f"{name} is empty", f"Name something, or leave {name} out for any."
    return _never_open(when, policy) or _taken(rule, earlier)


def _never_open(when: WhenEntry, policy: Policy) -> Found | None:
    for side in ("within", "outside"):
        if getattr(when, side) and getattr(when, f"{side}_team"):
            remedy = f"Keep one of {side} and {side}_team."
            return ("when", side), f"{side} and {side}_team contradict each other", remedy
    outside = minutes_of(spans(when.outside or ()))
    if len(outside) == WEEK:
        return ("when", "outside"), "outside is the whole week, so no time is left", "Take outside out."
    if when.within and when.outside and minutes_of(spans(when.within)) <= outside:
        return ("when", "within"), "these hours are empty: outside takes all of within", "Change one of them."
    if when.within_team and when.within_team == when.outside_team:
        return ("when", "within_team"), "a team is never open and closed at once", "Keep one of the two."
    team = next((team for team in policy.teams if team.key == when.outside_team), None)
    if team is not None and not (team.hours or team.holidays or team.closed):
        return ("when", "outside_team"), f"{team.key} is always open", "Write its hours, or take this out."
    return None


def _taken(rule: RuleEntry, earlier: Sequence[RuleEntry]) -> Found | None:
    """Say which earlier rule takes all that this one could."""
    for other in earlier:
        if _covers(other.when, rule.when):
            what = f"{other.key!r}, which stands before it, takes all of it"
            return ("when",), what, "Put it before that one, or narrow that one's when."
    return None


def _covers(wide: WhenEntry, narrow: WhenEntry) -> bool:
    """Say whether all that *narrow* asks for is asked by *wide* too, which may ask for less."""
    clocks = all(getattr(wide, name) in (None, getattr(narrow, name)) for name in CLOCKS)
    timed = any(getattr(wide, name) is not None for name in ("within", "outside"))
    return clocks and (not timed or wide.zone == narrow.zone) and all(_holds(wide, narrow, p) for p in PARTS)


def _holds(wide: WhenEntry, narrow: WhenEntry, part: str) -> bool:
    asked, own = getattr(wide, part), getattr(narrow, part)
    if asked is None:
        return True
    named = {*map(_plain, asked)}
    if part == "languages":
        return bool(own) and all(
            not {_plain(tongue), _plain(tongue).partition("-")[0]}.isdisjoint(named) for tongue in own
        )
    return bool(own) and {*map(_plain, own)} <= named


def _plain(word: str) -> str:
    """Write a word without case and accents, as rules read it."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
