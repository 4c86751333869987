"""Customers by their addresses."""

from collections.abc import Generator, Iterable, Mapping
from typing import Any, Final

from storage.batch import Aside, Ask, Consented, Keeping, Said, storable
from storage.instants import to_micros

ONE_PERSON: Final = "one person:"
"""Begins the scope in `seen` of the addresses that a provider says are the same person's as one's."""
Found = dict[str, tuple[int, int]]  # address id and customer id, by address


Fact = Said | Consented | Aside


def find_addresses(work: Keeping, facts: Iterable[Fact]) -> Generator[Ask, list[Any], Found]:
    """Find the (address id, customer id) of each address; one never seen makes a customer.

    What the provider says is the same person's belongs to that customer, unless it is somebody else's
    already: customers are never joined here, only noted for `storage.likely` to name.
    """
    first: dict[str, Fact] = {}
    names: dict[str, tuple[str, str]] = {}
    also: dict[str, str] = {}  # an address that was told along, and whose
    for fact in facts:
        first.setdefault(fact.address, fact)
        if isinstance(fact, Said):
            if fact.sender_name:
                names.setdefault(fact.address, (storable(fact.sender_name), storable(fact.language)[:35]))
            for other in fact.also:
                also.setdefault(other, fact.address)
    if not first:
        return {}
    found: Found = {}
    named = []
    for address, key, name, channel, *row in (yield Ask("known_addresses", (list({**first, **also}),))):
        customer = row[1]
        found[address] = (key, customer)
        work.over[address] = channel
        work.going_on[customer] = None if row[0] is None else tuple(row)
        if not name and address in names:
            named.append((*names[address], customer))
    if named:
        yield Ask("name_customers", named, many=True)
    customers, addresses = [], []
    for fact in [fact for address, fact in first.items() if address not in found]:
        at = _at(fact)
        customer = _told_along(found, also, fact.address)
        if customer is None:
            customer = work.ids.next()
            customers.append((customer, *names.get(fact.address, ("", "")), at))
        addresses.append(_address(work, found, fact.address, customer, fact.channel, at))
    for address, whose in also.items():
        if address not in found:
            fact = first[whose]
            addresses.append(_address(work, found, address, found[whose][1], fact.channel, _at(fact)))
    if both := _both_known(found, also):
        yield Ask("keep_seen", [(*row, _at(first[whose])) for whose, *row in both], many=True)
    if customers:
        yield Ask("begin_customers", customers, many=True)
    if addresses:
        yield Ask("begin_addresses", addresses, many=True)
    return found


def _at(fact: Fact) -> int:
    return to_micros(fact.at if isinstance(fact, Consented) else fact.sent_at)


def _told_along(found: Found, also: Mapping[str, str], address: str) -> int | None:
    """Find whose *address* is by what was told along: who has an address told with it, or told it."""
    if not also:
        return None
    for other, whose in also.items():
        known = other if whose == address else whose if other == address else None
        if known in found:
            return found[known][1]
    return None


def _both_known(found: Found, also: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """List who told along whose address, and the rows by which each way is remembered."""
    rows = []
    for other, whose in also.items():
        (mine, customer), (theirs, somebody) = found[whose], found[other]
        if customer != somebody:
            rows += [(whose, f"{ONE_PERSON}{mine}", str(theirs)), (whose, f"{ONE_PERSON}{theirs}", str(mine))]
    return rows


def _address(
    work: Keeping, found: Found, address: str, customer: int, channel: str, at: int
) -> tuple[Any, ...]:
    """Make the row of an address never seen and remember it as *found*."""
    found[address] = (work.ids.next(), customer)
    return (found[address][0], customer, address, work.answers(channel, address), None, at)
