"""What an agent did, read from Slack's payloads: pure, and never an error for what is not known."""

from collections.abc import Mapping
from datetime import UTC, datetime

from inbox.desk.slack import gestures, typed
from inbox.desk.slack.deeds import (
    ChannelChanged,
    Deed,
    HomeOpened,
    Json,
    Nothing,
    Noticed,
    PersonChanged,
    Replied,
    Said,
    TokenGone,
)


def read(payload: Json) -> Deed:
    """Say what one payload of Events, interactivity or commands means to the desk."""
    match payload.get("type"):
        case "event_callback":
            return _event(payload, payload.get("event") or {})
        case "block_actions":
            return gestures.clicked(payload)
        case "view_submission":
            return gestures.submitted(payload)
        case "message_action" | "shortcut":
            return gestures.chosen(payload)
        case "block_suggestion":
            return gestures.asked(payload)
        case None if "command" in payload:
            return gestures.commanded(payload)
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
        case "block_actions" | "message_action" | "shortcut":
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
            return typed.message(payload, event)
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
        case "reaction_added" | "reaction_removed":
            return _noticed(event)
        case "app_home_opened" if event.get("tab") == "home":
            return HomeOpened(slack_id=str(event.get("user", "")))
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
        name=str(event.get("reaction") or ""),
        gone=event.get("type") == "reaction_removed",
    )
