"""What people pressed, submitted and chose, read from Slack's interactive payloads: pure."""

from inbox.desk.slack.deeds import (
    Asked,
    Chosen,
    Clicked,
    Commanded,
    Deed,
    Json,
    Nothing,
    Pressed,
    Submitted,
)


def clicked(payload: Json) -> Deed:
    """Read a pressed button."""
    action = (payload.get("actions") or [{}])[0]
    container = payload.get("container") or {}
    message = payload.get("message") or {}
    if container.get("type") == "view":
        return _pressed(payload, action)
    if not container.get("channel_id"):
        return Nothing(why=f"action {action.get('action_id')}")
    ts = str(container.get("message_ts") or "")
    return Clicked(
        workspace=str((payload.get("team") or {}).get("id") or ""),
        slack_channel=str(container["channel_id"]),
        message_ts=ts,
        thread_ts=str(container.get("thread_ts") or message.get("thread_ts") or ts),
        slack_id=str((payload.get("user") or {}).get("id") or ""),
        action=str(action.get("action_id") or ""),
        value=_value(action),
        trigger_id=str(payload.get("trigger_id") or ""),
        response_url=str(payload.get("response_url") or ""),
        ephemeral=bool(container.get("is_ephemeral")),
        spoken=str(message.get("text") or ""),
        team_of_author=str((payload.get("user") or {}).get("team_id") or ""),
        blocks=message.get("blocks") or (),
    )


def _value(action: Json) -> str:
    """Read what a button carries, or what was chosen."""
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _pressed(payload: Json, action: Json) -> Deed:
    """Read what was pressed inside a modal or on App Home."""
    view, person = payload.get("view") or {}, payload.get("user") or {}
    return Pressed(
        workspace=str((payload.get("team") or {}).get("id") or ""),
        slack_id=str(person.get("id") or ""),
        team_of_author=str(person.get("team_id") or ""),
        view_id=str(view.get("id") or ""),
        kind=str(view.get("type") or ""),
        callback=str(view.get("callback_id") or ""),
        carried=str(view.get("private_metadata") or ""),
        block=str(action.get("block_id") or ""),
        action=str(action.get("action_id") or ""),
        value=_value(action),
        values=(view.get("state") or {}).get("values") or {},
        trigger_id=str(payload.get("trigger_id") or ""),
    )


def asked(payload: Json) -> Deed:
    """Read what is searched for in a list that we fill."""
    view, person = payload.get("view") or {}, payload.get("user") or {}
    return Asked(
        slack_id=str(person.get("id") or ""),
        team_of_author=str(person.get("team_id") or ""),
        callback=str(view.get("callback_id") or ""),
        carried=str(view.get("private_metadata") or ""),
        block=str(payload.get("block_id") or ""),
        typed=str(payload.get("value") or ""),
    )


def commanded(payload: Json) -> Deed:
    """Read a typed command."""
    return Commanded(
        workspace=str(payload.get("team_id") or ""),
        slack_id=str(payload.get("user_id") or ""),
        slack_channel=str(payload.get("channel_id") or ""),
        text=str(payload.get("text") or ""),
        trigger_id=str(payload.get("trigger_id") or ""),
        response_url=str(payload.get("response_url") or ""),
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
        blocks=view.get("blocks") or (),
    )


def chosen(payload: Json) -> Deed:
    """Read a chosen shortcut, on a message or anywhere."""
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
