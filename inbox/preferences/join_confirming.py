"""Taking a code: the right one makes what was ticked a yes in the ledger, in the words that were read."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from inbox.preferences.join_codes import LIVES, Codes
from storage import audit, consents, customers, join_asks, preferences
from storage.audit import Line
from storage.database import Connection
from storage.join_asks import JoinAsk

if TYPE_CHECKING:
    from inbox.app import App

SOURCE: Final = "form"
PROOF: Final = "typed the code that was sent to the address, asked for at {at}"
TRIES: Final = 5


async def confirm(app: "App", codes: Codes, name: int, typed: str, now: datetime) -> bool:
    """Write down what was asked under *name*, if *typed* is its code; says whether it is.

    A code is good for a day and for five tries. Typed again it changes nothing. A stop that came
    meanwhile holds.
    """
    async with app.database.writing() as connection:
        ask = await join_asks.one(connection, name)
        if ask is None or ask.tries >= TRIES or now - ask.at >= LIVES:
            return False
        address = await customers.address(connection, ask.address_id)
        who = await preferences.standing(connection, ask.customer_id)
        if address is None or address.stopped_at is not None or who is None or who.erased_at is not None:
            return False
        if not codes.is_code(name, typed):
            await join_asks.change(connection, ask, tries=ask.tries + 1, confirmed=ask.confirmed)
            return False
        if not ask.confirmed:
            await _allow(app, connection, ask, who.id, now)
    return True


async def _allow(app: "App", connection: Connection, ask: JoinAsk, customer_id: int, now: datetime) -> None:
    for subject, wording in ask.wordings.items():
        await consents.record(
            connection,
            app.database.ids,
            address_id=ask.address_id,
            word="yes",
            subject=subject,
            source=SOURCE,
            wording=wording,
            proof=PROOF.format(at=ask.at.isoformat(timespec="seconds")),
            at=now,
        )
    await join_asks.change(connection, ask, tries=ask.tries, confirmed=True)
    line = Line(
        at=now, who="customer", what="changed", operation="join", customer_id=customer_id, face="form"
    )
    await audit.write(connection, app.database.ids, line, "")
