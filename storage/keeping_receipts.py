"""Receipts of a batch: what the providers say became of what we sent."""

from collections.abc import Collection, Generator
from typing import Any, Final

from storage.batch import Ask, Fresh, Heard, Keeping, storable
from storage.ids import A_DAY
from storage.instants import to_micros
from storage.keeping_desk import owe_slack
from storage.statuses import FAILED, moves, of_parts

Plan = Generator[Ask, list[Any], None]
BEGUN: Final = 10  # the rank of what we began ourselves: storage.touch_outcomes.RANK
EARLY_FOR: Final = 7 * A_DAY  # what waited so long belongs to no message of ours


def keep_receipts(work: Keeping) -> Plan:
    """Move what we sent forward; a receipt that comes before its message waits for it."""
    ids: dict[str, list[str]] = {}
    for one in work.batch.heard:
        ids.setdefault(one.channel, []).append(one.external_id)
    here = {}
    for channel, named in ids.items():
        for row in (yield Ask("known_deliveries", (channel, named))):
            here[channel, row[0]] = list(row)
    moved: dict[int, Heard] = {}
    early = []
    touched: dict[int, tuple[int, list[Heard]]] = {}
    begun = {row[2] for row in here.values() if row[5] >= BEGUN}
    for one in work.batch.heard:
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
