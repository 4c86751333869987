"""Writing now what is sent at a time to come."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from inbox.desk.act import Act, Ground
from inbox.desk.answers import said
from inbox.desk.errors import DeskError, Ended, NotThere
from inbox.desk.ways import carried, carrier, is_closed, unstopped
from inbox.media import KeptFile
from storage import conversations, customers, laters
from storage.laters import CANCELLED, WAITING, Later

BELL: Final = "laters"
FURTHEST: Final = timedelta(days=90)
IfTheyWrite = Literal["stop", "send"]
SHOWN: Final = 200


class SendingLater:
    """The part of the desk that writes for a time to come."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def send_later(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        address_id: int | None = None,
        text: str,
        files: Sequence[KeptFile] = (),
        at: datetime,
        if_they_write: IfTheyWrite = "stop",
        now: datetime,
        key: str = "",
    ) -> int:
        """Keep an answer until *at*, within 90 days; returns its key, the same for the same gesture *key*.

        *address_id* is where the conversation goes on unless another is named. Raises NothingToSend,
        TooLong, Ended, NotThere, Stopped, FileRefused, or a DeskError. Whether it may go is looked at
        once more when it is due: the window, consent, and whether the conversation goes on.
        """
        text = said(text, files)
        checked_at(at, now)
        async with self._ground.gesture(now, "send_later", agent_id) as act:
            known = await laters.by_key(act.connection, key) if key else None
            if known is not None:
                return known.id
            conversation = await act.conversation(conversation_id)
            if conversation.state == "resolved":
                raise Ended
            to = await self._whither(
                act, conversation.customer_id, address_id or conversation.address_id, files
            )
            values: dict[str, Any] = {
                "conversation_id": conversation_id,
                "address_id": to,
                "agent_id": (await act.agent(agent_id)).id,
                "text": text,
                "files": [asdict(file) for file in files] or None,
                "at": at,
                "if_they_write": if_they_write,
                "made_at": now,
                "key": key or None,
            }
            made = await laters.make(act.connection, act.ids, values)
            await happened(act, "later_made", conversation_id, agent_id, made, text, at)
            return made

    async def change_later(
        self,
        later_id: int,
        agent_id: int,
        *,
        text: str | None = None,
        at: datetime | None = None,
        if_they_write: IfTheyWrite | None = None,
        address_id: int | None = None,
        now: datetime,
    ) -> None:
        """Change what waits: its words, its time, where it goes; what is left out stays as it is."""
        async with self._ground.gesture(now, "change_later", agent_id) as act:
            later = await waiting(act, later_id)
            files = files_of(later)
            words = later.text if text is None else said(text, files)
            conversation = await act.conversation(later.conversation_id)
            values: dict[str, Any] = {
                "text": words,
                "at": later.at if at is None or at == later.at else checked_at(at, now),
                "if_they_write": if_they_write or later.if_they_write,
                "address_id": await self._whither(
                    act, conversation.customer_id, address_id or later.address_id, files
                ),
            }
            if all(getattr(later, name) == value for name, value in values.items()):
                return
            await laters.change(act.connection, later_id, **values)
            await happened(
                act, "later_changed", later.conversation_id, agent_id, later_id, words, values["at"]
            )

    async def cancel_later(self, later_id: int, agent_id: int, *, now: datetime) -> None:
        """Send it never; twice is no error. Raises a DeskError for what was sent or stopped already."""
        async with self._ground.gesture(now, "cancel_later", agent_id) as act:
            found = await laters.one(act.connection, later_id)
            if found is not None and found.state == CANCELLED:
                return
            later = await waiting(act, later_id)
            await laters.change(act.connection, later_id, state=CANCELLED, ended_at=now, ended_by=agent_id)
            await happened(
                act, "later_cancelled", later.conversation_id, agent_id, later_id, later.text, later.at
            )

    async def _whither(self, act: Act, customer_id: int, address_id: int, files: Sequence[KeptFile]) -> int:
        """Return the address if it is the customer's and may ever be written to; the window may yet open."""
        address = await customers.address(act.connection, address_id)
        if address is None or address.customer_id != customer_id:
            raise NotThere("This is no address of this customer.")
        channels = self._ground.channels
        carried(unstopped(channels, carrier(channels, address), address), files)
        if is_closed(address, act.now):
            raise DeskError("This address cannot be reached: the provider says so.")
        return address_id


def checked_at(at: datetime, now: datetime) -> datetime:
    """Return the time of sending; raises a DeskError for one that nothing can be sent at."""
    if at <= now:
        raise DeskError("That time has passed. Choose a time to come.")
    if at - now > FURTHEST:
        raise DeskError("At most 90 days ahead.")
    return at


async def waiting(act: Act, later_id: int) -> Later:
    """Find what waits to be sent; raises NotThere, or a DeskError that says what became of it."""
    found = await laters.one(act.connection, later_id)
    if found is None:
        raise NotThere("There is no such message to be sent later.")
    if act.who is not None:
        await act.conversation(found.conversation_id)
    if found.state != WAITING:
        why = f": {found.reason}" if found.reason else "."
        raise DeskError(f"This message was {found.state} already{why}")
    return found


def files_of(later: Later) -> list[KeptFile]:
    """Give the files that wait with it."""
    return [KeptFile(**file) for file in later.files or ()]


async def happened(
    act: Act,
    kind: str,
    conversation_id: int,
    agent_id: int | None,
    later_id: int,
    text: str,
    at: datetime,
    **more: Any,
) -> None:
    """Record what befell a message to be sent later; its conversation counts it, for its card shows it."""
    await conversations.change(act.connection, conversation_id)
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    data = {"later_id": later_id, "text": shown, "at": at.isoformat(), **more}
    await act.happened(kind, conversation_id, agent_id, data)
    act.nudges.add(BELL)
