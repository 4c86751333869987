"""A row of a customers' file as what is to be kept, or why it is not."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from babel import Locale

from inbox.importing.birthdays import Born, Day, born, doubted
from inbox.importing.cells import bare, plain
from inbox.importing.dates import Order, instant
from inbox.importing.numbers import e164
from routing.zones import named
from storage.batch import storable
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


def who(cells: Sequence[str], reading: Reading, notices: list[str]) -> tuple[str, list[tuple[str, str]]]:
    """Read the reference and the addresses of a row; what is none of these is noticed."""
    columns = reading.columns
    ref = storable(bare(cells[columns["ref"]]).strip()) if "ref" in columns else ""
    if len(ref) > LONGEST_REF:
        raise Refused(f"The reference is longer than {LONGEST_REF} letters.")
    addresses = []
    if "phone" in columns and (written := bare(cells[columns["phone"]]).strip()):
        if number := e164(written, reading.region):
            addresses.append((f"tel:{number}", reading.channels.get("tel", "")))
        else:
            notices.append(_no_number(written, reading.region))
    if "email" in columns and (written := bare(cells[columns["email"]]).strip()):
        tidy = written.removeprefix("mailto:").lower()
        if EMAIL.fullmatch(tidy):
            addresses.append((f"mailto:{tidy}", reading.channels.get("mailto", "")))
        else:
            notices.append(f"{written!r} is no e-mail address.")
    return ref, addresses


def _no_number(written: str, region: str) -> str:
    if region or written.startswith("+"):
        return f"{written!r} is no phone number{'' if written.startswith('+') else f' in {region}'}."
    return f"{written!r} has no country. Write it with +, or say the country with --region."


def customer_of(cells: Sequence[str], reading: Reading) -> Row:
    """Read a row; raises Refused where nothing tells who it is."""
    notices: list[str] = []
    ref, addresses = who(cells, reading, notices)
    if not ref and not addresses:
        raise Refused(" ".join(["Nothing tells who this is: no reference, phone or e-mail.", *notices]))
    one = Arriving(ref=ref, addresses=addresses, facts=_facts(cells, reading, notices))
    columns = reading.columns
    if "tags" in columns and (written := bare(cells[columns["tags"]])):
        one.tags = tags_of(written)
    if "birthday" in columns and (written := bare(cells[columns["birthday"]]).strip()):
        told = doubted(born(written, reading.order, reading.today), reading.suspicious)
        one.birthday = birth_of(told)
        if told.fault:
            notices.append(f"{told.fault}: {told.words}")
    keys = [f"ref {ref}"] if ref else []
    keys += [address for address, _ in addresses]
    return Row(arriving=one, keys=keys, notices=notices, consents=_consents(cells, reading, notices))


@lru_cache(maxsize=65536)
def birth_of(told: Born) -> Birth:
    """Make what is kept of a birthday."""
    return Birth(told.month, told.day, told.year, told.fault)


@lru_cache(maxsize=1024)
def tags_of(written: str) -> tuple[str, ...]:
    """Read a list of words between commas, semicolons or bars, in order and once each."""
    return tuple(dict.fromkeys(word.strip() for word in re.split(r"[,;|]", written) if word.strip()))


def _facts(cells: Sequence[str], reading: Reading, notices: list[str]) -> dict[str, str]:
    columns, facts = reading.columns, {}
    for name, tidy in TIDY.items():
        if name in columns and (written := bare(cells[columns[name]]).strip()):
            facts[name] = tidy(written)
            if not facts[name]:
                notices.append(f"The {name.replace('_', ' ')} {written!r} is not known and was left out.")
    if "first_name" in columns or "last_name" in columns:
        parts = [bare(cells[columns[one]]).strip() for one in ("first_name", "last_name") if one in columns]
        facts.setdefault("name", " ".join(part for part in parts if part)[:LONGEST_NAME])
    if "region" in columns and (written := bare(cells[columns["region"]]).strip()):
        region = region_of(written, facts.get("country", "") or reading.region)
        if region:
            facts["region"] = region
        else:
            notices.append(f"The region {written!r} is not one like US-FL and was left out.")
    return facts


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


def _consents(cells: Sequence[str], reading: Reading, notices: list[str]) -> list[Consenting]:
    """Read the columns of consent; a yes without proof is none."""
    told = []
    for subject, place in reading.consents.items():
        words = plain(bare(cells[place]))
        if not words:
            continue
        yes = words in YES
        if not yes and words not in NO:
            notices.append(f"Consent {cells[place]!r} is neither yes nor no and was left out.")
            continue
        proof, wording, at = (_cell(cells, reading, one) for one in ("proof", "wording", "consent_at"))
        if yes and not proof:
            notices.append(f"no_consent: the consent to {subject} has no proof and was left out.")
            continue
        when = instant(at, reading.order, reading.zone) if at else None
        told.append(Consenting(subject=subject, yes=yes, wording=wording, proof=proof, at=when))
    return told


def _cell(cells: Sequence[str], reading: Reading, name: str) -> str:
    return bare(cells[reading.columns[name]]).strip() if name in reading.columns else ""
