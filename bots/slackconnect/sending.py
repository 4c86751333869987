"""Posting to Slack: into the thread of what is answered, with the delivery's key beside it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bots.channel import MediaOut, MessageOut, Sent
from bots.errors import Refused, Uncertain, Unreachable
from bots.json_body import table, tables
from bots.slackconnect.calls import CALL_ERRORS, Calls, heard, translated
from bots.slackconnect.naming import id_of, message_of, place_of
from bots.slackconnect.spec import DONE_ALREADY, FILE
from bots.slackconnect.words import name_of, said

KEPT_AS: Final = "tidings_delivery"
"""The metadata's event type."""
SKEW: Final = timedelta(seconds=60)
LOOKED_THROUGH: Final = 200


async def send(calls: Calls, message: MessageOut) -> Sent:
    """Post one message; a file is uploaded first and shared with the words beside it."""
    place, thread = place_of(message.address), await thread_of(calls, message)
    if message.media:
        return await _share(calls, message, place, thread)
    if not message.text.strip():
        raise Refused("There is nothing to send: write some words or add a file.", code="no_text")
    answer = await heard(
        calls.client.chat_postMessage(
            channel=place,
            text=said(message.text),
            thread_ts=thread,
            metadata={"event_type": KEPT_AS, "event_payload": {"key": message.key}},
        ),
        harmless=False,
    )
    return Sent(external_id=id_of(str(answer.get("channel")), answer.get("ts")))


async def thread_of(calls: Calls, message: MessageOut) -> str | None:
    """Find the thread an answer belongs into: that of what it answers, none beside direct messages.

    Slack takes only a thread's first message for its name, so a reply is asked where it stands.
    """
    if not message.reply_to:
        return None
    channel, ts = message_of(message.reply_to)
    if channel != place_of(message.address):
        return None
    try:
        answer = await heard(calls.client.conversations_replies(channel=channel, ts=ts, limit=1))
    except Refused:
        return None  # what it answers was taken back
    first = next(iter(tables(answer.get("messages"))), {})
    root = str(first.get("thread_ts") or first.get("ts") or ts)
    return None if channel.startswith("D") and root == ts and not first.get("thread_ts") else root


async def look_up(calls: Calls, message: MessageOut) -> Sent | None:
    """Find what was posted under the delivery's key since it was owed; a file has no key, but its name."""
    place, thread = place_of(message.address), await thread_of(calls, message)
    if place.startswith(("U", "W")):
        opened = await heard(calls.client.conversations_open(users=place))
        place = str(table(opened.get("channel")).get("id"))
    oldest = _stamp(message.owed_at - SKEW)
    options: dict[str, Any] = {"channel": place, "oldest": oldest, "limit": LOOKED_THROUGH}
    options["include_all_metadata"] = True
    if thread is None:
        answer = await heard(calls.client.conversations_history(**options))
    else:
        answer = await heard(calls.client.conversations_replies(ts=thread, **options))
    found = [one for one in tables(answer.get("messages")) if _is(one, message)]
    return Sent(external_id=id_of(place, found[0].get("ts"))) if found else None


async def edit(calls: Calls, external_id: str, text: str) -> None:
    """Change a sent message."""
    channel, ts = message_of(external_id)
    await heard(calls.client.chat_update(channel=channel, ts=ts, text=said(text)))


async def delete(calls: Calls, external_id: str) -> None:
    """Take a sent message back; one that is gone already is done."""
    channel, ts = message_of(external_id)
    await _done(calls.client.chat_delete(channel=channel, ts=ts))


async def react(calls: Calls, external_id: str, reaction: str) -> None:
    """Put a reaction on a message, or take off those of ours that are there."""
    channel, ts = message_of(external_id)
    if reaction:
        name = name_of(reaction)
        if not name:
            raise Refused("Slack does not know this emoji.")
        await _done(calls.client.reactions_add(channel=channel, timestamp=ts, name=name))
        return
    answer = await heard(calls.client.conversations_replies(channel=channel, ts=ts, limit=1))
    first = next(iter(tables(answer.get("messages"))), {})
    for one in tables(first.get("reactions")):
        await _done(calls.client.reactions_remove(channel=channel, timestamp=ts, name=str(one.get("name"))))


async def _share(calls: Calls, message: MessageOut, place: str, thread: str | None) -> Sent:
    files = [await _upload(calls, medium) for medium in message.media]
    if place.startswith(("U", "W")):
        opened = await heard(calls.client.conversations_open(users=place))
        place = str(table(opened.get("channel")).get("id"))
    await heard(
        calls.client.files_completeUploadExternal(
            files=files, channel_id=place, thread_ts=thread, initial_comment=said(message.text) or None
        ),
        harmless=False,
    )
    return Sent(external_id=await _shared(calls, str(files[0]["id"]), place))


async def _upload(calls: Calls, medium: MediaOut) -> dict[str, str | None]:
    """Give Slack a file that nobody sees yet."""
    if medium.size > FILE:
        raise Refused("The file is larger than 100 MB.")
    content = await asyncio.to_thread(Path(medium.path).read_bytes)
    ticket = await heard(calls.client.files_getUploadURLExternal(filename=medium.name, length=len(content)))
    try:
        async with calls.session.post(str(ticket.get("upload_url")), data=content) as answer:
            if answer.status != 200:
                raise Unreachable(f"Slack did not take the file: it answered {answer.status}.")
    except CALL_ERRORS as error:
        raise translated(error, Unreachable) from error
    return {"id": str(ticket.get("file_id")), "title": medium.name}


async def _shared(calls: Calls, file_id: str, place: str) -> str:
    """Ask which message a file became; where Slack does not know yet, the file's own id must do."""
    try:
        answer = await heard(calls.client.files_info(file=file_id))
        shares = table(table(answer.get("file")).get("shares"))
        for kind in ("private", "public"):
            for one in tables(table(shares.get(kind)).get(place)):
                return id_of(place, one.get("ts"))
    except (Refused, Unreachable, Uncertain):
        pass  # it is sent all the same
    return f"{place}:{file_id}"


async def _done(call: Any) -> None:
    try:
        await heard(call)
    except Refused as error:
        if error.code not in DONE_ALREADY:
            raise


def _is(entry: Mapping[str, Any], message: MessageOut) -> bool:
    if message.media:
        names = {str(file.get("title")) for file in tables(entry.get("files"))}
        return bool(entry.get("bot_id")) and names == _names(message.media)
    metadata = table(entry.get("metadata"))
    return bool(table(metadata.get("event_payload")).get("key") == message.key)


def _names(media: Sequence[MediaOut]) -> set[str]:
    return {medium.name for medium in media}


def _stamp(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"
