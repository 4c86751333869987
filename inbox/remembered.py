"""The memory that a channel is lent: a fact that every node reads and the account's owner writes."""

from dataclasses import dataclass
from typing import Any

import structlog

from storage import facts
from storage.database import Database, Unavailable
from storage.leases import Stale

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the channel called *name* must know again: `bots.channel.Memory`."""

    name: str
    database: Database

    async def read(self) -> Any:
        """Give what was written last; raises Unavailable."""
        async with self.database.reading() as connection:
            return await facts.told(connection, self._fact)

    async def write(self, value: Any) -> None:
        """Keep *value*; where another node goes on, or the database is away, what stands there stays."""
        try:
            async with self.database.writing() as connection:
                await facts.tell(connection, self._fact, value)
        except (Unavailable, Stale) as error:
            log.warning("not remembered", channel=self.name, error=type(error).__name__)

    @property
    def _fact(self) -> str:
        return f"memory/{self.name}"
