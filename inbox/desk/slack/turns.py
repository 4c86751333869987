"""Turns of the loops: whether Slack takes what we owe, how long to rest, and lanes whose calls are scarce."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from inbox.desk.slack.calls import SlackError
from inbox.desk.slack.workspace import Workspace, log
from storage import slack_lanes
from storage.instants import EPOCH
from storage.rows import Delivery

IDLE: Final = 30.0
ALARMED: Final = 60.0
MANY: Final = 200

T = TypeVar("T")


async def ready(workspace: Workspace) -> bool:
    """Whether Slack takes what we owe: we know who we are and the token is good."""
    if workspace.team_id and not workspace.stopped:
        return True
    try:
        await workspace.meet()
    except SlackError as error:
        log.warning("slack does not answer", error=str(error))
        return False
    return True


async def _heads(workspace: Workspace, lane: str, many: int) -> tuple[list[Delivery], float]:
    """List heads of a lane that are due; says also how many seconds until the next is, if none was."""
    now = workspace.now()
    async with workspace.database.reading() as connection:
        rows = await slack_lanes.due(connection, lane, now, many)
        following = None if rows else await slack_lanes.next_at(connection, lane, EPOCH)
    rest = IDLE if following is None else min(IDLE, (following - now).total_seconds())
    return rows, 0.0 if rows else rest


async def work_off(
    workspace: Workspace,
    lane: str,
    method: str,
    known: Callable[[Sequence[Delivery]], Awaitable[Sequence[T]]],
    one: Callable[[T, bool], Awaitable[bool]],
    many: int = MANY,
) -> float:
    """Do what is due in a lane while the budget for *method* lasts; says how many seconds until more may.

    *known* says of the due rows, *many* at most, what must be known of each, in the order in which they
    go. *one* does one of them and is told whether the budget is short; it says False for what must wait.
    """
    if not await ready(workspace):
        return ALARMED
    rows, rest = await _heads(workspace, lane, many)
    if not rows:
        return rest
    for item in await known(rows):
        wait = workspace.budget.wait(method, "", workspace.calls.clock())
        if not await one(item, wait > 0):
            return wait
        await asyncio.sleep(0)  # posts and hooks come between
    return 0.0 if len(rows) == many else (await _heads(workspace, lane, 1))[1]
