"""Edits, deletions and reactions of a batch."""

from collections.abc import Generator, Sequence
from typing import Any

from storage.batch import Ask, Changed, Fresh, Keeping, Said, storable
from storage.instants import from_micros, to_micros
from storage.keeping_desk import owe_slack

Plan = Generator[Ask, list[Any], None]
Place = tuple[str, str]  # channel and external id
STATEMENTS = (("edited", "edit_messages"), ("deleted", "delete_messages"), ("reacted", "react_messages"))


def keep_changes(work: Keeping) -> Plan:
    """Change the messages that are here, and those that come in this very batch.

    A change that overtook its message waits for it; but an edit tells all the words, so it is kept
    as the message, which its late original completes.
    """
    if not work.batch.changed:
        return
    here = yield from _messages(work.batch.changed)
    in_batch: dict[Place, Said] = {}
    for said in work.batch.said:
        in_batch.setdefault((said.channel, said.external_id), said)
    rows: dict[str, list[Any]] = {"edited": [], "deleted": [], "reacted": []}
    owed, early, overtook = [], [], []
    for one in work.batch.changed:
        place, at = (one.channel, one.external_id), to_micros(one.at)
        if place in here:
            message, conversation = here[place]
            rows[one.what].append(_change(one, message, at))
            owed.append((one.what, conversation, message, _once(one, message, at), at))
            work.kept.fresh.append(Fresh(kind="status", conversation_id=conversation, message_id=message))
            continue
        if place not in in_batch and one.what == "edited":
            in_batch[place] = _as_said(one)
            overtook.append(in_batch[place])
        if place in in_batch:
            _apply(in_batch[place], one)
        else:
            early.append((work.ids.next(), *place, one.what, at, "", storable(one.text)))
    work.batch.said[:0] = overtook
    if early:
        yield Ask("keep_early_receipts", early, many=True)
    for what, name in STATEMENTS:
        if rows[what]:
            yield Ask(name, rows[what], many=True)
    if heard := [one for one in work.batch.changed if one.what == "reacted" and one.text]:
        rows_of = [(to_micros(one.received_at), one.address, to_micros(one.received_at)) for one in heard]
        yield Ask("hear_reactions", rows_of, many=True)  # a reaction is a word too
    yield from owe_slack(work, owed, cards=False)


def change_early(said: Sequence[Said]) -> Plan:
    """Apply what overtook these fresh messages in an earlier batch; what waited is left to expire."""
    by_place = {(one.channel, one.external_id): one for one in said}
    for channel in {one.channel for one in said}:
        ids = [external_id for named, external_id in by_place if named == channel]
        for external_id, what, at, text in (yield Ask("early_changes", (channel, ids))):
            one = by_place[channel, external_id]
            if what == "deleted":
                one.deleted_at = from_micros(at)
            else:
                one.reaction = text


def _change(one: Changed, message: int, at: int) -> tuple[Any, ...]:
    if one.what == "edited":
        text = storable(one.text)
        return (text, at, message, at, text)
    return (at, message, at) if one.what == "deleted" else (storable(one.text), message)


def _once(one: Changed, message: int, at: int) -> str:
    """Name the change for the desk; providers tell reactions by the second, so the hook counts too."""
    return f"{one.what}:{message}:{at}" + (f":{one.hook_id}" if one.what == "reacted" else "")


def _as_said(one: Changed) -> Said:
    """Keep an edit as the message: sent when it was edited, until its original says better."""
    return Said(
        hook_id=one.hook_id,
        channel=one.channel,
        address=one.address,
        external_id=one.external_id,
        text=one.text,
        sent_at=one.at,
        received_at=one.received_at,
        edited_at=one.at,
        edit_only=True,
    )


def _apply(said: Said, one: Changed) -> None:
    """Change a message of this very batch, by the rules of the statements."""
    if one.what == "deleted":
        said.deleted_at = one.at if said.deleted_at is None else min(said.deleted_at, one.at)
    elif one.what == "reacted":
        said.reaction = one.text
    elif (said.edited_at is None or said.edited_at <= one.at) and said.text != one.text:
        said.text_before, said.text, said.edited_at = said.text, one.text, one.at


def _messages(facts: Sequence[Changed]) -> Generator[Ask, list[Any], dict[Place, tuple[int, int]]]:
    """Find the messages meant, whether the customer said them or we did."""
    ids: dict[str, list[str]] = {}
    for one in facts:
        ids.setdefault(one.channel, []).append(one.external_id)
    found = {}
    for channel, named in ids.items():
        for external_id, key, conversation, _ in (yield Ask("known_messages", (channel, named))):
            found[channel, external_id] = (key, conversation)
        for external_id, _, message, conversation, *_ in (yield Ask("known_deliveries", (channel, named))):
            found[channel, external_id] = (message, conversation)
    return found
