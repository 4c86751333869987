"""Stops, starts and joins of a batch."""

import json
from collections.abc import Generator
from typing import Any, Final

from storage.batch import Ask, Consented, Fresh, Keeping
from storage.instants import to_micros
from storage.keeping_desk import owe_slack
from storage.keeping_people import Found

PHONES: Final = ("tel", "whatsapp", "rcs")  # schemes of addresses that are phone numbers
SHOWN: Final = ("stop", "start")  # in the conversation; a join is there as its message
Plan = Generator[Ask, list[Any], None]


def keep_consents(work: Keeping, addresses: Found) -> Plan:
    """Record who said stop and start; the latest word counts, whatever order they come in.

    Of a stop and a start at the same instant the stop counts. Both are shown in the conversation
    that goes on. A stop of marketing alone is a no to that, as at the same phone number, and leaves the
    address open; its start allows nothing, for only a yes does.
    """
    fresh = yield from _fresh(work)
    if not fresh:
        return
    rows = [
        (
            work.ids.next(),
            addresses[one.address][0],
            one.channel,
            one.external_id,
            "no" if one.marketing and one.word == "stop" else one.word,
            one.source,
            one.wording,
            "marketing" if one.marketing or one.word == "join" else "",
        )
        for one in fresh
    ]
    yield Ask(
        "keep_consents", [(*row, to_micros(one.at)) for row, one in zip(rows, fresh, strict=True)], True
    )
    for (key, *_), one in sorted(zip(rows, fresh, strict=True), key=lambda pair: pair[1].at):
        address, at = addresses[one.address][0], to_micros(one.at)
        if one.word == "stop":
            if not one.marketing:
                yield Ask("stop_addresses", [(at, one.source, address, at, at)], many=True)
            number = (address, *same_number(one.address))
            yield Ask("refuse_marketing", [(at, key, *number)], many=True)
            yield Ask("refuse_subjects", [(at, key, at, *number)], many=True)
        elif one.word == "start" and not one.marketing:
            yield Ask("start_addresses", [(address, at)], many=True)
        elif one.word == "join":
            yield Ask("join_marketing", [(address, at, key)], many=True)
            work.kept.joined += 1
    yield from _show(work, {addresses[one.address][1]: one for one in fresh if one.word in SHOWN})


def same_number(address: str) -> tuple[str, ...]:
    """Spell the addresses of the phone number of *address*; other kinds of address have only themselves."""
    scheme, _, number = address.partition(":")
    return tuple(f"{one}:{number}" if scheme in PHONES else address for one in PHONES)


def _show(work: Keeping, by_customer: dict[int, Consented]) -> Plan:
    if not by_customer:
        return
    happened, owed = [], []
    for row in (yield Ask("last_conversations", (list(by_customer),))):
        one = by_customer.pop(row[1], None)
        if one is None or row[2] == "resolved":
            continue
        key, at = work.ids.next(), to_micros(one.at)
        kind = "stopped" if one.word == "stop" else "started"
        marketing = {"marketing": True} if one.marketing else {}
        data = json.dumps({"source": one.source, "address": one.address, **marketing})
        happened.append((key, row[0], kind, at, data))
        told = {"happening_id": key, "kind": kind, **marketing}
        owed.append(("happened", row[0], None, f"happened:{key}", at, told))
        work.kept.fresh.append(Fresh(kind="conversation", conversation_id=row[0]))
    if happened:
        yield Ask("keep_happenings", happened, many=True)
        yield Ask("revise_conversations", [(one[1],) for one in happened], many=True)
        yield from owe_slack(work, owed, cards=True)


def _fresh(work: Keeping) -> Generator[Ask, list[Any], list[Consented]]:
    """Leave out what was recorded before, in the table or earlier in this batch."""
    unknown = {(one.channel, one.external_id): one for one in reversed(work.batch.consented)}
    for channel in {one.channel for one in work.batch.consented}:
        ids = [external_id for named, external_id in unknown if named == channel]
        for row in (yield Ask("known_consents", (channel, ids))):
            del unknown[channel, row[0]]
    return list(reversed(unknown.values()))
