"""reactions.*: marks put on messages and taken away, by the app or by people."""

from tests.providers.slack.state import Json, Message, SlackError, Workspace


def react(space: Workspace, message: Message, name: str, user: str) -> None:
    """Put someone's reaction on a message and tell so."""
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise SlackError("already_reacted")
    users.append(user)
    _reaction(space, "reaction_added", message, name, user)


def unreact(space: Workspace, message: Message, name: str, user: str) -> None:
    """Take someone's reaction away and tell so."""
    users = message.reactions.get(name, [])
    if user not in users:
        raise SlackError("no_reaction")
    users.remove(user)
    if not users:
        del message.reactions[name]
    _reaction(space, "reaction_removed", message, name, user)


def _reaction(space: Workspace, kind: str, message: Message, name: str, user: str) -> None:
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    space.happen(
        {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user,
         "event_ts": space.new_ts()}
    )  # fmt: skip


def add_reaction(space: Workspace, args: Json) -> Json:
    """reactions.add."""
    message = _reacted(space, args)
    react(space, message, str(args["name"]), space.bot_user)
    return {}


def remove_reaction(space: Workspace, args: Json) -> Json:
    """reactions.remove."""
    message = _reacted(space, args)
    unreact(space, message, str(args["name"]), space.bot_user)
    return {}


def _reacted(space: Workspace, args: Json) -> Message:
    name = str(args["name"])
    if not name or not name.replace("_", "").replace("-", "").replace("+", "").replace(":", "").isalnum():
        raise SlackError("invalid_name")
    return space.message(space.joined(str(args["channel"])).id, str(args["timestamp"]))
