"""The loop that writes back to who rang in vain: once, in their language, never at night on their clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from babel.languages import get_official_languages

from bots.channel import Channel, Spec
from config.calls import CallKnobs
from config.wording import Wording
from inbox.assigning.saying import say, team_name
from inbox.desk.act import Act, Ground
from inbox.desk.calling import ringing
from inbox.desk.their_hours import theirs
from inbox.desk.ways import carrier, is_closed
from inbox.nudges import Nudges
from inbox.touches.rules import Current
from routing.consent import country, phone
from storage import customers, deliveries, missed_calls, waiting
from storage.database import Connection
from storage.missed_calls import Missed
from storage.rows import Address, Customer

BELL: Final = "text_back"
TEXT: Final = "missed_call"
EVERY: Final = 5.0
PAGE: Final = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """A text that may leave now: to which *address* over which *channel*, in which language.

    A *template* (the parts of MessageOut that it fills) goes where the window for free text is closed.
    """

    address: Address
    channel: str
    text: str
    template: Mapping[str, Any] | None


class TextingBack:
    """Owes each caller whom nobody heard at most one text in so many hours."""

    def __init__(
        self,
        *,
        ground: Ground,
        wording: Wording,
        current: Current,
        nudges: Nudges,
        clock: Callable[[], datetime],
    ) -> None:
        """Write in the words of *wording*, within the hours of the *current* rules."""
        self._ground, self._wording, self._current = ground, wording, current
        self._nudges, self._clock = nudges, clock
        self._stopping = False

    async def run(self) -> None:
        """Write back until `stop`."""
        while not self._stopping:
            try:
                await self.turn()
            except Exception:
                log.exception("nobody was texted back")
            if not self._stopping:
                await self._nudges.wait(BELL, EVERY)

    async def stop(self) -> None:
        """Finish the page that is under way."""
        self._stopping = True
        self._nudges.nudge(BELL)

    async def turn(self) -> int:
        """Write to all who may be written to at this moment; says how many were."""
        knobs, channels = self._ground.policies.now.calls, ringing(self._ground.channels)
        if not knobs.text_back or not channels:
            return 0
        now, beyond, texted = self._clock(), 0, 0
        while not self._stopping:
            async with self._ground.database.reading() as connection:
                page = await missed_calls.waiting(
                    connection,
                    channels,
                    since=now - knobs.text_back_within,
                    until=now - knobs.text_back_after,
                    beyond=beyond,
                    limit=PAGE,
                )
                due = [one for one in page if await self._back(connection, one, knobs, now)]
            for one in due:
                texted += await self._text(one, knobs, now)
            if len(page) < PAGE:
                break
            beyond = page[-1].message_id
        return texted

    async def _text(self, one: Missed, knobs: CallKnobs, now: datetime) -> bool:
        """Owe the text, if all is still as it was read; two who do so at once owe it once."""
        channels = ringing(self._ground.channels)
        async with self._ground.act(now) as act:
            since = now - knobs.text_back_within
            again = await missed_calls.of(act.connection, one.conversation_id, channels, since=since)
            back = await self._back(act.connection, one, knobs, now) if again == one else None
            if back is None:
                return False
            await self._owe(act, one, back, knobs)
            return True

    async def _owe(self, act: Act, one: Missed, back: Back, knobs: CallKnobs) -> None:
        [waits] = await waiting.some(act.connection, [one.conversation_id])
        await say(
            act,
            self._ground,
            replace(waits, address_id=back.address.id, channel=back.channel),
            back.text,
            key=_keys(one, knobs.text_back_every, act.now)[0],
            sender=team_name(self._ground.policies.house, waits.team),
            template=back.template,
        )

    async def _back(
        self, connection: Connection, one: Missed, knobs: CallKnobs, now: datetime
    ) -> Back | None:
        """Decide about one caller at *now*; None where nothing may leave, now or ever."""
        caller = await customers.address(connection, one.address_id)
        customer = await customers.one(connection, caller.customer_id) if caller is not None else None
        if caller is None or customer is None or caller.stopped_at is not None:
            return None
        if customer.erased_at is not None or customer.deceased_at is not None:
            return None
        for key in _keys(one, knobs.text_back_every, now):
            known = await deliveries.by_key(connection, f"said:{key}:0")
            if known is not None and known.owed_at > now - knobs.text_back_every:
                return None
        known_ones = await customers.addresses_of(connection, customer.id)
        there = theirs(customer, known_ones, self._current.rules.limits)
        back = self._way(customer, caller, known_ones, now)
        if back is None:
            return None
        spec = self._ground.channels[back.channel].spec
        return back if there.allowed(now, back.address, back.channel, spec) else None

    def _way(self, customer: Customer, caller: Address, known: list[Address], now: datetime) -> Back | None:
        """Choose the caller's number itself, else an app that is at the same number."""
        number = phone(caller.address)
        same = [one for one in known if one.id != caller.id and phone(one.address) == number]
        for address in (caller, *same):
            name = carrier(self._ground.channels, address)
            channel = self._ground.channels.get(name)
            if channel is None or not _reaches(channel, address, now):
                continue
            language = customer.language or spoken_at(caller.address)
            text = self._wording.say(TEXT, language, channel.spec.kind)
            if _is_open(channel.spec, address, now):
                return Back(address=address, channel=name, text=text, template=None)
            if tongue := _template_in(channel.spec, language, self._wording.language):
                told = {"template": TEXT, "template_language": tongue}
                variables = {"business": self._wording.business}
                return Back(
                    address=address, channel=name, text=text, template={**told, "variables": variables}
                )
        return None


def spoken_at(address: str) -> str:
    """Guess by a number's country what its owner speaks; "" where the country has several languages."""
    spoken = get_official_languages(country(address), de_facto=True) if country(address) else ()
    return str(spoken[0]) if len(spoken) == 1 else ""


def _reaches(channel: Channel, address: Address, now: datetime) -> bool:
    own = address.address.partition(":")[0] == channel.spec.scheme
    return own and channel.spec.writes and address.stopped_at is None and not is_closed(address, now)


def _is_open(spec: Spec, address: Address, now: datetime) -> bool:
    if spec.window is None:
        return True
    return address.last_in_at is not None and now < address.last_in_at + spec.window - spec.margin


def _template_in(spec: Spec, language: str, otherwise: str) -> str:
    """Say in which language the channel has the approved template, as it spells it; "" in none."""
    has = {
        tag.replace("_", "-").casefold(): tag
        for tag, names in (spec.templates or {}).items()
        if TEXT in names
    }
    for tag in (language, language.partition("-")[0], otherwise, otherwise.partition("-")[0]):
        if tag.casefold() in has:
            return has[tag.casefold()]
    return ""


def _keys(one: Missed, every: timedelta, now: datetime) -> tuple[str, str]:
    """Name the text of this stretch of *every*, and that of the one before: a row has the name once."""
    at = int(now.timestamp() // every.total_seconds())
    return f"text_back:{one.address_id}:{at}", f"text_back:{one.address_id}:{at - 1}"
