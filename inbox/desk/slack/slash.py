"""`/tidings`: what an agent asks for anywhere in Slack, answered so that only they see it."""

from inbox.desk.slack.deeds import Commanded
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.posts import Post, sentence
from inbox.desk.slack.workspace import Workspace

HELP = "`/tidings help` – this list"


class Slash:
    """Answers the command."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        """Work in *workspace*, with who is who."""
        self._workspace, self._people = workspace, people

    async def answer(self, deed: Commanded) -> Post:
        """Say what the words ask for; raises a SlackError if Slack must be asked and cannot be."""
        try:
            await self._people.agent(deed.slack_id, deed.workspace)
        except NotAnAgent as refusal:
            return sentence(str(refusal))
        return sentence(HELP)
