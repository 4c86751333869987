"""The loop that tells agents of touches: what to approve, birthdays that nobody greets, the week."""

from typing import Final

from inbox.desk.slack import approving
from inbox.desk.slack.approving import Approving
from inbox.desk.slack.digest import Weekly
from inbox.desk.slack.people import People
from inbox.desk.slack.turns import ALARMED, ready
from inbox.desk.slack.workspace import Workspace
from inbox.touches import greeting

LANE: Final = approving.LANE
EVERY: Final = 15.0


class Touched:
    """Looks every now and then at what agents should know of touches."""

    def __init__(self, workspace: Workspace, approving: Approving, people: People) -> None:
        """Work in *workspace*, with who is who; *approving* asks and changes the questions."""
        self._workspace, self._approving = workspace, approving
        self._weekly = Weekly(workspace, people)

    async def turn(self) -> float:
        """Ask, change and tell; says how many seconds until the next look."""
        place = self._workspace
        if place.touches is None or not place.touches.rules.touches:
            return EVERY
        if not await ready(self._workspace):
            return ALARMED
        await self._approving.refresh()
        await self._approving.ask()
        await greeting.tell(place.database, place.desk, place.touches.rules, place.now())
        await self._weekly.tell()
        return EVERY
