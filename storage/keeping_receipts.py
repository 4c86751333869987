"""Receipts of a batch: what the providers say became of what we sent."""

from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from typing import Any, Final

from storage.batch import Ask, Fresh, Heard, Keeping, storable
from storage.ids import A_DAY, first_at
from storage.instants import to_micros
from storage.keeping_desk import owe_slack
from storage.statuses import ASKING, FAILED, SENDING, moves, of_parts

Plan = Generator[Ask, list[Any], None]
BEGUN: Final = 10  # the rank of what we began ourselves: storage.touch_outcomes.RANK
EARLY_FOR: Final = 7 * A_DAY  # what waited so long belongs to no message of ours
UNTIL_FOR: Final = 30 * A_DAY  # a mark that names no message is looked for so far back
ANSWERED: Final = 2_000_000
"""Microseconds that an answer takes at most: what ended so long after a mark was sent before it."""
UNDER_WAY: Final = "delivery:"
"""Stands before a delivery's key where an early receipt is for one whose name is not known yet."""


def keep_receipts(work: Keeping) -> Plan:
    """Move what we sent forward; a receipt that comes before its message waits for it."""
    ids: dict[str, list[str]] = {}
    named, until = [], []
    for one in work.batch.heard:
        if one.up_to is not None and not one.external_id:
            until.append(one)
            continue
        named.append(one)
        ids.setdefault(one.channel, []).append(one.external_id)
    here = {}
    for channel, wanted in ids.items():
        for row in (yield Ask("known_deliveries", (channel, wanted))):
            here[channel, row[0]] = list(row)
    early: list[Any] = []
    if until:
        named += yield from _until(work, until, here, early)
    moved: dict[int, Heard] = {}
    touched: dict[int, tuple[int, list[Heard]]] = {}
    begun = {row[2] for row in here.values() if row[5] >= BEGUN}
    for one in named:
        row = here.get((one.channel, one.external_id))
        if row is None:
            words = (one.status, to_micros(one.at), storable(one.code), storable(one.reason))
            early.append((work.ids.next(), one.channel, one.external_id, *words))
        elif moves(row[4], one.status):
            row[4] = one.status
            moved[row[1]] = one
            touched.setdefault(row[2], (row[3], []))[1].append(one)
    if early:
        yield Ask("keep_early_receipts", early, many=True)
        yield Ask("forget_early_receipts", [(early[0][0] - EARLY_FOR,)], many=True)
    if moved:
        rows = [(one.status, storable(one.code), storable(one.reason), key) for key, one in moved.items()]
        yield Ask("move_deliveries", rows, many=True)
        yield from _move_messages(work, touched, begun)


def _until(
    work: Keeping, marks: Sequence[Heard], here: dict[Any, list[Any]], early: list[Any]
) -> Generator[Ask, list[Any], list[Heard]]:
    """Make of marks that name no message one for each that was sent until then; those sent go into *here*.

    What is under way at this moment and was due by then is noted as *early*: when its answer is written,
    it counts if that was within `ANSWERED` of the mark.
    """
    found = []
    for one in marks:
        up_to = one.up_to or one.at
        at = to_micros(up_to)
        since = first_at(up_to) - UNTIL_FOR
        for row in (yield Ask("deliveries_until", (one.address, one.channel, since, at))):
            external_id, key, state, ended = row[0], row[1], row[4], row[6]
            if state in (SENDING, ASKING):
                words = (one.status, at, storable(one.code), storable(one.reason))
                early.append((work.ids.next(), one.channel, f"{UNDER_WAY}{key}", *words))
            elif external_id and ended is not None and ended <= at + ANSWERED:
                here.setdefault((one.channel, external_id), list(row))
                found.append(replace(one, external_id=external_id))
    return found


def _move_messages(
    work: Keeping, touched: dict[int, tuple[int, list[Heard]]], begun: Collection[int]
) -> Plan:
    """Say of each message what its parts say together, and tell the desk.

    What we *begun* ourselves makes no work for agents: it stands in its own ledger.
    """
    parts: dict[int, list[tuple[str, str]]] = {}
    for message, state, reason in (yield Ask("parts", (list(touched),))):
        parts.setdefault(message, []).append((state, reason))
    rows: list[Any] = []
    owed: list[Any] = []
    for message, (conversation, ones) in touched.items():
        mine = parts.get(message, [(ones[-1].status, ones[-1].reason)])
        status, at = of_parts([state for state, _ in mine]), to_micros(ones[-1].at)
        reason = next(why for state, why in mine if state == status) if status == FAILED else ""
        rows.append((status, at, reason, message))
        if message not in begun:
            owed.append(("mark", conversation, message, f"mark:{message}:{status}:{at}", at))
        for one in ones if status == FAILED and message not in begun else ():
            if one.status == FAILED:
                data = {"state": status, "code": one.code, "reason": one.reason}
                key = f"failure:{message}:{one.external_id}:{to_micros(one.at)}"
                owed.append(("failure", conversation, message, key, at, data))
        work.kept.fresh.append(Fresh(kind="status", conversation_id=conversation, message_id=message))
    yield Ask("move_messages", rows, many=True)
    yield from owe_slack(work, owed, cards=False)
