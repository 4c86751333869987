"""The Web API as a table: each method's arguments, scope, tier and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tests.providers.slack import chat, filing, marks, reading, views
from tests.providers.slack.chat import channel_type
from tests.providers.slack.state import Json, SlackError, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method; a scope ending in `:read` or `:history` alone depends on the Slack channel's type."""

    run: Callable[[Workspace, Json], Json]
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    scope: str = ""
    per_minute: int = 50


Run = Callable[[Workspace, Json], Json]


def _method(run: Run, must: str = "", may: str = "", scope: str = "", per_minute: int = 50) -> Method:
    return Method(
        run=run, must=frozenset(must.split()), may=frozenset(may.split()), scope=scope, per_minute=per_minute
    )


def _socket(space: Workspace, args: Json) -> Json:
    ticket = space.new_id("ticket")
    space.tickets.add(ticket)
    base = space.base_url.removesuffix("/api/").replace("http:", "ws:")
    return {"url": f"{base}/link/?ticket={ticket}&app_id={space.app_id}"}


_POST = "text blocks attachments link_names parse mrkdwn unfurl_links unfurl_media metadata"
_PAGE = "cursor limit oldest latest inclusive include_all_metadata"

# Arguments: slack_sdk 3.47 and docs.slack.dev; tiers: slackapi/java-slack-sdk MethodsRateLimits.
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "auth.test": _method(reading.auth_test, may="team_id", per_minute=600),  # Bolt sends it
        "apps.connections.open": _method(_socket, per_minute=1),
        "chat.postMessage": _method(
            chat.post_message, "channel", f"{_POST} thread_ts reply_broadcast client_msg_id", "chat:write"
        ),
        "chat.update": _method(
            chat.update_message, "channel ts", "text blocks link_names parse metadata", "chat:write"
        ),
        "chat.delete": _method(chat.delete_message, "channel ts", "", "chat:write"),
        "chat.postEphemeral": _method(
            chat.post_ephemeral, "channel user", "text blocks thread_ts link_names parse", "chat:write", 100
        ),
        "chat.getPermalink": _method(chat.permalink, "channel message_ts", per_minute=600),
        "conversations.info": _method(
            reading.info, "channel", "include_num_members include_locale", "conversations:read"
        ),
        "conversations.members": _method(
            reading.members, "channel", "cursor limit", "conversations:read", 100
        ),
        "conversations.list": _method(
            reading.list_channels, "", "cursor exclude_archived limit types", "conversations:read", 20
        ),
        "conversations.open": _method(reading.open_direct, "users", "return_im", "im:write"),
        "conversations.history": _method(reading.history, "channel", _PAGE, "conversations:history"),
        "conversations.replies": _method(reading.replies, "channel ts", _PAGE, "conversations:history"),
        "reactions.add": _method(marks.add_reaction, "channel name timestamp", "", "reactions:write"),
        "reactions.remove": _method(
            marks.remove_reaction, "channel name timestamp", "", "reactions:write", 20
        ),
        "users.info": _method(reading.user_info, "user", "include_locale", "users:read", 100),
        "users.getPresence": _method(reading.presence, "user", "", "users:read"),
        "users.lookupByEmail": _method(reading.by_email, "email", "", "users:read.email"),
        "views.open": _method(views.open_view, "view trigger_id", per_minute=100),
        "views.push": _method(views.push_view, "view trigger_id", per_minute=100),
        "views.update": _method(views.update_view, "view", "view_id external_id hash", per_minute=100),
        "views.publish": _method(views.publish_view, "view user_id", "hash", per_minute=100),
        "files.getUploadURLExternal": _method(
            filing.upload_url, "filename length", "alt_txt", "files:write", 100
        ),
        "files.completeUploadExternal": _method(
            filing.complete_upload,
            "files",
            "channel_id channels initial_comment thread_ts",
            "files:write",
            100,
        ),
        "files.info": _method(filing.file_info, "file", "", "files:read", 100),
        "files.delete": _method(filing.delete_file, "file", "", "files:write"),
    }
)


def misuse(name: str, args: Json) -> str:
    """What is wrong with this call, or nothing: an unknown method or argument, or a missing one."""
    method = METHODS.get(name)
    if method is None:
        return f"{name}: no such method here"
    unknown = sorted(set(args) - method.must - method.may)
    if unknown:
        return f"{name}: unknown arguments {', '.join(unknown)}"
    missing = sorted(key for key in method.must if args.get(key) in (None, ""))
    return f"{name}: missing arguments {', '.join(missing)}" if missing else ""


def check_scope(space: Workspace, method: Method, args: Json) -> None:
    """Refuse with missing_scope {needed, provided} what the token may not do."""
    needed = method.scope
    if needed.startswith("conversations:"):
        channel = space.channels.get(str(args.get("channel")))
        kind = channel_type(channel) if channel else "channel"
        prefix = {"im": "im", "group": "groups", "channel": "channels"}[kind]
        needed = needed.replace("conversations", prefix)
    if needed and needed not in space.scopes:
        provided = ",".join(sorted(space.scopes))
        raise SlackError("missing_scope", needed=needed, provided=provided)
