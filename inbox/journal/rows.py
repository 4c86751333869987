"""Hooks as the journal has them, and those in it that could not be applied."""

import structlog

from bots.channel import Hook
from storage import hooks
from storage.batch import Journalled, storable
from storage.database import Database
from storage.ids import Ids

log = structlog.get_logger()


def journalled(ids: Ids, name: str, hook: Hook) -> Journalled:
    """Give *hook* of the channel *name* its key."""
    return Journalled(
        id=ids.next(),
        channel=name,
        received_at=hook.received_at,
        method=hook.method,
        url=hook.url,
        headers=hook.headers,
        body=hook.body,
    )


async def keep_failed(database: Database, hook: Journalled, error: Exception) -> None:
    """Keep a hook that cannot be applied, with its error, for a person to see and replay."""
    # The error itself may repeat what the customer wrote: it stands in the journal, not in the log.
    log.error("hook not applied", channel=hook.channel, hook=hook.id, error=type(error).__name__)
    async with database.writing() as connection:
        await hooks.keep(
            connection,
            hook_id=hook.id,
            channel=hook.channel,
            received_at=hook.received_at,
            method=hook.method,
            url=hook.url,
            headers=hook.headers,
            body=hook.body,
            state="failed",
            error=storable(f"{type(error).__name__}: {error}"[:500]),
        )
