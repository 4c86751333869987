"""What another node owed Slack by a clock that was ahead goes now, as outboxes do it."""

from datetime import timedelta
from typing import Final

from inbox.desk.slack.workspace import Workspace, log
from storage import queues

LANE: Final = "slack-clock"
LANES: Final = ("slack", "slack-cards", "slack-marks")
EVERY: Final = 5.0
STEP: Final = timedelta(minutes=1)  # what is owed later than in a minute was not owed by our clock


class Ahead:
    """Looks at what is owed in the future."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def turn(self) -> float:
        """Bring back what lies ahead; says how many seconds until the next look."""
        now = self._workspace.now()
        async with self._workspace.database.reading() as connection:
            ahead = [lane for lane in LANES if await queues.owed_ahead(connection, lane, now + STEP)]
        for lane in ahead:
            log.warning("another node's clock is ahead: what it owed goes now", lane=lane)
            async with self._workspace.database.writing() as connection:
                await queues.bring_back(connection, lane, now + STEP, now)
            self._workspace.nudges.ring(lane)
        return EVERY
