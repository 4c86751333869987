"""Choosing who posts next: where each row would be posted, whose turn it is, and what it says there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from inbox.desk.slack.budget import Room, Waiting, turns
from inbox.desk.slack.moving import MOVED
from inbox.desk.slack.told import Going, told_of
from inbox.desk.slack.workspace import Workspace
from storage import slack_lanes, slack_threads
from storage.database import Connection
from storage.slack_turns import Waits
from storage.statuses import ASKING


async def choose(
    connection: Connection, workspace: Workspace, due: Sequence[Waits], room: Room
) -> tuple[list[Going], float]:
    """Choose as many of the rows that are due as there is *room* for, one of a conversation each.

    What the chosen ones say in a thread that there is already is read with them. Also the seconds until
    more may go.
    """
    homes = _homes(workspace, due)
    places = {one.conversation_id: _place(workspace, one, homes) for one in due}
    now, seconds = workspace.now(), workspace.calls.clock()
    ranked = [_waiting(one, places[one.conversation_id], now, seconds) for one in due]
    chosen, soonest = turns((one for one in ranked if one.slack_channel), workspace.budget, seconds, room)
    if not chosen:
        return [], soonest
    keys = {one.conversation_id: one.id for one in due}
    going = await _going(connection, [keys[one.conversation_id] for one in chosen], places)
    ahead = [(one.row, one.thread) for one in going if one.thread is not None and _plain(one)]
    told = await told_of(connection, workspace, ahead) if ahead else {}
    return [replace(one, told=told.get(one.row.id)) for one in going], soonest


def _homes(workspace: Workspace, due: Iterable[Waits]) -> dict[str, str]:
    """Say in which Slack channel each team is at home."""
    return {team: workspace.home_of(team) for team in {one.team for one in due}}


def _place(workspace: Workspace, one: Waits, homes: Mapping[str, str]) -> str:
    """Say where a conversation is posted: where it is, unless it moves; empty for nowhere."""
    stays = one.slack_channel and one.slack_channel not in workspace.closed and one.kind != MOVED
    return one.slack_channel if stays else homes[one.team]


async def _going(connection: Connection, ids: Sequence[int], places: Mapping[int, str]) -> list[Going]:
    """Read the chosen rows whole, in their order, with their threads."""
    rows = {row.id: row for row in await slack_lanes.rows(connection, ids)}
    here = [rows[key] for key in ids if key in rows]
    threads = await slack_threads.threads_of(connection, [row.conversation_id for row in here])
    return [
        Going(
            row=row,
            slack_channel=places[row.conversation_id],
            thread=threads.get(row.conversation_id),
            asking=row.state == ASKING,
        )
        for row in here
    ]


def _plain(going: Going) -> bool:
    """Whether it says what a customer said, in the thread that there is, and for the first time."""
    here = going.thread is not None and going.thread.slack_channel == going.slack_channel
    return here and going.row.kind == "message" and not going.asking


def _waiting(one: Waits, slack_channel: str, now: datetime, seconds: float) -> Waiting:
    return Waiting(
        conversation_id=one.conversation_id,
        slack_channel=slack_channel,
        kind=one.kind,
        owed_at=seconds - (now - one.owed_at).total_seconds(),
        begins=one.slack_channel != slack_channel,
    )
