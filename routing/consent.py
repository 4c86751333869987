"""What a customer allows at an address, and by which words they say so."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from routing.consent_words import COURTESY, HELP, MAY_WISH, NOT_WISHES, SHORT, START, STOP, WISHES
from routing.numbers import place
from routing.touch import Limits, Person, Reachable, Way

Word = Literal["stop", "start", "help"]

LONGEST: Final = 2000
"""Characters of a message that are searched for a wish; a longer one is a letter, for people to read."""
OWN_LINE: Final = frozenset({"stop", "stopall", "unsubscribe", "opt out", "optout"})
"""Words that are a clear wish on a line of their own, whatever stands around it."""

_APOSTROPHES: Final = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_MARKS: Final = re.compile(r"[\W_]+")
_SPELLED: Final = re.compile(r"(?:\w )+\w")
_NUMBER: Final = re.compile(r"[a-z]+:(\+[1-9]\d{6,14})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A consent word in a message; with *review* an agent should look whether we understood it."""

    word: Word
    review: bool = False


def plain(text: str) -> str:
    """Fold case, accents, punctuation, emoji and spacing away: "¡Baja!" is "baja", "Don't" is "dont"."""
    bare = _APOSTROPHES.sub("", text)
    if bare.isascii():
        bare = bare.lower()
    else:
        folded = unicodedata.normalize("NFKD", bare).casefold()
        bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = _MARKS.sub(" ", bare).strip()
    return words.replace(" ", "") if _SPELLED.fullmatch(words) else words


def heard(text: str) -> Heard | None:
    """Find what a message says about consent: a word of the lists alone, or any other clear wish to stop.

    47 CFR 64.1200(a)(10): any reasonable way of saying so counts, and no one way may be the only one.
    A list word inside a longer message says nothing by itself, for couriers and machines stop as well.
    """
    if len(text) > LONGEST:
        return None
    words = plain(text)
    if words in STOP:
        return Heard(word="stop")
    if words in START:
        return Heard(word="start")
    if words in HELP:
        return Heard(word="help")
    return Heard(word="stop", review=True) if _wishes(words, text) else None


def _wishes(words: str, text: str) -> bool:
    if MAY_WISH.search(words) is None:
        return False
    if words in SHORT:
        return True
    core = " ".join(COURTESY.sub(" ", words).split())
    if core in STOP or core in SHORT:
        return True
    if "\n" in text and any(plain(line) in OWN_LINE for line in text.splitlines()):
        return True
    rest = NOT_WISHES.sub(" ", words)
    return any(wish.search(rest) for wish in WISHES)


def phone(address: str) -> str:
    """Take the E.164 number out of an address that is a phone's (tel:, whatsapp:, rcs:), else nothing."""
    found = _NUMBER.fullmatch(address)
    return found[1] if found else ""


def standing(
    address: Reachable,
    others: Sequence[Reachable],
    now: datetime,
    limits: Limits,
    person: Person,
    way: Way | None = None,
    *,
    marketing: bool = True,
) -> str:
    """Say why the customer does not allow a touch at this address at *now*; nothing where they do.

    A stop holds for the phone number whatever app it was said in; a later START opens only the
    address it was said at. With *marketing* false (service they asked for) silence is enough, a no is not.
    Soft opt-in: PECR reg. 22(3), for buyers, where the account turned it on for their country.
    """
    stops = [one for one in others if one.stopped]
    if address.stopped or any(one.address == address.address for one in stops):
        return "opted_out"
    if address.allowed is False:
        return "opted_out"
    if not marketing:
        return ""
    if stops and _same_number(address, stops):
        return "opted_out_same_number"
    if address.allowed:
        over = address.allowed_until is not None and now >= address.allowed_until
        return "consent_expired" if over else ""
    return "" if person.ordered_at is not None and _soft(address, person, limits) else "no_consent"


def _same_number(address: Reachable, stops: Sequence[Reachable]) -> bool:
    """Tell whether a stop was said at the address's number, and no START at this address after it."""
    mine = phone(address.address)
    if not mine:
        return False
    for one in stops:
        if one.id != address.id and phone(one.address) == mine:
            started, stopped = address.started_at, one.stopped_at
            if started is None or stopped is None or started <= stopped:
                return True
    return False


def _soft(address: Reachable, person: Person, limits: Limits) -> bool:
    """Tell whether every country they may be in has soft opt-in; none known is not enough."""
    if not limits.soft_opt_in:
        return False
    known = {person.country.upper(), country(address.address)} - {""}
    return bool(known) and known <= {one.upper() for one in limits.soft_opt_in}


def country(address: str) -> str:
    """Read the ISO 3166-1 country off a phone's address; nothing for other addresses and +800 numbers."""
    return place(address).partition("-")[0] if phone(address) else ""
