"""How fast Slack may be asked: buckets for posts, edits and marks, and the waits it ordered.

Seconds are a monotonic clock's and always an argument.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

FOR_CARDS = "chat.update"
FOR_MARKS = "reactions.add"
FOR_POSTS = "chat.postMessage"
FOR_READS = "conversations.replies"
IN_A_ROW: Final = 10
"""Posts of one conversation that may go as fast as its Slack channel takes them."""
SHARE: Final = 3
"""After those a conversation gets one post in so many, and the others' words find room at once."""
LONG: Final = 3.0
"""Seconds after which a mere line waits no more for messages: its conversation's next stand behind it."""
REMEMBERED: Final = 1_000


class Bucket:
    """Lets *burst* through at once and *rate* a second after that (generic cell rate algorithm)."""

    def __init__(self, rate: float, burst: int) -> None:
        """Begin full."""
        self._gap = 1.0 / rate
        self._slack = self._gap * (burst - 1)
        self._free_at = float("-inf")

    def wait(self, now: float) -> float:
        """Count the seconds until the next may go."""
        return max(0.0, self._free_at - self._slack - now)

    def take(self, now: float) -> None:
        """Let one through."""
        self._free_at = max(self._free_at, now) + self._gap

    def is_full(self, now: float) -> bool:
        """Whether nothing went through of late."""
        return self._free_at <= now


class Budget:
    """What one workspace may be asked now."""

    def __init__(
        self,
        *,
        posts_per_second: float,
        burst: int,
        posts_per_minute: float,
        edits_per_minute: float,
        marks_per_minute: float,
        reads_per_minute: float,
    ) -> None:
        """Begin with every bucket full and nothing forbidden."""
        self._per_second, self._burst = posts_per_second, burst
        self._workspace = Bucket(posts_per_minute / 60, max(burst, round(posts_per_minute / 10)))
        self._channels: dict[str, Bucket] = {}
        self._methods = {
            FOR_CARDS: Bucket(edits_per_minute / 60, 5),
            FOR_MARKS: Bucket(marks_per_minute / 60, 5),
            FOR_READS: Bucket(reads_per_minute / 60, 5),
        }
        self._closed_until: dict[tuple[str, str], float] = {}
        self._shares = dict[int, Share]()
        self.slowed = dict[str, int]()

    def wait(self, method: str, slack_channel: str, now: float) -> float:
        """Count the seconds until *method* may be called for *slack_channel*."""
        waits = [self._closed_until.get((method, place), now) - now for place in ("", slack_channel)] + [
            bucket.wait(now) for bucket in self._buckets(method, slack_channel)
        ]
        return max(0.0, *waits)

    def take(self, method: str, slack_channel: str, now: float) -> None:
        """Count one call."""
        for bucket in self._buckets(method, slack_channel):
            bucket.take(now)

    def close(self, method: str, slack_channel: str, seconds: float, now: float) -> None:
        """Obey a 429: nothing more of *method* (posts: in this Slack channel) for *seconds*."""
        place = slack_channel if method == FOR_POSTS else ""
        until = now + seconds
        self._closed_until[method, place] = max(until, self._closed_until.get((method, place), until))
        self.slowed[method] = self.slowed.get(method, 0) + 1

    def share(self, conversation_id: int, now: float) -> "Share":
        """Give what is remembered of a conversation's posts; those long quiet are forgotten."""
        if conversation_id not in self._shares:
            if len(self._shares) >= REMEMBERED:
                self._shares = {key: one for key, one in self._shares.items() if one.counts(now)}
            self._shares[conversation_id] = Share(self._per_second / SHARE)
        return self._shares[conversation_id]

    def _buckets(self, method: str, slack_channel: str) -> list[Bucket]:
        if method == FOR_POSTS:
            fresh = Bucket(self._per_second, self._burst)
            return [self._channels.setdefault(slack_channel, fresh), self._workspace]
        return [self._methods[method]] if method in self._methods else []


class Share:
    """What one conversation had of late."""

    def __init__(self, rate: float) -> None:
        """Begin with nothing posted; *rate* is how many a second it may have for long."""
        self._bucket = Bucket(rate, IN_A_ROW)
        self._served_at = float("-inf")

    def wait(self, now: float) -> float:
        """Count the seconds until its next post may go."""
        return self._bucket.wait(now)

    def take(self, now: float) -> None:
        """Count one post."""
        self._bucket.take(now)
        self._served_at = now

    def since(self, owed_at: float) -> float:
        """Say since when its next post waits: not while one before it had its turn."""
        return max(owed_at, self._served_at)

    def counts(self, now: float) -> bool:
        """Whether it must still be remembered."""
        return not self._bucket.is_full(now)


# The smaller goes first; within a rank whose conversation waits longest.
FAILURES, CARDS, MESSAGES, NOTICES, LINES = range(5)
RANKS = {
    "failure": FAILURES,
    "card": CARDS,
    "moved": CARDS,
    "message": MESSAGES,
    "attachment": MESSAGES,
    "whole": MESSAGES,
    "reply": MESSAGES,
    "note": NOTICES,
    "edited": NOTICES,
    "deleted": NOTICES,
    "reacted": NOTICES,
    "asked": NOTICES,
    "happened": LINES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A conversation whose next post waits for its turn; *owed_at* is of the budget's clock.

    *begins* says that a card must be posted first.
    """

    conversation_id: int
    slack_channel: str
    kind: str
    owed_at: float
    begins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many may be handed over now: in all, and of those that begin with a card."""

    posts: int = 1_000
    cards: int = 1_000


ANY_ROOM: Final = Room()


def turns(
    waiting: Iterable[Waiting], budget: Budget, now: float, room: Room = ANY_ROOM
) -> tuple[list[Waiting], float]:
    """Choose what is posted now, taking it from *budget*; also the seconds until more may."""
    chosen: list[Waiting] = []
    cards = room.cards
    soonest = float("inf")
    asked = [(one, budget.share(one.conversation_id, now)) for one in waiting]
    for one, share in sorted(asked, key=lambda pair: _before(pair[0], pair[1], now)):
        if len(chosen) >= room.posts:
            break  # whoever ends in hand rings for the next
        if one.begins and not cards:
            continue
        seconds = max(budget.wait(FOR_POSTS, one.slack_channel, now), share.wait(now))
        if seconds > 0:
            soonest = min(soonest, seconds)
            continue
        for _ in range(1 + one.begins):  # the card is a post, too
            budget.take(FOR_POSTS, one.slack_channel, now)
        share.take(now)
        cards -= one.begins
        chosen.append(one)
    return chosen, soonest


def _before(one: Waiting, share: Share, now: float) -> tuple[int, float, int]:
    rank, since = RANKS.get(one.kind, LINES), share.since(one.owed_at)
    return min(rank, MESSAGES) if now - since >= LONG else rank, since, one.conversation_id


def card_gap(live_cards: int, least: float, edits_per_minute: float) -> float:
    """Say how many seconds apart the edits of one card must be when so many cards are live."""
    return max(least, live_cards * 60 / edits_per_minute)
