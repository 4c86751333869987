"""Events from calls: what befell orders and customers, each with its consequence."""

from collections.abc import Sequence
from typing import Any, assert_never

from inbox.api.errors import Wrong
from inbox.api.keeping import Ground, birthday_of, owners, require_subject
from inbox.api.models import (
    Became,
    BirthdayTold,
    Consented,
    EventIn,
    EventsIn,
    OfCustomer,
    OfOrder,
    Rated,
    Stopped,
)
from inbox.importing.customers import birth_of
from storage import consents, customer_events, customers, holds, orders
from storage.importing import Arriving, keep_customers
from storage.importing_orders import Ordered, keep_orders


async def events(ground: Ground, call: EventsIn) -> list[Became]:
    """Keep events, in their order."""
    meant = {
        f"events.{place}.customer": one.customer
        for place, one in enumerate(call.events)
        if not isinstance(one, OfOrder)
    }
    found = await owners(ground, meant)
    kept = []
    for place, one in enumerate(call.events):
        where = f"events.{place}"
        if isinstance(one, OfOrder):
            known = await orders.by_number(ground.connection, one.order)
            if known is None:
                raise Wrong(404, f"{where}.order", "There is no such order.")
            customer_id, told = known.customer_id, Arriving()
        else:
            customer_id, told = found[f"{where}.customer"]
        is_new = await customer_events.keep(
            ground.connection,
            ground.ids,
            customer_id=customer_id,
            kind=one.kind,
            at=one.at,
            ref=getattr(one, "order", None) or "",
            data=_data(one),
            external_id=None if one.id is None else f"api:{one.id}",
        )
        if is_new:
            await _follow(ground, one, customer_id, told, where)
        kept.append(Became(id=str(customer_id), what="made" if is_new else "known"))
    return kept


def _data(one: EventIn) -> dict[str, Any] | None:
    if isinstance(one, Rated):
        return {"rating": one.stars, "words": one.words}
    words = getattr(one, "words", "")
    return {"words": words} if words else None


async def _follow(ground: Ground, one: EventIn, customer_id: int, told: Arriving, where: str) -> None:
    """Do what follows from an event that is new."""
    match one:
        case OfOrder():
            moved = Ordered(number=one.order)
            setattr(moved, f"{one.kind}_at", one.at)
            await keep_orders(ground.connection, ground.ids, [moved], ground.now)
        case OfCustomer(kind="complained"):
            await holds.begin(
                ground.connection,
                ground.ids,
                customer_id,
                "complaint",
                one.at,
                reason=one.words,
                source="api",
            )
        case OfCustomer(kind="complaint_ended"):
            await holds.end(ground.connection, customer_id, "complaint", one.at)
        case OfCustomer() | Rated():
            pass
        case Consented():
            require_subject(one.subject, ground, f"{where}.subject")
            await _consent(ground, one, customer_id, told, where)
        case Stopped():
            await _stop(ground, one, customer_id, told)
        case BirthdayTold():
            born = birth_of(birthday_of(one.birthday, ground, f"{where}.birthday"))
            person = Arriving(customer_id=customer_id, birthday=born)
            await keep_customers(ground.connection, ground.ids, [person], ground.now, bulk=False)
        case other:
            assert_never(other)


async def _consent(ground: Ground, one: Consented, customer_id: int, told: Arriving, where: str) -> None:
    keys = await _addresses(ground, customer_id, told)
    if len(keys) > 1 and not told.addresses:
        raise Wrong(422, f"{where}.customer", "Say with phone or email at which address they consented.")
    if not keys:
        raise Wrong(422, f"{where}.customer", "The customer has no such address.")
    for key in keys:
        await consents.record(
            ground.connection,
            ground.ids,
            address_id=key,
            word="yes",
            subject=one.subject,
            source="api",
            wording=one.wording,
            proof=one.proof,
            at=min(one.at, ground.now),
            external_id="" if one.id is None else f"api:{one.id}:{key}",
        )


async def _stop(ground: Ground, one: Stopped, customer_id: int, told: Arriving) -> None:
    for key in await _addresses(ground, customer_id, told):
        await consents.record(
            ground.connection,
            ground.ids,
            address_id=key,
            word="stop",
            source="api",
            wording=one.words,
            at=min(one.at, ground.now),
            external_id="" if one.id is None else f"api:{one.id}:{key}",
        )


async def _addresses(ground: Ground, customer_id: int, told: Arriving) -> Sequence[int]:
    """List the customer's addresses that were named; all of them where none was."""
    named = {address for address, _ in told.addresses}
    known = await customers.addresses_of(ground.connection, customer_id)
    return [one.id for one in known if not named or one.address in named]
