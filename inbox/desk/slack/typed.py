"""What people typed, changed and took back, read from Slack's message events: pure."""

from inbox.desk.slack.deeds import (
    Changed,
    Deed,
    Json,
    Nothing,
    Removed,
    Replied,
    Said,
    SlackFile,
)

BY_AGENTS = (None, "", "file_share", "thread_broadcast", "me_message", "message_replied")
_OF_US = ("bot_message",)


def message(payload: Json, event: Json) -> Deed:
    """Say what an event of type message means to the desk."""
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _changed(payload, event)
    if subtype == "message_deleted":
        return _removed(payload, event)
    if event.get("bot_id") or subtype in _OF_US:
        return Nothing(why="a bot's post")
    if subtype not in BY_AGENTS:
        return Nothing(why=f"subtype {subtype}")
    if subtype == "message_replied":
        return _replied(payload, event)
    thread_ts, ts = str(event.get("thread_ts") or ""), str(event.get("ts") or "")
    if not thread_ts or thread_ts == ts:
        return Nothing(why="not in a thread")
    return Said(
        workspace=str(payload.get("team_id") or ""),
        slack_channel=str(event.get("channel") or ""),
        thread_ts=thread_ts,
        ts=ts,
        slack_id=str(event.get("user") or ""),
        text=str(event.get("text") or ""),
        blocks=tuple(event.get("blocks") or ()),
        files=tuple(file(each) for each in event.get("files") or ()),
        gesture=str(event.get("client_msg_id") or ""),
        why_note=_why_note(event),
        late=payload.get("late") is True,
        team_of_author=str(event.get("user_team") or event.get("team") or ""),
    )


def _replied(payload: Json, event: Json) -> Deed:
    """Slack may tell of a reply only as a hidden change of its root; the newest reply must be asked for."""
    root = event.get("message") or {}
    replies = root.get("replies") or [{}]
    latest = str(root.get("latest_reply") or replies[-1].get("ts") or event.get("event_ts") or "")
    if not latest:
        return Nothing(why="a reply without a place")
    return Replied(
        workspace=str(payload.get("team_id") or ""),
        slack_channel=str(event.get("channel") or ""),
        thread_ts=str(root.get("thread_ts") or root.get("ts") or ""),
        ts=latest,
    )


def _why_note(event: Json) -> str:
    if event.get("subtype") == "me_message":
        return "/me"
    if event.get("subtype") == "thread_broadcast":
        return "also sent to the Slack channel"
    text = str(event.get("text") or "").lstrip()
    if text.startswith(";;") or text.split(maxsplit=1)[:1] == ["!note"]:
        return "marked"
    return "begins by mentioning a colleague" if text.startswith("<@") else ""


def without_mark(text: str) -> str:
    """Take the sign of a note from the words of a note."""
    bare = text.lstrip()
    for sign in (";;", "!note"):
        if bare.startswith(sign):
            return bare.removeprefix(sign).lstrip()
    return bare


def file(told: Json) -> SlackFile:
    """Read a file object; one shared over Slack Connect says only that we may ask."""
    return SlackFile(
        id=str(told.get("id") or ""),
        name=str(told.get("name") or told.get("title") or "file"),
        content_type=str(told.get("mimetype") or ""),
        size=int(told.get("size") or 0),
        url=str(told.get("url_private_download") or told.get("url_private") or ""),
        mode=str(told.get("mode") or ""),
        asking=told.get("file_access") == "check_file_info",
    )


def _changed(payload: Json, event: Json) -> Deed:
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    if now.get("bot_id") or before.get("bot_id"):
        return Nothing(why="a bot's post")
    if now.get("subtype") == "tombstone":
        return _removed(payload, {**event, "deleted_ts": now.get("ts")})
    same_files = _file_ids(now) == _file_ids(before)
    if now.get("text") == before.get("text") and same_files:
        return Nothing(why="an unfurl")
    if not now.get("edited"):
        return Nothing(why="changed without an edit")
    return Changed(
        workspace=str(payload.get("team_id") or ""),
        slack_channel=str(event.get("channel") or ""),
        thread_ts=str(now.get("thread_ts") or ""),
        ts=str(now.get("ts") or ""),
        edited_ts=str(now["edited"].get("ts") or ""),
        slack_id=str(now.get("user") or ""),
        text=str(now.get("text") or ""),
        blocks=tuple(now.get("blocks") or ()),
    )


def _file_ids(message: Json) -> list[str]:
    return [str(each.get("id")) for each in message.get("files") or ()]


def _removed(payload: Json, event: Json) -> Deed:
    before = event.get("previous_message") or {}
    if before.get("bot_id"):
        return Nothing(why="a bot's post")
    return Removed(
        workspace=str(payload.get("team_id") or ""),
        slack_channel=str(event.get("channel") or ""),
        thread_ts=str(before.get("thread_ts") or ""),
        ts=str(event.get("deleted_ts") or before.get("ts") or ""),
        slack_id=str(before.get("user") or ""),
    )
