"""Turns of the loops: whether Slack takes what we owe, how long to rest, and lanes whose calls are scarce."""

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


async def pause(workspace: Workspace, lane: str) -> float:
    """Say how many seconds a lane may rest: until its next head comes due, which may have come already."""
    async with workspace.database.reading() as connection:
        following = await slack_lanes.next_at(connection, lane, EPOCH)
    return IDLE if following is None else min(IDLE, (following - workspace.now()).total_seconds())


async def work_off(
    workspace: Workspace,
    lane: str,
    method: str,
    known: Callable[[Sequence[Delivery]], Awaitable[Sequence[T]]],
    one: Callable[[T, bool], Awaitable[bool]],
) -> float:
    """Do what is due in a lane while the budget for *method* lasts; says how many seconds until more may.

    *known* says of the due rows what must be known of each, in the order in which they go. *one* does
    one of them and is told whether the budget is short; it says False for what must wait for it.
    """
    if not await ready(workspace):
        return ALARMED
    async with workspace.database.reading() as connection:
        rows = await slack_lanes.due(connection, lane, workspace.now(), MANY)
    for item in await known(rows) if rows else ():
        wait = workspace.budget.wait(method, "", workspace.calls.clock())
        if not await one(item, wait > 0):
            return wait
    return await pause(workspace, lane)
