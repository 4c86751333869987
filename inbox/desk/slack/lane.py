"""The loop that hands the lane "slack" over: posts, in order per conversation, within the budget."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from inbox.desk.slack.budget import Room
from inbox.desk.slack.choosing import choose
from inbox.desk.slack.handed import Handed
from inbox.desk.slack.handing import Hand
from inbox.desk.slack.told import Going, claimed
from inbox.desk.slack.turns import ALARMED, IDLE, ready
from inbox.desk.slack.workspace import Workspace, log
from storage import endings, slack_lanes, slack_posts, slack_turns
from storage.database import Connection
from storage.endings import Outcome
from storage.slack_turns import Waits
from storage.statuses import ASKING, READY, SENT

LANE: Final = "slack"
FEW: Final = 64  # heads that are looked at, where no more are due
MANY: Final = 500  # else: who is chosen fairly is chosen among so many
AT_ONCE: Final = 64  # conversations in hand: hooks share the loop with what is being posted
CARDS_AT_ONCE: Final = 16  # of them those that begin with a card, which costs many times a post
BUSY: Final = 1.0
GATHER: Final = 0.02  # seconds in which what became of a post may wait to be written with the next claim
CROWD: Final = 8  # in hand: from here on what comes within REST is one turn
REST: Final = 0.01  # seconds


class Lane:
    """Chooses who posts next; each conversation has at most one row in hand."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace
        self._hand = Hand(workspace)
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._handed: dict[int, Handed] = {}
        self._begun: set[int] = set()  # of those in hand: whose card is posted first
        self._asks = True
        self._bell: asyncio.TimerHandle | None = None

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
        try:
            await self._write([])
        finally:
            self.forget()

    def forget(self) -> None:
        """Begin from the rows: others may post what is in hand here before we do again."""
        for task in self._in_hand.values():
            task.cancel()
        self._in_hand, self._handed, self._begun, self._asks = {}, {}, set(), True

    async def turn(self) -> float:
        """Hand over what may go now; says how many seconds until something else may."""
        workspace = self._workspace
        if not await ready(workspace):
            await self._write([])
            return ALARMED if workspace.stopped else 2.0
        now = workspace.now()
        going, wait = await self._chosen(now)
        for one in await self._write(going):
            self._in_hand[one.row.conversation_id] = asyncio.create_task(self._serve(one))
            if one.begins:
                self._begun.add(one.row.conversation_id)
        if len(self._in_hand) >= CROWD:
            await asyncio.sleep(REST)
        return min(wait, GATHER if self._handed else IDLE)

    async def _write(self, going: Sequence[Going]) -> list[Going]:
        """In one transaction: what became of what was handed over, and what is claimed now."""
        handed, self._handed = self._handed, {}
        self._asks = self._asks or any(_asks(done) for done in handed.values())
        if not handed and not going:
            return []
        now = self._workspace.now()
        try:
            async with self._workspace.database.writing() as connection:
                follows = await _write_down(connection, list(handed.values()), now)
                mine = await self._claim(connection, going) if going else []
        except BaseException:
            self._handed = handed | self._handed  # nothing was kept: it is written at the next turn
            raise
        for conversation_id in handed:
            self._in_hand.pop(conversation_id, None)
        self._begun.difference_update(handed)
        if follows:
            self._workspace.nudges.ring(LANE)
        return mine

    async def _claim(self, connection: Connection, going: Sequence[Going]) -> list[Going]:
        """Claim the rows whose turn it is, with what goes along; what somebody else ended is left out."""
        chosen = {one.row.id: one for one in going}
        rows = await slack_lanes.claim_these(connection, list(chosen))
        here = [chosen[row.id] for row in rows]
        ahead = {
            one.row.id: (one.told, one.thread)
            for one in here
            if one.told is not None and one.thread is not None
        }
        told = await claimed(connection, self._workspace, list(ahead.values()))
        now = dict(zip(ahead, told, strict=True))
        return [replace(chosen[row.id], row=row, told=now.get(row.id)) for row in rows]

    async def _chosen(self, now: datetime) -> tuple[list[Going], float]:
        """Choose what is posted now, one row of each conversation not in hand; also the wait for more."""
        room = Room(posts=AT_ONCE - len(self._in_hand), cards=CARDS_AT_ONCE - len(self._begun))
        if room.posts <= 0:
            return [], BUSY  # without reading what waits: whoever ends in hand rings
        async with self._workspace.database.reading() as connection:
            asking = await slack_turns.asking(connection, LANE) if self._asks else []
            ready = await _due(connection, now)
            following = None if ready else await slack_lanes.next_at(connection, LANE, now)
            heads: dict[int, Waits] = {}
            for one in (*asking, *ready):
                if one.conversation_id not in self._in_hand:
                    heads.setdefault(one.conversation_id, one)
            due = [one for one in heads.values() if one.due_at <= now]
            going, soonest = await choose(connection, self._workspace, due, room) if due else ([], IDLE)
        self._asks = bool(asking) or any(_asks(done) for done in self._handed.values())
        times = [one.due_at for one in heads.values() if one.due_at > now]
        times += [following] if following is not None else []
        rest = BUSY if ready else IDLE
        wait = min(((at - now).total_seconds() for at in times), default=rest)
        return going, min(wait, soonest)

    async def _serve(self, going: Going) -> None:
        row = going.row
        try:
            done = await self._hand.over(going)
        except Exception as error:  # noqa: BLE001 (a loop's step: the row must never stay in hand)
            log.exception("slack post stumbled", key=row.key, error=str(error))
            later = self._workspace.now() + timedelta(seconds=10)
            rows = (row, *(going.told.along if going.told is not None else ()))
            done = Handed(
                outcomes=[
                    Outcome(id=each.id, state=ASKING, code="look:1", reason=str(error), due_at=later)
                    for each in rows
                ]
            )
        self._handed[row.conversation_id] = done
        if self._bell is None:
            self._bell = asyncio.get_running_loop().call_later(GATHER, self._ring)

    def _ring(self) -> None:
        """Have written what became of posts, here: no other node waits for it."""
        self._bell = None
        self._workspace.nudges.ring(LANE)


async def _due(connection: Connection, now: datetime) -> list[Waits]:
    """List who may go: few where they are all, else many, so that nobody is overlooked."""
    few = await slack_turns.due(connection, LANE, now, FEW)
    return few if len(few) < FEW else await slack_turns.due(connection, LANE, now, MANY)


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
