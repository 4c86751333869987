"""The app at Slack, as the manifest that an operator pastes; scopes and events are what this face uses."""

from importlib.resources import files

SHORTCUT = "tidings_send"


def manifest(public_url: str = "") -> str:
    """Write the manifest as YAML: for Socket Mode, or with *public_url* for events over HTTP."""
    text = files("inbox.desk.slack").joinpath("manifest.yaml").read_text(encoding="utf-8")
    if not public_url:
        return text
    base = public_url.rstrip("/")
    over_http = text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
    over_http = over_http.replace(
        "  event_subscriptions:\n", f"  event_subscriptions:\n    request_url: {base}/slack/events\n"
    )
    return over_http.replace(
        "    is_enabled: true\n", f"    is_enabled: true\n    request_url: {base}/slack/interactivity\n"
    )
