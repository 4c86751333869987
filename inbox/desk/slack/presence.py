"""The loop that asks Slack who is there (lane "slack-presence"), where the operator wants it watched.

Slack says "away" after ten minutes without a touch of keyboard or phone, or when a person says so
(https://docs.slack.dev/apis/web-api/user-presence-and-status). Twice in a row is needed, so that a
lost connection takes nobody's conversations. What agents say of themselves is never overruled.
"""

from collections.abc import Sequence
from typing import Final

from inbox.desk.availability import PRESENCE
from inbox.desk.slack.calls import NotHeard, NotReached, Said, Slowed
from inbox.desk.slack.turns import ALARMED, ready
from inbox.desk.slack.workspace import Workspace, log
from storage import agents
from storage.rows import Agent

LANE: Final = "slack-presence"
METHOD: Final = "users.getPresence"
EVERY: Final = 60.0  # seconds between two looks at one agent, at least
GAP: Final = 3.0  # and between two calls: Slack takes some 50 a minute of each app
AWAY: Final = "away"


class Presence:
    """Looks at one agent after the other."""

    def __init__(self, workspace: Workspace) -> None:
        """Look in *workspace*; nobody was seen away yet."""
        self._workspace = workspace
        self._after = 0
        self._away: set[int] = set()

    async def turn(self) -> float:
        """Look at the next agent; says how many seconds until the one after."""
        workspace = self._workspace
        async with workspace.database.reading() as connection:
            watched = self._watched(await agents.all_active(connection))
        if not watched:
            return EVERY
        if not await ready(workspace):
            return ALARMED
        one = next((each for each in watched if each.id > self._after), watched[0])
        try:
            answer = await workspace.calls.ask(METHOD, user=one.slack_id)
        except Slowed as error:
            return error.seconds
        except (Said, NotHeard, NotReached) as error:
            log.warning("slack does not say who is there", agent=one.key, error=str(error))
        else:
            await self._seen(one, here=answer.get("presence") != AWAY)
        self._after = one.id
        return max(GAP, EVERY / len(watched))

    def _watched(self, everybody: Sequence[Agent]) -> list[Agent]:
        """List whom to look at, by key: not those who said themselves that they are away."""
        rules = self._workspace.policies.agents
        return sorted(
            (
                one
                for one in everybody
                if one.slack_id
                and (one.available or one.away_by == PRESENCE)
                and one.key in rules
                and rules[one.key].watch_presence
            ),
            key=lambda one: one.id,
        )

    async def _seen(self, one: Agent, *, here: bool) -> None:
        desk, now = self._workspace.desk, self._workspace.now()
        if here:
            self._away.discard(one.id)
            if one.away_by == PRESENCE:
                await desk.set_back(one.id, now=now)
        elif one.id not in self._away:
            self._away.add(one.id)
        elif one.available:
            await desk.set_away(one.id, why="away in Slack", by=PRESENCE, now=now)
