"""What agents may write about a customer: each fact checked and made into what its columns hold."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from inbox.desk.errors import DeskError
from inbox.importing.birthdays import born
from inbox.importing.customers import language_of
from routing.zones import named
from storage.batch import storable
from storage.rows import Customer

FACTS: Final[Mapping[str, str]] = {
    "name": "Name",
    "language": "Language",
    "zone": "Time zone",
    "birthday": "Birthday",
    "tags": "Tags",
    "preferred_channel": "Preferred channel",
    "account_manager": "Account manager",
    "tier": "Tier",
}
"""What can be changed, and how people call it; consent is besides, for it has a ledger."""
NAME: Final = 120
TAG: Final = 40
TAGS: Final = 30


class WrongFacts(DeskError):
    """Some facts cannot be so; *wrong* has a sentence for each."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        """Keep the sentences by the fact's name."""
        self.wrong = dict(wrong)
        super().__init__(" ".join(self.wrong.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What facts are checked against: keys of our channels, of active agents, of tiers; the day today."""

    channels: Collection[str]
    agents: Collection[str]
    tiers: Collection[str]
    today: date


class _Wrong(ValueError):
    """A fact cannot be so; its text says why."""


def columns(values: Mapping[str, str], house: House) -> dict[str, Any]:
    """Make columns of what was written; an empty text takes a fact away. Raises WrongFacts."""
    made: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for fact, written in values.items():
        try:
            made |= READ[fact](storable(written).strip(), house)
        except KeyError:
            wrong[fact] = f"There is no fact {fact}."
        except _Wrong as why:
            wrong[fact] = str(why)
    if wrong:
        raise WrongFacts(wrong)
    return made


def told(customer: Customer) -> dict[str, str]:
    """Write a customer's facts as `columns` reads them."""
    return {
        "name": customer.name,
        "language": customer.language,
        "zone": customer.zone,
        "birthday": birthday(customer),
        "tags": ", ".join(customer.tags or ()),
        "preferred_channel": customer.preferred_channel,
        "account_manager": customer.account_manager,
        "tier": customer.tier,
    }


def birthday(customer: Customer) -> str:
    """Write a birthday as ISO 8601 does, without a year as RFC 6350 does: 1990-03-04, --03-04."""
    if customer.birth_month is None or customer.birth_day is None:
        return ""
    year = "-" if customer.birth_year is None else f"{customer.birth_year:04}"
    return f"{year}-{customer.birth_month:02}-{customer.birth_day:02}"


def _name(written: str, house: House) -> dict[str, Any]:
    name = " ".join(written.split())
    if len(name) > NAME:
        raise _Wrong(f"{len(name)} characters; a name has at most {NAME}.")
    return {"name": name}


def _language(written: str, house: House) -> dict[str, Any]:
    found = language_of(written) if written else ""
    if written and not found:
        raise _Wrong("This is no language. Write it like pt or pt-BR.")
    return {"language": found}


def _zone(written: str, house: House) -> dict[str, Any]:
    found = named(written) if written else ""
    if written and not found:
        raise _Wrong("There is no such time zone. Write it like Europe/Lisbon.")
    return {"zone": found}


def _birthday(written: str, house: House) -> dict[str, Any]:
    if not written:
        return dict.fromkeys(("birth_month", "birth_day", "birth_year")) | {"birthday_fault": ""}
    read = born(written, "", house.today)
    if read.fault or read.month is None or read.day is None:
        raise _Wrong(f"{read.words} Write it like 1990-03-04, or --03-04 without the year.")
    day = {"birth_month": read.month, "birth_day": read.day, "birth_year": read.year}
    return {**day, "birthday_fault": "", "birthday_in_bulk": False}


def _tags(written: str, house: House) -> dict[str, Any]:
    tags = list(dict.fromkeys(tag for one in written.split(",") if (tag := " ".join(one.split()))))
    if len(tags) > TAGS or any(len(tag) > TAG for tag in tags):
        raise _Wrong(f"At most {TAGS} tags with at most {TAG} characters each.")
    return {"tags": tags or None}


def _one_of(column: str, known: Callable[[House], Collection[str]], why: str) -> Any:
    def read(written: str, house: House) -> dict[str, Any]:
        if written and written not in known(house):
            raise _Wrong(why)
        return {column: written}

    return read


READ: Final[Mapping[str, Callable[[str, House], dict[str, Any]]]] = {
    "name": _name,
    "language": _language,
    "zone": _zone,
    "birthday": _birthday,
    "tags": _tags,
    "preferred_channel": _one_of(
        "preferred_channel", lambda house: house.channels, "We have no such channel."
    ),
    "account_manager": _one_of("account_manager", lambda house: house.agents, "There is no such agent."),
    "tier": _one_of("tier", lambda house: house.tiers, "There is no such tier."),
}


def changed(data: Mapping[str, Any]) -> str:
    """Name what a log says was changed: name, time zone, consent."""
    return ", ".join(FACTS.get(str(one), str(one)).lower() for one in data.get("what") or ())
