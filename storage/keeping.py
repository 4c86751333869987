"""How a batch becomes rows: a plan that asks and writes, and leaves the talking to a dialect.

Each function yields an `Ask` and is sent its rows, so that the same decisions serve SQLite, which
answers at once, and PostgreSQL, which is awaited.
"""

import json
from collections.abc import Generator, Iterable, Mapping
from typing import Any

import orjson

from storage.batch import Ask, Consented, Fresh, Keeping, Kept, Said, storable
from storage.keeping_changes import keep_changes, keep_receipts
from storage.keeping_desk import owe_slack
from storage.tables import to_micros

Plan = Generator[Ask, list[Any], None]
PREVIEW = 200


def keep(work: Keeping) -> Generator[Ask, list[Any], Kept]:
    """Keep a batch whole: journal, customers, conversations, messages, and what is owed for them."""
    if work.batch.hooks:
        yield Ask("keep_hooks", [_hook(hook) for hook in work.batch.hooks], many=True)
    yield from keep_changes(work)  # may add to what was said
    said = yield from _unknown(work)
    addresses = yield from _addresses(work, [*said, *work.batch.consented])
    if said:
        yield from _keep_said(work, said, addresses)
    if work.batch.heard:
        yield from keep_receipts(work)
    if work.batch.consented:
        yield from _keep_consents(work, addresses)
    return work.kept


def _hook(hook: Any) -> tuple[Any, ...]:
    received = to_micros(hook.received_at)
    return (hook.id, hook.channel, received, hook.method, hook.url, _json(hook.headers), hook.body)


def _json(headers: Mapping[str, str]) -> str:
    """Write headers as JSON; bytes that were not text are escaped, which only the slow way can."""
    try:
        return orjson.dumps(headers).decode()
    except TypeError:
        return json.dumps(dict(headers))


def _unknown(work: Keeping) -> Generator[Ask, list[Any], list[Said]]:
    """Leave out what is here already, in the table or earlier in this batch."""
    by_channel: dict[str, dict[str, Said]] = {}
    for said in work.batch.said:
        by_channel.setdefault(said.channel, {}).setdefault(said.external_id, said)
    unknown: list[Said] = []
    for channel, by_id in by_channel.items():
        rows = yield Ask("known_messages", (channel, list(by_id)))
        known = {row[0] for row in rows}
        unknown += [said for key, said in by_id.items() if key not in known]
    work.kept.messages += len(unknown)
    work.kept.duplicates += len(work.batch.said) - len(unknown)
    return unknown


def _addresses(
    work: Keeping, facts: Iterable[Said | Consented]
) -> Generator[Ask, list[Any], dict[str, tuple[int, int]]]:
    """Find the (address id, customer id) of each address; one never seen makes a customer."""
    first: dict[str, Said | Consented] = {}
    for fact in facts:
        first.setdefault(fact.address, fact)
    if not first:
        return {}
    rows = yield Ask("known_addresses", (list(first),))
    found = {address: (key, customer) for address, key, customer in rows}
    customers, addresses = [], []
    for address, fact in first.items():
        if address in found:
            continue
        customer, key = work.ids.next(), work.ids.next()
        found[address] = (key, customer)
        at = to_micros(fact.sent_at if isinstance(fact, Said) else fact.at)
        name, language = (fact.sender_name, fact.language) if isinstance(fact, Said) else ("", "")
        customers.append((customer, storable(name), storable(language)[:35], at))
        addresses.append((key, customer, address, fact.channel, None, at))
    if customers:
        yield Ask("begin_customers", customers, many=True)
        yield Ask("begin_addresses", addresses, many=True)
    return found


def _keep_said(work: Keeping, said: list[Said], addresses: dict[str, tuple[int, int]]) -> Plan:
    conversations = yield from _conversations(work, said, addresses)
    messages, attachments, owed = [], [], []
    for one in said:
        address, customer = addresses[one.address]
        key, conversation = work.ids.next(), conversations[customer]
        sent, received = to_micros(one.sent_at), to_micros(one.received_at)
        texts = (storable(one.sender_name), storable(one.text), sent, received, one.reply_to, one.album)
        messages.append((key, conversation, one.channel, one.external_id, address, *texts, one.hook_id))
        attachments += [_file(work, key, at, file, received) for at, file in enumerate(one.attachments)]
        work.kept.fresh.append(Fresh(kind="message", conversation_id=conversation, message_id=key))
        owed.append(("message", conversation, key, f"in:{key}", received))
    yield Ask("keep_messages", messages, many=True)
    if attachments:
        work.kept.files += len(attachments)
        yield Ask("keep_attachments", attachments, many=True)
    latest = {addresses[one.address][0]: (to_micros(one.received_at), one.channel) for one in said}
    yield Ask("freshen_addresses", [(*seen, key) for key, seen in latest.items()], many=True)
    yield from owe_slack(work, owed, cards=True)


def _file(work: Keeping, message: int, position: int, file: Any, now: int) -> tuple[Any, ...]:
    """Make the row of an attachment; a place has nothing to fetch and is kept at once."""
    names = (storable(file.ref), storable(file.name), storable(file.content_type))
    where = (file.size, file.latitude, file.longitude)
    return (
        work.ids.next(),
        message,
        position,
        file.kind,
        *names,
        *where,
        "owed" if file.ref else "kept",
        now,
    )


def _conversations(
    work: Keeping, said: list[Said], addresses: dict[str, tuple[int, int]]
) -> Generator[Ask, list[Any], dict[int, int]]:
    """Find or begin the conversation of each customer who said something.

    The rule: what is going on goes on; a matter resolved within `reopen_within` of the new words
    is reopened, without an owner; anything older is a new conversation that names the old one.
    """
    by_customer: dict[int, list[Said]] = {}
    for one in said:
        by_customer.setdefault(addresses[one.address][1], []).append(one)
    rows = yield Ask("last_conversations", (list(by_customer),))
    last: dict[int, Any] = {}
    for row in rows:
        last.setdefault(row[1], row)
    found: dict[int, int] = {}
    begun, continued, happened = [], [], []
    for customer, ones in by_customer.items():
        row = last.get(customer)
        newest = ones[-1]
        at, first = to_micros(newest.received_at), to_micros(ones[0].received_at)
        preview = storable(newest.text)[:PREVIEW]
        address = addresses[newest.address][0]
        if row is not None and _goes_on(work, row, newest):
            found[customer] = row[0]
            words = (first, newest.channel, address, at, at, preview, len(ones), row[0])
            continued.append(words)
            if row[2] != "open":
                kind = "woken" if row[2] == "snoozed" else "reopened"
                happened.append((work.ids.next(), row[0], kind, at, '{"by": "customer"}'))
            continue
        found[customer] = work.ids.next()
        previous = row[0] if row is not None else None
        head = (found[customer], customer, address, newest.channel, work.rules.team, previous, first)
        begun.append((*head, first, at, at, preview, len(ones)))
        happened.append((work.ids.next(), found[customer], "opened", first, "{}"))
    for name, many in (
        ("begin_conversations", begun),
        ("continue_conversations", continued),
        ("keep_happenings", happened),
    ):
        if many:
            yield Ask(name, many, many=True)
    work.kept.begun += len(happened)
    return found


def _goes_on(work: Keeping, row: Any, newest: Said) -> bool:
    _, _, state, resolved_at, _ = row
    if state != "resolved":
        return True
    since = to_micros(newest.received_at) - resolved_at
    return bool(since <= work.rules.reopen_within.total_seconds() * 1_000_000)


def _keep_consents(work: Keeping, addresses: dict[str, tuple[int, int]]) -> Plan:
    """Record who said stop and start; a stop is shown in the conversation that goes on."""
    fresh = yield from _fresh_consents(work)
    if not fresh:
        return
    rows, stops, starts = [], [], []
    for one in fresh:
        address, at = addresses[one.address][0], to_micros(one.at)
        rows.append((work.ids.next(), address, one.channel, one.external_id, one.word, one.source, at))
        if one.word == "stop":
            stops.append((at, one.source, address))
        elif one.word == "start":
            starts.append((address, at))
    yield Ask("keep_consents", rows, many=True)
    if stops:
        yield Ask("stop_addresses", stops, many=True)
    if starts:
        yield Ask("start_addresses", starts, many=True)
    customers = {addresses[one.address][1]: one for one in fresh if one.word != "help"}
    if not customers:
        return
    last = yield Ask("last_conversations", (list(customers),))
    happened, owed = [], []
    for row in last:
        if row[1] not in customers:
            continue
        one = customers.pop(row[1])
        if row[2] == "resolved":
            continue
        key, at = work.ids.next(), to_micros(one.at)
        kind = "stopped" if one.word == "stop" else "started"
        data = json.dumps({"source": one.source, "address": one.address})
        happened.append((key, row[0], kind, at, data))
        owed.append(("happened", row[0], None, f"happened:{key}", at, {"happening_id": key, "kind": kind}))
        work.kept.fresh.append(Fresh(kind="conversation", conversation_id=row[0]))
    if happened:
        yield Ask("keep_happenings", happened, many=True)
        yield Ask("revise_conversations", [(one[1],) for one in happened], many=True)
        yield from owe_slack(work, owed, cards=True)


def _fresh_consents(work: Keeping) -> Generator[Ask, list[Any], list[Consented]]:
    """Leave out what was recorded before, in the table or earlier in this batch."""
    unknown = {(one.channel, one.external_id): one for one in reversed(work.batch.consented)}
    for channel in {one.channel for one in work.batch.consented}:
        ids = [external_id for named, external_id in unknown if named == channel]
        for row in (yield Ask("known_consents", (channel, ids))):
            del unknown[channel, row[0]]
    return list(reversed(unknown.values()))
