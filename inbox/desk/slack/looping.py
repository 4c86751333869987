"""A loop that survives everything, and ends between two turns: never within a transaction."""

from collections.abc import Awaitable, Callable

from inbox.desk.slack.workspace import Workspace, log


async def repeat(workspace: Workspace, lane: str, turn: Callable[[], Awaitable[float]]) -> None:
    """Take turns until the end: *turn* says how many seconds may pass, a nudge shortens them."""
    while not workspace.ending:
        try:
            seconds = await turn()
        except Exception as error:  # noqa: BLE001 (the loop: whatever a turn meets, the next one comes)
            log.exception("slack lane stumbled", lane=lane, error=str(error))
            seconds = 1.0
        if workspace.ending:
            return
        await workspace.nudges.wait(lane, max(seconds, 0.001))
