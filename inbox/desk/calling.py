"""Calling a customer: the agent's own phone rings first, then theirs, and the two are joined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bots.channel import Channel
from inbox.desk.act import Act, Ground
from inbox.desk.errors import DeskError, Ended, NotThere
from inbox.desk.their_hours import theirs
from inbox.live import Change
from inbox.policies import Policies
from inbox.preferences.masks import masked
from routing.touch import Limits
from storage import conversations, customers, deliveries, messages
from storage.database import Connection
from storage.endings import CALL
from storage.queues import OwedRow
from storage.rows import Address, Agent, Conversation
from storage.statuses import QUEUED

NO_NUMBER: Final = "This customer has no telephone number that can be called."
NO_PHONE: Final = (
    "No phone of yours is known, and it is the one that rings first: whoever runs the house writes"
    ' phone = "+351 912 345 678" under [[agents]], at your key {key}, in the configuration.'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An address that can be called, over which *channel* of ours, and its number with most of it hidden.

    *doubts* are sentences that whoever calls should know before.
    """

    address: Address
    channel: str
    number: str
    doubts: tuple[str, ...] = ()


class Calling:
    """The part of the desk that rings customers."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def call(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        address_id: int | None = None,
        now: datetime,
        key: str = "",
    ) -> int:
        """Owe a call to the customer; returns its line in the log, the same for the same gesture *key*.

        At *address_id*, else where the conversation is or at their first number. It is begun at once or
        not at all. Whoever calls takes a conversation that nobody has; that somebody waits is ended by no
        call. Who said stop may be called: that is the agent's own act, of which `lines` warns. Raises
        Ended, NotThere, and a DeskError where nothing rings, nothing of theirs or nothing of the agent's.
        """
        async with self._ground.gesture(now, "call", agent_id) as act:
            known = await deliveries.by_key(act.connection, f"call:{key}") if key else None
            if known is not None and known.message_id is not None:
                return known.message_id
            conversation = await act.conversation(conversation_id)
            if conversation.state == "resolved":
                raise Ended
            agent = await act.agent(agent_id)
            phone = own_phone(self._ground.policies, agent)
            line = await self._line(act, conversation, address_id)
            message_id = await _keep(act, conversation, agent, line)
            await act.owe(
                OwedRow(
                    lane=line.channel,
                    kind=CALL,
                    conversation_id=conversation_id,
                    message_id=message_id,
                    key=f"call:{key or message_id}",
                    data={"agent": phone},
                    due_at=now,
                )
            )
            if conversation.owner_id is None:
                await conversations.change(act.connection, conversation_id, owner_id=agent_id)
                await act.happened("taken", conversation_id, agent_id, {"by": "call"})
            await act.show("reply", conversation_id, key=f"shown:{message_id}", message_id=message_id)
            return message_id

    async def _line(self, act: Act, conversation: Conversation, address_id: int | None) -> Line:
        customer = await customers.one(act.connection, conversation.customer_id)
        if customer is None or customer.erased_at is not None or customer.deceased_at is not None:
            raise DeskError("This customer is not to be called.")
        known = await customers.addresses_of(act.connection, conversation.customer_id)
        found = reached(self._ground.channels, known, conversation.address_id)
        if address_id is not None:
            found = [one for one in found if one.address.id == address_id]
            if not found:
                raise NotThere("This is no number of this customer that can be called.")
        if not found:
            raise DeskError(NO_NUMBER)
        return found[0]


async def _keep(act: Act, conversation: Conversation, agent: Agent, line: Line) -> int:
    """Put into the log that somebody rings."""
    message_id = act.ids.next()
    values = {
        "id": message_id,
        "conversation_id": conversation.id,
        "direction": "out",
        "nature": CALL,
        "channel": line.channel,
        "external_id": f"ours:{message_id}",
        "address_id": line.address.id,
        "agent_id": agent.id,
        "sender_name": agent.name,
        "text": f"{agent.name} is calling {line.number}. {agent.name}’s phone rings first.",
        "sent_at": act.now,
        "received_at": act.now,
        "status": QUEUED,
        "status_at": act.now,
    }
    await messages.add(act.connection, values)
    act.changes.append(Change(kind="message", conversation_id=conversation.id, message_id=message_id))
    return message_id


def own_phone(policies: Policies, agent: Agent) -> str:
    """Give the number of the agent's phone, E.164; raises a DeskError that says where it is written."""
    entry = policies.now.agent(agent.key)
    if entry is None or not entry.phone:
        raise DeskError(NO_PHONE.format(key=agent.key))
    return entry.phone


def ringing(channels: Mapping[str, Channel]) -> frozenset[str]:
    """Name the channels that ring and are rung: what comes over them was spoken."""
    return frozenset(name for name, one in channels.items() if one.spec.calls)


def rings(channels: Mapping[str, Channel]) -> dict[str, str]:
    """Name by scheme the first channel that rings its addresses."""
    return {one.spec.scheme: name for name, one in reversed(list(channels.items())) if one.spec.calls}


def reached(channels: Mapping[str, Channel], addresses: Sequence[Address], first: int = 0) -> list[Line]:
    """List the addresses that some channel can ring: the one with the key *first*, then the last heard of."""
    over = rings(channels)
    found = []
    for one in addresses:
        scheme, _, number = one.address.partition(":")
        used = channels.get(one.channel)
        name = one.channel if used is not None and used.spec.calls else over.get(scheme)
        if name is not None and number.startswith("+"):
            found.append(Line(address=one, channel=name, number=masked(one.address)))
    heard = {one.id: one.last_in_at.timestamp() if one.last_in_at else 0.0 for one in addresses}
    return sorted(found, key=lambda line: (line.address.id != first, -heard[line.address.id]))


async def lines(
    connection: Connection,
    channels: Mapping[str, Channel],
    limits: Limits | None,
    conversation: Conversation,
    now: datetime,
) -> list[Line]:
    """List where the customer can be called, with what speaks against it at each at *now*."""
    customer = await customers.one(connection, conversation.customer_id)
    known = await customers.addresses_of(connection, conversation.customer_id)
    found = reached(channels, known, conversation.address_id)
    if customer is None or not found:
        return []
    there, who = theirs(customer, known, limits), customer.name.strip() or "the customer"
    told = []
    for line in found:
        doubts = []
        if line.address.stopped_at is not None:
            stop = f"{who[:1].upper()}{who[1:]} said stop at this number: nothing is written there."
            doubts.append(f"{stop} Call only if they wish it.")
        if not there.allowed(now, line.address, line.channel, channels[line.channel].spec):
            perhaps = ", as far as we can tell" if there.is_guess else ""
            at = f"It is {there.clock(now)} at {who}’s{perhaps}"
            doubts.append(f"{at}: outside the hours in which we write to them.")
        told.append(
            Line(address=line.address, channel=line.channel, number=line.number, doubts=tuple(doubts))
        )
    return told
