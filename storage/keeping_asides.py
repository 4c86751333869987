"""What is kept beside what customers say: calls that were spoken, and what left by another tool than ours.

Nobody waits for an answer to them: they reopen nothing, wake nothing, and what waits goes on waiting. Who
was never heard of gets a conversation that is over as it begins. What is over begins no thread in Slack.
"""

from collections.abc import Generator, Sequence
from typing import Any, Final

from storage.batch import Aside, Ask, Fresh, Keeping, Row, storable
from storage.instants import to_micros
from storage.keeping_desk import owe_slack
from storage.keeping_files import keep_files
from storage.keeping_people import Found
from storage.keeping_quiet import without_quiet

Plan = Generator[Ask, list[Any], None]
PREVIEW: Final = 200
ECHO: Final = "echo"
CALL: Final = "call"
US: Final = "We"
"""How what was spoken begins where we rang; the name of the agent who did takes its place."""
OVER: Final = {"echo": "Sent with another tool.", "call": "They were spoken with on the phone."}
"""Why a conversation is over that begins with such a thing, by its nature."""
PERHAPS_OURS: Final = 20_000_000
"""Microseconds for which Slack is not told of an echo while something of ours, perhaps that, is under way."""


def fresh_asides(work: Keeping) -> Generator[Ask, list[Any], list[Aside]]:
    """Leave out what is here already: kept before, said twice in this batch, or sent by ourselves."""
    fresh: dict[tuple[str, str], Aside] = {}
    by_channel: dict[str, list[str]] = {}
    for one in work.batch.asides:
        if fresh.setdefault((one.channel, one.external_id), one) is one:
            by_channel.setdefault(one.channel, []).append(one.external_id)
    for channel, ids in by_channel.items():
        for name in ("known_messages", "known_deliveries"):
            for row in (yield Ask(name, (channel, ids))):
                fresh.pop((channel, row[0]), None)
    return list(fresh.values())


def keep_asides(work: Keeping, asides: Sequence[Aside], addresses: Found) -> Plan:
    """Keep them in the conversation that goes on, or else the last; tell Slack and the pages.

    An echo may be of a send of ours whose answer is not written yet: its name is noted, and when the
    answer bears it the echo goes (`storage.echoes`).
    """
    conversations = yield from _conversations(work, asides, addresses)
    held = yield from _held(work, asides, conversations)
    agents = yield from _who_rang(asides)
    messages, files, early, owed = [], {}, [], []
    for one, conversation in zip(asides, conversations, strict=True):
        key, at = work.ids.next(), to_micros(one.received_at)
        agent = agents.get(one.external_id)
        messages.append((key, conversation, *_row(one, addresses[one.address][0], at, agent)))
        if one.attachments:
            files[key] = one
        if one.nature == ECHO:
            early.append((work.ids.next(), one.channel, one.external_id, ECHO, at, "", ""))
        work.kept.fresh.append(Fresh(kind="message", conversation_id=conversation, message_id=key))
        due = at + PERHAPS_OURS if (one.channel, conversation) in held else at
        owed.append(("message", conversation, key, f"aside:{key}", due))
    yield Ask("keep_asides", messages, many=True)
    yield from keep_files(work, files)
    if early:
        yield Ask("keep_early_receipts", early, many=True)
    yield from owe_slack(work, (yield from without_quiet(work, owed)), cards=True)


def _row(one: Aside, address: int, at: int, agent: tuple[int, str] | None) -> Row:
    status = ("sent", at) if one.nature == ECHO else ("", None)
    agent_id, name = agent or (None, "")
    text = one.text.replace(US, name, 1) if name and one.text.startswith(US) else one.text
    said = (one.direction, one.nature, storable(text), to_micros(one.sent_at), at)
    return (one.channel, one.external_id, address, *said, *status, one.hook_id, agent_id, name)


def _who_rang(asides: Sequence[Aside]) -> Generator[Ask, list[Any], dict[str, tuple[int, str]]]:
    """Find the agents, with their names, who began those of the calls that we made, by the call's name."""
    ours = [one.external_id for one in asides if one.nature == CALL and one.direction == "out"]
    if not ours:
        return {}
    return {row[0]: (row[1], row[2]) for row in (yield Ask("who_rang", (ours,)))}


def _conversations(
    work: Keeping, asides: Sequence[Aside], addresses: Found
) -> Generator[Ask, list[Any], list[int]]:
    """Find the conversation of each; where there is none it begins and is over."""
    newest = {addresses[one.address][1]: one for one in asides}
    last: dict[int, Row] = {}
    for row in (yield Ask("last_conversations", (list(newest),))):
        last.setdefault(row[1], row)
    found, begun, passed = {}, [], []
    for customer, one in newest.items():
        at, row = to_micros(one.received_at), last.get(customer)
        shown = (storable(one.text)[:PREVIEW], one.direction)
        if row is not None:
            found[customer] = row[0]
            work.quiet |= {row[0]} if row[2] == "resolved" else set()
            passed.append((max(at, row[4]), *shown, row[0]))
            continue
        found[customer] = work.ids.next()
        work.quiet.add(found[customer])
        head = (found[customer], customer, addresses[one.address][0], work.answers(one.channel, one.address))
        begun.append((*head, work.rules.team, OVER[one.nature], at, at, at, *shown))
    if begun:
        yield Ask("begin_asides", begun, many=True)
    if passed:
        yield Ask("pass_on", passed, many=True)
    return [found[addresses[one.address][1]] for one in asides]


def _held(
    work: Keeping, asides: Sequence[Aside], conversations: Sequence[int]
) -> Generator[Ask, list[Any], set[tuple[str, int]]]:
    """Find the conversations to which something of ours is on its way, by channel."""
    by_channel: dict[str, list[int]] = {}
    for one, conversation in zip(asides, conversations, strict=True):
        if one.nature == ECHO and work.rules.slack:
            by_channel.setdefault(one.channel, []).append(conversation)
    held = set()
    for channel, ids in by_channel.items():
        held |= {(channel, row[0]) for row in (yield Ask("under_way", (channel, ids)))}
    return held
