"""Conversations of a batch: what goes on goes on, the rest begins."""

from collections.abc import Generator, Iterable
from typing import Any, Final

from storage.batch import Ask, Keeping, Row, Said, storable
from storage.instants import to_micros
from storage.keeping_people import Found
from storage.keeping_quiet import JOINED, find_joined, find_quiet
from storage.keeping_ratings import find_rated
from storage.touch_states import ANSWERED_WITHIN, BY_TOUCH

PREVIEW: Final = 200


def find_conversations(
    work: Keeping, said: list[Said], addresses: Found
) -> Generator[Ask, list[Any], dict[int, int]]:
    """Find or begin the conversation of each customer who said something.

    The rule: what is going on goes on; a matter resolved within `reopen_within` of the new words
    is reopened, without an owner; anything older is a new conversation that names the old one. Thanks
    for what we began and a rating that we asked for stay in the matter that is over, and who only joins is
    answered by us: what goes on waits for nobody on their account, and where nothing did the conversation
    is over as it begins.
    """
    by_customer: dict[int, list[Said]] = {}
    for one in said:
        by_customer.setdefault(addresses[one.address][1], []).append(one)
    last = yield from _last(work, by_customer)
    quiet = yield from find_quiet(work, by_customer, last)
    quiet |= yield from find_rated(work, by_customer, last)
    joined = find_joined(work, by_customer)
    found: dict[int, int] = {}
    begun, waiting, continued, hushed, over, happened = [], [], [], [], [], []
    for customer, ones in by_customer.items():
        row, newest = last.get(customer), ones[-1]
        at = to_micros(newest.received_at)
        first = at if ones[0] is newest else to_micros(ones[0].received_at)
        address, preview = addresses[newest.address][0], storable(newest.text)[:PREVIEW]
        way = work.answers(newest.channel, newest.address)
        if customer in joined and row is None:
            found[customer] = work.ids.next()
            known = (found[customer], customer, address, way, work.rules.team, JOINED)
            over.append((*known, first, at, at, at, preview))
            work.quiet.add(found[customer])
            continue
        if customer in quiet | joined and row is not None:
            found[customer] = row[0]
            if row[2] == "resolved":
                work.quiet.add(row[0])
            latest = max(at, row[4])
            hushed.append((way, address, latest, latest, preview, row[0]))
            continue
        if row is None or not _goes_on(work, row, newest):
            found[customer] = work.ids.next()
            previous = row[0] if row is not None else None
            head = (found[customer], customer, address, way, work.rules.team, previous, first)
            begun.append((*head, first, at, at, preview, len(ones)))
            happened.append((work.ids.next(), found[customer], "opened", first, "{}"))
            continue
        found[customer] = row[0]
        latest = max(at, row[4])  # a replayed hook is older than what was said since
        now = (way, address, latest, latest, preview, len(ones), row[0])
        if row[2] == "open" and row[5] is not None:
            waiting.append(now)
        else:
            continued.append((first, *now))
        if row[2] != "open":
            kind = "woken" if row[2] == "snoozed" else "reopened"
            happened.append((work.ids.next(), row[0], kind, at, '{"by": "customer"}'))
    for name, many in (
        ("begin_conversations", begun),
        ("wait_on", waiting),
        ("continue_conversations", continued),
        ("hush_conversations", hushed),
        ("begin_over", over),
        ("keep_happenings", happened),
    ):
        if many:
            yield Ask(name, many, many=True)
    work.kept.begun += len(happened)
    return found


def _last(work: Keeping, customers: Iterable[int]) -> Generator[Ask, list[Any], dict[int, Row]]:
    """Find the conversation that goes on with each customer, or else the last that was resolved."""
    known = {one: work.going_on[one] for one in customers if one in work.going_on}
    last = {one: row for one, row in known.items() if row is not None}
    if len(last) < len(known):
        for row in (yield Ask("last_conversations", (list(known.keys() - last),))):
            last.setdefault(row[1], row)
    return last


def _goes_on(work: Keeping, row: Any, newest: Said) -> bool:
    state, resolved_at = row[2], row[3]
    if state != "resolved":
        return True
    since = to_micros(newest.received_at) - resolved_at
    # Who replies to what we began finds it above their words, for as long as it is remembered.
    within = ANSWERED_WITHIN if row[6] == BY_TOUCH else work.rules.reopen_within
    return bool(since <= within.total_seconds() * 1_000_000)
