"""auth.test, conversations.*, users.*: what the app may look up."""

from collections.abc import Sequence
from typing import TypeVar

from tests.providers.slack.shapes import channel_json, message_json, user_json
from tests.providers.slack.state import Json, Message, SlackChannel, SlackError, Workspace

T = TypeVar("T")


def true(value: object) -> bool:
    """A flag as JSON, form or query send it."""
    return value in (True, "true", "True", "1", 1)


def auth_test(space: Workspace, args: Json) -> Json:
    """auth.test."""
    return {
        "url": "https://tidings.slack.com/",
        "team": "Tidings",
        "user": "tidings",
        "team_id": space.team_id,
        "user_id": space.bot_user,
        "bot_id": space.bot_id,
        "is_enterprise_install": False,
    }


def info(space: Workspace, args: Json) -> Json:
    """conversations.info."""
    channel = _visible(space, str(args["channel"]))
    shown = channel_json(space, channel)
    if true(args.get("include_num_members")):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def members(space: Workspace, args: Json) -> Json:
    """conversations.members."""
    page, cursor = _page(_visible(space, str(args["channel"])).members, args, 100)
    return {"members": list(page), "response_metadata": {"next_cursor": cursor}}


def list_channels(space: Workspace, args: Json) -> Json:
    """conversations.list."""
    types = str(args.get("types") or "public_channel").split(",")
    kept = [
        c for c in space.channels.values()
        if ("im" if c.direct else "private_channel" if c.private else "public_channel") in types
        and not (c.archived and true(args.get("exclude_archived")))
        and (not c.private or space.bot_user in c.members)
    ]  # fmt: skip
    page, cursor = _page(kept, args, 100)
    return {"channels": [channel_json(space, c) for c in page], "response_metadata": {"next_cursor": cursor}}


def open_direct(space: Workspace, args: Json) -> Json:
    """conversations.open, for one person."""
    users = str(args.get("users") or "").split(",")
    if len(users) != 1 or users[0] not in space.accounts:
        raise SlackError("user_not_found")
    if space.accounts[users[0]].deleted:
        raise SlackError("user_disabled")
    return {"channel": {"id": space.direct(users[0]).id}, "no_op": False, "already_open": False}


def history(space: Workspace, args: Json) -> Json:
    """conversations.history: newest first, without replies that were not also sent to the channel."""
    channel = _readable(space, str(args["channel"]))
    kept = [m for m in channel.messages.values() if not m.thread_ts or m.subtype == "thread_broadcast"]
    kept = [m for m in reversed(kept) if _between(m, args)]
    return _messages(space, kept, args)


def replies(space: Workspace, args: Json) -> Json:
    """conversations.replies: the root first, then the replies, oldest first."""
    channel = _readable(space, str(args["channel"]))
    root = str(args["ts"])
    kept = channel.thread(root)
    if not kept:
        raise SlackError("thread_not_found")
    return _messages(space, [m for m in kept if m.ts == root or _between(m, args)], args)


def user_info(space: Workspace, args: Json) -> Json:
    """users.info."""
    account = space.accounts.get(str(args["user"]))
    if account is None:
        raise SlackError("user_not_found")
    email = "users:read.email" in space.scopes
    return {"user": user_json(space, account, locale=true(args.get("include_locale")), email=email)}


def presence(space: Workspace, args: Json) -> Json:
    """users.getPresence: of another than oneself only whether they are active or away."""
    account = space.accounts.get(str(args["user"]))
    if account is None:
        raise SlackError("user_not_found")
    return {"presence": account.presence}


def by_email(space: Workspace, args: Json) -> Json:
    """users.lookupByEmail: full accounts of this workspace only."""
    for account in space.accounts.values():
        found = account.email and account.email.lower() == str(args["email"]).lower()
        if found and not account.deleted and account.team_id == space.team_id:
            return {"user": user_json(space, account, locale=False, email=True)}
    raise SlackError("users_not_found")


def _visible(space: Workspace, channel_id: str) -> SlackChannel:
    channel = space.channel(channel_id)
    if channel.private and space.bot_user not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def _readable(space: Workspace, channel_id: str) -> SlackChannel:
    channel = _visible(space, channel_id)
    if space.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(message: Message, args: Json) -> bool:
    oldest, latest = args.get("oldest"), args.get("latest")
    ts = _number(message.ts)
    inclusive = true(args.get("inclusive"))
    after = not oldest or ts > _number(oldest) or (inclusive and ts == _number(oldest))
    before = not latest or ts < _number(latest) or (inclusive and ts == _number(latest))
    return after and before


def _number(ts: object) -> int:
    seconds, _, rest = str(ts).partition(".")
    if not seconds.isdigit():
        raise SlackError("invalid_ts_oldest")
    return int(seconds) * 1_000_000 + int((rest + "000000")[:6])


def _messages(space: Workspace, kept: Sequence[Message], args: Json) -> Json:
    page, cursor = _page(kept, args, 100)
    metadata = true(args.get("include_all_metadata"))
    shown: Json = {"messages": [message_json(space, m, metadata=metadata) for m in page]}
    shown["has_more"] = bool(cursor)
    if cursor:
        shown["response_metadata"] = {"next_cursor": cursor}
    return shown


def _page(items: Sequence[T], args: Json, usual: int) -> tuple[Sequence[T], str]:
    try:
        limit, start = int(args.get("limit") or usual), int(args.get("cursor") or 0)
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    end = start + limit
    return items[start:end], str(end) if end < len(items) else ""
