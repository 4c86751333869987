"""What modals say once they are submitted."""

from collections.abc import Mapping
from typing import Any

from inbox.desk.errors import DeskError
from inbox.desk.slack import again
from inbox.desk.slack.approval_posts import EDIT
from inbox.desk.slack.approving import Approving
from inbox.desk.slack.calls import SlackError
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.sheets import BY_CALLBACK
from inbox.desk.slack.sheets.sheet import conversation_of, errors
from inbox.desk.slack.workspace import Workspace, log
from storage import slack_threads

LATE = "That took too long, and nothing was done. Send it once more."


def late(deed: Submitted, why: str = LATE) -> Mapping[str, Any] | None:
    """Answer that a check could not be made in time, under the first field; the modal and its words stay."""
    first = next(iter(deed.values), "")
    return errors(**{first: why}) if first else None


class Submissions:
    """Checks modals while they are open and does what they say."""

    def __init__(self, workspace: Workspace, people: People, approving: Approving) -> None:
        """Work in *workspace*, with who is who, and with who decides about touches."""
        self._workspace, self._people, self._approving = workspace, people, approving

    async def submitted(self, deed: Submitted) -> None:
        """Do what a modal says that was found right; raises a SlackError to be tried again."""
        if deed.callback == EDIT:
            await self._approving.submitted(deed)
            return
        sheet = BY_CALLBACK.get(deed.callback)
        if sheet is None:
            return
        try:
            agent = await self._people.of_view(deed.slack_id, deed.team_of_author, deed.carried)
            told = await sheet.done(self._workspace, deed, agent)
        except (DeskError, NotAnAgent) as refusal:
            told = str(refusal)
        if told:
            await self._tell(deed, told)

    async def _tell(self, deed: Submitted, sentence: str) -> None:
        """Whisper in the conversation's thread, or write to the person where there is none."""
        conversation_id = conversation_of(deed.carried)
        async with self._workspace.database.reading() as connection:
            thread = (
                await slack_threads.thread_of(connection, conversation_id)
                if conversation_id is not None
                else None
            )
        if thread is None:
            await self._workspace.direct(deed.slack_id, sentence)
            return
        await self._workspace.whisper(thread.slack_channel, thread.root_ts, deed.slack_id, sentence)

    async def wrong(self, deed: Submitted) -> Mapping[str, Any] | None:
        """Say what Slack is answered while a modal is still open; None: it is right, close it."""
        if deed.callback == EDIT:
            return self._approving.wrong(deed)
        sheet = BY_CALLBACK.get(deed.callback)
        if sheet is None or sheet.wrong is None:
            return None
        try:
            agent = await self._people.of_view(deed.slack_id, deed.team_of_author, deed.carried)
            return await sheet.wrong(self._workspace, deed, agent)
        except SlackError as error:
            log.warning("slack modal not checked", error=str(error))
            return late(deed)
        except again.NO_ROWS as error:
            log.error("slack modal not checked", why=type(error).__name__)
            return late(deed, again.NOT_DONE)
        except (DeskError, NotAnAgent):
            return None  # it is kept, and refused where the rows are: the sentence is whispered then
