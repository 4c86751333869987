"""Customers told from outside, many at once: found by reference or address, made or changed, never doubled.

Writers take turns, so what is read here stays true until the transaction ends.
"""

from collections.abc import Iterator, Sequence
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
TELLS_NOTHING: Final = ("", "", "", "", "", "", None, "", "", None, None, None, "")
TAGS, MONTH, FAULT, TOLD_AT, IN_BULK = (
    FACTS.index(one) for one in ("tags", "birth_month", "birthday_fault", "birthday_at", "birthday_in_bulk")
)
PLAIN: Final = {name: place for place, name in enumerate(FACTS[:9]) if name != "tags"}
NOT_BORN: Final = (None, False)  # told at no time, and not in bulk

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
NOBODY: Final = "There is no such customer."
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


Ready = tuple[str, int, Sequence[tuple[str, str]], Sequence[Any], bool]
"""A customer as told, plain enough to cross to another process: reference, key, addresses as (address,
channel), the first 13 of `FACTS` as the columns have them, and whether a birthday was told."""


def ready(one: Arriving) -> Ready:
    """Write a customer as the columns have them: what can be done before anything is asked."""
    facts: list[Any] = [*TELLS_NOTHING]
    for name, value in one.facts.items():
        if value:
            facts[PLAIN[name]] = storable(value)
    if one.tags is not None:
        facts[TAGS] = orjson.dumps(list(one.tags)).decode()
    birth = one.birthday
    if birth is not None:
        facts[MONTH:] = birth.month, birth.day, birth.year, birth.fault
    return one.ref, one.customer_id, one.addresses, facts, birth is not None


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
    elsewhere: Sequence[str] = ()


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
    plain = [ready(one) for one in told]
    known = await _known(connection, plain)
    found = [_whose(known, one) for one in plain]
    return [(person.id, "") if person is not None else (0, reason or NOBODY) for person, reason in found]


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
    plain = [ready(one) for one in told]
    return await keep_ready(connection, ids, plain, now, bulk=bulk, adding=adding)


async def keep_ready(
    connection: AsyncConnection,
    ids: Ids,
    told: Sequence[Ready],
    now: datetime,
    *,
    bulk: bool,
    adding: bool = True,
) -> list[Came]:
    """Do the same for customers that `ready` wrote."""
    known = await _known(connection, told)
    keys = iter(ids.many(len(told) + sum([len(one[2]) for one in told])))
    at = to_micros(now)
    if adding and not known.people and not known.addresses and _are_apart(told):
        return await _begin(connection, keys, told, at, bulk)
    came = []
    for one in told:
        person, reason = _whose(known, one)
        if person is not None:
            came.append(_told(known, keys, person, one, at, bulk))
        elif reason or not adding:
            came.append(Came("refused", 0, reason or NOBODY))
        else:
            came.append(_made(known, keys, one, at, bulk))
    await _write(connection, known, at)
    return came


def _are_apart(told: Sequence[Ready]) -> bool:
    """Say whether none of those told may be another of them, and none is told by key."""
    refs = [one[0] for one in told if one[0]]
    texts = [address for one in told for address, _ in one[2]]
    return len({*refs}) == len(refs) and len({*texts}) == len(texts) and not any(one[1] for one in told)


async def _begin(
    connection: AsyncConnection, keys: Iterator[int], told: Sequence[Ready], at: int, bulk: bool
) -> list[Came]:
    """Make customers of whom nobody is known: as the others are made, without looking for each of them."""
    made, begun, came = [], [], []
    born = (at, bulk)
    for ref, _, addresses, facts, is_born in told:
        key = next(keys)
        made.append((key, ref or None, *facts, *(born if is_born else NOT_BORN), at))
        reached = {}
        for address, channel in addresses:
            reached[address] = each = next(keys)
            begun.append((each, key, address, channel, at))
        came.append(Came("made", key, "", reached))
    await do(connection, BEGIN, made)
    await do(connection, BEGIN_ADDRESS, begun)
    return came


def _whose(known: _Known, one: Ready) -> tuple[_Person | None, str]:
    """Find the customer: by key, by reference, else by the first known address; or why they are refused."""
    ref, customer_id, addresses, _, _ = one
    if customer_id:
        found = known.people.get(customer_id)
        if found is None:
            return None, NOBODY
    else:
        found = known.refs.get(ref) if ref else None
    if found is None:
        for address, _ in addresses:
            if address in known.addresses:
                owner = _survivor(known, known.people[known.addresses[address][1]])
                if ref and owner.ref and owner.ref != ref:
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


def _made(known: _Known, keys: Iterator[int], one: Ready, at: int, bulk: bool) -> Came:
    ref, _, addresses, facts, is_born = one
    key = next(keys)
    person = _Person(key, ref or None, [*facts, at, bulk] if is_born else [*facts, *NOT_BORN], is_new=True)
    known.people[key] = person
    if ref:
        known.refs[ref] = person
    came = Came("made", key)
    _reached(known, keys, person, addresses, at, came)
    return came


def _told(known: _Known, keys: Iterator[int], person: _Person, one: Ready, at: int, bulk: bool) -> Came:
    ref, _, addresses, told, is_born = one
    if ref and ref not in known.refs:
        if person.ref is None:
            person.ref, person.is_changed = ref, True
        known.refs[ref] = person
    facts = person.facts
    for place, value in enumerate(told[:MONTH]):
        if value and facts[place] != value:
            facts[place], person.is_changed = value, True
    if is_born:
        _born(person, told[MONTH:], at, bulk)
    came = Came("made" if person.is_new else "same", person.id)
    _reached(known, keys, person, addresses, at, came)
    if person.is_changed and not person.is_new:
        came.what = "changed"
    return came


def _reached(
    known: _Known,
    keys: Iterator[int],
    person: _Person,
    addresses: Sequence[tuple[str, str]],
    at: int,
    came: Came,
) -> None:
    """Let a customer have the addresses told, but for those that are another's."""
    there = known.addresses
    for address, channel in addresses:
        if address not in there:
            key = next(keys)
            known.begun.append((key, person.id, address, channel, at))
            there[address] = (key, person.id, channel)
            came.addresses[address] = key
            person.is_changed = True
            continue
        key, owner, on = there[address]
        if _survivor(known, known.people[owner]) is not person:
            came.elsewhere = [*came.elsewhere, address]
            continue
        if not on and channel:
            known.connected.append((channel, key))
            there[address] = (key, owner, channel)
        came.addresses[address] = key


def _born(person: _Person, told: Sequence[Any], at: int, bulk: bool) -> None:
    """Take a birthday that differs; one that is not believed replaces none that is."""
    facts = person.facts
    month, day, year, fault = told
    if person.is_new and facts[TOLD_AT] is None:
        facts[MONTH:] = *told, at, bulk
        return
    before = facts[MONTH : FAULT + 1]
    if fault and before[0] is not None and not before[3]:
        return
    if year is None and not fault and before[:2] == [month, day] and not before[3]:
        return  # the same day, of which the year is known already
    if before != [*told]:
        facts[MONTH : FAULT + 1] = told
        facts[TOLD_AT], facts[IN_BULK] = at, bulk
        person.is_changed = True


async def _known(connection: AsyncConnection, told: Sequence[Ready]) -> _Known:
    refs = {one[0] for one in told}
    refs.discard("")
    texts = {address for one in told for address, _ in one[2]}
    people = [_person(row) for row in await ask(connection, BY_REF, list(refs))]
    known = _Known(
        refs={one.ref: one for one in people if one.ref},
        people={one.id: one for one in people},
        addresses={row[0]: (row[1], row[2], row[3]) for row in await ask(connection, ADDRESSES, list(texts))},
    )
    wanted = {owner for _, owner, _ in known.addresses.values()} | {one[1] for one in told}
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
    made, changed = [], []
    for one in known.people.values():
        if one.is_new:
            made.append((one.id, one.ref, *one.facts, at))
        elif one.is_changed:
            changed.append((one.ref, *one.facts, one.id))
    await do(connection, BEGIN, made)
    await do(connection, CHANGE, changed)
    await do(connection, BEGIN_ADDRESS, known.begun)
    await do(connection, CONNECT, known.connected)
