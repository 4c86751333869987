"""Edits, deletions, reactions and receipts of a batch."""

from collections.abc import Generator, Iterable
from typing import Any

from storage.batch import Ask, Changed, Fresh, Heard, Keeping, Said, storable
from storage.keeping_desk import owe_slack
from storage.statuses import FAILED, moves, of_parts
from storage.tables import to_micros

Plan = Generator[Ask, list[Any], None]


def keep_changes(work: Keeping) -> Plan:
    """Change the messages that are here.

    An edit that overtook its message is kept as the message: the words of then are the words of
    now, and the late original is a duplicate.
    """
    if not work.batch.changed:
        return
    here = yield from _messages(work, work.batch.changed)
    in_batch = {(one.channel, one.external_id): one for one in work.batch.said}
    rows: dict[str, list[Any]] = {"edited": [], "deleted": [], "reacted": []}
    owed = []
    for one in work.batch.changed:
        row = here.get((one.channel, one.external_id))
        if row is None:
            _overtook(work, one, in_batch)
            continue
        message, conversation = row
        at = to_micros(one.at)
        rows[one.what].append(_change(one, message, at))
        owed.append((one.what, conversation, message, _once(one, message, at), at))
        work.kept.fresh.append(Fresh(kind="status", conversation_id=conversation, message_id=message))
    for what, name in (
        ("edited", "edit_messages"),
        ("deleted", "delete_messages"),
        ("reacted", "react_messages"),
    ):
        if rows[what]:
            yield Ask(name, rows[what], many=True)
    yield from owe_slack(work, owed, cards=False)


def _change(one: Changed, message: int, at: int) -> tuple[Any, ...]:
    if one.what == "edited":
        return (storable(one.text), at, message, at)
    return (at, message) if one.what == "deleted" else (storable(one.text), message)


def _once(one: Changed, message: int, at: int) -> str:
    """Name the change for the desk; providers tell reactions by the second, so the hook counts too."""
    return f"{one.what}:{message}:{at}" + (f":{one.hook_id}" if one.what == "reacted" else "")


def _overtook(work: Keeping, one: Changed, in_batch: dict[tuple[str, str], Said]) -> None:
    """Apply a change to a message of this very batch, or keep the edit as the message."""
    said = in_batch.get((one.channel, one.external_id))
    if said is not None:
        if one.what == "edited":
            said.text = one.text
        return
    if one.what != "edited":
        return
    said = Said(
        hook_id=one.hook_id,
        channel=one.channel,
        address=one.address,
        external_id=one.external_id,
        text=one.text,
        sent_at=one.at,
        received_at=one.received_at,
    )
    in_batch[one.channel, one.external_id] = said
    work.batch.said.insert(0, said)


def _by_channel(facts: Iterable[Changed | Heard]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for one in facts:
        ids.setdefault(one.channel, []).append(one.external_id)
    return ids


def _messages(
    work: Keeping, facts: list[Changed]
) -> Generator[Ask, list[Any], dict[tuple[str, str], tuple[int, int]]]:
    """Find the messages meant, whether the customer said them or we did."""
    found = {}
    for channel, ids in _by_channel(facts).items():
        for external_id, key, conversation, _ in (yield Ask("known_messages", (channel, ids))):
            found[channel, external_id] = (key, conversation)
        for external_id, _, message, conversation, _ in (yield Ask("known_deliveries", (channel, ids))):
            found[channel, external_id] = (message, conversation)
    return found


def keep_receipts(work: Keeping) -> Plan:
    """Move what we sent forward; a receipt that comes before its message waits for it."""
    here = {}
    for channel, ids in _by_channel(work.batch.heard).items():
        for row in (yield Ask("known_deliveries", (channel, ids))):
            here[channel, row[0]] = list(row)
    moved: dict[int, Heard] = {}
    early, touched = [], {}
    for one in work.batch.heard:
        row = here.get((one.channel, one.external_id))
        if row is None:
            words = (one.status, to_micros(one.at), one.code, storable(one.reason))
            early.append((work.ids.next(), one.channel, one.external_id, *words))
        elif moves(row[4], one.status):
            row[4] = one.status
            moved[row[1]] = one
            touched[row[2]] = (row[3], one)
    if early:
        yield Ask("keep_early_receipts", early, many=True)
    if moved:
        rows = [(one.status, one.code, storable(one.reason), key) for key, one in moved.items()]
        yield Ask("move_deliveries", rows, many=True)
        yield from _move_messages(work, touched)


def _move_messages(work: Keeping, touched: dict[int, tuple[int, Heard]]) -> Plan:
    """Say of each message what its parts say together, and tell the desk."""
    parts: dict[int, list[str]] = {}
    for message, state, _ in (yield Ask("parts", (list(touched),))):
        parts.setdefault(message, []).append(state)
    rows: list[Any] = []
    owed: list[Any] = []
    for message, (conversation, one) in touched.items():
        status, at = of_parts(parts.get(message, [one.status])), to_micros(one.at)
        rows.append((status, at, storable(one.reason) if status == FAILED else "", message))
        owed.append(("mark", conversation, message, f"mark:{message}:{status}", at))
        if status == FAILED:
            data = {"state": status, "code": one.code, "reason": one.reason}
            owed.append(("failure", conversation, message, f"failure:{message}:{at}", at, data))
        work.kept.fresh.append(Fresh(kind="status", conversation_id=conversation, message_id=message))
    yield Ask("move_messages", rows, many=True)
    yield from owe_slack(work, owed, cards=False)
