"""Customers and orders from calls into the database, all of a call or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.api.errors import Wrong
from inbox.api.models import Became, CustomerIn, CustomersIn, OrderIn, OrdersIn, Who
from inbox.importing.birthdays import Born, born
from inbox.importing.customers import EMAIL, birth_of, language_of
from inbox.importing.numbers import e164
from routing.zones import named
from storage.consents import MARKETING
from storage.database import Connection
from storage.ids import Ids
from storage.importing import Arriving, keep_customers, whose
from storage.importing_consents import Told, keep_consents
from storage.importing_orders import Line, Ordered, keep_orders

PLAIN: Final = ("name", "country", "region", "tier", "account_manager", "preferred_channel")
STOPPED: Final = "The customer said stop, and only they can undo it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the account is: its country and zone, its subjects, our channels by the scheme of an address."""

    country: str
    zone: str
    subjects: frozenset[str]
    channels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every call stands on."""

    connection: Connection
    ids: Ids
    account: Account
    now: datetime

    @property
    def today(self) -> date:
        """The account's day."""
        return self.now.astimezone(ZoneInfo(self.account.zone)).date()


def arriving(who: Who, account: Account, where: str) -> Arriving:
    """Read who is meant; raises Wrong where nothing tells, or what tells is no number or address."""
    addresses = []
    if who.phone is not None:
        number = e164(who.phone, account.country)
        if not number:
            raise Wrong(422, f"{where}.phone", "This is no phone number. Write it like +34600123456.")
        addresses.append((f"tel:{number}", account.channels.get("tel", "")))
    if who.email is not None:
        tidy = who.email.strip().lower()
        if not EMAIL.fullmatch(tidy):
            raise Wrong(422, f"{where}.email", "This is no e-mail address.")
        addresses.append((f"mailto:{tidy}", account.channels.get("mailto", "")))
    if not who.ref and not addresses:
        raise Wrong(422, where, "Nothing tells who this is: give ref, phone or email.")
    return Arriving(ref=(who.ref or "").strip(), addresses=addresses)


async def owners(ground: Ground, told: Mapping[str, Who]) -> dict[str, tuple[int, Arriving]]:
    """Find the customers meant, by where they stand in the call; raises Wrong 404."""
    read = {where: arriving(who, ground.account, where) for where, who in told.items()}
    found = await whose(ground.connection, list(read.values()))
    for where, (key, why) in zip(read, found, strict=True):
        if not key:
            raise Wrong(404, where, why)
    return {where: (key, one) for (where, one), (key, _) in zip(read.items(), found, strict=True)}


def birthday_of(written: str, ground: Ground, where: str) -> Born:
    """Read a birthday; raises Wrong where there was no such day."""
    told = born(written, "", ground.today)
    if told.month is None or (told.fault and told.fault != "placeholder_birthdate"):
        raise Wrong(422, where, told.words)
    return told


async def customers(ground: Ground, call: CustomersIn) -> list[Became]:
    """Keep customers."""
    notices: list[list[str]] = [[] for _ in call.customers]
    told = [_customer(one, ground, place, notices[place]) for place, one in enumerate(call.customers)]
    came = await keep_customers(ground.connection, ground.ids, told, ground.now, bulk=len(told) > 1)
    consents: list[Told] = []
    places: list[int] = []
    for place, (one, each) in enumerate(zip(call.customers, came, strict=True)):
        where = f"customers.{place}"
        if each.what == "refused":
            raise Wrong(409, where, each.reason)
        if each.elsewhere:
            field = "phone" if each.elsewhere[0].startswith("tel:") else "email"
            raise Wrong(409, f"{where}.{field}", "This is another customer's.")
        for number, consent in enumerate(one.consents):
            require_subject(consent.subject, ground, f"{where}.consents.{number}.subject")
            for address, key in each.addresses.items():
                consents.append(
                    Told(
                        address=address,
                        address_id=key,
                        subject=consent.subject,
                        yes=True,
                        source="api",
                        wording=consent.wording,
                        proof=consent.proof,
                        at=min(consent.at or ground.now, ground.now),
                    )
                )
                places.append(place)
    for place, answer in zip(
        places, await keep_consents(ground.connection, ground.ids, consents), strict=True
    ):
        if answer == "stopped" and STOPPED not in notices[place]:
            notices[place].append(STOPPED)
    return [
        Became.model_validate({"id": str(each.customer_id), "what": each.what, "notices": noticed})
        for each, noticed in zip(came, notices, strict=True)
    ]


def require_subject(subject: str, ground: Ground, where: str) -> None:
    """Raise Wrong where the account has no such subject."""
    if subject != MARKETING and subject not in ground.account.subjects:
        known = ", ".join(sorted({*ground.account.subjects, MARKETING}))
        raise Wrong(422, where, f"There is no such subject. There are: {known}.")


def _customer(one: CustomerIn, ground: Ground, place: int, notices: list[str]) -> Arriving:
    where = f"customers.{place}"
    read = arriving(one, ground.account, where)
    read.facts = {name: value for name in PLAIN if (value := getattr(one, name))}
    for name, tidy in (("language", language_of), ("zone", named)):
        if written := getattr(one, name):
            read.facts[name] = tidy(written)
            if not read.facts[name]:
                raise Wrong(422, f"{where}.{name}", f"There is no such {name}.")
    read.tags = one.tags
    if one.birthday is not None:
        told = birthday_of(one.birthday, ground, f"{where}.birthday")
        read.birthday = birth_of(told)
        if told.fault:
            notices.append(told.words)
    return read


async def orders(ground: Ground, call: OrdersIn) -> list[Became]:
    """Keep orders."""
    meant = {
        f"orders.{place}.customer": one.customer for place, one in enumerate(call.orders) if one.customer
    }
    found = await owners(ground, meant)
    told = [
        _order(one, found[f"orders.{place}.customer"][0] if one.customer else 0)
        for place, one in enumerate(call.orders)
    ]
    came = await keep_orders(ground.connection, ground.ids, told, ground.now)
    for place, each in enumerate(came):
        if each.what == "refused":
            raise Wrong(422, f"orders.{place}", each.reason)
    return [Became.model_validate({"id": str(each.order_id), "what": each.what}) for each in came]


def _order(one: OrderIn, customer_id: int) -> Ordered:
    lines = None
    if one.lines is not None:
        lines = [Line(**line.model_dump()) for line in one.lines]
    return Ordered(
        number=one.number,
        customer_id=customer_id,
        placed_at=one.placed_at,
        delivered_at=one.delivered_at,
        returned_at=one.returned_at,
        cancelled_at=one.cancelled_at,
        total=one.total,
        currency=one.currency or "",
        summary=one.summary,
        lines=lines,
    )
