"""Addresses, ids and times: a customer is a person in a Slack channel, a message a channel and a time."""

import re
from datetime import UTC, datetime
from typing import Any, Final

from bots.errors import Malformed, Refused
from bots.json_body import Json, tables, text

ADDRESS: Final = re.compile(r"slackconnect:[A-Z0-9]+/([A-Z0-9]+)(?:/([A-Z0-9]+))?")
MESSAGE: Final = re.compile(r"([A-Z0-9]+):([0-9]+\.[0-9]{6})")
TS: Final = re.compile(r"[0-9]{1,12}\.[0-9]{6}")
WORD: Final = re.compile(r"[A-Z0-9]{1,40}")


def address_of(team: str, user: str, channel: str) -> str:
    """Name a customer where they wrote; raises Malformed."""
    for part in (team, user, channel):
        if not WORD.fullmatch(part):
            raise Malformed("The event names no team, person or Slack channel.")
    return f"slackconnect:{team}/{user}/{channel}"


def place_of(address: str) -> str:
    """Say where an address is written to: its Slack channel, else the person, whose direct message it is."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise Refused("This customer did not write in Slack; the channel cannot reach them there.")
    return found[2] or found[1]


def id_of(channel: str, ts: Any) -> str:
    """Name a message; raises Malformed."""
    stamp = text(ts)
    if not TS.fullmatch(stamp) or not WORD.fullmatch(channel):
        raise Malformed("The event's message has no time or Slack channel.")
    return f"{channel}:{stamp}"


def message_of(external_id: str) -> tuple[str, str]:
    """Take the Slack channel and the time out of an id; raises Refused where it has none."""
    found = MESSAGE.fullmatch(external_id)
    if found is None:
        raise Refused("Slack did not tell which message this is.")
    return found[1], found[2]


def moment(ts: Any, otherwise: datetime) -> datetime:
    """Read a time of Slack's, seconds and microseconds as text."""
    stamp = text(ts)
    if not TS.fullmatch(stamp):
        return otherwise
    seconds, _, rest = stamp.partition(".")
    try:
        return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(rest))
    except (OverflowError, OSError, ValueError):
        return otherwise


def team_of(message: Json, envelope: Json) -> str:
    """Say whose workspace the writer is of; Slack Connect names it beside the message.

    Of a large organisation some events name that (E…) where others name the person's workspace (T…).
    """
    named = [text(message.get(name)) for name in ("user_team", "source_team", "team")]
    of_workspace = next((one for one in named if one.startswith("T")), "") or next(filter(None, named), "")
    return of_workspace or text(envelope.get("team_id")) or text(envelope.get("context_team_id"))


def home_of(envelope: Json) -> str:
    """Say in which workspace our app is: the envelope's own may be the customer's, where both share."""
    installed = next(iter(tables(envelope.get("authorizations"))), {})
    return text(installed.get("team_id")) or text(envelope.get("team_id"))


def name_of(message: Json) -> str:
    """Find what the writer is called, where the event says it."""
    profile = message.get("user_profile")
    if not isinstance(profile, dict):
        return ""
    names = (text(profile.get(one)) for one in ("display_name", "real_name", "name"))
    return next((name for name in names if name), "")
