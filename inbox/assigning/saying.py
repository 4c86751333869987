"""What the house says by itself in a conversation: sent like any answer, shown as ours; it ends no wait."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from config.filled import fill_in
from inbox.desk.act import Act, Ground
from inbox.desk.calling import ringing
from inbox.desk.texts import parts_of
from inbox.live import Change
from routing.answering import House
from storage import messages, missed_calls, touch_containers
from storage.queues import OwedRow
from storage.statuses import QUEUED
from storage.waiting import Waits

FALLBACK = "en"


def team_name(house: House, team: str) -> str:
    """Name a team as people do."""
    return house.teams[team].name if team in house.teams else team


def language_among(texts: Mapping[str, str], language: str) -> str:
    """Choose the language of a text for a customer: theirs, else English, else the first; "" without any."""
    tongues = (language, language.partition("-")[0], FALLBACK)
    return next((one for one in tongues if one in texts), next(iter(texts), ""))


def words(texts: Mapping[str, str], language: str, values: Mapping[str, str]) -> str:
    """Fill in the text for a customer; one in which something stays unknown is not said: ""."""
    written = texts.get(language_among(texts, language), "")
    if not written:
        return ""
    filled = fill_in(written, values)
    return "" if filled.missing else filled.text


def may(ground: Ground, one: Waits, now: datetime) -> bool:
    """Whether something can be sent: the channel is on, they did not say stop, the window is open.

    Never where others read it, as under a post: what stands there a person has written.
    """
    channel = ground.channels.get(one.channel)
    if channel is None or not channel.spec.writes or one.stopped_at is not None:
        return False
    window = channel.spec.window
    if one.address.startswith(tuple(channel.spec.unwindowed)):
        return False
    return window is None or (one.last_in_at is not None and now - one.last_in_at <= window)


async def rang(act: Act, ground: Ground, ids: Collection[int]) -> set[int]:
    """Say which of the conversations wait for a call alone: the text back is theirs, and no other."""
    return await missed_calls.only_rang(act.connection, ids, ringing(ground.channels))


async def say(
    act: Act,
    ground: Ground,
    one: Waits,
    text: str,
    *,
    key: str,
    sender: str,
    template: Mapping[str, Any] | None = None,
) -> None:
    """Owe the customer a message that no agent wrote, once a *key*; *sender* is whom it shows as.

    A *template* (the parts of MessageOut that it fills) goes in one call, whatever the words' length.
    """
    message_id = await touch_containers.add_message(
        act.connection,
        act.ids,
        one.id,
        address_id=one.address_id,
        channel=one.channel,
        text=text,
        status=QUEUED,
        now=act.now,
    )
    await messages.change(act.connection, message_id, sender_name=sender)
    spec = ground.channels[one.channel].spec
    parts = [text] if template else [part.text for part in parts_of(text, (), spec)]
    rows = [
        OwedRow(
            lane=one.channel,
            kind="message",
            conversation_id=one.id,
            message_id=message_id,
            key=f"said:{key}:{at}",
            part=at,
            text=part,
            data={"template": dict(template)} if template else None,
            due_at=act.now,
        )
        for at, part in enumerate(parts)
    ]
    await act.owe(*rows)
    await act.show("reply", one.id, key=f"shown:{message_id}", message_id=message_id)
    act.changes.append(Change(kind="message", conversation_id=one.id, message_id=message_id))
