"""How the rows of a customers' file are read: what its columns mean is settled once, not for each row."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from inbox.importing.birthdays import born, doubted
from inbox.importing.cells import bare, plain
from inbox.importing.customers import (
    EMAIL,
    LONGEST_NAME,
    LONGEST_REF,
    NO,
    TIDY,
    YES,
    Consenting,
    Reading,
    Refused,
    Row,
    birth_of,
    region_of,
    tags_of,
)
from inbox.importing.dates import instant
from inbox.importing.numbers import e164
from storage.batch import storable
from storage.importing import Arriving, Birth

Cells = Sequence[str]
Notices = list[str]
Telling = Callable[[Cells, Notices], tuple[str, list[tuple[str, str]]]]
KNOWN: Final = 4096  # spellings of one column that are remembered
BIRTHDAYS: Final = 32768


def customers(reading: Reading) -> Callable[[Cells], Row]:
    """Make what reads a row; it raises Refused where nothing tells who it is."""
    tells, facts, consents = telling(reading), _facts(reading), _consents(reading)
    tags, birthday = (reading.columns.get(name, -1) for name in ("tags", "birthday"))
    born_in = _birthdays(reading)

    def read(cells: Cells) -> Row:
        notices: Notices = []
        ref, addresses = tells(cells, notices)
        if not ref and not addresses:
            raise Refused(" ".join(["Nothing tells who this is: no reference, phone or e-mail.", *notices]))
        one = Arriving(ref=ref, addresses=addresses, facts=facts(cells, notices))
        if tags >= 0 and (written := bare(cells[tags])):
            one.tags = tags_of(written)
        if birthday >= 0 and (cell := cells[birthday]):
            one.birthday, words = born_in(cell)
            if words:
                notices.append(words)
        keys = [address for address, _ in addresses]
        if ref:
            keys.insert(0, f"ref {ref}")
        return Row(arriving=one, keys=keys, notices=notices, consents=consents(cells, notices))

    return read


def telling(reading: Reading) -> Telling:
    """Make what reads the reference and the addresses of a row; what is none of these is noticed."""
    ref_at, phone_at, email_at = (reading.columns.get(name, -1) for name in ("ref", "phone", "email"))
    over = {scheme: reading.channels.get(scheme, "") for scheme in ("tel", "mailto")}
    tel, mailto, region = over["tel"], over["mailto"], reading.region

    def read(cells: Cells, notices: Notices) -> tuple[str, list[tuple[str, str]]]:
        ref = storable(bare(cells[ref_at]).strip()) if ref_at >= 0 else ""
        if len(ref) > LONGEST_REF:
            raise Refused(f"The reference is longer than {LONGEST_REF} letters.")
        addresses = []
        if phone_at >= 0 and (written := bare(cells[phone_at]).strip()):
            if number := e164(written, region):
                addresses.append((f"tel:{number}", tel))
            else:
                notices.append(_no_number(written, region))
        if email_at >= 0 and (written := bare(cells[email_at]).strip()):
            tidy = written.removeprefix("mailto:").lower()
            if EMAIL.fullmatch(tidy):
                addresses.append((f"mailto:{tidy}", mailto))
            else:
                notices.append(f"{written!r} is no e-mail address.")
        return ref, addresses

    return read


def _no_number(written: str, region: str) -> str:
    if region or written.startswith("+"):
        return f"{written!r} is no phone number{'' if written.startswith('+') else f' in {region}'}."
    return f"{written!r} has no country. Write it with +, or say the country with --region."


def _birthdays(reading: Reading) -> Callable[[str], tuple[Birth | None, str]]:
    """Make what reads a birthday that is not empty, with the words of why it is set aside."""

    @lru_cache(maxsize=BIRTHDAYS)
    def read(cell: str) -> tuple[Birth | None, str]:
        if not (written := bare(cell).strip()):
            return None, ""
        told = doubted(born(written, reading.order, reading.today), reading.suspicious)
        return birth_of(told), f"{told.fault}: {told.words}" if told.fault else ""

    return read


def _facts(reading: Reading) -> Callable[[Cells, Notices], dict[str, str]]:
    """Make what reads the facts of a row."""
    columns = reading.columns
    known = [
        (name, columns[name], _tidied(name, tidy) if name != "name" else _whole_name)
        for name, tidy in TIDY.items()
        if name in columns
    ]
    parts = [columns[name] for name in ("first_name", "last_name") if name in columns]
    region_at = columns.get("region", -1)

    def read(cells: Cells, notices: Notices) -> dict[str, str]:
        facts = {}
        for name, place, tidied in known:
            if cell := cells[place]:
                facts[name], words = tidied(cell)
                if words:
                    notices.append(words)
        if parts and not facts.get("name"):
            words = " ".join(filter(None, (bare(cells[place]).strip() for place in parts)))
            facts["name"] = words[:LONGEST_NAME]
        if region_at >= 0 and (written := bare(cells[region_at]).strip()):
            facts["region"] = region_of(written, facts.get("country", "") or reading.region)
            if not facts["region"]:
                notices.append(f"The region {written!r} is not one like US-FL and was left out.")
        return facts

    return read


def _whole_name(cell: str) -> tuple[str, str]:
    return bare(cell).strip()[:LONGEST_NAME], ""


def _tidied(name: str, tidy: Callable[[str], str]) -> Callable[[str], tuple[str, str]]:
    """Make what tidies a cell of a column with few spellings; "" and the words where it is not known."""

    @lru_cache(maxsize=KNOWN)
    def read(cell: str) -> tuple[str, str]:
        if not (written := bare(cell).strip()):
            return "", ""
        value = tidy(written)
        words = f"The {name.replace('_', ' ')} {written!r} is not known and was left out."
        return value, "" if value else words

    return read


@lru_cache(maxsize=KNOWN)
def _yes_or_no(cell: str) -> bool | str | None:
    """Read a yes or no; None where the cell is empty, its words where they are neither."""
    words = plain(bare(cell))
    if not words:
        return None
    return True if words in YES else False if words in NO else words


def _consents(reading: Reading) -> Callable[[Cells, Notices], list[Consenting]]:
    """Make what reads the columns of consent; a yes without proof is none."""
    subjects = list(reading.consents.items())
    places = [reading.columns.get(name, -1) for name in ("proof", "wording", "consent_at")]

    def read(cells: Cells, notices: Notices) -> list[Consenting]:
        told: list[Consenting] = []
        for subject, place in subjects:
            if not (cell := cells[place]) or (yes := _yes_or_no(cell)) is None:
                continue
            if isinstance(yes, str):
                notices.append(f"Consent {cell!r} is neither yes nor no and was left out.")
                continue
            proof, wording, at = [bare(cells[one]).strip() if one >= 0 else "" for one in places]
            if yes and not proof:
                notices.append(f"no_consent: the consent to {subject} has no proof and was left out.")
                continue
            when = instant(at, reading.order, reading.zone) if at else None
            told.append(Consenting(subject=subject, yes=yes, wording=wording, proof=proof, at=when))
        return told

    return read
