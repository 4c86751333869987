"""Reactions of ours to what a customer said, where the channel carries them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bots.channel import Channel
from inbox.desk.act import Act, Ground
from inbox.desk.errors import CannotChange, NotAllowed, NotThere, Stopped
from inbox.live import Change
from storage import conversations, customers, deliveries
from storage.queues import OwedRow
from storage.rows import Conversation, Delivery, Happening, Message
from storage.statuses import DROPPED, FAILED

KIND: Final = "react"
_PLAIN: Final = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
"""What makes a sign's shape or skin, which reactions do not have."""


class Reacting:
    """The part of the desk that reacts."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def react(
        self,
        message_id: int,
        agent_id: int,
        *,
        reaction: str,
        on: bool = True,
        now: datetime,
        origin: str = "web",
    ) -> None:
        """React to a customer's message, or take that reaction off; what stands there already is no error.

        Raises NotThere, Stopped, NotAllowed where the team does not want it, or CannotChange where the
        channel has no such reaction.
        """
        async with self._ground.gesture(now, "react", agent_id) as act:
            message = await act.message(message_id)
            if message.direction != "in" or message.deleted_at is not None or not message.external_id:
                raise NotThere("That is no message of the customer's.")
            conversation = await act.conversation(message.conversation_id)
            wanted = self._wanted(conversation, message, reaction)
            address = await customers.address(act.connection, message.address_id or 0)
            if address is not None and address.stopped_at is not None:
                raise Stopped
            standing = standing_in(await deliveries.of_message(act.connection, message_id))
            if (standing == wanted) == on:
                return
            await act.owe(_owed(act, message, wanted if on else ""))
            data = {"message_id": message_id, "reaction": wanted, "on": on, "of": message.text[:100]}
            await _tell(act, conversation, agent_id, data, origin)

    def _wanted(self, conversation: Conversation, message: Message, reaction: str) -> str:
        """Write the reaction as the channel does."""
        team = next((one for one in self._ground.policies.now.teams if one.key == conversation.team), None)
        if team is None or not team.reactions:
            raise NotAllowed("This team's reactions stay inside: whoever runs the house can switch them on.")
        channel = self._ground.channels.get(message.channel)
        label = channel.spec.label if channel is not None else message.channel
        found = spelled(channel, reaction)
        if found is None:
            raise CannotChange(f"{label} cannot carry this reaction to the customer.")
        return found


def spelled(channel: Channel | None, reaction: str) -> str | None:
    """Find a reaction among those that a channel carries, whatever its skin or shape; None if it is not."""
    known: Sequence[str] = channel.spec.reactions if channel is not None else ()
    bare = reaction.translate(_PLAIN)
    return next((one for one in known if bare and one.translate(_PLAIN) == bare), None)


def standing_in(rows: Sequence[Delivery]) -> str:
    """Read from what is owed for a message which reaction of ours stands there; empty if none."""
    made = [row for row in rows if row.kind == KIND and row.state not in (FAILED, DROPPED)]
    return made[-1].text if made else ""


def said(data: Mapping[str, Any]) -> str:
    """Say what was done, behind who did it."""
    of = f" to “{data['of']}”" if data.get("of") else ""
    verb = "reacts with" if data.get("on", True) else "takes off"
    return f"{verb} {data.get('reaction')}{of}"


def _owed(act: Act, message: Message, reaction: str) -> OwedRow:
    return OwedRow(
        lane=message.channel,
        kind=KIND,
        conversation_id=message.conversation_id,
        message_id=message.id,
        key=f"{KIND}:{message.id}:{act.ids.next()}",
        text=reaction,
        data={"external_id": message.external_id},
        due_at=act.now,
    )


async def _tell(
    act: Act, conversation: Conversation, agent_id: int, data: Mapping[str, Any], origin: str
) -> None:
    """Write it in the log; where it was done in Slack it stands there already."""
    if origin != "slack":
        await act.happened("reacted", conversation.id, agent_id, data)
        return
    line = Happening(
        id=act.ids.next(),
        conversation_id=conversation.id,
        kind="reacted",
        agent_id=agent_id,
        at=act.now,
        data=dict(data),
    )
    await conversations.happened(act.connection, [line])
    act.changes.append(Change(kind="conversation", conversation_id=conversation.id))
