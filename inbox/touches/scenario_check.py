"""What does not fit together in a scenario, named by its place in the JSON."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bots.channel import Spec
from config.errors import Mistake, meant, together
from config.filling import Source
from inbox.touches.scenario_parts import ScenarioPart

ALONE = ("pause", "resume", "restore")
SPEAK = ("says", "reacts", "stops", "starts", "auto_reply", "echo", "consents", "refuses")
ABOUT_ORDERS = ("returned", "returns", "cancelled", "delivered", "moved")

Found = Iterator[tuple[str, str, str]]


def check(part: ScenarioPart, specs: Mapping[str, Spec], source: Source) -> None:
    """Raise Mistake with everything that names what is not there, or says too little."""
    found = [*_customers(part, specs), *_orders(part), *_events(part), *_rest(part, specs)]
    if found:
        raise together([_mistake(source, *one) for one in found])


def _mistake(source: Source, place: str, what: str, remedy: str) -> Mistake:
    return source.mistake((), f"{place}: {what}.", remedy)


def _customers(part: ScenarioPart, specs: Mapping[str, Spec]) -> Found:
    names = [one.id for one in part.customers]
    addresses: set[str] = set()
    for number, one in enumerate(part.customers):
        place = f"customers.{number}"
        if one.id in names[:number]:
            yield f"{place}.id", f"{one.id!r} is there twice", "Choose another."
        if one.zone and not _is_zone(one.zone):
            yield f"{place}.zone", f"there is no time zone {one.zone!r}", "Write 'Europe/Lisbon'."
        if one.merged_into and one.merged_into not in names:
            yield f"{place}.merged_into", *_nobody(one.merged_into, names)
        for at, address in enumerate(one.addresses):
            if address.channel not in specs:
                what = f"no channel takes {address.address!r}"
                yield f"{place}.addresses.{at}.channel", what, meant(address.channel, [*specs])
            if address.address in addresses:
                what = f"{address.address!r} is there twice"
                yield f"{place}.addresses.{at}.address", what, "An address has one customer."
            addresses.add(address.address)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _nobody(name: str, names: Sequence[str]) -> tuple[str, str]:
    return f"there is no customer {name!r}", meant(name, names)


def _orders(part: ScenarioPart) -> Found:
    names, numbers = [one.id for one in part.customers], [one.number for one in part.orders]
    for number, one in enumerate(part.orders):
        if one.customer not in names:
            yield f"orders.{number}.customer", *_nobody(one.customer, names)
        if one.number in numbers[:number]:
            yield f"orders.{number}.number", f"{one.number!r} is there twice", "Choose another."


def _events(part: ScenarioPart) -> Found:
    people = {one.id: one for one in part.customers}
    bought = {one.order for one in part.events if one.kind == "buys"}
    orders = [*(one.number for one in part.orders), *bought]
    for number, one in enumerate(part.events):
        place = f"events.{number}"
        if one.kind not in ALONE and one.customer not in people:
            yield f"{place}.customer", *_nobody(one.customer, [*people])
            continue
        if one.kind in SPEAK:
            mine = people[one.customer].addresses
            merged = [each for who in part.customers if who.merged_into for each in who.addresses]
            into = [e.customer for e in part.events if e.kind == "merged" and e.into == one.customer]
            merged += [each for name in into if name in people for each in people[name].addresses]
            fits = [
                each
                for each in (*mine, *merged)
                if one.address in ("", each.address) and one.channel in ("", each.channel)
            ]
            if not fits:
                yield f"{place}.address", "the customer has no such address", "Name one of theirs."
        if one.kind in ABOUT_ORDERS and one.order not in orders:
            yield f"{place}.order", f"there is no order {one.order!r}", meant(one.order, orders)
        if one.kind == "merged" and one.into not in people:
            yield f"{place}.into", *_nobody(one.into, [*people])
        if one.kind == "birthday_changed" and one.birthday is None:
            yield f"{place}.birthday", "it says not to what", "Write '1990-03-02'."


def _rest(part: ScenarioPart, specs: Mapping[str, Spec]) -> Found:
    for number, one in enumerate(part.outages):
        if one.channel != "service" and one.channel not in specs:
            what = f"there is no channel {one.channel!r}"
            yield f"outages.{number}.channel", what, meant(one.channel, [*specs, "service"])
        if one.from_ >= one.to:
            yield f"outages.{number}.to", "it ends before it begins", "Write a later instant."
    for number, name in enumerate(part.account.channels):
        if name not in specs:
            what = f"there is no channel {name!r}"
            yield f"account.channels.{number}", what, meant(name, [*specs])
    for label in part.wording:
        if "." not in label:
            yield f"wording.{label}", "it names no language", "Write 'birthday.en'."
