"""From hooks to rows: a batch in one transaction, and one that spoils it set aside with its error."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bots.channel import Event
from inbox.counts import Counts
from inbox.credentials import Credentials
from inbox.journal.rows import keep_failed
from inbox.live import Live
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.sorting import sort
from inbox.telling import Telling
from storage.batch import Batch, Journalled, Kept, Place, Rules
from storage.database import Database, Unavailable
from storage.leases import Stale


class Keeper(Protocol):
    """Keeps a batch in one transaction: `storage.keep_sqlite` or `storage.keep_postgres`."""

    async def keep(self, batch: Batch, rules: Rules) -> Kept:
        """Keep it whole or raise."""

    async def close(self) -> None:
        """Give the connections back."""


@dataclass(slots=True, kw_only=True)
class Read:
    """A hook that was read: what the journal keeps of it and what it says."""

    journalled: Journalled
    events: Sequence[Event]


@dataclass(slots=True, kw_only=True)
class Applying:
    """Keeps what hooks say, counts it and tells of it; *credentials* seals what must not be kept in clear."""

    database: Database
    keeper: Keeper
    rules: Rules
    live: Live
    nudges: Nudges
    metrics: Metrics
    credentials: Credentials = field(default_factory=Credentials)
    counts: Counts = field(init=False)
    telling: Telling = field(init=False)

    def __post_init__(self) -> None:
        """Make who counts and who tells."""
        self.counts = Counts(self.metrics)
        self.telling = Telling(self.database, self.live, self.nudges, slack=self.rules.slack)

    async def apply(self, hooks: Sequence[Read], place: Place | None = None) -> None:
        """Keep *hooks* in one transaction, and with them how far their owner has come.

        Raises Unavailable, Stale, or what a statement says; then nothing of them was kept.
        """
        batch = Batch(place=place)
        for one in hooks:
            batch.hooks.append(one.journalled)
            sort(batch, one.journalled.id, one.journalled.channel, one.events, one.journalled.received_at)
        kept = await self.keeper.keep(batch, self.rules)
        self.counts.accepted((one.journalled.channel, event) for one in hooks for event in one.events)
        self.told(kept)
        self.metrics.batch_hooks.observe(len(hooks))

    async def apply_each(self, hooks: Sequence[Read]) -> list[Exception | None]:
        """Keep *hooks* together, or one by one where one of them spoils it; tells for each what it came to.

        One that cannot be applied stays in the journal with its error and counts as kept; where even
        that fails its error is given. Raises Stale; Unavailable is given for each.
        """
        try:
            await self.apply(hooks)
        except Stale:
            raise
        except Unavailable as error:
            return [error] * len(hooks)
        except Exception as error:  # noqa: BLE001 - one hook spoils no other
            if len(hooks) == 1:
                return [await self.set_aside(hooks[0].journalled, error)]
        else:
            return [None] * len(hooks)
        return [problem for one in hooks for problem in await self.apply_each([one])]

    def told(self, kept: Kept) -> None:
        """Count what was known before and tell of what is new."""
        for name, messages in kept.duplicates.items():
            self.counts.known(name, messages)
        self.telling.kept(kept)

    async def set_aside(self, hook: Journalled, error: Exception) -> Exception | None:
        """Keep a hook that cannot be applied with its *error*; gives why that failed, if it did."""
        try:
            await keep_failed(self.database, hook, error)
        except Exception as worse:  # noqa: BLE001 - who waits hears it, and the provider calls again
            return worse
        return None
