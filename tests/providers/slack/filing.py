"""files.*: announced, uploaded to a loopback URL, completed, perhaps shared, deleted."""

import mimetypes

from tests.providers.slack.chat import event_of, is_ts
from tests.providers.slack.shapes import full_file_json
from tests.providers.slack.state import Json, KeptFile, Message, SlackError, Workspace


def upload_url(space: Workspace, args: Json) -> Json:
    """files.getUploadURLExternal."""
    length = int(args["length"])
    if length <= 0:
        raise SlackError("invalid_arguments")
    kept = KeptFile(
        id=space.new_id("F"),
        name=str(args["filename"]),
        length=length,
        mimetype=mimetypes.guess_type(str(args["filename"]))[0] or "application/octet-stream",
        user=space.bot_user,
        alt_text=str(args.get("alt_txt") or ""),
    )
    space.files[kept.id] = kept
    base = space.base_url.removesuffix("/api/")
    return {"upload_url": f"{base}/upload/v1/{kept.id}", "file_id": kept.id}


def complete_upload(space: Workspace, args: Json) -> Json:
    """files.completeUploadExternal: shares where asked; answers id and title, no ts."""
    done: list[KeptFile] = []
    for entry in args["files"]:
        kept = space.files.get(str(entry.get("id")))
        if kept is None or kept.deleted:
            raise SlackError("file_not_found")
        if kept.content is None or kept.completed:
            raise SlackError("file_update_failed" if kept.completed else "file_not_uploaded")
        kept.title = str(entry.get("title") or kept.name)
        done.append(kept)
    target = args.get("channel_id") or args.get("channels")
    if target:
        channel = space.joined(str(target))
        thread = args.get("thread_ts")
        if thread is not None and (not is_ts(str(thread)) or thread not in channel.messages):
            raise SlackError("invalid_thread_ts")
        message = Message(
            channel=channel.id,
            ts=space.new_ts(),
            user=space.bot_user,
            text=str(args.get("initial_comment") or ""),
            thread_ts=thread,
            bot_id=space.bot_id,
            app_id=space.app_id,
            subtype="file_share",
            arguments=args,
        )
        share(space, message, done)
    for kept in done:
        kept.completed = True
    if target:
        space.happen(event_of(space, message))
    return {"files": [{"id": kept.id, "title": kept.title} for kept in done]}


def share(space: Workspace, message: Message, files: list[KeptFile]) -> None:
    """Put files into a message and the message into its Slack channel."""
    message.files = files
    space.channels[message.channel].put(message)
    for kept in files:
        place: Json = {"ts": message.ts}
        if message.thread_ts:
            place["thread_ts"] = message.thread_ts
        kept.shares.setdefault(message.channel, []).append(place)


def file_info(space: Workspace, args: Json) -> Json:
    """files.info."""
    kept = space.files.get(str(args["file"]))
    if kept is None:
        raise SlackError("file_not_found")
    if kept.deleted:
        raise SlackError("file_deleted")
    return {"file": full_file_json(space, kept)}


def delete_file(space: Workspace, args: Json) -> Json:
    """files.delete: only our own."""
    kept = space.files.get(str(args["file"]))
    if kept is None:
        raise SlackError("file_not_found")
    if kept.deleted:
        raise SlackError("file_deleted")
    if kept.user != space.bot_user:
        raise SlackError("cant_delete_file")
    kept.deleted, kept.content = True, None
    space.touch()
    return {}
