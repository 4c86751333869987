"""What App Home shows one agent at one moment, read from the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from inbox.desk.slack import listing
from inbox.desk.slack.slash_lists import midnight
from inbox.desk.slack.workspace import Workspace
from storage import promises, slack_home
from storage import unread as failing
from storage.promises import Named
from storage.rows import Agent
from storage.slack_home import Numbers, Standing
from storage.unread import Unread

FAILED: Final = 10
PROMISES: Final = 10
PAGE: Final = 20
LOOK_BACK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that is shown; *links* are threads by conversation, *labels* our channels' names.

    *open* and *waits* count the agent's own, *nobodys* who waits in their teams for anybody.
    """

    agent: Agent
    language: str
    now: datetime
    page: int
    open: int
    waits: int
    nobodys: int
    failed: Sequence[Unread]
    promises: Sequence[Named]
    yours: Sequence[Standing]
    waiting: Sequence[Standing]
    did: Numbers
    links: Mapping[int, str]
    labels: Mapping[str, str]

    @property
    def has_more(self) -> bool:
        """Whether another page holds more."""
        seen = (self.page + 1) * PAGE
        return self.open > seen or self.nobodys > seen


async def read(workspace: Workspace, agent: Agent, language: str, page: int) -> Facts:
    """Read what an agent is shown now."""
    now, skip = workspace.now(), page * PAGE
    today = midnight(now, agent.zone)
    async with workspace.database.reading() as connection:
        opened, waits = await slack_home.count_yours(connection, agent.id)
        nobodys = await slack_home.count_waiting(connection, agent.teams, None)
        stuck = await failing.failures(connection, now - LOOK_BACK, now)
        due = await promises.open_of(
            connection, [agent.id], limit=100, before=midnight(today + timedelta(hours=36), agent.zone)
        )
        yours = await slack_home.yours(connection, agent.id, skip=skip, limit=PAGE)
        waiting = await slack_home.waiting(connection, agent.teams, agent_id=None, skip=skip, limit=PAGE)
        did = await slack_home.numbers(connection, agent.id, today)
        failed = [one for one in stuck if one.author == agent.slack_id]
        shown = {one.id for one in (*yours, *waiting)} | {one.conversation_id for one in failed[:FAILED]}
        shown |= {one.promise.conversation_id for one in due[:PROMISES]}
        links = await listing.links(connection, workspace, sorted(shown))
    named = {one.channel for one in (*yours, *waiting)} | {one.channel for one in failed}
    return Facts(
        agent=agent,
        language=language,
        now=now,
        page=page,
        open=opened,
        waits=waits,
        nobodys=nobodys,
        failed=failed,
        promises=due,
        yours=yours,
        waiting=waiting,
        did=did,
        links=links,
        labels={name: workspace.label(name) for name in named},
    )
