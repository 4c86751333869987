"""Events of a hook, sorted into the batch that storage keeps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from bots.channel import (
    Called,
    CallMissed,
    ConsentChanged,
    Deleted,
    Echoed,
    Edited,
    Event,
    MessageIn,
    Reacted,
    Receipt,
    Typing,
)
from storage.batch import Aside, Batch, Changed, Consented, Heard, Said, storable


def sort(batch: Batch, hook_id: int, channel: str, events: Sequence[Event], received_at: datetime) -> None:
    """Add *events* to *batch*, in their order."""
    for event in events:
        match event:
            case MessageIn():
                batch.said.append(_said(event, hook_id, channel, received_at))
            case Edited():
                words = ("edited", event.text)
                batch.changed.append(_changed(event, words, hook_id, channel, received_at))
            case Deleted():
                batch.changed.append(_changed(event, ("deleted", ""), hook_id, channel, received_at))
            case Reacted():
                words = ("reacted", event.emoji)
                batch.changed.append(_changed(event, words, hook_id, channel, received_at))
            case Receipt():
                batch.heard.append(_heard(event, channel))
            case ConsentChanged():
                batch.consented.append(_consented(event, channel))
            case CallMissed():
                batch.said.append(_call(event, hook_id, channel, received_at))
            case Called():
                batch.asides.append(_called(event, hook_id, channel, received_at))
            case Echoed():
                batch.asides.append(_echoed(event, hook_id, channel, received_at))
            case Typing():
                pass
            case _:
                assert_never(event)


def _said(event: MessageIn, hook_id: int, channel: str, received_at: datetime) -> Said:
    return Said(
        hook_id=hook_id,
        channel=channel,
        address=storable(event.address),
        external_id=storable(event.external_id),
        text=event.text,
        sent_at=event.sent_at,
        received_at=received_at,
        attachments=event.attachments,
        sender_name=event.sender_name,
        language=event.language,
        reply_to=storable(event.reply_to),
        album=storable(event.group),
        also=tuple(storable(one) for one in event.also),
        subject=event.subject,
    )


def _changed(
    event: Edited | Deleted | Reacted,
    words: tuple[str, str],
    hook_id: int,
    channel: str,
    received_at: datetime,
) -> Changed:
    what, text = words
    return Changed(
        hook_id=hook_id,
        channel=channel,
        address=storable(event.address),
        external_id=storable(event.external_id),
        what=what,
        text=text,
        at=event.sent_at,
        received_at=received_at,
    )


def _heard(event: Receipt, channel: str) -> Heard:
    return Heard(
        channel=channel,
        external_id=storable(event.external_id),
        status=event.status,
        at=event.sent_at,
        code=event.code,
        reason=event.reason,
        up_to=event.up_to,
        address=storable(event.address),
    )


def _consented(event: ConsentChanged, channel: str) -> Consented:
    return Consented(
        channel=channel,
        address=storable(event.address),
        external_id=storable(event.external_id),
        word=event.word,
        source=storable(event.source),
        wording=storable(event.wording),
        at=event.sent_at,
        marketing=event.marketing,
    )


def _call(event: CallMissed, hook_id: int, channel: str, received_at: datetime) -> Said:
    rang = f", rang {event.rang.total_seconds():.0f} s" if event.rang is not None else ""
    return Said(
        hook_id=hook_id,
        channel=channel,
        address=storable(event.address),
        external_id=storable(event.external_id),
        text=f"Missed call{rang}",
        sent_at=event.sent_at,
        received_at=received_at,
    )


def _called(event: Called, hook_id: int, channel: str, received_at: datetime) -> Aside:
    who = "We" if event.ours else "They"
    return Aside(
        hook_id=hook_id,
        channel=channel,
        address=storable(event.address),
        external_id=storable(event.external_id),
        nature="call",
        direction="out" if event.ours else "in",
        text=f"{who} called, {_lasted(event.lasted)}",
        sent_at=event.sent_at,
        received_at=received_at,
    )


def _lasted(time: timedelta) -> str:
    """Write how long a call was: 1 h 2 min, 3 min 20 s, 5 s."""
    minutes, seconds = divmod(max(0, round(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _echoed(event: Echoed, hook_id: int, channel: str, received_at: datetime) -> Aside:
    return Aside(
        hook_id=hook_id,
        channel=channel,
        address=storable(event.address),
        external_id=storable(event.external_id),
        nature="echo",
        direction="out",
        text=event.text,
        sent_at=event.sent_at,
        received_at=received_at,
        attachments=event.attachments,
    )
