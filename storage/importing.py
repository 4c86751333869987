"""Customers told from outside, many at once: found by reference or address, made or changed, never doubled.

Writers take turns, so what is read here stays true until the transaction ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.batch import storable
from storage.ids import Ids
from storage.importing_sql import ask, do
from storage.instants import to_micros

FACTS: Final = (
    "name",
    "language",
    "zone",
    "tier",
    "country",
    "region",
    "tags",
    "account_manager",
    "preferred_channel",
    "birth_month",
    "birth_day",
    "birth_year",
    "birthday_fault",
    "birthday_at",
    "birthday_in_bulk",
)
EMPTY: Final = ("", "", "", "", "", "", None, "", "", None, None, None, "", None, False)
TAGS, MONTH, FAULT, TOLD_AT, IN_BULK = (
    FACTS.index(one) for one in ("tags", "birth_month", "birthday_fault", "birthday_at", "birthday_in_bulk")
)
PLAIN: Final = {name: place for place, name in enumerate(FACTS[:9]) if name != "tags"}

COLUMNS: Final = f"id, ref, erased_at, merged_into, {', '.join(FACTS)}"
BY_REF: Final = f"SELECT {COLUMNS} FROM customers WHERE ref IN {{texts}}"  # noqa: S608
BY_ID: Final = f"SELECT {COLUMNS} FROM customers WHERE id IN {{ints}}"  # noqa: S608
ADDRESSES: Final = "SELECT address, id, customer_id, channel FROM addresses WHERE address IN {texts}"
BEGIN: Final = (
    f"INSERT INTO customers (id, ref, {', '.join(FACTS)}, created_at) VALUES ({', '.join('?' * 18)})"  # noqa: S608
)
CHANGE: Final = f"UPDATE customers SET ref = ?, {', '.join(f'{one} = ?' for one in FACTS)} WHERE id = ?"  # noqa: S608
BEGIN_ADDRESS: Final = (
    "INSERT INTO addresses (id, customer_id, address, channel, created_at) VALUES (?, ?, ?, ?, ?)"
)
CONNECT: Final = "UPDATE addresses SET channel = ? WHERE id = ? AND channel = ''"


@dataclass(frozen=True, slots=True)
class Birth:
    """A birthday as it was told; *fault* is a reason of why it is not believed."""

    month: int | None = None
    day: int | None = None
    year: int | None = None
    fault: str = ""


@dataclass(slots=True, kw_only=True)
class Arriving:
    """One customer as told. *addresses* are (address, channel); what is empty changes nothing."""

    ref: str = ""
    customer_id: int = 0
    addresses: Sequence[tuple[str, str]] = ()
    facts: dict[str, str] = field(default_factory=dict)
    tags: Sequence[str] | None = None
    birthday: Birth | None = None


@dataclass(slots=True)
class Came:
    """What became of one: *what* is made, changed, same or refused, with the reason.

    *addresses* are the keys of the addresses told that are this customer's; *elsewhere* lists those that
    are another customer's and stay there.
    """

    what: str
    customer_id: int = 0
    reason: str = ""
    addresses: dict[str, int] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Person:
    """A customer in this transaction, as found or begun and as it will be."""

    id: int
    ref: str | None
    facts: list[Any]
    erased: bool = False
    merged_into: int | None = None
    is_new: bool = False
    is_changed: bool = False


@dataclass(slots=True)
class _Known:
    """Who is known of those told: by reference, by key; addresses as (key, customer, channel)."""

    refs: dict[str, _Person]
    people: dict[int, _Person]
    addresses: dict[str, tuple[int, int, str]]
    begun: list[tuple[Any, ...]] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)


async def whose(connection: AsyncConnection, told: Sequence[Arriving]) -> list[tuple[int, str]]:
    """Find each customer told, (key, ""); (0, why) where there is none."""
    known = await _known(connection, told)
    found = [_whose(known, one) for one in told]
    return [
        (person.id, "") if person is not None else (0, reason or "There is no such customer.")
        for person, reason in found
    ]


async def keep_customers(
    connection: AsyncConnection,
    ids: Ids,
    told: Sequence[Arriving],
    now: datetime,
    *,
    bulk: bool,
    adding: bool = True,
) -> list[Came]:
    """Keep customers as told, in this order; the answers are in the same order.

    *bulk* says that birthdays told now are not for greeting today. Without *adding* nobody new is made.
    """
    known = await _known(connection, told)
    keys = iter(ids.many(sum(1 + len(one.addresses) for one in told)))
    came = []
    at = to_micros(now)
    for one in told:
        person, reason = _whose(known, one)
        if person is None and not reason and not adding:
            reason = "There is no such customer."
        if reason:
            came.append(Came("refused", reason=reason))
            continue
        if person is None:
            person = _Person(next(keys), one.ref or None, [*EMPTY], is_new=True)
            known.people[person.id] = person
        came.append(_told(known, keys, person, one, at, bulk))
    await _write(connection, known, at)
    return came


def _whose(known: _Known, one: Arriving) -> tuple[_Person | None, str]:
    """Find the customer: by key, by reference, else by the first known address; or why they are refused."""
    if one.customer_id:
        found = known.people.get(one.customer_id)
        if found is None:
            return None, "There is no such customer."
    else:
        found = known.refs.get(one.ref) if one.ref else None
    if found is None:
        for address, _ in one.addresses:
            if address in known.addresses:
                owner = _survivor(known, known.people[known.addresses[address][1]])
                if one.ref and owner.ref and owner.ref != one.ref:
                    continue  # it stays theirs
                found = owner
                break
    if found is None:
        return None, ""
    found = _survivor(known, found)
    return (None, "The customer asked to be forgotten.") if found.erased else (found, "")


def _survivor(known: _Known, person: _Person) -> _Person:
    passed = set()
    while person.merged_into is not None and person.id not in passed:
        passed.add(person.id)
        person = known.people.get(person.merged_into, person)
    return person


def _told(known: _Known, keys: Iterator[int], person: _Person, one: Arriving, at: int, bulk: bool) -> Came:
    if one.ref and one.ref not in known.refs:
        if person.ref is None:
            person.ref, person.is_changed = one.ref, True
        known.refs[one.ref] = person
    facts = person.facts
    for name, value in one.facts.items():
        place = PLAIN[name]
        if value and facts[place] != (kept := storable(value)):
            facts[place], person.is_changed = kept, True
    if one.tags is not None and (tags := orjson.dumps(list(one.tags)).decode()) != facts[TAGS]:
        facts[TAGS], person.is_changed = tags, True
    if one.birthday is not None:
        _born(person, one.birthday, at, bulk)
    came = Came("made" if person.is_new else "same", person.id)
    for address, channel in one.addresses:
        if address not in known.addresses:
            key = next(keys)
            known.begun.append((key, person.id, address, channel, at))
            known.addresses[address] = (key, person.id, channel)
            came.addresses[address] = key
            person.is_changed = True
            continue
        key, owner, on = known.addresses[address]
        if _survivor(known, known.people[owner]) is not person:
            came.elsewhere.append(address)
            continue
        if not on and channel:
            known.connected.append((channel, key))
            known.addresses[address] = (key, owner, channel)
        came.addresses[address] = key
    if person.is_changed and not person.is_new:
        came.what = "changed"
    return came


def _born(person: _Person, birth: Birth, at: int, bulk: bool) -> None:
    """Take a birthday that differs; one that is not believed replaces none that is."""
    facts = person.facts
    if person.is_new and facts[TOLD_AT] is None:
        facts[MONTH:] = birth.month, birth.day, birth.year, birth.fault, at, bulk
        return
    before = facts[MONTH : FAULT + 1]
    if birth.fault and before[0] is not None and not before[3]:
        return
    if birth.year is None and not birth.fault and before[:2] == [birth.month, birth.day] and not before[3]:
        return  # the same day, of which the year is known already
    after = [birth.month, birth.day, birth.year, birth.fault]
    if after != before:
        facts[MONTH : FAULT + 1] = after
        facts[TOLD_AT], facts[IN_BULK] = at, bulk
        person.is_changed = True


async def _known(connection: AsyncConnection, told: Iterable[Arriving]) -> _Known:
    refs = {one.ref for one in told if one.ref}
    texts = {address for one in told for address, _ in one.addresses}
    people = [_person(row) for row in await ask(connection, BY_REF, list(refs))]
    known = _Known(
        refs={one.ref: one for one in people if one.ref},
        people={one.id: one for one in people},
        addresses={row[0]: (row[1], row[2], row[3]) for row in await ask(connection, ADDRESSES, list(texts))},
    )
    wanted = {owner for _, owner, _ in known.addresses.values()} | {one.customer_id for one in told}
    wanted |= {one.merged_into for one in people if one.merged_into is not None}
    wanted.discard(0)
    while wanted := wanted - known.people.keys():
        found = [_person(row) for row in await ask(connection, BY_ID, list(wanted))]
        if not found:
            break
        known.people.update({one.id: one for one in found})
        known.refs.update({one.ref: one for one in found if one.ref})
        wanted = {one.merged_into for one in known.people.values() if one.merged_into is not None}
    return known


def _person(row: Any) -> _Person:
    key, ref, erased_at, merged_into, *facts = row
    tags = facts[TAGS]
    if tags is not None and not isinstance(tags, str):
        tags = orjson.dumps(tags).decode()
    facts[TAGS] = None if tags is None else orjson.dumps(orjson.loads(tags)).decode()
    facts[IN_BULK] = bool(facts[IN_BULK])
    return _Person(key, ref, facts, erased_at is not None, merged_into)


async def _write(connection: AsyncConnection, known: _Known, at: int) -> None:
    made = [(one.id, one.ref, *one.facts, at) for one in known.people.values() if one.is_new]
    changed = [
        (one.ref, *one.facts, one.id) for one in known.people.values() if one.is_changed and not one.is_new
    ]
    await do(connection, BEGIN, made)
    await do(connection, CHANGE, changed)
    await do(connection, BEGIN_ADDRESS, known.begun)
    await do(connection, CONNECT, known.connected)
