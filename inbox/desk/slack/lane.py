"""The loop that hands the lane "slack" over: posts, in order per conversation, within the budget."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from inbox.desk.slack.budget import Waiting, turns
from inbox.desk.slack.handed import Handed
from inbox.desk.slack.handing import Hand
from inbox.desk.slack.moving import MOVED
from inbox.desk.slack.turns import ALARMED, IDLE, ready
from inbox.desk.slack.workspace import Workspace, log
from storage import endings, slack_facts, slack_lanes, slack_posts, slack_threads
from storage.database import Connection
from storage.endings import Outcome
from storage.rows import Delivery
from storage.slack_threads import SlackThread
from storage.statuses import ASKING, READY, SENT

LANE: Final = "slack"
MANY: Final = 500
BUSY: Final = 1.0


class Lane:
    """Chooses who posts next; each conversation has at most one row in hand."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace
        self._hand = Hand(workspace)
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._handed: dict[int, Handed] = {}
        self._asks = True

    async def recover(self) -> None:
        """After a crash: what was being posted is looked up; what can be repeated is repeated."""
        now = self._workspace.now()
        async with self._workspace.database.writing() as connection:
            await endings.recover(connection, [LANE], ASKING, now)
            await endings.recover(connection, ["slack-cards", "slack-marks"], READY, now)

    async def finish(self) -> None:
        """Let what is in hand end, and write down how."""
        if self._in_hand:
            await asyncio.wait(list(self._in_hand.values()), timeout=3)
        for task in self._in_hand.values():
            task.cancel()
        await self._write([])

    async def turn(self) -> float:
        """Hand over what may go now; says how many seconds until something else may."""
        workspace = self._workspace
        if not await ready(workspace):
            await self._write([])
            return ALARMED if workspace.stopped else 2.0
        now = workspace.now()
        rows, threads, places, wait = await self._waiting(now)
        waiting = {row.conversation_id: row for row in rows if row.conversation_id in places}
        mono = workspace.calls.clock()
        chosen, soonest = turns(
            [_waiting(row, places[row.conversation_id]) for row in waiting.values()], workspace.budget, mono
        )
        picked = {one.conversation_id: one.slack_channel for one in chosen}
        was_asking = {row.id for row in waiting.values() if row.state == ASKING}
        for row in await self._write([waiting[key].id for key in picked]):
            key = row.conversation_id
            serving = self._serve(row, picked[key], threads.get(key), row.id in was_asking)
            self._in_hand[key] = asyncio.create_task(serving)
        if self._handed:
            return 0.0
        return min(wait, soonest, IDLE)

    async def _write(self, ids: Sequence[int]) -> list[Delivery]:
        """In one transaction: what became of what was handed over, and what is claimed now."""
        handed, self._handed = self._handed, {}
        self._asks = self._asks or any(_asks(done) for done in handed.values())
        if not handed and not ids:
            return []
        now = self._workspace.now()
        try:
            async with self._workspace.database.writing() as connection:
                follows = await _write_down(connection, list(handed.values()), now)
                claimed = await slack_lanes.claim_these(connection, ids) if ids else []
        except BaseException:
            self._handed = handed | self._handed  # nothing was kept: it is written at the next turn
            raise
        for conversation_id in handed:
            self._in_hand.pop(conversation_id, None)
        if follows:
            self._workspace.nudges.nudge(LANE)
        return claimed

    async def _waiting(
        self, now: datetime
    ) -> tuple[list[Delivery], dict[int, SlackThread], dict[int, str], float]:
        """List one row per conversation not in hand, where each would be posted, and the wait for others."""
        async with self._workspace.database.reading() as connection:
            asking = await slack_lanes.asking(connection, LANE) if self._asks else []
            ready = await slack_lanes.due(connection, LANE, now, MANY)
            following = None if ready else await slack_lanes.next_at(connection, LANE, now)
            heads: dict[int, Delivery] = {}
            for row in (*asking, *ready):
                if row.conversation_id not in self._in_hand:
                    heads.setdefault(row.conversation_id, row)
            due = [row for row in heads.values() if row.due_at <= now]
            wanted = [row.conversation_id for row in due]
            threads = await slack_threads.threads_of(connection, wanted) if wanted else {}
            moving = {row.conversation_id for row in due if row.kind == MOVED}
            places = await self._places(connection, wanted, threads, moving)
        self._asks = bool(asking) or any(_asks(done) for done in self._handed.values())
        times = [row.due_at for row in heads.values() if row.due_at > now]
        times += [following] if following is not None else []
        rest = BUSY if ready else IDLE
        return due, threads, places, min(((at - now).total_seconds() for at in times), default=rest)

    async def _places(
        self,
        connection: Connection,
        conversation_ids: Sequence[int],
        threads: Mapping[int, SlackThread],
        moving: Collection[int],
    ) -> dict[int, str]:
        """Say in which Slack channel each conversation is posted; those with none are left out."""
        workspace = self._workspace
        places = {
            key: t.slack_channel
            for key, t in threads.items()
            if t.slack_channel not in workspace.closed and key not in moving
        }
        homeless = [key for key in conversation_ids if key not in places]
        teams = await slack_facts.teams_of(connection, homeless) if homeless else {}
        homes = {key: workspace.home_of(team) for key, team in teams.items()}
        return places | {key: home for key, home in homes.items() if home}

    async def _serve(
        self, row: Delivery, slack_channel: str, thread: SlackThread | None, asking: bool
    ) -> None:
        try:
            done = await self._hand.over(row, slack_channel, thread, asking=asking)
        except Exception as error:  # noqa: BLE001 (a loop's step: the row must never stay in hand)
            log.exception("slack post stumbled", key=row.key, error=str(error))
            later = self._workspace.now() + timedelta(seconds=10)
            lost = Outcome(id=row.id, state=ASKING, code="look:1", reason=str(error), due_at=later)
            done = Handed(outcomes=[lost])
        self._handed[row.conversation_id] = done
        self._workspace.nudges.nudge(LANE)


def _asks(done: Handed) -> bool:
    """Whether an answer was lost, so that rows must be asked about."""
    return any(outcome.state == ASKING for outcome in done.outcomes)


async def _write_down(connection: Connection, handed: Sequence[Handed], now: datetime) -> bool:
    """Write what became of rows; says whether others can go now."""
    await slack_posts.keep_post(connection, *(post for done in handed for post in done.shown))
    outcomes = [outcome for done in handed for outcome in done.outcomes]
    follows = False
    if sent := [outcome.id for outcome in outcomes if outcome.state == SENT]:
        follows = await slack_lanes.posted(connection, sent, now)
    if others := [outcome for outcome in outcomes if outcome.state != SENT]:
        await endings.end(connection, others, now)
    return follows or bool(others)


def _waiting(row: Delivery, slack_channel: str) -> Waiting:
    return Waiting(
        conversation_id=row.conversation_id,
        slack_channel=slack_channel,
        kind=row.kind,
        owed_at=row.owed_at.timestamp(),
    )
