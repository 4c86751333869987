"""The JSON that Slack makes of what the look-alike remembers."""

from tests.providers.slack.state import Account, Json, KeptFile, Message, SlackChannel, View, Workspace


def message_json(space: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.* and events show it; its metadata only on demand."""
    shown: Json = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text}
    shown["team"] = space.accounts[message.user].team_id
    optional: Json = {
        "subtype": message.subtype,
        "thread_ts": message.thread_ts,
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "client_msg_id": message.client_msg_id,
        "blocks": message.blocks or None,
        "files": [file_json(space, kept) for kept in message.files] or None,
        "edited": {"user": message.user, "ts": message.edited_ts} if message.edited_ts else None,
        "metadata": message.metadata if metadata else None,
    }
    shown |= {key: value for key, value in optional.items() if value is not None}
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    replies = list(space.channels[message.channel].threads.get(message.ts, {}).values())
    if replies:
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({m.user for m in replies}),
            "latest_reply": replies[-1].ts,
        }
    return shown


def channel_json(space: Workspace, channel: SlackChannel) -> Json:
    """A Slack channel as conversations.info shows it."""
    people = [m for m in channel.members if m != space.bot_user]
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private and not channel.direct,
        "is_im": channel.direct,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_member": space.bot_user in channel.members,
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_org_shared": False,
        "context_team_id": space.team_id,
        **({"user": people[0] if people else space.bot_user} if channel.direct else {}),
    }


def user_json(space: Workspace, account: Account, *, locale: bool, email: bool) -> Json:
    """A person as users.info shows them; strangers carry their own team and no e-mail."""
    profile: Json = {"real_name": account.name, "display_name": account.name, "team": account.team_id}
    if email and account.email and account.team_id == space.team_id:
        profile["email"] = account.email
    return {
        "id": account.id,
        "team_id": account.team_id,
        "name": account.name.lower().replace(" ", "."),
        "real_name": account.name,
        "deleted": account.deleted,
        "tz": account.zone,
        "tz_offset": 0,
        "is_bot": account.bot,
        "is_app_user": False,
        "is_restricted": account.guest,
        "is_ultra_restricted": False,
        "is_stranger": account.team_id != space.team_id,
        "profile": profile,
        **({"locale": account.locale} if locale else {}),
    }


def file_json(space: Workspace, kept: KeptFile) -> Json:
    """A file object; one shared over Slack Connect says only `file_access: check_file_info`."""
    if kept.deleted:
        return {"id": kept.id, "mode": "tombstone"}
    if kept.check_info:
        return {"id": kept.id, "mode": "file_access", "file_access": "check_file_info"}
    return full_file_json(space, kept)


def full_file_json(space: Workspace, kept: KeptFile) -> Json:
    """A file object as files.info shows it."""
    base = space.base_url.removesuffix("/api/")
    return {
        "id": kept.id,
        "name": kept.name,
        "title": kept.title or kept.name,
        "mimetype": kept.mimetype,
        "filetype": kept.name.rpartition(".")[2],
        "size": len(kept.content or b""),
        "user": kept.user,
        "mode": "hosted",
        "alt_txt": kept.alt_text,
        "url_private": f"{base}/files-pri/{space.team_id}-{kept.id}/{kept.name}",
        "url_private_download": f"{base}/files-pri/{space.team_id}-{kept.id}/download/{kept.name}",
        "channels": list(kept.shares),
        "shares": {
            kind: {c: s for c, s in kept.shares.items() if space.channels[c].private == (kind == "private")}
            for kind in ("public", "private")
        },
    }


def view_json(space: Workspace, view: View, state: Json | None = None) -> Json:
    """A view as views.* and view_submission show it."""
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        **view.body,
        "id": view.id,
        "team_id": space.team_id,
        "app_id": space.app_id,
        "bot_id": space.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_id or view.id,
        "previous_view_id": view.previous_id,
        "state": {"values": state or {}},
    }
