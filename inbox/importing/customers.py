"""What a row of a customers' file says, and what its words mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from babel import Locale

from inbox.importing.birthdays import Born, Day
from inbox.importing.cells import plain
from inbox.importing.dates import Order
from routing.zones import named
from storage.importing import Arriving, Birth

EMAIL: Final = re.compile(
    r"[^\x00-\x20\s@:<>,;\"()\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}"
)
LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")
REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
TIERS: Final = ("platinum", "gold", "iron", "lead")
YES: Final = frozenset(
    {
        "yes",
        "y",
        "true",
        "t",
        "1",
        "on",
        "x",
        "sim",
        "s",
        "si",
        "opted in",
        "opt in",
        "subscribed",
        "aceito",
        "acepto",
    }
)
NO: Final = frozenset({"no", "n", "false", "f", "0", "off", "nao", "opted out", "opt out", "unsubscribed"})
LONGEST_REF: Final = 200
LONGEST_NAME: Final = 500


class Refused(Exception):
    """The row is not kept; the words say why."""


@dataclass(slots=True, kw_only=True)
class Consenting:
    """A yes or no of a row about *subject*."""

    subject: str
    yes: bool
    wording: str
    proof: str
    at: datetime | None


@dataclass(slots=True, kw_only=True)
class Row:
    """What a row says: the customer, their consents, the keys that tell them, and what was left out."""

    arriving: Arriving
    consents: Sequence[Consenting] = ()
    keys: Sequence[str] = ()
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the rows of a file are read.

    *region* is where numbers without a + are from, *channels* the name of our channel by an address's
    scheme, *consents* the column of each subject, *suspicious* the birthdays too many share.
    """

    columns: Mapping[str, int]
    region: str
    zone: str
    order: Order
    today: date
    channels: Mapping[str, str]
    consents: Mapping[str, int] = field(default_factory=dict)
    suspicious: frozenset[Day] = frozenset()


@lru_cache(maxsize=4096)
def birth_of(told: Born) -> Birth:
    """Make what is kept of a birthday."""
    return Birth(told.month, told.day, told.year, told.fault)


@lru_cache(maxsize=1024)
def tags_of(written: str) -> tuple[str, ...]:
    """Read a list of words between commas, semicolons or bars, in order and once each."""
    return tuple(dict.fromkeys(word.strip() for word in re.split(r"[,;|]", written) if word.strip()))


def _name(written: str) -> str:
    return written[:LONGEST_NAME]


@lru_cache(maxsize=1024)
def language_of(written: str) -> str:
    """Tidy a language, like pt-BR, or find it by its name in three languages; "" where it is none."""
    found = LANGUAGE.fullmatch(written)
    if found and len(written) <= 35 and found[1].lower() in Locale("en").languages:
        return found[1].lower() + found[2].replace("_", "-")
    return _called("languages", plain(written))


@lru_cache(maxsize=1024)
def country_of(written: str) -> str:
    """Find a country's ISO 3166-1 code by itself or by its name in three languages; "" where it is none."""
    code = written.upper()
    return (
        code
        if len(code) == 2 and code in Locale("en").territories
        else _called("territories", plain(written))
    )


def _called(what: str, words: str) -> str:
    for language in ("en", "pt", "es"):
        for code, name in getattr(Locale(language), what).items():
            if plain(name) == words and code.isalpha():
                return str(code)
    return ""


@lru_cache(maxsize=1024)
def region_of(written: str, country: str) -> str:
    """Write a region as ISO 3166-2, US-FL; "" where it is not one."""
    code = written.upper()
    if REGION.fullmatch(code):
        return code
    joined = f"{country}-{code}"
    return joined if REGION.fullmatch(joined) else ""


@lru_cache(maxsize=64)
def tier_of(written: str) -> str:
    """Find a tier; "" where there is none of that name."""
    return plain(written) if plain(written) in TIERS else ""


TIDY: Final[Mapping[str, Callable[[str], str]]] = {
    "name": _name,
    "language": language_of,
    "zone": named,
    "country": country_of,
    "tier": tier_of,
    "account_manager": lambda written: written[:64],
    "preferred_channel": lambda written: written[:64],
}
