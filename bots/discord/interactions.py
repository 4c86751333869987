"""What Discord calls us for over HTTP: its own pings, pressed buttons, and events of the application.

Sources: https://docs.discord.com/developers/interactions/receiving-and-responding and
https://docs.discord.com/developers/events/webhook-events.
"""

from binascii import unhexlify
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bots.channel import ConsentChanged, Hook, MessageIn, Reading, Response
from bots.discord.content import name_of
from bots.discord.naming import address_of, snowflake
from bots.discord.reading import Place
from bots.errors import BadSignature
from bots.json_body import Json, table, table_of_body, tables, text

SIGNATURE: Final = "x-signature-ed25519"
TIMESTAMP: Final = "x-signature-timestamp"
WINDOW: Final = 300
"""Seconds that the two clocks may be apart, either way; ours, for Discord names none."""
PING, PRESSED = 1, 3
PONG: Final = Response(body='{"type":1}', content_type="application/json")
TAKEN: Final = Response(body='{"type":6}', content_type="application/json")
"""Deferred update: the button stops spinning and nothing else changes."""


def check(hook: Hook, public_keys: Sequence[str]) -> None:
    """Raise BadSignature unless Discord signed the time and the raw body, about when the hook came.

    It may have used the key of any of *public_keys*; an empty one is none.
    """
    known = [key for key in public_keys if key]
    if not known:
        raise BadSignature("No public key is set, so that no call over HTTP can be Discord's.")
    stamp = hook.headers.get(TIMESTAMP, "")
    signed = stamp.encode("utf-8", "surrogateescape") + hook.body
    if not any(_is_signed(signed, hook.headers.get(SIGNATURE, ""), key) for key in known):
        raise BadSignature
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise BadSignature
    if abs(hook.received_at.timestamp() - int(stamp)) > WINDOW:
        raise BadSignature("The request was signed more than five minutes before or after it came.")


def _is_signed(signed: bytes, signature: str, public_key: str) -> bool:
    from nacl.exceptions import BadSignatureError  # here: few have buttons
    from nacl.signing import VerifyKey

    try:
        VerifyKey(unhexlify(public_key)).verify(signed, unhexlify(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def read(hook: Hook, place: Place) -> Reading:
    """Translate a *hook* whose signature is checked; raises Malformed."""
    called = table_of_body(hook.body)
    kind, event = called.get("type"), table(called.get("event"))
    if event:
        return _application(event, hook.received_at)
    if kind == 0:  # the ping of webhook events
        return Reading(response=Response(status=204), skipped=("ping",))
    if kind == PING:
        return Reading(response=PONG)
    if kind == PRESSED and (message := _pressed(called, place, hook.received_at)):
        return Reading(events=(message,), response=TAKEN)
    return Reading(skipped=(f"interaction {kind if isinstance(kind, int) else 'without a type'}",))


def _pressed(called: Json, place: Place, now: datetime) -> MessageIn | None:
    """Read a pressed button as its label, a choice as what was chosen."""
    data, message = table(called.get("data")), table(called.get("message"))
    user = table(called.get("user")) or table(table(called.get("member")).get("user"))
    number, pressed_by = snowflake(called.get("id")), snowflake(user.get("id"))
    channel = snowflake(called.get("channel_id"))
    in_support = bool(channel) and channel == place.support
    if not number or not pressed_by or ("guild_id" in called and not in_support):
        return None
    about = snowflake(message.get("id"))
    return MessageIn(
        address=address_of(pressed_by, channel if in_support else ""),
        also=(address_of(pressed_by),) if in_support else (),
        external_id=f"interaction:{number}",
        text=_label(message.get("components"), data) or "[button]",
        sent_at=now,
        sender_name=name_of(user),
        reply_to=f"{channel}:{about}" if channel and about else "",
        raw=called,
    )


def _label(components: object, data: Json) -> str:
    """Find the words on what was pressed, in rows of components."""
    pressed = text(data.get("custom_id"))
    chosen = data.get("values")
    values = [one for one in chosen if isinstance(one, str)] if isinstance(chosen, list) else []
    for row in tables(components):
        for one in tables(row.get("components")):
            if one.get("custom_id") == pressed:
                options = {text(o.get("value")): text(o.get("label")) for o in tables(one.get("options"))}
                return ", ".join(options.get(value) or value for value in values) or text(one.get("label"))
    return ", ".join(values) or pressed


def _application(event: Json, now: datetime) -> Reading:
    kind = text(event.get("type"))
    user = snowflake(table(table(event.get("data")).get("user")).get("id"))
    if kind != "APPLICATION_DEAUTHORIZED" or not user:
        return Reading(skipped=(kind or "event without a type",), response=Response(status=204))
    gone = ConsentChanged(
        address=address_of(user),
        external_id=f"deauthorized:{user}:{text(event.get('timestamp'))}",
        word="stop",
        source="discord: removed our application",
        sent_at=now,
    )
    return Reading(events=(gone,), response=Response(status=204))
