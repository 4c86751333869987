"""A loop that survives everything, and ends between two turns: never within a transaction."""

import asyncio
from collections.abc import Awaitable, Callable

from inbox.desk.slack.workspace import Workspace, log


async def repeat(
    workspace: Workspace, lane: str, turn: Callable[[], Awaitable[float]], least: float = 0.0
) -> None:
    """Take turns until the end: *turn* says how many seconds may pass, a nudge shortens them.

    No two turns begin within *least* seconds, so that a rush of nudges is one turn.
    """
    while not workspace.ending:
        try:
            seconds = await turn()
        except Exception as error:  # noqa: BLE001 (the loop: whatever a turn meets, the next one comes)
            log.exception("slack lane stumbled", lane=lane, error=str(error))
            seconds = 1.0
        if least and not workspace.ending:
            await asyncio.sleep(least)
        if workspace.ending:
            return
        await workspace.nudges.wait(lane, max(seconds, 0.001))
