"""What customers said, read for the posts that show it: many conversations at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    runs = await _runs(connection, [(row, head) for row, _, head in here])
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


async def _runs(
    connection: Connection, heads: Sequence[tuple[Delivery, Head]]
) -> list[list[tuple[Delivery, Message]]]:
    """List heads with the messages right behind each that may go along."""
    queues = [
        await slack_lanes.behind(connection, row, MERGED - 1) if head.followed else [] for row, head in heads
    ]
    wanted = [each.message_id for queue in queues for each in queue if each.message_id is not None]
    known = {each.id: each for each in await messages.many(connection, wanted)} if wanted else {}
    return [
        [(row, head.message), *_known(queue, known)] for (row, head), queue in zip(heads, queues, strict=True)
    ]


def _known(queue: Sequence[Delivery], known: Mapping[int, Message]) -> Iterator[tuple[Delivery, Message]]:
    """Go through a queue as far as its messages are there."""
    for each in queue:
        if each.message_id is None or each.message_id not in known:
            return
        yield each, known[each.message_id]


async def claimed(
    connection: Connection, workspace: Workspace, heads: Sequence[tuple[Told, SlackThread]]
) -> list[Told]:
    """Claim what goes along with claimed heads and remember who is called; says what each shows then."""
    for told, thread in heads:
        if told.mention:
            await slack_threads.mentioned(connection, thread, workspace.now())
    along = [each.id for told, _ in heads for each in told.along]
    still = await slack_lanes.claim_behind(connection, along) if along else set()
    return [_still(told, still) for told, _ in heads]


def _still(told: Told, still: Collection[int]) -> Told:
    """Leave out what was to go along and somebody else ended."""
    kept = [0, *(at for at, each in enumerate(told.along, 1) if each.id in still)]
    return replace(
        told,
        rows=[told.rows[at] for at in kept],
        lines=[told.lines[at] for at in kept],
        along=[told.along[at - 1] for at in kept[1:]],
    )
