"""Writing first, as one person to another: to a customer we know, or at an address that is new to us."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import phonenumbers

from bots.channel import Spec
from inbox.desk.act import Act, Ground
from inbox.desk.answers import Answers, said
from inbox.desk.elsewhere import Elsewhere
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.together import within
from inbox.desk.ways import carrier, checked, open_at
from inbox.media import KeptFile
from storage import begun, conversations, customers, deliveries
from storage.batch import storable
from storage.rows import Address, Agent

MAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", re.ASCII)
NAME: Final = 120


class Beginning:
    """The part of the desk that writes first."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def begin(
        self,
        agent_id: int,
        *,
        address_id: int | None = None,
        address: str = "",
        channel: str = "",
        name: str = "",
        text: str,
        files: Sequence[KeptFile] = (),
        now: datetime,
        key: str = "",
        origin: str = "web",
    ) -> int:
        """Write to a customer; returns the conversation, the same for the same gesture *key*.

        Either *address_id*, or an *address* as it is typed with the *channel* to use and perhaps a
        *name*; one that is known already is that customer's. What goes on with them goes on; else it is
        a new conversation of the agent's. Raises what `reply` does; a DeskError for no address, for who
        must write first on that channel, and for who is not to be written to.
        """
        text = said(text, files)
        async with self._ground.gesture(now, "begin", agent_id) as act:
            known = await deliveries.by_key(act.connection, f"reply:{key}:0") if key else None
            if known is not None:
                return known.conversation_id
            to = await self._to(act, address_id, address, channel, name)
            agent = await act.agent(agent_id)
            conversation_id, fresh = await self._conversation(act, to, agent)
            ground = within(self._ground, act)
            if fresh:
                await act.happened("opened", conversation_id, agent_id, {"by": "agent"})
                await Answers(ground).reply(
                    conversation_id, agent_id, text=text, files=files, now=now, key=key, origin=origin
                )
            else:
                await Elsewhere(ground).reply_elsewhere(
                    conversation_id,
                    agent_id,
                    address_id=to.id,
                    text=text,
                    files=files,
                    now=now,
                    key=key,
                    origin=origin,
                )
            return conversation_id

    async def _to(self, act: Act, address_id: int | None, typed: str, channel: str, name: str) -> Address:
        """Find the address, or keep a new one; raises why nothing may be sent there."""
        channels = self._ground.channels
        if address_id is not None:
            found = await customers.address(act.connection, address_id)
            if found is None:
                raise NotThere("There is no such address any more.")
        else:
            if channel not in channels:
                raise NotThere("Choose the channel to write over.")
            written = address_of(channels[channel].spec, typed)
            found = await customers.by_address(act.connection, written)
            if found is None:
                checked(channels, channel, None, (), act.now)  # nobody ever wrote from there
                named = " ".join(storable(name).split())[:NAME]
                key = await begun.stranger(
                    act.connection, act.ids, address=written, channel=channel, name=named, now=act.now
                )
                found = await customers.address(act.connection, key)
        assert found is not None
        open_at(channels, found, act.now)
        self._may_be_first(found)
        customer = await customers.one(act.connection, found.customer_id)
        if customer is None or customer.erased_at is not None or customer.deceased_at is not None:
            raise DeskError("This customer is not to be written to.")
        return found

    def _may_be_first(self, address: Address) -> None:
        """Raise a DeskError where a channel lets nobody write to who never wrote."""
        spec = self._ground.channels[carrier(self._ground.channels, address)].spec
        if address.last_in_at is None and not may_begin(spec):
            raise DeskError(must_write_first(spec))

    async def _conversation(self, act: Act, to: Address, agent: Agent) -> tuple[int, bool]:
        """Find what goes on with the customer, or begin; says whether it is new."""
        going = await conversations.going_on(act.connection, to.customer_id)
        if going is not None:
            return going.id, False
        policy = self._ground.policies.now
        teams = [team.key for team in policy.teams if team.key in agent.teams]
        values = {
            "customer_id": to.customer_id,
            "address_id": to.id,
            "channel": carrier(self._ground.channels, to),
            "team": teams[0] if teams else policy.first_team.key,
            "owner_id": agent.id,
        }
        made = await begun.conversation(act.connection, act.ids, values, act.now)
        if made is None:
            raise DeskError("A conversation with this customer began at this moment. Look again.")
        return made, True


def may_begin(spec: Spec) -> bool:
    """Whether somebody who never wrote can be written to: by number or by mail, where nothing closes."""
    return spec.writes and spec.window is None and (spec.phone or spec.scheme in ("tel", "mailto"))


def must_write_first(spec: Spec) -> str:
    """Say that nobody can be written to first over this channel."""
    return f"On {spec.label} the customer writes first: who never did cannot be reached there."


def address_of(spec: Spec, typed: str) -> str:
    """Read an address as a person types it for a channel, as we keep it; raises a DeskError.

    Numbers are international, E.164; what cannot be a number anywhere is refused.
    """
    typed = storable(typed).strip().removeprefix(f"{spec.scheme}:")
    if not may_begin(spec):
        raise DeskError(must_write_first(spec))
    if spec.scheme == "mailto":
        if not MAIL.fullmatch(typed) or ".." in typed:
            raise DeskError("This is no e-mail address: write it like maria@example.com.")
        return f"mailto:{typed.lower()}"
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        raise DeskError("Write the number with its country, like +351 912 345 678.") from None
    if not phonenumbers.is_possible_number(number):
        raise DeskError("There can be no such number: a digit is missing or too many.")
    return f"{spec.scheme}:{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}"
