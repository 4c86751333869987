"""What acts on promises share: one is found, said to be what it became, passed on, decided when all ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from inbox.desk.act import Act
from inbox.desk.errors import DeskError, NotThere, OpenPromises
from storage import conversations, promises
from storage.batch import storable
from storage.promise_reminders import BEFORE
from storage.promises import BROKEN, KEPT, OPEN, WITHDRAWN, Promise

LONGEST: Final = 150
FURTHEST: Final = timedelta(days=366)
BELL: Final = "promises"
UNTOLD: Final[Mapping[str, Any]] = {"told_before_at": None, "told_due_at": None, "told_lead_at": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a promise when its conversation is resolved: it is kept, dropped, or goes on (moved).

    A moved one has a new time, *due_at*, or its own where that is yet to come.
    """

    what: Literal["kept", "dropped", "moved"]
    due_at: datetime | None = None


async def open_one(act: Act, promise_id: int) -> Promise:
    """Find a promise that is open; raises NotThere, or a DeskError that says what became of it."""
    found = await promises.one(act.connection, promise_id)
    if found is None:
        raise NotThere("There is no such promise.")
    if act.who is not None:
        await act.conversation(found.conversation_id)
    if found.state != OPEN:
        raise DeskError(f"This promise is {found.state} already.")
    return found


def worded(text: str) -> str:
    """Put what is promised on one line; raises a DeskError for no words or too many."""
    line = " ".join(storable(text).split())
    if not line:
        raise DeskError("Say what is promised.")
    if len(line) > LONGEST:
        raise DeskError(f"{len(line)} characters; a promise has at most {LONGEST}.")
    return line


def checked(due_at: datetime, now: datetime) -> datetime:
    """Return the time a promise is due; raises a DeskError for one that no promise can have."""
    if due_at <= now:
        raise DeskError("That time has passed. Choose a time to come.")
    if due_at - now > FURTHEST:
        raise DeskError("At most a year ahead.")
    return due_at


def reminded(due_at: datetime, now: datetime) -> dict[str, Any]:
    """Say which reminders a new time needs: the first is not for what is due within minutes."""
    return {**UNTOLD, "told_before_at": now} if due_at - now <= BEFORE else dict(UNTOLD)


async def keep(act: Act, promise: Promise, agent_id: int) -> None:
    """It is kept, in time or late."""
    await _end(act, promise, agent_id, KEPT)


async def drop(act: Act, promise: Promise, agent_id: int) -> None:
    """It is let go: withdrawn before it was due, broken after."""
    late = promise.missed_at is not None or promise.due_at <= act.now
    await _end(act, promise, agent_id, BROKEN if late else WITHDRAWN)


async def postpone(act: Act, promise: Promise, agent_id: int, due_at: datetime) -> None:
    """Give it a new time; one that was due already stays late for good. Raises a DeskError."""
    checked(due_at, act.now)
    if due_at == promise.due_at:
        return
    missed = promise.missed_at or (promise.due_at if promise.due_at <= act.now else None)
    await promises.change(
        act.connection, promise.id, due_at=due_at, missed_at=missed, **reminded(due_at, act.now)
    )
    data = {**told(promise), "due_at": due_at.isoformat(), "was_due_at": promise.due_at.isoformat()}
    await happened(act, "promise_moved", promise.conversation_id, agent_id, data)
    act.nudges.add(BELL)


async def decide(act: Act, conversation_id: int, agent_id: int, fates: Mapping[int, Fate]) -> None:
    """Do with each open promise of a conversation what was decided; raises OpenPromises if one was not."""
    open_ones = await promises.open_in(act.connection, conversation_id)
    if undecided := [one for one in open_ones if one.id not in fates]:
        raise OpenPromises(undecided)
    for one in open_ones:
        fate = fates[one.id]
        if fate.what == "kept":
            await keep(act, one, agent_id)
        elif fate.what == "dropped":
            await drop(act, one, agent_id)
        elif fate.due_at is not None and fate.due_at != one.due_at:
            await postpone(act, one, agent_id, fate.due_at)
        elif one.due_at <= act.now:
            raise DeskError(f"“{one.text}” is late: give it a new time, or say what became of it.")


async def hand_on(act: Act, conversation_id: int, old: int | None, new: int | None) -> list[str]:
    """Pass on what *old* had to keep with a conversation, to *new* or whoever is next; lists the words."""
    moved = await promises.hand_on(act.connection, conversation_id, old, new)
    return [one.text for one in moved]


def told(promise: Promise) -> dict[str, Any]:
    """Write what a log says of a promise."""
    return {"promise_id": promise.id, "text": promise.text, "due_at": promise.due_at.isoformat()}


async def happened(
    act: Act, kind: str, conversation_id: int, agent_id: int | None, data: Mapping[str, Any]
) -> None:
    """Record what befell a promise; its conversation counts it, for its card shows it."""
    await conversations.change(act.connection, conversation_id)
    await act.happened(kind, conversation_id, agent_id, data)


async def _end(act: Act, promise: Promise, agent_id: int, state: str) -> None:
    await promises.change(
        act.connection, promise.id, state=state, ended_at=act.now, ended_by=agent_id, follows=False
    )
    late = promise.was_late(act.now - promises.GRACE if state == KEPT else act.now)
    data = {**told(promise), "late": late}
    await happened(act, f"promise_{state}", promise.conversation_id, agent_id, data)
