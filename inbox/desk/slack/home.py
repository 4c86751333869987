"""App Home: what waits for one agent, kept true while they look at it (loop "slack-home")."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from inbox.desk.errors import DeskError
from inbox.desk.slack import home_blocks, home_facts
from inbox.desk.slack.calls import Said, SlackError
from inbox.desk.slack.deeds import HomeOpened, Pressed
from inbox.desk.slack.home_blocks import View
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.turns import ALARMED, ready
from inbox.desk.slack.workspace import Workspace, log
from storage.rows import Agent

LANE: Final = "slack-home"
LOOKS: Final = timedelta(minutes=5)
LEAST: Final = 30.0  # seconds between two of the same agent that nobody asked for
IDLE: Final = 60.0
LAST_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Somebody who opened the tab: until when it is kept true, which page, and when it was made."""

    until: datetime
    page: int
    made_at: datetime


class Home:
    """Publishes the Home tab to agents who look at it."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        """Work in *workspace*, with who is who; nobody looks yet."""
        self._workspace, self._people = workspace, people
        self._looking: dict[str, Looking] = {}

    async def opened(self, deed: HomeOpened) -> None:
        """Show it to somebody who has just opened it; raises a SlackError to be tried again."""
        await self._show(deed.slack_id, 0)

    async def changed(self, slack_id: str) -> None:
        """Show it again to somebody who has just changed what it says, if they look at it."""
        looking = self._looking.get(slack_id)
        if looking is not None and looking.until > self._workspace.now():
            await self._show(slack_id, looking.page)

    async def pressed(self, deed: Pressed) -> None:
        """Do what a button on it says, then show it; raises a SlackError to be tried again."""
        if deed.action == home_blocks.OPEN:
            return  # a link: Slack has followed it
        try:
            agent = await self._people.agent(deed.slack_id, deed.team_of_author)
            await self._do(deed, agent)
        except (DeskError, NotAnAgent) as refusal:
            await self._workspace.direct(deed.slack_id, str(refusal))
        await self._show(deed.slack_id, self._page(deed))

    async def _do(self, deed: Pressed, agent: Agent) -> None:
        desk, now = self._workspace.desk, self._workspace.now()
        on = deed.value == home_blocks.ON
        match deed.action:
            case home_blocks.BACK:
                await desk.set_back(agent.id, now=now)
            case home_blocks.LANGUAGE:
                tag = "" if deed.value == home_blocks.AS_SLACK else deed.value
                await desk.prefer(agent.id, language=tag, now=now)
            case home_blocks.DIGEST:
                await desk.prefer(agent.id, digest=on, now=now)
            case home_blocks.SAFE:
                await desk.set_safe_mode(agent.id, of_agent=agent.id, on=on, now=now)
            case _:
                log.debug("slack home pressed", action=deed.action)

    def _page(self, deed: Pressed) -> int:
        if deed.action.startswith((home_blocks.NEXT, home_blocks.REFRESH)) and deed.value.isdecimal():
            return min(int(deed.value[:6]), LAST_PAGE)
        looking = self._looking.get(deed.slack_id)
        return looking.page if looking is not None else 0

    async def _show(self, slack_id: str, page: int) -> None:
        """Publish it, and keep it true from now on for a while; raises a SlackError."""
        now = self._workspace.now()
        if await self._publish(slack_id, page):
            self._looking[slack_id] = Looking(until=now + LOOKS, page=page, made_at=now)
            self._workspace.nudges.nudge(LANE)

    async def turn(self) -> float:
        """Publish it again to those whose turn has come; says how many seconds until the next one's."""
        if not self._looking:
            return IDLE
        if not await ready(self._workspace):
            return ALARMED
        now = self._workspace.now()
        gap = timedelta(seconds=max(LEAST, float(len(self._looking))))  # Slack allows 100 views a minute
        soonest = now + timedelta(seconds=IDLE)
        for slack_id, looking in list(self._looking.items()):
            if now >= looking.until:
                del self._looking[slack_id]
                continue
            if now - looking.made_at >= gap:
                looking = await self._again(slack_id, looking)
            soonest = min(soonest, looking.made_at + gap)
        return max(0.1, (soonest - self._workspace.now()).total_seconds())

    async def _again(self, slack_id: str, looking: Looking) -> Looking:
        """Publish once more; where Slack refuses the next turn may do better."""
        looking = self._looking[slack_id] = replace(looking, made_at=self._workspace.now())
        try:
            await self._publish(slack_id, looking.page)
        except SlackError as error:
            log.warning("slack home not shown", error=str(error))
        return looking

    async def _publish(self, slack_id: str, page: int) -> bool:
        """Publish the tab as it is now, without a hash; says whether it is an agent's.

        Raises a SlackError that another try may mend.
        """
        for last in (False, True):
            view, is_agents = await self._view(slack_id, page)
            try:
                await self._workspace.calls.ask("views.publish", user_id=slack_id, view=view)
            except Said as error:
                if error.code == "hash_conflict" and not last:
                    continue
                log.error("slack refused a home", code=error.code, details=error.details)
            break
        return is_agents

    async def _view(self, slack_id: str, page: int) -> tuple[View, bool]:
        try:
            agent = await self._people.agent(slack_id, self._workspace.team_id)
        except NotAnAgent as refusal:
            return home_blocks.refusal(str(refusal)), False
        language = await self._people.language(agent)
        facts = await home_facts.read(self._workspace, agent, language, page)
        return home_blocks.made(facts), True
