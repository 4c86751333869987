"""App Home: what waits for one agent, kept true while they look at it."""

from inbox.desk.slack.deeds import HomeOpened, Pressed
from inbox.desk.slack.people import People
from inbox.desk.slack.workspace import Workspace, log


class Home:
    """Publishes the Home tab to agents who look at it."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        """Work in *workspace*, with who is who."""
        self._workspace, self._people = workspace, people

    async def opened(self, deed: HomeOpened) -> None:
        """Show it to somebody who has just opened it; raises a SlackError to be tried again."""
        log.debug("slack home opened", slack_id=deed.slack_id)

    async def pressed(self, deed: Pressed) -> None:
        """Do what a button on it says; raises a SlackError to be tried again."""
        log.debug("slack home pressed", action=deed.action)
