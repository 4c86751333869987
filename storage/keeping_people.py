"""Customers by their addresses."""

from collections.abc import Generator, Iterable
from typing import Any

from storage.batch import Ask, Consented, Keeping, Said, storable
from storage.instants import to_micros

Found = dict[str, tuple[int, int]]  # address id and customer id, by address


def find_addresses(work: Keeping, facts: Iterable[Said | Consented]) -> Generator[Ask, list[Any], Found]:
    """Find the (address id, customer id) of each address; one never seen makes a customer."""
    first: dict[str, Said | Consented] = {}
    names: dict[str, tuple[str, str]] = {}
    for fact in facts:
        first.setdefault(fact.address, fact)
        if isinstance(fact, Said) and fact.sender_name:
            names.setdefault(fact.address, (storable(fact.sender_name), storable(fact.language)[:35]))
    if not first:
        return {}
    found: Found = {}
    named = []
    for address, key, name, *row in (yield Ask("known_addresses", (list(first),))):
        customer = row[1]
        found[address] = (key, customer)
        work.going_on[customer] = None if row[0] is None else tuple(row)
        if not name and address in names:
            named.append((*names[address], customer))
    if named:
        yield Ask("name_customers", named, many=True)
    fresh = [fact for address, fact in first.items() if address not in found]
    customers, addresses = [], []
    for fact in fresh:
        customer, key = work.ids.next(), work.ids.next()
        found[fact.address] = (key, customer)
        at = to_micros(fact.sent_at if isinstance(fact, Said) else fact.at)
        customers.append((customer, *names.get(fact.address, ("", "")), at))
        addresses.append((key, customer, fact.address, fact.channel, None, at))
    if fresh:
        yield Ask("begin_customers", customers, many=True)
        yield Ask("begin_addresses", addresses, many=True)
    return found
