"""What customers said, read for the posts that show it: many conversations at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from inbox.desk.slack.lines import MERGED, Line, room_for
from inbox.desk.slack.showing import lines_of, may_mention
from inbox.desk.slack.workspace import Workspace
from storage import messages, slack_heads, slack_lanes, slack_threads
from storage.database import Connection
from storage.rows import Delivery, Message
from storage.slack_heads import Head
from storage.slack_threads import SlackThread

MENTION_AGAIN: Final = 30 * 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One post: *rows* and *lines* are what it shows, the head's first, *along* the rows behind the head.

    *mention* is the Slack id of who is called with it, or empty.
    """

    rows: Sequence[Message]
    lines: Sequence[Line]
    along: Sequence[Delivery]
    mention: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A row whose turn it is and where it is posted; *asking* says that an answer was lost before.

    *told* is what it says, where that was read already.
    """

    row: Delivery
    slack_channel: str
    thread: SlackThread | None
    asking: bool = False
    told: Told | None = None

    @property
    def begins(self) -> bool:
        """Whether a card must be posted first."""
        return self.thread is None or self.thread.slack_channel != self.slack_channel


async def told_of(
    connection: Connection, workspace: Workspace, heads: Sequence[tuple[Delivery, SlackThread]]
) -> dict[int, Told]:
    """Read what heads of the kind "message" say in their threads, by row, where the message is there."""
    found = await slack_heads.heads(connection, [row.id for row, _ in heads]) if heads else {}
    here = [(row, thread, found[row.id]) for row, thread in heads if row.id in found]
    runs = [await _run(connection, row, head) for row, _, head in here]
    plain = {one.message.id for *_, one in here if not one.files and not one.touched}
    said = [message for run in runs for _, message in run]
    lines = iter(await lines_of(connection, workspace, said, plain))
    told = {}
    for (row, thread, head), run in zip(here, runs, strict=True):
        own = [next(lines) for _ in run]
        more = room_for(own[0], own[1:])
        told[row.id] = Told(
            rows=[message for _, message in run[: 1 + more]],
            lines=own[: 1 + more],
            along=[each for each, _ in run[1 : 1 + more]],
            mention=_called(workspace, head, thread, run),
        )
    return told


def _called(
    workspace: Workspace, head: Head, thread: SlackThread, run: Sequence[tuple[Delivery, Message]]
) -> str:
    """Name whom a post calls: nobody where it only tells of calls and of what other tools sent."""
    wants = any(not message.nature for _, message in run)
    return head.owner if wants and may_mention(workspace, thread, MENTION_AGAIN) else ""


async def _run(connection: Connection, row: Delivery, head: Head) -> list[tuple[Delivery, Message]]:
    """List a head and the messages right behind it that may go along."""
    run = [(row, head.message)]
    if not head.followed:
        return run
    behind = await slack_lanes.behind(connection, row, MERGED - 1)
    wanted = [each.message_id for each in behind if each.message_id is not None]
    known = {each.id: each for each in await messages.many(connection, wanted)}
    for each in behind:
        if each.message_id not in known:
            break
        run.append((each, known[each.message_id]))
    return run


async def claimed(connection: Connection, workspace: Workspace, told: Told, thread: SlackThread) -> Told:
    """Claim what goes along with a claimed head and remember who is called; says what is shown then."""
    if told.mention:
        await slack_threads.mentioned(connection, thread, workspace.now())
    if not told.along:
        return told
    still = await slack_lanes.claim_behind(connection, [each.id for each in told.along])
    kept = [0, *(at for at, each in enumerate(told.along, 1) if each.id in still)]
    return replace(
        told,
        rows=[told.rows[at] for at in kept],
        lines=[told.lines[at] for at in kept],
        along=[told.along[at - 1] for at in kept[1:]],
    )
