"""The loop that hands the lane "slack" over: posts, in order per conversation, within the budget."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from inbox.desk.slack.budget import Waiting, turns
from inbox.desk.slack.calls import SlackError
from inbox.desk.slack.handing import Hand
from inbox.desk.slack.workspace import Workspace, log
from storage import deliveries, slack
from storage.database import Connection
from storage.deliveries import Outcome
from storage.rows import Delivery
from storage.statuses import ASKING, READY

LANE: Final = "slack"
MANY: Final = 500
IDLE: Final = 30.0
ALARMED: Final = 60.0


class Lane:
    """Chooses who posts next; each conversation has at most one row in hand."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace
        self._hand = Hand(workspace)
        self._in_hand: dict[int, asyncio.Task[None]] = {}

    async def recover(self) -> None:
        """After a crash: what was being posted is looked up; what can be repeated is repeated."""
        now = self._workspace.now()
        async with self._workspace.database.writing() as connection:
            await deliveries.recover(connection, [LANE], ASKING, now)
            await deliveries.recover(connection, ["slack-cards", "slack-marks"], READY, now)

    async def finish(self) -> None:
        """Let what is in hand end."""
        if self._in_hand:
            await asyncio.wait(list(self._in_hand.values()), timeout=3)
        for task in self._in_hand.values():
            task.cancel()

    async def turn(self) -> float:
        """Hand over what may go now; says how many seconds until something else may."""
        workspace = self._workspace
        if not await ready(workspace):
            return ALARMED if workspace.stopped else 2.0
        now = workspace.now()
        rows, places, wait = await self._waiting(now)
        waiting = {row.conversation_id: row for row in rows if row.conversation_id in places}
        mono = workspace.calls.clock()
        chosen, soonest = turns(
            [_waiting(row, places[row.conversation_id]) for row in waiting.values()], workspace.budget, mono
        )
        picked = {one.conversation_id: one.slack_channel for one in chosen}
        for row, asking in await self._claimed([waiting[key] for key in picked]):
            task = asyncio.create_task(self._serve(row, picked[row.conversation_id], asking))
            self._in_hand[row.conversation_id] = task
        return min(wait, soonest, IDLE)

    async def _waiting(self, now: datetime) -> tuple[list[Delivery], dict[int, str], float]:
        """List one row per conversation not in hand, where each would be posted, and the wait for others."""
        async with self._workspace.database.reading() as connection:
            asking = await slack.asking(connection, LANE)
            ready = await slack.due(connection, LANE, now, MANY)
            following = await slack.next_at(connection, LANE, now)
            heads: dict[int, Delivery] = {}
            for row in (*asking, *ready):
                if row.conversation_id not in self._in_hand:
                    heads.setdefault(row.conversation_id, row)
            due = [row for row in heads.values() if row.due_at <= now]
            places = await self._places(connection, [row.conversation_id for row in due])
        times = [row.due_at for row in heads.values() if row.due_at > now]
        times += [following] if following is not None else []
        return due, places, min(((at - now).total_seconds() for at in times), default=IDLE)

    async def _places(self, connection: Connection, conversation_ids: Sequence[int]) -> dict[int, str]:
        """Say in which Slack channel each conversation is posted; those with none are left out."""
        workspace = self._workspace
        threads = await slack.threads_of(connection, conversation_ids)
        places = {
            key: t.slack_channel for key, t in threads.items() if t.slack_channel not in workspace.closed
        }
        homeless = [key for key in conversation_ids if key not in places]
        teams = await slack.teams_of(connection, homeless) if homeless else {}
        homes = {key: workspace.home_of(team) for key, team in teams.items()}
        return places | {key: home for key, home in homes.items() if home}

    async def _claimed(self, rows: Sequence[Delivery]) -> list[tuple[Delivery, bool]]:
        if not rows:
            return []
        was_asking = {row.id for row in rows if row.state == ASKING}
        async with self._workspace.database.writing() as connection:
            claimed = await slack.claim_these(connection, [row.id for row in rows])
        return [(row, row.id in was_asking) for row in claimed]

    async def _serve(self, row: Delivery, slack_channel: str, asking: bool) -> None:
        try:
            outcomes = await self._hand.over(row, slack_channel, asking=asking)
        except Exception as error:  # noqa: BLE001 (a loop's step: the row must never stay in hand)
            log.exception("slack post stumbled", key=row.key, error=str(error))
            later = self._workspace.now() + timedelta(seconds=10)
            outcomes = [Outcome(id=row.id, state=ASKING, code="look:1", reason=str(error), due_at=later)]
        try:
            async with self._workspace.database.writing() as connection:
                await deliveries.end(connection, outcomes, self._workspace.now())
        finally:
            self._in_hand.pop(row.conversation_id, None)
            self._workspace.nudges.nudge(LANE)


async def ready(workspace: Workspace) -> bool:
    """Whether Slack takes what we owe: we know who we are and the token is good."""
    if workspace.team_id and not workspace.stopped:
        return True
    try:
        await workspace.meet()
    except SlackError as error:
        log.warning("slack does not answer", error=str(error))
        return False
    return True


async def pause(workspace: Workspace, lane: str, now: datetime) -> float:
    """Say how many seconds a lane may rest: until its next head comes due."""
    async with workspace.database.reading() as connection:
        following = await slack.next_at(connection, lane, now)
    return IDLE if following is None else min(IDLE, (following - workspace.now()).total_seconds())


def _waiting(row: Delivery, slack_channel: str) -> Waiting:
    return Waiting(
        conversation_id=row.conversation_id,
        slack_channel=slack_channel,
        kind=row.kind,
        owed_at=row.owed_at.timestamp(),
    )
