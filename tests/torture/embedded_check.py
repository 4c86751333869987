"""What became of all that was said, decided from the rows and the look-alikes' logs alone."""

import collections
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.torture.embedded_house import House

RANK = {
    "queued": 0, "ready": 0, "sending": 1, "asking": 1, "perhaps": 2, "dropped": 2, "sent": 3, "failed": 4,
    "delivered": 5, "read": 6,
}  # fmt: skip
CERTAIN = ("sent", "delivered", "read")
OWED = "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'ready', 'sending', 'asking')"


@dataclass(slots=True, kw_only=True)
class Statuses:
    """How far each answer was seen to be, so that a step back shows."""

    seen: dict[int, str] = field(default_factory=dict)
    back: list[str] = field(default_factory=list)

    def look(self, house: House) -> None:
        """Look once; what was perhaps sent, or more, may only go on."""
        for key, status in house.rows("SELECT id, status FROM messages WHERE direction = 'out'"):
            before = self.seen.get(key, "queued")
            if RANK[before] >= RANK["perhaps"] and RANK[status] < RANK[before]:
                self.back.append(f"message {key} went from {before} to {status}")
            self.seen[key] = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Every wrong in words, and what was counted."""

    messages: int
    lost: Sequence[str]
    doubled: Sequence[str]
    disordered: Sequence[str]
    answers: int
    perhaps: int
    perhaps_sent: int
    unsent: Sequence[str]
    sent_twice: Sequence[str]
    others: Sequence[str]

    @property
    def wrong(self) -> list[str]:
        """All that must not be."""
        return [*self.lost, *self.doubled, *self.disordered, *self.unsent, *self.sent_twice, *self.others]


def verdict(
    house: House,
    taken: Mapping[str, Sequence[str]],
    said: Sequence[str],
    sent: Sequence[str],
    statuses: Statuses,
) -> Verdict:
    """Hold what was *taken* and *said* against the rows, and the rows against what providers *sent*."""
    kept: dict[str, list[str]] = {}
    for address, text in house.rows(
        """SELECT a.address, m.text FROM messages m JOIN addresses a ON a.id = m.address_id
           WHERE m.direction = 'in' ORDER BY m.id"""
    ):
        kept.setdefault(address, []).append(text)
    lost, doubled, disordered = [], [], []
    for address, texts in taken.items():
        counted = collections.Counter(kept.get(address, []))
        lost += [f"lost: {text}" for text in texts if not counted[text]]
        doubled += [f"kept {count} times: {text}" for text, count in counted.items() if count > 1]
        once = [text for text in kept.get(address, []) if counted[text] == 1]
        if once != [text for text in texts if counted[text] == 1]:
            disordered.append(f"not in the provider's order: {address}")
    others = [f"nobody wrote at {address}" for address in kept.keys() - taken.keys()]
    others += _journal(house) + statuses.back
    answers = dict(_answers(house))
    delivered = collections.Counter(text for text in sent if text.startswith("answer "))
    unsent = [f"never kept: {text}" for text in said if text not in answers]
    unsent += [
        f"{status}, and the provider has {delivered[text]}: {text}"
        for text, status in answers.items()
        if not (status in CERTAIN and delivered[text] == 1) and status != "perhaps"
    ]
    perhaps = [text for text, status in answers.items() if status == "perhaps"]
    return Verdict(
        messages=sum(len(texts) for texts in taken.values()),
        lost=lost,
        doubled=doubled,
        disordered=disordered + _unordered(sent, _order(house)),
        answers=len(answers),
        perhaps=len(perhaps),
        perhaps_sent=sum(1 for text in perhaps if delivered[text]),
        unsent=unsent,
        sent_twice=[f"sent {count} times: {text}" for text, count in delivered.items() if count > 1],
        others=others,
    )


def _journal(house: House) -> list[str]:
    """List hooks that were kept and not applied, conversations too many, and a file that is not whole."""
    stuck = house.rows("SELECT id, state, error FROM hooks WHERE state <> 'applied'")
    split = house.rows("SELECT customer_id, count(*) FROM conversations GROUP BY 1 HAVING count(*) > 1")
    [(whole,)] = house.rows("PRAGMA integrity_check")
    return [
        *(f"hook {key} is {state}: {error}" for key, state, error in stuck),
        *(f"customer {key} has {count} conversations" for key, count in split),
        *([] if whole == "ok" else [f"the file is not whole: {whole}"]),
    ]


def _answers(house: House) -> list[tuple[str, str]]:
    return [
        (text, status)
        for text, status in house.rows(
            "SELECT text, status FROM messages WHERE direction = 'out' ORDER BY id"
        )
    ]


def _order(house: House) -> dict[str, tuple[int, int]]:
    """Tell of each answer its conversation and its place."""
    rows = house.rows("SELECT text, conversation_id, id FROM messages WHERE direction = 'out'")
    return {text: (conversation, key) for text, conversation, key in rows}


def _unordered(sent: Sequence[str], order: Mapping[str, tuple[int, int]]) -> list[str]:
    """List the answers that left before one that was written earlier in the same conversation."""
    latest: dict[int, int] = {}
    wrong = []
    for text in sent:
        if not re.fullmatch(r"answer \d+\.", text) or text not in order:
            continue
        conversation, key = order[text]
        if key < latest.get(conversation, 0):
            wrong.append(f"sent after a later one: {text}")
        latest[conversation] = max(key, latest.get(conversation, 0))
    return wrong
