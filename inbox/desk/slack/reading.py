"""What an agent did, read from Slack's payloads: pure, and never an error for what is not known."""

from collections.abc import Mapping
from datetime import UTC, datetime

from inbox.desk.slack.deeds import (
    Changed,
    ChannelChanged,
    Chosen,
    Clicked,
    Deed,
    Json,
    Nothing,
    Noticed,
    PersonChanged,
    Removed,
    Replied,
    Said,
    SlackFile,
    Submitted,
    TokenGone,
)

BY_AGENTS = (None, "", "file_share", "thread_broadcast", "me_message", "message_replied")
_OF_US = ("bot_message",)


def read(payload: Json) -> Deed:
    """Say what one payload of Events, interactivity or commands means to the desk."""
    match payload.get("type"):
        case "event_callback":
            return _event(payload, payload.get("event") or {})
        case "block_actions":
            return _clicked(payload)
        case "view_submission":
            return _submitted(payload)
        case "message_action":
            return _chosen(payload)
        case other:
            return Nothing(why=f"type {other}")


def echo(payload: Json, bot_id: str) -> bool:
    """Whether this only tells us what we did ourselves: our posts, our edits of them, our deletions."""
    event = payload.get("event") or {}
    if event.get("subtype") in ("message_changed", "message_deleted"):
        inner = event.get("message") or event.get("previous_message") or {}
        return bool(bot_id) and inner.get("bot_id") == bot_id
    return bool(bot_id) and event.get("bot_id") == bot_id


def key(payload: Json) -> str:
    """Name a payload, so that the same one by another road is known; empty if it has no name."""
    match payload.get("type"):
        case "event_callback":
            return str(payload.get("event_id") or "")
        case "block_actions" | "message_action":
            return str(payload.get("trigger_id") or payload.get("action_ts") or "")
        case "view_submission":
            view = payload.get("view") or {}
            return f"{view.get('id', '')}:{view.get('hash', '')}"
        case _:
            return ""


def place(deed: Deed) -> str:
    """Name a message of a person, so that it is known when its thread is read; empty for the rest."""
    return f"at:{deed.slack_channel}:{deed.ts}" if isinstance(deed, Said | Replied) else ""


def told(message: Json, workspace: str, slack_channel: str, *, late: bool = False) -> Json:
    """Make of a *message* that we read ourselves the payload by which Slack would have told of it."""
    return {
        "type": "event_callback",
        "team_id": workspace,
        "event_id": f"read:{slack_channel}:{message.get('ts')}",
        "event": {**message, "type": "message", "channel": slack_channel},
        "late": late,
    }


def at(ts: str) -> datetime:
    """Make the instant of a Slack timestamp, which is seconds and six digits."""
    seconds, _, micros = ts.partition(".")
    whole = int(seconds) if seconds.isascii() and seconds.isdecimal() else 0
    part = int(micros[:6].ljust(6, "0")) if micros.isascii() and micros.isdecimal() else 0
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=part)


def _event(payload: Json, event: Json) -> Deed:
    kind = str(event.get("type", ""))
    channel = event.get("channel", "")
    place = str(channel.get("id", "")) if isinstance(channel, Mapping) else str(channel)
    match kind:
        case "message":
            return _message(payload, event)
        case "channel_archive" | "group_archive" | "channel_deleted" | "group_deleted":
            return ChannelChanged(slack_channel=place, what="gone")
        case "channel_unarchive" | "group_unarchive":
            return ChannelChanged(slack_channel=place, what="back")
        case "member_left_channel":
            return ChannelChanged(slack_channel=place, what="gone", slack_id=str(event.get("user", "")))
        case "member_joined_channel":
            return ChannelChanged(slack_channel=place, what="back", slack_id=str(event.get("user", "")))
        case "channel_shared":
            return ChannelChanged(slack_channel=place, what="shared")
        case "tokens_revoked" | "app_uninstalled":
            return TokenGone(why=kind)
        case "reaction_added":
            return _noticed(event)
        case "user_change":
            return PersonChanged(slack_id=str((event.get("user") or {}).get("id", "")))
        case _:
            return Nothing(why=f"event {kind}")


def _noticed(event: Json) -> Deed:
    item = event.get("item") or {}
    if item.get("type") != "message":
        return Nothing(why="a reaction on no message")
    return Noticed(
        slack_channel=str(item.get("channel") or ""),
        ts=str(item.get("ts") or ""),
        slack_id=str(event.get("user") or ""),
    )


def _message(payload: Json, event: Json) -> Deed:
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


def _clicked(payload: Json) -> Deed:
    action = (payload.get("actions") or [{}])[0]
    container = payload.get("container") or {}
    message = payload.get("message") or {}
    if container.get("type") == "view" or not container.get("channel_id"):
        return Nothing(why=f"action {action.get('action_id')}")
    ts = str(container.get("message_ts") or "")
    return Clicked(
        workspace=str((payload.get("team") or {}).get("id") or ""),
        slack_channel=str(container["channel_id"]),
        message_ts=ts,
        thread_ts=str(container.get("thread_ts") or message.get("thread_ts") or ts),
        slack_id=str((payload.get("user") or {}).get("id") or ""),
        action=str(action.get("action_id") or ""),
        value=str(action.get("value") or (action.get("selected_option") or {}).get("value") or ""),
        trigger_id=str(payload.get("trigger_id") or ""),
        response_url=str(payload.get("response_url") or ""),
        ephemeral=bool(container.get("is_ephemeral")),
        spoken=str(message.get("text") or ""),
        team_of_author=str((payload.get("user") or {}).get("team_id") or ""),
    )


def _submitted(payload: Json) -> Deed:
    view = payload.get("view") or {}
    return Submitted(
        workspace=str((payload.get("team") or {}).get("id") or ""),
        slack_id=str((payload.get("user") or {}).get("id") or ""),
        view_id=str(view.get("id") or ""),
        callback=str(view.get("callback_id") or ""),
        carried=str(view.get("private_metadata") or ""),
        values=(view.get("state") or {}).get("values") or {},
        team_of_author=str((payload.get("user") or {}).get("team_id") or ""),
    )


def _chosen(payload: Json) -> Deed:
    message = payload.get("message") or {}
    ts = str(message.get("ts") or payload.get("message_ts") or "")
    return Chosen(
        workspace=str((payload.get("team") or {}).get("id") or ""),
        slack_channel=str((payload.get("channel") or {}).get("id") or ""),
        message_ts=ts,
        thread_ts=str(message.get("thread_ts") or ts),
        slack_id=str((payload.get("user") or {}).get("id") or ""),
        callback=str(payload.get("callback_id") or ""),
        trigger_id=str(payload.get("trigger_id") or ""),
        response_url=str(payload.get("response_url") or ""),
        team_of_author=str((payload.get("user") or {}).get("team_id") or ""),
        message=message,
    )
