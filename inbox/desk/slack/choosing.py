"""Choosing who posts next: where each row would be posted, whose turn it is, and what it says there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from inbox.desk.slack.budget import Waiting, turns
from inbox.desk.slack.moving import MOVED
from inbox.desk.slack.told import Going, told_of
from inbox.desk.slack.workspace import Workspace
from storage import slack_facts, slack_threads
from storage.database import Connection
from storage.rows import Delivery
from storage.slack_threads import SlackThread
from storage.statuses import ASKING


async def choose(
    connection: Connection, workspace: Workspace, due: Sequence[Delivery], most: int
) -> tuple[list[Going], float]:
    """Choose at most *most* of the rows that are due, one of a conversation; also the wait for more.

    What the chosen ones say in a thread that there is already is read with them.
    """
    rows = {row.conversation_id: row for row in due}
    threads = await slack_threads.threads_of(connection, list(rows))
    moving = {row.conversation_id for row in due if row.kind == MOVED}
    places = await _places(connection, workspace, list(rows), threads, moving)
    now, seconds = workspace.now(), workspace.calls.clock()
    ranked = [_waiting(row, places[key], now, seconds) for key, row in rows.items() if key in places]
    chosen, soonest = turns(ranked, workspace.budget, seconds, most)
    going = [
        Going(
            row=rows[one.conversation_id],
            slack_channel=one.slack_channel,
            thread=threads.get(one.conversation_id),
            asking=rows[one.conversation_id].state == ASKING,
        )
        for one in chosen
    ]
    ahead = [(one.row, one.thread) for one in going if one.thread is not None and _plain(one)]
    told = await told_of(connection, workspace, ahead) if ahead else {}
    return [replace(one, told=told.get(one.row.id)) for one in going], soonest


async def _places(
    connection: Connection,
    workspace: Workspace,
    conversation_ids: Sequence[int],
    threads: Mapping[int, SlackThread],
    moving: Collection[int],
) -> dict[int, str]:
    """Say in which Slack channel each conversation is posted; those with none are left out."""
    places = {
        key: t.slack_channel
        for key, t in threads.items()
        if t.slack_channel not in workspace.closed and key not in moving
    }
    homeless = [key for key in conversation_ids if key not in places]
    teams = await slack_facts.teams_of(connection, homeless) if homeless else {}
    homes = {key: workspace.home_of(team) for key, team in teams.items()}
    return places | {key: home for key, home in homes.items() if home}


def _plain(going: Going) -> bool:
    """Whether it says what a customer said, in the thread that there is, and for the first time."""
    here = going.thread is not None and going.thread.slack_channel == going.slack_channel
    return here and going.row.kind == "message" and not going.asking


def _waiting(row: Delivery, slack_channel: str, now: datetime, seconds: float) -> Waiting:
    return Waiting(
        conversation_id=row.conversation_id,
        slack_channel=slack_channel,
        kind=row.kind,
        owed_at=seconds - (now - row.owed_at).total_seconds(),
    )
