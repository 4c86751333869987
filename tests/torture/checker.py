"""Whether anything was lost, doubled or swapped: the world's ledger held against the database's rows.

Written apart: it knows none of the application's code, only what is promised. Times are seconds of the epoch.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.torture.ledger import Ledger, Replied, Said, longest
from tests.torture.rows import Holding, Kept, Message

# How far a message has come. Equal numbers may go back and forth: a send that failed waits again.
FAR = {
    "": 0,
    "queued": 1,
    "ready": 1,
    "sending": 1,
    "asking": 1,
    "perhaps": 2,
    "dropped": 2,
    "sent": 3,
    "failed": 4,
    "undelivered": 4,
    "delivered": 5,
    "read": 6,
}
NOBODY_COULD = ("kill-postgres", "full-postgres", "kill-all", "both-away")
LIFE_SECONDS = 240.0  # of a process whose memory is judged
GROWTH_MIB = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One broken promise."""

    kind: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the run amounts to."""

    hooks_accepted: int
    hooks_sent: int
    messages_kept: int
    replies_taken: int
    replies_given: int
    replies_perhaps: int
    longest_lease_gap: float
    longest_drain: float
    most_megabytes: float
    failed_hooks: int


def check(ledger: Ledger, kept: Kept, *, whole: bool = True) -> list[Wrong]:
    """List every broken promise; in the *whole* nothing is owed any more, or else that is one.

    Before the end an answer may wait, which is lost only then.
    """
    waits = set() if whole else {one.text for one in kept.messages if 0 < FAR[one.status] < FAR["perhaps"]}
    found = [
        *_hooks(ledger),
        *_messages(ledger, kept.messages),
        *_replies(ledger, kept.messages, waits),
        *_steps(kept),
        *_reported(ledger, kept.messages, waits),
        *_leases(kept.holdings),
        *_memory(ledger),
    ]
    if kept.open and whole:
        found.append(Wrong(kind="undrained", what=f"{kept.open} deliveries are still owed"))
    if kept.spoilt:
        found.append(Wrong(kind="spoilt", what=f"{kept.spoilt} hooks could not be applied"))
    return found


def figures(ledger: Ledger, kept: Kept, hooks_sent: int) -> Figures:
    """Count."""
    texts = {one.text for one in ledger.replied}
    perhaps = {one.text for one in kept.messages if one.direction == "out" and one.status == "perhaps"}
    return Figures(
        hooks_accepted=len(ledger.accepted()),
        hooks_sent=hooks_sent,
        messages_kept=sum(one.direction == "in" for one in kept.messages),
        replies_taken=sum(one.accepted_at > 0 for one in ledger.replied),
        replies_given=len({one.text for one in ledger.given} & texts),
        replies_perhaps=len(perhaps & texts),
        longest_lease_gap=round(longest(_gaps_while_somebody_could(ledger, kept)), 2),
        longest_drain=round(longest(one.drained for one in ledger.harms), 1),
        most_megabytes=round(longest(one.megabytes for one in ledger.weighed), 1),
        failed_hooks=len(ledger.failed),
    )


def _messages(ledger: Ledger, messages: Iterable[Message]) -> Iterator[Wrong]:
    """Every accepted message once, in its own conversation, in the provider's order."""
    said: dict[str, list[Said]] = defaultdict(list)
    kept: dict[str, list[Message]] = defaultdict(list)
    for one in ledger.said:
        said[one.address].append(one)
    for row in messages:
        if row.direction == "in":
            kept[row.address or row.talk].append(row)
    for address in {*said, *kept}:
        numbers = {one.text: one.number for one in said[address]}
        counts = Counter(row.text for row in kept[address])
        for one in said[address]:
            if one.accepted_at and not counts[one.text]:
                yield Wrong(kind="lost", what=one.text)
        yield from (Wrong(kind="doubled", what=text) for text, count in counts.items() if count > 1)
        yield from (Wrong(kind="invented", what=text) for text in counts if text not in numbers)
        yield from (Wrong(kind="misplaced", what=row.text) for row in kept[address] if row.talk != address)
        order = dict.fromkeys(row.text for row in sorted(kept[address], key=_id) if row.text in numbers)
        for before, after in pairwise(order):
            if numbers[after] < numbers[before]:
                yield Wrong(kind="swapped", what=f"{after} stands behind {before}")


def _replies(ledger: Ledger, messages: Iterable[Message], waits: Container[str]) -> Iterator[Wrong]:
    """Every answer given to the provider once, or shown as perhaps sent; some may wait."""
    given = Counter(one.text for one in ledger.given)
    rows: dict[str, list[Message]] = defaultdict(list)
    for row in messages:
        if row.direction == "out":
            rows[row.text].append(row)
    for replied in ledger.replied:
        yield from _reply(replied, rows[replied.text], given[replied.text], replied.text in waits)
    known = {one.text for one in ledger.replied}
    yield from (Wrong(kind="unasked", what=text) for text in given if text not in known)


def _reply(replied: Replied, rows: list[Message], given: int, waits: bool) -> Iterator[Wrong]:
    if given > 1 or len(rows) > 1:
        yield Wrong(
            kind="reply doubled", what=f"{replied.text}: {given} at the provider, {len(rows)} at the desk"
        )
    if not replied.accepted_at:
        return
    if not rows:
        yield Wrong(kind="reply lost", what=f"{replied.text}: the desk does not have it")
    elif not given and not waits and rows[0].status != "perhaps":
        yield Wrong(kind="reply lost", what=f"{replied.text}: {rows[0].status!r}, and the provider has none")


def _steps(kept: Kept) -> Iterator[Wrong]:
    """No status steps back."""
    for step in kept.steps:
        if FAR[step.after] < FAR[step.before]:
            yield Wrong(kind="stepped back", what=f"message {step.message}: {step.before} to {step.after}")


def _reported(ledger: Ledger, messages: Iterable[Message], waits: Container[str]) -> Iterator[Wrong]:
    """What the provider told us of an answer is shown, unless nobody knows which it was."""
    text_of = {one.external_id: one.text for one in ledger.given}
    status_of = {row.text: row.status for row in messages if row.direction == "out"}
    farthest: dict[str, str] = {}
    for told in ledger.reported:
        before = farthest.get(told.external_id, "")
        farthest[told.external_id] = max(before, told.status, key=lambda word: FAR[word])
    for external_id, status in farthest.items():
        text = text_of.get(external_id, "")
        shown = status_of.get(text, "")
        if text not in waits and shown != "perhaps" and FAR[shown] < FAR[status]:
            yield Wrong(kind="status lost", what=f"{external_id} is {status}, and shown as {shown!r}")


def _leases(holdings: Iterable[Holding]) -> Iterator[Wrong]:
    """Each lease has one owner in each epoch, and nobody takes what another holds."""
    owners: dict[tuple[str, int], str] = {}
    for one in holdings:
        if one.epoch < one.epoch_before:
            yield Wrong(kind="lease", what=f"{one.name}: epoch {one.epoch} comes after {one.epoch_before}")
        if one.owner and owners.setdefault((one.name, one.epoch), one.owner) != one.owner:
            yield Wrong(kind="lease", what=f"{one.name}: two owners in epoch {one.epoch}")
        took = one.owner not in ("", one.owner_before)
        if took and one.owner_before and one.until_before > one.at:
            early = one.until_before - one.at
            yield Wrong(kind="lease", what=f"{one.name}: taken {early:.2f} s before its owner let it go")


def gaps(holdings: Iterable[Holding]) -> list[tuple[Holding, float]]:
    """List for each taking of a lease that was held before how many seconds nobody held it."""
    found = []
    left: dict[str, float] = {}
    for one in holdings:
        if one.owner == "":
            left[one.name] = one.at
        elif one.epoch != one.epoch_before:
            free = left.pop(one.name, one.until_before)
            if free:
                found.append((one, max(0.0, one.at - free)))
    return found


def _gaps_while_somebody_could(ledger: Ledger, kept: Kept) -> Iterator[float]:
    """Give the gaps that began while there were a database and a node to take the lease."""
    away = [(one.began, one.ended) for one in ledger.harms if one.name in NOBODY_COULD]
    for one, gap in gaps(kept.holdings):
        if not any(one.at > began and one.at - gap < ended for began, ended in away):
            yield gap


def _hooks(ledger: Ledger) -> Iterator[Wrong]:
    """Nothing is refused or dropped in a deploy, and every fault heals."""
    for harm in ledger.harms:
        if harm.broken:
            yield Wrong(kind="unhealed", what=f"{harm.name}: {harm.broken}")
        if not harm.hooks_may_fail:
            for one in ledger.failed:
                if harm.began <= one.at <= harm.ended:
                    yield Wrong(kind="hook failed", what=f"in {harm.name}, at {one.node}: {one.why}")


def _memory(ledger: Ledger) -> Iterator[Wrong]:
    """No process grows, once it is warm: its last fifth is held against its second."""
    lives: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
    for one in ledger.weighed:
        lives[one.node, one.life].append((one.at, one.megabytes))
    for (node, _), samples in lives.items():
        if samples[-1][0] - samples[0][0] < LIFE_SECONDS:
            continue
        fifth = max(1, len(samples) // 5)
        before = statistics.median(weight for _, weight in samples[fifth : 2 * fifth])
        after = statistics.median(weight for _, weight in samples[-fifth:])
        if after - before > GROWTH_MIB:
            yield Wrong(kind="grew", what=f"{node}: from {before:.0f} to {after:.0f} MiB")


def _id(row: Message) -> int:
    return row.id
