"""Putting the words of a touch into a conversation, and owing them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from inbox.desk.texts import parts_of
from inbox.live import Change
from inbox.touches.rules import Rules
from inbox.touches.texts import Words
from routing.touch import Reachable
from storage import queues, touch_containers
from storage.database import Connection
from storage.ids import Ids
from storage.queues import OwedRow
from storage.statuses import QUEUED
from storage.touch_outcomes import RANK
from storage.touch_rows import TouchRow


async def say(
    connection: Connection,
    ids: Ids,
    rules: Rules,
    row: TouchRow,
    address: Reachable,
    told: Words,
    now: datetime,
    unsubscribe: str = "",
) -> Change:
    """Put the words where a reply would land and owe them behind every reply.

    A template goes in one call, whatever its words' length; *unsubscribe* is where the customer refuses
    marketing.
    """
    conversation_id = await touch_containers.container(
        connection,
        ids,
        customer_id=row.customer_id,
        address_id=address.id,
        channel=address.channel,
        team=rules.team,
        reopen_within=rules.reopen_within,
        now=now,
    )
    message_id = await touch_containers.add_message(
        connection,
        ids,
        conversation_id,
        address_id=address.id,
        channel=address.channel,
        text=told.text,
        subject=told.subject,
        status=QUEUED,
        now=now,
    )
    spec = rules.specs[address.channel]
    template = told.template
    parts = [told.text] if template else [part.text for part in parts_of(told.text, (), spec)]
    data: dict[str, Any] = {"touch": row.id, "until": row.valid_until.isoformat()}
    if unsubscribe:
        data["unsubscribe"] = unsubscribe
    owed = _owed(
        row,
        address.channel,
        conversation_id,
        message_id,
        parts,
        data | {"template": template.parts if template else {"template_language": told.language}},
        now,
    )
    await queues.owe(connection, ids, owed, now)
    return Change(kind="message", conversation_id=conversation_id, message_id=message_id)


def _owed(
    row: TouchRow,
    lane: str,
    conversation_id: int,
    message_id: int,
    parts: Sequence[str],
    data: Mapping[str, Any],
    now: datetime,
) -> list[OwedRow]:
    return [
        OwedRow(
            lane=lane,
            kind="message",
            conversation_id=conversation_id,
            message_id=message_id,
            key=f"touch:{row.id}:{message_id}:{at}",
            part=at,
            text=part,
            data=data,
            rank=RANK,
            due_at=now,
        )
        for at, part in enumerate(parts)
    ]
