"""How a batch becomes rows: a plan that asks and writes, and leaves the talking to a dialect.

Each function yields an `Ask` and is sent its rows, so that the same decisions serve SQLite, which
answers at once, and PostgreSQL, which is awaited.
"""

import json
from collections.abc import Generator, Mapping
from typing import Any, Final

import orjson

from storage.batch import Ask, Fresh, Keeping, Kept, Said, storable
from storage.instants import to_micros
from storage.keeping_asides import fresh_asides, keep_asides
from storage.keeping_changes import change_early, keep_changes
from storage.keeping_consents import keep_consents
from storage.keeping_conversations import find_conversations
from storage.keeping_desk import owe_slack
from storage.keeping_files import keep_files
from storage.keeping_people import Found, find_addresses
from storage.keeping_quiet import without_quiet
from storage.keeping_ratings import keep_rated
from storage.keeping_receipts import keep_receipts

Plan = Generator[Ask, list[Any], None]
UNCHANGED: Final = (None, "", None, "")  # never edited, deleted or reacted to


def keep(work: Keeping) -> Generator[Ask, list[Any], Kept]:
    """Keep a batch whole: journal, customers, conversations, messages, and what is owed for them."""
    if work.batch.hooks:
        yield Ask("keep_hooks", [_hook(hook) for hook in work.batch.hooks], many=True)
    yield from keep_changes(work)  # may add to what was said
    said = yield from _unknown(work)
    asides = (yield from fresh_asides(work)) if work.batch.asides else []
    addresses = yield from find_addresses(work, [*said, *work.batch.consented, *asides])
    if said:
        yield from change_early(said)
        yield from _keep_said(work, said, addresses)
    if asides:
        yield from keep_asides(work, asides, addresses)
    if work.batch.heard:
        yield from keep_receipts(work)
    if work.batch.consented:
        yield from keep_consents(work, addresses)
    return work.kept


def _hook(hook: Any) -> tuple[Any, ...]:
    received = to_micros(hook.received_at)
    return (hook.id, hook.channel, received, hook.method, storable(hook.url), _json(hook.headers), hook.body)


def _json(headers: Mapping[str, str]) -> str:
    """Write headers as JSON; bytes that were not text are escaped, which only the slow way can."""
    try:
        return orjson.dumps(headers).decode()
    except TypeError:
        return json.dumps(dict(headers))


def _unknown(work: Keeping) -> Generator[Ask, list[Any], list[Said]]:
    """Leave out what is here already, in the table or earlier in this batch; the rest keeps its order."""
    by_id: dict[tuple[str, str], Said] = {}
    by_channel: dict[str, list[str]] = {}
    for said in work.batch.said:
        if by_id.setdefault((said.channel, said.external_id), said) is said:
            by_channel.setdefault(said.channel, []).append(said.external_id)
    late: dict[int, Said] = {}
    for channel, ids in by_channel.items():
        for external_id, message, _, only_its_edit in (yield Ask("known_messages", (channel, ids))):
            known = by_id.pop((channel, external_id))
            if only_its_edit:
                late[message] = known
    work.kept.messages += len(by_id)
    if len(by_id) < len(work.batch.said):
        work.kept.duplicates.update(said.channel for said in work.batch.said)
        work.kept.duplicates.subtract(channel for channel, _ in by_id)
    if late:
        yield from _fill(work, late)
    return list(by_id.values())


def _fill(work: Keeping, late: Mapping[int, Said]) -> Plan:
    """Complete messages that were kept from their edit with what only the original tells."""
    rows = [
        (to_micros(one.sent_at), storable(one.sender_name), one.reply_to, one.album, storable(one.text), key)
        for key, one in late.items()
    ]
    yield Ask("fill_messages", rows, many=True)
    yield from keep_files(work, {key: one for key, one in late.items() if one.attachments})


def _keep_said(work: Keeping, said: list[Said], addresses: Found) -> Plan:
    conversations = yield from find_conversations(work, said, addresses)
    messages, files, latest, owed = [], {}, {}, []
    for one in said:
        address, customer = addresses[one.address]
        key, conversation, at = work.ids.next(), conversations[customer], to_micros(one.received_at)
        messages.append((key, conversation, one.channel, one.external_id, address, *_words(one, at)))
        if one.attachments:
            files[key] = one
        work.kept.fresh.append(Fresh(kind="message", conversation_id=conversation, message_id=key))
        latest[address] = (at, work.answers(one.channel, one.address), address)
        if work.rules.slack:
            owed.append(("message", conversation, key, f"in:{key}", at))
    yield Ask("keep_messages", messages, many=True)
    yield from keep_files(work, files)
    yield Ask("freshen_addresses", list(latest.values()), many=True)
    rated = yield from keep_rated(work)
    owed = yield from without_quiet(work, [*owed, *rated])
    yield from owe_slack(work, owed, cards=True)


def _words(one: Said, at: int) -> tuple[Any, ...]:
    """List what a message that came *at* says, when, and its hook, in the order of `keep_messages`."""
    sent = at if one.sent_at is one.received_at else to_micros(one.sent_at)
    names = (storable(one.sender_name), storable(one.text), sent, at, one.reply_to, one.album)
    return (*names, *_changes(one), one.edit_only, one.hook_id, storable(one.subject))


def _changes(one: Said) -> tuple[Any, ...]:
    """List what became of a message before it was kept; of most, nothing did."""
    if one.edited_at is None and one.deleted_at is None and not one.reaction:
        return UNCHANGED
    edited = None if one.edited_at is None else to_micros(one.edited_at)
    deleted = None if one.deleted_at is None else to_micros(one.deleted_at)
    return (edited, storable(one.text_before), deleted, storable(one.reaction))
