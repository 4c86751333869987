"""What a deed read from a payload comes to, whoever does it."""

from inbox.desk.slack import reactions, unread
from inbox.desk.slack.clicks import Clicks
from inbox.desk.slack.deeds import (
    Asked,
    Changed,
    ChannelChanged,
    Chosen,
    Clicked,
    Commanded,
    Deed,
    HomeOpened,
    Nothing,
    Noticed,
    PersonChanged,
    Pressed,
    Removed,
    Replied,
    Said,
    Submitted,
    TokenGone,
)
from inbox.desk.slack.home import Home
from inbox.desk.slack.people import People
from inbox.desk.slack.questions import Questions
from inbox.desk.slack.replies import Replies
from inbox.desk.slack.rethinking import Rethinking
from inbox.desk.slack.sheets import away
from inbox.desk.slack.submissions import Submissions
from inbox.desk.slack.workspace import Workspace, log


class Applying:
    """Gives each deed to whoever does it."""

    def __init__(
        self,
        workspace: Workspace,
        people: People,
        replies: Replies,
        rethinking: Rethinking,
        clicks: Clicks,
        questions: Questions,
        submissions: Submissions,
        home: Home,
    ) -> None:
        """Work in *workspace*."""
        self._workspace, self._people = workspace, people
        self._replies, self._rethinking = replies, rethinking
        self._clicks, self._questions, self._submissions = clicks, questions, submissions
        self._home = home

    async def do(self, deed: Deed) -> None:
        """Do it; raises a SlackError to be tried again."""
        match deed:
            case Said():
                await self._replies.said(deed)
            case Replied():
                said = await self._replies.replied(deed)
                if said is not None:
                    await self._replies.said(said)
            case Changed():
                await self._rethinking.changed(deed)
            case Removed():
                await self._rethinking.removed(deed)
            case Noticed():
                if deed.slack_id != self._workspace.bot_user and not deed.gone:
                    await unread.noticed(self._workspace, deed)
                if deed.slack_id != self._workspace.bot_user:
                    await reactions.noticed(self._workspace, self._people, deed)
            case Clicked():
                await self._clicks.clicked(deed)
            case Submitted():
                await self._submissions.submitted(deed)
                if deed.callback == away.CALLBACK:
                    await self._home.changed(deed.slack_id)
            case Chosen():
                await self._questions.chosen(deed)
            case HomeOpened():
                await self._home.opened(deed)
            case Pressed():
                await self._home.pressed(deed)
            case Asked() | Commanded():
                log.debug("slack asks at once, and is answered so", deed=type(deed).__name__)
            case ChannelChanged():
                await self._channel(deed)
            case TokenGone():
                self._workspace.stopped = deed.why
                log.error("slack stopped", code=deed.why)
            case PersonChanged():
                self._people.forget(deed.slack_id)
            case Nothing():
                log.debug("slack payload means nothing", why=deed.why)

    async def _channel(self, deed: ChannelChanged) -> None:
        if deed.slack_id and deed.slack_id != self._workspace.bot_user:
            return
        if deed.what == "back":
            self._workspace.reopen(deed.slack_channel)
        else:
            await self._workspace.shut(deed.slack_channel, deed.what)
