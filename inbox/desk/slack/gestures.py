"""What people pressed, submitted and chose, read from Slack's interactive payloads: pure."""

from inbox.desk.slack.deeds import (
    Chosen,
    Clicked,
    Deed,
    Json,
    Nothing,
    Submitted,
)


def clicked(payload: Json) -> Deed:
    """Read a pressed button."""
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
        blocks=message.get("blocks") or (),
    )


def submitted(payload: Json) -> Deed:
    """Read a submitted modal."""
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


def chosen(payload: Json) -> Deed:
    """Read a chosen message shortcut."""
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
