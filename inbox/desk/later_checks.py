"""What an agent should know before something is sent later: the customer's clock, hours and window then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bots.channel import Channel
from inbox.desk.promised import written
from inbox.desk.their_hours import theirs
from inbox.desk.ways import carrier, window_of
from routing.touch import Limits
from storage import customers
from storage.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """How a moment is at the customer's: what their clock shows, in words, and what speaks against it."""

    clock: str
    warnings: tuple[str, ...]


async def then(
    connection: Connection,
    channels: Mapping[str, Channel],
    limits: Limits | None,
    address_id: int,
    at: datetime,
) -> Then | None:
    """Look at the moment *at* at an address; None where there is no such address.

    Without *limits* of the house the day lasts from 8 to 21, as they say by default.
    """
    address = await customers.address(connection, address_id)
    customer = await customers.one(connection, address.customer_id) if address is not None else None
    if address is None or customer is None:
        return None
    name, warnings = carrier(channels, address), []
    spec = channels[name].spec if name in channels else None
    there = theirs(customer, await customers.addresses_of(connection, customer.id), limits)
    if spec is not None:
        if not there.allowed(at, address, name, spec):
            warnings.append("That is outside the hours in which we write to them.")
        last, window = address.last_in_at, window_of(spec, address.address)
        if window is not None and (last is None or at - last > window):
            warnings.append(f"{spec.label} is closed by then: it leaves only if they have written anew.")
    guess = ", as far as we can tell" if there.is_guess else ""
    said = f"{written(at, there.zone)} where they are ({there.zone.key}{guess})"
    return Then(clock=said, warnings=tuple(warnings))
