"""Our reactions beside what a customer said: which stands there, and which may be put there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bots.channel import Channel
from config.policy import Policy
from inbox.desk.web.forms import Form
from inbox.desk.web.log import Entry
from inbox.desk.web.site import Visit
from storage import reactions
from storage.database import Connection

OFFERED: Final = ("👍", "❤", "🙏", "🎉", "😁", "😢")
"""A handful of what channels carry: an agent's choice, not a keyboard."""


async def with_reactions(
    connection: Connection,
    entries: Sequence[Entry],
    channels: Mapping[str, Channel],
    policy: Policy,
    team: str,
) -> Sequence[Entry]:
    """Add to what the customer said the reaction of ours, and what may be put there where *team* does so."""
    theirs = {one.message.id: one.message for one in entries if one.message and one.message.direction == "in"}
    standing = await reactions.standing(connection, list(theirs)) if theirs else {}
    may = any(one.key == team and one.reactions for one in policy.teams)
    made = []
    for one in entries:
        if one.message is None or one.message.id not in theirs:
            made.append(one)
            continue
        channel = channels.get(one.message.channel)
        known = channel.spec.reactions if channel is not None and may else ()
        offered = tuple(each for each in OFFERED if each in known)
        made.append(replace(one, ours=standing.get(one.message.id, ""), reactions=offered))
    return made


async def react(visit: Visit, message_id: int, form: Form) -> str:
    """Put a reaction on what the customer said, or take it off."""
    await visit.desk.react(
        message_id,
        visit.agent.id,
        reaction=form.text("reaction"),
        on=form.fields.get("on") != "no",
        now=visit.now,
    )
    return ""
