"""Questions of the Slack face: which thread is which conversation, which post which message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import hooks
from storage.queues import IS_OPEN, IS_READY, promote
from storage.rows import Delivery, made
from storage.statuses import ASKING, READY, SENDING, SENT
from storage.tables import (
    agents,
    conversations,
    deliveries,
    messages,
    seen,
    slack_asks,
    slack_posts,
    slack_threads,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackThread:
    """A card and what stands under it; *revision* is the conversation's that the card shows."""

    workspace: str
    slack_channel: str
    root_ts: str
    conversation_id: int
    current: bool
    revision: int
    posted_at: datetime
    edited_at: datetime | None
    mentioned_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackPost:
    """A message in a thread and the message of ours that it is; *mark* is the last mark it got."""

    slack_channel: str
    ts: str
    message_id: int
    thread_ts: str
    by_agent: bool
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAsk:
    """What an agent wrote and was asked about; state is asked, told, sent, noted or withdrawn."""

    slack_channel: str
    ts: str
    thread_ts: str
    conversation_id: int
    agent_id: int
    question: str
    sendable: bool
    said: Mapping[str, Any]
    state: str
    asked_at: datetime


async def _keep(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; says whether it was not."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    first = next(iter(table.primary_key.columns))
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(first)
    return (await connection.execute(statement)).first() is not None


async def journal(
    connection: AsyncConnection, *, hook_id: int, body: bytes, key: str, url: str, now: datetime
) -> bool:
    """Keep a payload as a waiting hook unless one of the same *key* was kept; says whether it was new."""
    if key and not await _keep(connection, seen, {"scope": "slack", "key": key[:255], "at": now}):
        return False
    await hooks.keep(
        connection,
        hook_id=hook_id,
        channel="slack",
        received_at=now,
        method="POST",
        url=url,
        headers={},
        body=body,
        state="waiting",
    )
    return True


async def forget_seen(connection: AsyncConnection, before: datetime) -> None:
    """Forget the keys of payloads older than any retry of theirs."""
    await connection.execute(seen.delete().where(seen.c.scope == "slack", seen.c.at < before))


async def thread_of(connection: AsyncConnection, conversation_id: int) -> SlackThread | None:
    """Find the thread where a conversation goes on."""
    which = select(slack_threads).where(
        slack_threads.c.conversation_id == conversation_id, slack_threads.c.current.is_(True)
    )
    row = (await connection.execute(which)).first()
    return None if row is None else made(SlackThread, row)


async def threads_of(connection: AsyncConnection, conversation_ids: Sequence[int]) -> dict[int, SlackThread]:
    """Find the threads where conversations go on, by conversation."""
    which = select(slack_threads).where(
        slack_threads.c.conversation_id.in_(conversation_ids), slack_threads.c.current.is_(True)
    )
    return {row.conversation_id: made(SlackThread, row) for row in await connection.execute(which)}


async def thread_at(
    connection: AsyncConnection, workspace: str, slack_channel: str, root_ts: str
) -> SlackThread | None:
    """Find the thread at a place; an old one is still heard."""
    which = select(slack_threads).where(
        slack_threads.c.workspace == workspace,
        slack_threads.c.slack_channel == slack_channel,
        slack_threads.c.root_ts == root_ts,
    )
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(SlackThread, row)


async def keep_thread(
    connection: AsyncConnection,
    *,
    workspace: str,
    slack_channel: str,
    root_ts: str,
    conversation_id: int,
    revision: int,
    now: datetime,
) -> None:
    """Let the conversation go on in this thread from now on; keeping it twice keeps it once."""
    await connection.execute(
        update(slack_threads).where(slack_threads.c.conversation_id == conversation_id).values(current=False)
    )
    values = {
        "workspace": workspace,
        "slack_channel": slack_channel,
        "root_ts": root_ts,
        "conversation_id": conversation_id,
        "current": True,
        "revision": revision,
        "posted_at": now,
    }
    if not await _keep(connection, slack_threads, values):
        await connection.execute(_thread(workspace, slack_channel, root_ts).values(current=True))


async def shown(connection: AsyncConnection, thread: SlackThread, revision: int, now: datetime) -> None:
    """Remember which revision the card shows; an older one never replaces a newer."""
    change = _thread(thread.workspace, thread.slack_channel, thread.root_ts)
    newer = slack_threads.c.revision < revision
    await connection.execute(change.where(newer).values(revision=revision, edited_at=now))


async def mentioned(connection: AsyncConnection, thread: SlackThread, now: datetime) -> None:
    """Remember when the owner was last mentioned in the thread."""
    change = _thread(thread.workspace, thread.slack_channel, thread.root_ts)
    await connection.execute(change.values(mentioned_at=now))


def _thread(workspace: str, slack_channel: str, root_ts: str) -> Any:
    return update(slack_threads).where(
        slack_threads.c.workspace == workspace,
        slack_threads.c.slack_channel == slack_channel,
        slack_threads.c.root_ts == root_ts,
    )


async def live_cards(connection: AsyncConnection) -> int:
    """Count the cards of conversations that are not resolved."""
    which = (
        select(func.count())
        .select_from(slack_threads.join(conversations))
        .where(slack_threads.c.current.is_(True), conversations.c.state != "resolved")
    )
    return int((await connection.execute(which)).scalar_one())


async def keep_post(connection: AsyncConnection, *posts: SlackPost) -> None:
    """Remember that posts show messages, or that an agent wrote them there."""
    if not posts:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [{name: getattr(post, name) for name in SlackPost.__slots__} for post in posts]
    await connection.execute(insert(slack_posts).on_conflict_do_nothing(), rows)


async def posts_at(connection: AsyncConnection, slack_channel: str, ts: str) -> list[SlackPost]:
    """List the messages that one post shows, in order."""
    which = select(slack_posts).where(slack_posts.c.slack_channel == slack_channel, slack_posts.c.ts == ts)
    rows = await connection.execute(which.order_by(slack_posts.c.message_id))
    return [made(SlackPost, row) for row in rows]


async def posts_of(connection: AsyncConnection, message_id: int) -> list[SlackPost]:
    """List where a message stands, what the agent wrote first."""
    which = select(slack_posts).where(slack_posts.c.message_id == message_id)
    rows = await connection.execute(which.order_by(slack_posts.c.by_agent.desc(), slack_posts.c.ts))
    return [made(SlackPost, row) for row in rows]


async def marked(connection: AsyncConnection, post: SlackPost, mark: str) -> None:
    """Remember the last mark a post got."""
    await connection.execute(
        update(slack_posts)
        .where(slack_posts.c.slack_channel == post.slack_channel, slack_posts.c.ts == post.ts)
        .values(mark=mark)
    )


async def keep_ask(connection: AsyncConnection, ask: SlackAsk) -> bool:
    """Remember what was asked; says whether it was not asked already."""
    return await _keep(connection, slack_asks, {name: getattr(ask, name) for name in SlackAsk.__slots__})


async def ask_at(connection: AsyncConnection, slack_channel: str, ts: str) -> SlackAsk | None:
    """Find what was asked about the message at a place."""
    which = select(slack_asks).where(slack_asks.c.slack_channel == slack_channel, slack_asks.c.ts == ts)
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(SlackAsk, row)


async def answer_ask(connection: AsyncConnection, ask: SlackAsk, state: str) -> None:
    """Remember how a question ended: told, sent, noted or withdrawn."""
    await _change_ask(connection, ask, state=state)


async def change_ask(connection: AsyncConnection, ask: SlackAsk, said: Mapping[str, Any]) -> None:
    """Keep the words as the agent has changed them meanwhile."""
    await _change_ask(connection, ask, said=dict(said))


async def _change_ask(connection: AsyncConnection, ask: SlackAsk, **values: Any) -> None:
    here = (slack_asks.c.slack_channel == ask.slack_channel, slack_asks.c.ts == ask.ts)
    await connection.execute(update(slack_asks).where(*here).values(**values))


async def unanswered(connection: AsyncConnection, before: datetime) -> list[SlackAsk]:
    """List what was asked before an instant and nobody has answered."""
    which = select(slack_asks).where(slack_asks.c.state == "asked", slack_asks.c.asked_at < before)
    return [made(SlackAsk, row) for row in await connection.execute(which.order_by(slack_asks.c.asked_at))]


async def due(connection: AsyncConnection, lane: str, now: datetime, limit: int) -> list[Delivery]:
    """List the heads of a lane whose time has come, oldest first, without claiming them."""
    which = (
        select(deliveries)
        .where(deliveries.c.lane == lane, IS_READY, deliveries.c.due_at <= now)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
    )
    return [made(Delivery, row) for row in await connection.execute(which)]


async def claim_these(connection: AsyncConnection, ids: Sequence[int]) -> list[Delivery]:
    """Mark these heads as being sent, those of them that still wait or are asked about."""
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.state.in_((READY, ASKING)))
        .values(state=SENDING, tries=deliveries.c.tries + 1)
        .returning(*deliveries.c)
    )
    return sorted((made(Delivery, row) for row in result), key=lambda row: row.id)


async def note_code(connection: AsyncConnection, delivery_id: int, code: str) -> None:
    """Write on a delivery what its next look-up needs, a file's id, before the call that may be lost."""
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(code=code))


async def asking(connection: AsyncConnection, lane: str) -> list[Delivery]:
    """List the rows of a lane whose answer was lost, oldest first, due or not."""
    which = select(deliveries).where(deliveries.c.lane == lane, IS_OPEN, deliveries.c.state == ASKING)
    return [made(Delivery, row) for row in await connection.execute(which.order_by(deliveries.c.id))]


async def next_at(connection: AsyncConnection, lane: str, after: datetime) -> datetime | None:
    """Say when the lane's next head comes due after an instant."""
    which = select(func.min(deliveries.c.due_at)).where(
        deliveries.c.lane == lane, IS_READY, deliveries.c.due_at > after
    )
    due_at: datetime | None = (await connection.execute(which)).scalar_one_or_none()
    return due_at


async def postpone(connection: AsyncConnection, ids: Sequence[int], due_at: datetime) -> None:
    """Let heads that were not claimed wait until an instant."""
    which = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == READY)
    await connection.execute(which.values(due_at=due_at))


async def behind(connection: AsyncConnection, head: Delivery, limit: int) -> list[Delivery]:
    """List the rows right behind a head in its queue, as long as they are of its kind."""
    which = select(deliveries).where(
        deliveries.c.lane == head.lane,
        deliveries.c.conversation_id == head.conversation_id,
        deliveries.c.id > head.id,
        IS_OPEN,
    )
    rows = [
        made(Delivery, row) for row in await connection.execute(which.order_by(deliveries.c.id).limit(limit))
    ]
    other = next((at for at, row in enumerate(rows) if row.kind != head.kind), len(rows))
    return rows[:other]


async def teams_of(connection: AsyncConnection, conversation_ids: Sequence[int]) -> dict[int, str]:
    """Say which team each conversation is of."""
    which = select(conversations.c.id, conversations.c.team).where(conversations.c.id.in_(conversation_ids))
    return {row.id: row.team for row in await connection.execute(which)}


async def remember(connection: AsyncConnection, scope: str, key: str, now: datetime) -> bool:
    """Keep a key; says whether it was not kept already."""
    return await _keep(connection, seen, {"scope": scope, "key": key[:255], "at": now})


async def remembers(connection: AsyncConnection, scope: str, key: str) -> bool:
    """Whether a key is kept."""
    which = select(seen.c.at).where(seen.c.scope == scope, seen.c.key == key[:255])
    return (await connection.execute(which)).first() is not None


async def last_answer(
    connection: AsyncConnection, conversation_id: int
) -> tuple[int | None, datetime] | None:
    """Say who of us answered last, and when."""
    which = (
        select(messages.c.agent_id, messages.c.sent_at)
        .where(messages.c.conversation_id == conversation_id, messages.c.direction == "out")
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(which)).first()
    return None if row is None else (row.agent_id, row.sent_at)


async def zone_of(connection: AsyncConnection, slack_id: str) -> str:
    """Say in which zone the agent with this Slack id lives; UTC if nobody has it."""
    which = select(agents.c.zone).where(agents.c.slack_id == slack_id, agents.c.active.is_(True))
    return (await connection.execute(which)).scalars().first() or "UTC"


async def posted(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> bool:
    """Write that claimed rows stand in Slack, and let the next ones go; says whether any can."""
    result = await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.state.in_((SENDING, ASKING)))
        .values(state=SENT, code="", reason="", ended_at=now)
        .returning(deliveries.c.lane, deliveries.c.conversation_id)
    )
    return await promote(connection, {(row.lane, row.conversation_id) for row in result})


async def owner_of(connection: AsyncConnection, conversation_id: int) -> str:
    """Say the Slack id of the active agent who owns a conversation; empty if there is none."""
    which = (
        select(agents.c.slack_id)
        .join(conversations, conversations.c.owner_id == agents.c.id)
        .where(conversations.c.id == conversation_id, agents.c.active.is_(True))
    )
    return (await connection.execute(which)).scalars().first() or ""


async def owes(connection: AsyncConnection, lane: str, conversation_id: int) -> bool:
    """Whether the conversation is owed anything in a lane, what is being sent included."""
    which = select(deliveries.c.id).where(
        deliveries.c.lane == lane, deliveries.c.conversation_id == conversation_id, IS_OPEN
    )
    return (await connection.execute(which.limit(1))).first() is not None
