"""What happens in a scenario, done by the very hands that do it in the house."""

import json
from datetime import datetime
from typing import Any, Final

from bots.channel import Hook
from inbox.touches.pausing import Pause, pause, resume
from inbox.touches.scenario_house import House
from inbox.touches.scenario_parts import ConsentPart, EventPart, OrderPart
from inbox.touches.scenario_people import People, Place, add_order, birthday_columns, consent
from storage import conversations, customers, holds, scenario_rows
from storage.database import Connection

SPOKEN: Final = ("says", "reacts", "stops", "starts", "auto_reply", "echo")
TEXTS: Final = {"stops": "STOP", "starts": "START", "says": "Hello"}
HOLDS: Final = {
    "complains": ("complaint", True),
    "complaint_ends": ("complaint", False),
    "agent_holds": ("agent", True),
    "agent_takes": ("agent", True),
    "agent_releases": ("agent", False),
}
ORDERS: Final = {
    "returned": "returned_at",
    "returns": "returned_at",
    "cancelled": "cancelled_at",
    "delivered": "delivered_at",
    "moved": "delivered_at",
}


async def happen(house: House, people: People, event: EventPart, now: datetime) -> None:
    """Do what *event* says; *now* is later than its own time where the service was down."""
    if event.kind in SPOKEN:
        await _spoken(house, people, event, now)
    elif event.kind in ("answers", "closed"):
        await _desk(house, people, event, now)
    elif event.kind == "visits":
        for place in people.places.get(event.customer, []):
            if event.address in ("", place.address):
                await house.showing.visited(place.address, now)
    elif event.kind == "buys":
        number = event.order or f"{event.customer}-{event.at:%Y%m%d%H%M}"
        part = OrderPart(number=number, customer=event.customer, placed_at=event.at)
        await add_order(house, people, part, now)
    else:
        async with house.database.writing() as connection:
            await _written(house, people, connection, event, now)
        if event.kind == "resume":
            await house.instance.trust(house.database)
    house.touches.plan_soon()


async def _spoken(house: House, people: People, event: EventPart, now: datetime) -> None:
    """Say something through the door, as the provider's hook would."""
    place = _place(people, event)
    written = {
        "kind": event.kind,
        "address": place.address,
        "key": f"in-{event.at.isoformat()}-{event.kind}-{place.address}",
        "text": event.text or TEXTS.get(event.kind, ""),
        "at": event.at.isoformat(),
    }
    body = json.dumps(written).encode()
    hook = Hook(method="POST", url=f"/hooks/{place.channel}", headers={}, body=body, received_at=now)
    await house.keep(place.channel, hook)


def _place(people: People, event: EventPart) -> Place:
    found = people.place(event.customer, event.address, event.channel)
    assert found is not None, "checked when the scenario was read"
    return found


async def _desk(house: House, people: People, event: EventPart, now: datetime) -> None:
    """Let an agent answer, or close the matter."""
    async with house.database.reading() as connection:
        going = await conversations.going_on(connection, people.keys[event.customer])
    if going is None:
        return
    if event.kind == "closed":
        await house.desk.resolve(going.id, house.agent_id, reason="done", now=now)
    else:
        await house.desk.reply(going.id, house.agent_id, text=event.text or "Hello!", now=now)


async def _written(
    house: House, people: People, connection: Connection, event: EventPart, now: datetime
) -> None:
    """Write what others tell us: shops, agents, forms, imports."""
    key, ids = people.keys.get(event.customer, 0), house.database.ids
    if event.kind in HOLDS:
        kind, begins = HOLDS[event.kind]
        if begins:
            await holds.begin(connection, ids, key, kind, now)
        else:
            await holds.end(connection, key, kind, now)
    elif event.kind in ORDERS:
        at = event.delivered_at or event.at
        await scenario_rows.change_order(
            connection, event.order, **{ORDERS[event.kind]: at, "changed_at": now}
        )
    elif event.kind in ("consents", "refuses"):
        word = ConsentPart(
            word="opted_in" if event.kind == "consents" else "opted_out", subject=event.subject
        )
        await consent(house, connection, _place(people, event), word, now)
    elif event.kind == "merged":
        into = people.keys[event.into]
        await scenario_rows.merge(connection, key, into)
        people.places.setdefault(event.into, []).extend(people.places.pop(event.customer, []))
    elif event.kind == "pause":
        await pause(connection, Pause(by="scenario", at=now, why=event.text))
    elif event.kind == "resume":
        await resume(connection, "scenario", now)
    elif event.kind == "rated":
        data = {"rating": event.rating if event.rating is not None else 5}
        row = {"id": ids.next(), "customer_id": key, "kind": "rated", "at": event.at, "data": data}
        await scenario_rows.happen(connection, {**row, "ref": event.order and f"order {event.order}"})
    else:
        await customers.change(connection, key, **_columns(event, now))


def _columns(event: EventPart, now: datetime) -> dict[str, Any]:
    match event.kind:
        case "birthday_changed":
            told = {"birthday_at": now, "birthday_in_bulk": event.bulk, "birthday_fault": ""}
            return {**birthday_columns(event.birthday), **told}
        case "moves_to":
            return {"zone": event.zone}
        case _:
            return {"deceased_at": now}
