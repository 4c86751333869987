"""chat.* and reactions.*: posting, changing, deleting, marking."""

from tests.providers.slack.blocks import block_faults, characters
from tests.providers.slack.shapes import message_json
from tests.providers.slack.state import Json, Message, SlackChannel, SlackError, Workspace

TEXT_CUT = 40_000  # docs.slack.dev chat.postMessage: longer text is cut
UPDATE_TEXT = 4_000  # chat.update: msg_too_long
BLOCK_CHARACTERS = 13_200  # slackapi/bolt-js#2509


def check_blocks(space: Workspace, blocks: object) -> list[Json]:
    """The blocks if Slack would take them; else invalid_blocks with its sentences."""
    if blocks is None:
        return []

    def image_known(file_id: str) -> bool:
        kept = space.files.get(file_id)
        return kept is not None and kept.completed and kept.mimetype.startswith("image/")

    faults = block_faults(blocks, surface="message", image_known=image_known)
    if faults:
        raise SlackError("invalid_blocks", errors=faults, response_metadata={"messages": faults})
    assert isinstance(blocks, list)
    if characters(blocks) > BLOCK_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return blocks


def is_ts(value: str) -> bool:
    """Whether this is a message's timestamp of Slack's form."""
    seconds, _, rest = value.partition(".")
    return seconds.isdigit() and rest.isdigit() and len(rest) == 6


def event_of(space: Workspace, message: Message) -> Json:
    """The message event for a new message."""
    channel = space.channels[message.channel]
    shown = message_json(space, message, metadata=True)
    return shown | {
        "channel": channel.id,
        "channel_type": channel_type(channel),
        "event_ts": message.ts,
    }


def channel_type(channel: SlackChannel) -> str:
    """channel, group or im."""
    return "im" if channel.direct else "group" if channel.private else "channel"


def changed(space: Workspace, message: Message, before: Json) -> None:
    """Tell that a message changed, hidden as Slack does."""
    space.happen(
        {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": message.channel,
            "channel_type": channel_type(space.channels[message.channel]),
            "ts": space.new_ts(),
            "event_ts": message.edited_ts or message.ts,
            "message": message_json(space, message, metadata=True),
            "previous_message": before,
        }
    )


def removed(space: Workspace, message: Message) -> None:
    """Take a message away and tell so."""
    before = message_json(space, message)
    space.channels[message.channel].take(message)
    ts = space.new_ts()
    space.happen(
        {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "channel": message.channel,
            "channel_type": channel_type(space.channels[message.channel]),
            "ts": ts,
            "event_ts": ts,
            "deleted_ts": message.ts,
            "previous_message": before,
        }
    )


def post_message(space: Workspace, args: Json) -> Json:
    """chat.postMessage."""
    target = str(args["channel"])
    channel = space.direct(target) if target in space.accounts else space.joined(target)
    known = args.get("client_msg_id")
    if known and known in space.posted_ids:
        message = space.posted_ids[known]
        return {"channel": message.channel, "ts": message.ts, "message": message_json(space, message)}
    message = _made(space, channel, args)
    channel.put(message)
    if known:
        message.client_msg_id = known
        space.posted_ids[known] = message
    space.happen(event_of(space, message))
    return {"channel": channel.id, "ts": message.ts, "message": message_json(space, message, metadata=True)}


def _made(space: Workspace, channel: SlackChannel, args: Json) -> Message:
    blocks = check_blocks(space, args.get("blocks"))
    text = str(args.get("text") or "")
    if not text and not blocks:
        raise SlackError("no_text")
    thread = args.get("thread_ts")
    if thread is not None:
        if not is_ts(str(thread)):
            raise SlackError("invalid_thread_ts")
        if thread not in channel.messages:
            raise SlackError("thread_not_found")
    metadata = args.get("metadata")
    if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    return Message(
        channel=channel.id,
        ts=space.new_ts(),
        user=space.bot_user,
        text=text[:TEXT_CUT],
        thread_ts=thread,
        bot_id=space.bot_id,
        app_id=space.app_id,
        blocks=blocks,
        metadata=metadata,
        subtype="thread_broadcast" if thread and args.get("reply_broadcast") in (True, "true", "1") else None,
        arguments=args,
    )


def post_ephemeral(space: Workspace, args: Json) -> Json:
    """chat.postEphemeral: only that person sees it; nothing keeps it."""
    channel = space.joined(str(args["channel"]))
    if args["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _made(space, channel, args)
    message.ephemeral_for = str(args["user"])
    space.ephemerals.append(message)
    space.touch()
    return {"message_ts": message.ts}


def update_message(space: Workspace, args: Json) -> Json:
    """chat.update: blocks replace all; text alone removes them."""
    channel = space.joined(str(args["channel"]))
    message = space.message(channel.id, str(args["ts"]))
    if message.bot_id != space.bot_id:
        raise SlackError("cant_update_message")
    if space.edit_window_closed:
        raise SlackError("edit_window_closed")
    blocks = check_blocks(space, args.get("blocks"))
    text = str(args.get("text") or "")
    if len(text) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    if not text and not blocks:
        raise SlackError("no_text")
    before = message_json(space, message)
    message.edits.append(message.text)
    message.text, message.blocks, message.arguments = text, blocks, args
    if "metadata" in args:
        message.metadata = args["metadata"] or None
    message.edited_ts = space.new_ts()
    changed(space, message, before)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": message_json(space, message)}


def delete_message(space: Workspace, args: Json) -> Json:
    """chat.delete: only our own, and not those under a customised name."""
    channel = space.joined(str(args["channel"]))
    message = space.message(channel.id, str(args["ts"]))
    if message.bot_id != space.bot_id or message.subtype == "bot_message":
        raise SlackError("cant_delete_message")
    removed(space, message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(space: Workspace, args: Json) -> Json:
    """chat.getPermalink."""
    channel = space.channel(str(args["channel"]))
    message = space.message(channel.id, str(args["message_ts"]))
    link = f"https://tidings.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
