"""What agents know of a customer: seen, changed, each look and each change written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from inbox.desk import facts
from inbox.desk.act import Act, Ground
from inbox.desk.auditing import named, of_agent
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.facts import House
from inbox.desk.roles import check
from storage import agents, consents, conversations, customers, looks, profiles
from storage.batch import storable
from storage.consents import MARKETING
from storage.profiles import Profile
from storage.rows import Address, Customer

SOURCE: Final = "agent"
LONGEST: Final = 2_000
BELL: Final = "touches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """What a customer told an agent about *subject* at one of their addresses, in which words."""

    address_id: int
    allowed: bool
    wording: str
    subject: str = MARKETING


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an agent writes about a customer: facts by name, as texts, and what the customer allows."""

    written: Mapping[str, str] = field(default_factory=dict)
    consents: Sequence[Consented] = ()


class Profiling:
    """The part of the desk that knows customers."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def profile(self, customer_id: int, agent_id: int, *, now: datetime) -> Profile:
        """Read what is known of a customer, or of the one they became; the look is written down."""
        async with self._ground.database.reading() as connection:
            agent = await agents.one(connection, agent_id)
            if agent is None:
                raise NotThere("There is no such agent.")
        await self._ground.lets(agent, "profile", now)
        async with self._ground.database.reading() as connection:
            found = await profiles.of(connection, customer_id, now)
        if found is None:
            raise NotThere("There is no such customer.")
        line = of_agent(agent, "saw", "profile", now, self._ground.door, customer_id=found.customer.id)
        if await self._ground.shows(line):
            async with self._ground.database.writing() as connection:
                ids = self._ground.database.ids
                await looks.record(connection, ids, found.customer.id, agent_id, "seen", now)
        return found

    async def change_customer(
        self, customer_id: int, agent_id: int, *, values: Facts, now: datetime
    ) -> Sequence[str]:
        """Write facts and consent; returns the names of what is other than before.

        Raises WrongFacts with a sentence for each fact that cannot be so, and then nothing is written.
        """
        async with self._ground.gesture(now, "change_customer", agent_id) as act:
            before = await _somebody(act, customer_id)
            agent = await act.agent(agent_id)
            house = await self.house(act, agent.zone)
            made = facts.columns(_other(values, before), house)
            changed = {name: value for name, value in made.items() if getattr(before, name) != value}
            if "birth_day" in changed or "birth_month" in changed:
                changed["birthday_at"] = now
            if changed:
                await customers.change(act.connection, before.id, **changed)
            asked = await _consent(act, before.id, agent_id, values.consents)
            after = await _somebody(act, before.id)
            what = _what(before, after)
            if not what and not asked:
                return ()
            names = [*what, *(["consent"] if asked else [])]
            data = {**what, **({"consent": asked} if asked else {})}
            await looks.record(act.connection, act.ids, before.id, agent_id, "changed", now, data)
            act.tell(named(names), customer_id=before.id)
            await _told(act, before.id, agent_id, names)
            return names

    async def check_customer(self, customer_id: int, agent_id: int, *, values: Facts, now: datetime) -> None:
        """Raise what `change_customer` would raise, and write nothing."""
        async with self._ground.database.reading() as connection:
            act = Act(connection=connection, ids=self._ground.database.ids, now=now, slack=False)
            agent = await act.agent(agent_id)
            check(agent, "check_customer")
            before = await _somebody(act, customer_id)
            facts.columns(_other(values, before), await self.house(act, agent.zone))
            await _checked(act, before.id, values.consents)

    async def house(self, act: Act, zone: str) -> House:
        """Say what facts are checked against."""
        everybody = await agents.all_active(act.connection)
        policies = self._ground.policies
        return House(
            channels=frozenset(self._ground.channels),
            agents={one.key for one in everybody},
            tiers=frozenset(policies.house.tiers),
            today=act.now.astimezone(ZoneInfo(zone)).date(),
        )


async def _somebody(act: Act, customer_id: int) -> Customer:
    found = await customers.one(act.connection, customer_id)
    if found is None or found.erased_at is not None:
        raise NotThere("There is no such customer.")
    if found.merged_into is not None:
        raise DeskError("This customer became one with another. Look there.")
    return found


def _other(values: Facts, before: Customer) -> dict[str, str]:
    """Leave out what a form only says again: it stays, though nobody could write it so today."""
    known = facts.told(before)
    return {name: text for name, text in values.written.items() if text.strip() != known.get(name)}


def _what(before: Customer, after: Customer) -> dict[str, list[str]]:
    """Name the facts that are other than before, with what they were and are."""
    old, new = facts.told(before), facts.told(after)
    return {name: [old[name], new[name]] for name in facts.FACTS if old[name] != new[name]}


async def _consent(
    act: Act, customer_id: int, agent_id: int, asked: Sequence[Consented]
) -> list[dict[str, Any]]:
    """Write what the customer allows into its ledger; who said stop themselves allows nothing by us."""
    if not asked:
        return []
    await _checked(act, customer_id, asked)
    held = await consents.allowed(act.connection, customer_id)
    fresh = [one for one in asked if held.get((one.address_id, one.subject)) != one.allowed]
    for one in fresh:
        await consents.record(
            act.connection,
            act.ids,
            address_id=one.address_id,
            word="yes" if one.allowed else "no",
            subject=one.subject,
            source=SOURCE,
            wording=storable(one.wording).strip()[:LONGEST],
            agent_id=agent_id,
            at=act.now,
        )
    return [{"address": one.address_id, "subject": one.subject, "allowed": one.allowed} for one in fresh]


async def _checked(act: Act, customer_id: int, asked: Sequence[Consented]) -> None:
    ways = {way.id: way for way in await customers.addresses_of(act.connection, customer_id)}
    for one in asked:
        if why := _refused(one, ways):
            raise facts.WrongFacts({"consent": why})


def _refused(one: Consented, ways: Mapping[int, Address]) -> str:
    way = ways.get(one.address_id)
    if way is None:
        return "Choose one of the customer's addresses."
    if one.allowed and way.stopped_at is not None:
        return "The customer said stop there, and only they can undo it."
    return "" if one.wording.strip() else "Write where they said it, and in which words."


async def _told(act: Act, customer_id: int, agent_id: int, names: Sequence[str]) -> None:
    """Say in the conversation what changed, without the values: many read a thread."""
    act.nudges.add(BELL)
    talk = await conversations.going_on(act.connection, customer_id)
    found = [talk] if talk else await conversations.of_customer(act.connection, customer_id, limit=1)
    for one in found:
        await act.happened("customer_changed", one.id, agent_id, {"what": list(names)})
