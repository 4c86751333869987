"""What Slack's events say, one reader for each kind.

Sources: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/events/message.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from bots.channel import (
    Deleted,
    Edited,
    Event,
    Hook,
    MessageIn,
    Reacted,
    Reading,
    Response,
)
from bots.consent_words import wishes
from bots.errors import Malformed
from bots.json_body import Json, table, table_of_body, tables, text
from bots.slackconnect.files import attachments
from bots.slackconnect.naming import address_of, home_of, id_of, moment, name_of, team_of
from bots.slackconnect.signing import Rules, check
from bots.slackconnect.words import emoji, heard

WRITTEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
FORM: Final = "application/x-www-form-urlencoded"


def read(hook: Hook, rules: Rules) -> Reading:
    """Check and translate one hook; raises BadSignature or Malformed."""
    check(hook, rules)
    if hook.headers.get("content-type", "").startswith(FORM):
        return Reading(skipped=("button or command",))
    envelope = table_of_body(hook.body)
    match envelope.get("type"):
        case "url_verification":
            return Reading(response=Response(body=text(envelope.get("challenge"))))
        case "event_callback":
            return _event(table(envelope.get("event")), envelope, hook.received_at, rules)
        case str(other):
            return Reading(skipped=(other[:64] or "nameless",))
        case _:
            raise Malformed("The body is not an envelope of Slack's.")


def _event(event: Json, envelope: Json, now: datetime, rules: Rules) -> Reading:
    kind, subtype = text(event.get("type")), text(event.get("subtype"))
    name = f"{kind}/{subtype}" if subtype else kind or "event without a type"
    reader = READERS.get(name) or (_message if _is_written(kind, subtype) else None)
    if reader is None:
        return Reading(skipped=(name[:64],))
    found = reader(event, envelope, now, rules)
    return (
        Reading(skipped=(f"{name}: {found}"[:64],))
        if isinstance(found, str)
        else Reading(events=tuple(found))
    )


def _is_written(kind: str, subtype: str) -> bool:
    return kind in ("message", "app_mention") and subtype in WRITTEN


def _message(event: Json, envelope: Json, now: datetime, rules: Rules) -> "Found":
    if skipped := _not_theirs(event, envelope, rules):
        return skipped
    channel, ts, thread = text(event.get("channel")), event.get("ts"), text(event.get("thread_ts"))
    team, user = team_of(event, envelope), text(event.get("user"))
    message = MessageIn(
        address=address_of(team, user, channel),
        external_id=id_of(channel, ts),
        text=_words(event),
        also=(f"slackconnect:{team}/{user}",),
        attachments=attachments(tables(event.get("files"))),
        sent_at=moment(ts, now),
        sender_name=name_of(event),
        reply_to=id_of(channel, thread) if thread and thread != ts else "",
        raw=envelope,
    )
    return [message, *wishes(message)]


def _changed(event: Json, envelope: Json, now: datetime, rules: Rules) -> "Found":
    message, before = table(event.get("message")), table(event.get("previous_message"))
    if message.get("subtype") == "tombstone":
        return _deleted(event, envelope, now, rules)
    if skipped := _not_theirs(message, envelope, rules):
        return skipped
    if "edited" not in message or (before and message.get("text") == before.get("text")):
        return "same words"  # a preview came, or a reply
    channel = text(event.get("channel"))
    edited = Edited(
        address=address_of(team_of(message, envelope), text(message.get("user")), channel),
        external_id=id_of(channel, message.get("ts") or before.get("ts")),
        text=_words(message),
        sent_at=moment(event.get("event_ts"), now),
    )
    return [edited]


def _deleted(event: Json, envelope: Json, now: datetime, rules: Rules) -> "Found":
    before = table(event.get("previous_message"))
    if skipped := _not_theirs(before, envelope, rules):
        return skipped
    channel = text(event.get("channel"))
    deleted = Deleted(
        address=address_of(team_of(before, envelope), text(before.get("user")), channel),
        external_id=id_of(channel, event.get("deleted_ts") or before.get("ts")),
        sent_at=moment(event.get("event_ts"), now),
    )
    return [deleted]


def _reacted(event: Json, envelope: Json, now: datetime, rules: Rules) -> "Found":
    """Read a reaction; the event does not say whose workspace the person is of."""
    item, user = table(event.get("item")), text(event.get("user"))
    if item.get("type") != "message":
        return "not to a message"
    if user in _ours(envelope):
        return "our own"
    channel = text(item.get("channel"))
    reacted = Reacted(
        address=address_of(team_of(event, envelope), user, channel),
        external_id=id_of(channel, item.get("ts")),
        emoji=emoji(text(event.get("reaction"))) if event.get("type") == "reaction_added" else "",
        sent_at=moment(event.get("event_ts"), now),
    )
    return [reacted]


def _not_theirs(message: Json, envelope: Json, rules: Rules) -> str:
    """Say why a message is no customer's: a bot's, our own, or a colleague's."""
    user = text(message.get("user"))
    if message.get("bot_id") or message.get("subtype") == "bot_message" or user == "USLACKBOT":
        return "a bot's"
    if not user:
        return "nobody's"
    if user in _ours(envelope) and not message.get("client_msg_id"):
        return "our own"  # a person's app names each message; a bot does not
    if not rules.colleagues and team_of(message, envelope) == home_of(envelope):
        return "a colleague's"
    return ""


def _ours(envelope: Json) -> set[str]:
    """Name our bot, as the envelope does."""
    return {
        text(one.get("user_id"))
        for one in tables(envelope.get("authorizations"))
        if one.get("is_bot") is True
    }


def _words(message: Json) -> str:
    """Read the text, and below it what was shared from elsewhere."""
    shared = [
        text(one.get("text")) or text(one.get("fallback"))
        for one in tables(message.get("attachments"))
        if one.get("is_share") or one.get("is_msg_unfurl") or not message.get("text")
    ]
    return heard("\n".join(filter(None, [text(message.get("text")), *shared])))


Found = Sequence[Event] | str
READERS: Final[dict[str, Callable[[Json, Json, datetime, Rules], Found]]] = {
    "message/message_changed": _changed,
    "message/message_deleted": _deleted,
    "reaction_added": _reacted,
    "reaction_removed": _reacted,
}
