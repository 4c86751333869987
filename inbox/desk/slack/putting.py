"""Putting posts into Slack and finding them again: each carries its delivery's key as metadata."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from inbox.desk.slack import card as cards
from inbox.desk.slack.calls import Said
from inbox.desk.slack.posts import TEXT_LIMIT, Post
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.workspace import Workspace, log, quietly
from storage import slack_threads
from storage.rows import Delivery
from storage.slack_posts import SlackPost
from storage.slack_threads import SlackThread

TOO_BIG: Final = ("msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format")
UPDATE_LIMIT: Final = 3_900
_NAMES: Final = uuid.UUID("6d1bb2f8-0f5c-4b0e-9a4e-4a6f1c0f5a11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a post goes, and the keys of the deliveries that it shows: *key*, and those *also* shown."""

    slack_channel: str
    thread_ts: str
    key: str
    conversation_id: int
    also: Sequence[str] = ()


def spot(row: Delivery, thread: SlackThread, also: Sequence[str] = ()) -> Spot:
    """Name the spot in a *thread* for what a *row* owes."""
    return Spot(
        slack_channel=thread.slack_channel,
        thread_ts=thread.root_ts,
        key=row.key,
        conversation_id=row.conversation_id,
        also=also,
    )


def shows(thread: SlackThread, ts: str, message_id: int) -> SlackPost:
    """Say that a post of ours shows a message."""
    return SlackPost(
        slack_channel=thread.slack_channel,
        ts=ts,
        message_id=message_id,
        thread_ts=thread.root_ts,
        by_agent=False,
        mark="",
    )


async def put(workspace: Workspace, post: Post, spot: Spot) -> str:
    """Post once; returns the ts. Too big for Slack: once more as plain text. Raises a SlackError."""
    try:
        return await put_as_is(workspace, post, spot)
    except Said as error:
        if error.code not in TOO_BIG:
            raise
        log.error("slack refused the blocks", key=spot.key, code=error.code, details=error.details)
    return await put_as_is(workspace, replace(post, blocks=[], text=post.text[:TEXT_LIMIT]), spot)


async def put_as_is(workspace: Workspace, post: Post, spot: Spot) -> str:
    """Post once with its key, which names the delivery and nothing of a person; raises a SlackError."""
    payload: dict[str, Any] = {"key": spot.key, "conversation": cards.mark(spot.conversation_id)}
    if spot.also:
        payload["with"] = list(spot.also)
    metadata = {"event_type": "tidings_post", "event_payload": payload}
    return await _post(workspace, spot.slack_channel, post, spot.thread_ts, metadata, spot.key)


async def _post(
    workspace: Workspace,
    slack_channel: str,
    post: Post,
    thread_ts: str,
    metadata: Mapping[str, Any],
    key: str,
) -> str:
    answer = await workspace.calls.ask(
        "chat.postMessage",
        channel=slack_channel,
        text=post.text,
        blocks=post.blocks or None,
        thread_ts=thread_ts or None,
        metadata=metadata,
        client_msg_id=str(uuid.uuid5(_NAMES, key)),
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(answer.get("ts", ""))


async def change(workspace: Workspace, slack_channel: str, ts: str, post: Post, **more: Any) -> None:
    """Replace a post of ours, blocks and text; raises a SlackError."""
    await workspace.calls.ask(
        "chat.update", channel=slack_channel, ts=ts, text=post.text[:UPDATE_LIMIT], blocks=post.blocks, **more
    )


async def put_card(workspace: Workspace, conversation_id: int, slack_channel: str) -> SlackThread | None:
    """Post a conversation's card, which begins its thread; an older thread's card then points here."""
    async with workspace.database.reading() as connection:
        before = await slack_threads.thread_of(connection, conversation_id)
        card = await card_of(connection, workspace, conversation_id)
    if card is None:
        return None
    if before is not None and not card.previous:
        card = replace(card, previous=workspace.link(before.slack_channel, before.root_ts))
    metadata = cards.metadata(card)
    ts = await _post(workspace, slack_channel, cards.made(card), "", metadata, _card_key(card, before))
    thread = await keep_card(workspace, conversation_id, slack_channel, ts, card.revision)
    if before is not None and before.root_ts != ts:
        await point(workspace, before, ts, slack_channel)
    return thread


async def point(workspace: Workspace, old: SlackThread, ts: str, slack_channel: str) -> None:
    """Let an old thread's card say where its conversation goes on."""
    link = workspace.link(slack_channel, ts)
    async with workspace.database.reading() as connection:
        card = await card_of(connection, workspace, old.conversation_id, moved_to=link)
    if card is not None:
        await quietly(change(workspace, old.slack_channel, old.root_ts, cards.made(card)))


async def renew_card(workspace: Workspace, gone: SlackThread) -> SlackThread | None:
    """Post a card in place of one that is gone, once though two loops find it gone; raises a SlackError."""
    async with workspace.renewing:
        async with workspace.database.reading() as connection:
            now = await slack_threads.thread_of(connection, gone.conversation_id)
        if now is not None and now.root_ts != gone.root_ts:
            return now
        return await put_card(workspace, gone.conversation_id, gone.slack_channel)


def _card_key(card: cards.Card, before: SlackThread | None) -> str:
    """A second card of one conversation is another gesture than the first."""
    return cards.key(card.conversation_id) + (f":{before.root_ts}" if before is not None else "")


async def keep_card(
    workspace: Workspace, conversation_id: int, slack_channel: str, ts: str, revision: int
) -> SlackThread | None:
    """Remember where the conversation's card stands."""
    async with workspace.database.writing() as connection:
        await slack_threads.keep_thread(
            connection,
            workspace=workspace.team_id,
            slack_channel=slack_channel,
            root_ts=ts,
            conversation_id=conversation_id,
            revision=revision,
            now=workspace.now(),
        )
        return await slack_threads.thread_of(connection, conversation_id)
