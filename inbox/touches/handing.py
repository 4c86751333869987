"""Handing touches off: looked at for the last time, claimed, and owed to the outbox in one transaction."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog

from inbox.live import Change, Live
from inbox.nudges import Nudges
from inbox.touches.pausing import paused
from inbox.touches.rules import Rules
from inbox.touches.saying import say
from inbox.touches.texts import Missing, Words, stop_link, values_of, words
from inbox.touches.weighing import Weighed, is_agents, weigh
from routing.case import LOOK
from routing.touch import Reachable
from storage import touch_outcomes, touches
from storage.database import Connection, Database, Unavailable
from storage.touch_states import CANCELLED, CLAIMED, HANDED_OFF, HELD, SUPPRESSED, WAITING

AT_ONCE: Final = 64
FEW_SECONDS: Final = 10.0
"""How much of a channel's time its queue may hold: replies wait behind no longer one, and what is late is
looked at again here, not there."""
LEAST: Final = 4

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What one turn did: touches looked at, and those that went out."""

    looked: int = 0
    out: int = 0


class Handing:
    """Hands due touches off, the one that expires first before the others."""

    def __init__(self, *, database: Database, rules: Rules, live: Live, nudges: Nudges) -> None:
        """Work on the rows of *database* by *rules*."""
        self._database = database
        self._rules = rules
        self._live = live
        self._nudges = nudges

    async def hand(self, now: datetime, limit: int = AT_ONCE) -> Handed:
        """Look at what is due and let go what may go; there may be more where *limit* were looked at."""
        async with self._database.reading() as connection:
            room = await self._room(connection)
            full = [name for name, free in room.items() if free <= 0]
            due = await touches.due(connection, now, limit, tuple(self._rules.touches), full)
        out = 0
        for touch_id, channel in due:
            if room.get(channel, 1) <= 0:
                continue
            if await self._one_of_many(touch_id, now):
                out += 1
                room[channel] = room.get(channel, 0) - 1
            await asyncio.sleep(0)
        return Handed(looked=len(due), out=out)

    async def _one_of_many(self, touch_id: int, now: datetime) -> bool:
        """Look at one touch; a mistake of ours with it is shown beside it and stops no other."""
        try:
            return await self.one(touch_id, now)
        except Unavailable:
            raise
        except Exception:  # the loop's own
            log.exception("a touch cannot be handed off", touch=touch_id)
            await self._set_aside(touch_id, now)
            return False

    async def _set_aside(self, touch_id: int, now: datetime) -> None:
        async with self._database.writing() as connection:
            row = await touches.one(connection, touch_id)
            if row is not None and row.state in WAITING:
                until = min(now + LOOK, max(row.valid_until, now))
                await touches.move(
                    connection, self._database.ids, row, HELD, now, reason="our_mistake", due_at=until
                )

    async def one(self, touch_id: int, now: datetime) -> bool:
        """Look at one touch; says whether it went out. Nothing is done twice: its state is read again."""
        nudged: list[str] = []
        told: list[Change] = []
        async with self._database.writing() as connection:
            row = await touches.one(connection, touch_id)
            if row is None or row.state not in WAITING or row.due_at > now:
                return False
            stop = await paused(connection)
            weighed = await weigh(
                connection, self._rules, row, now, paused="" if stop is None else stop.reason
            )
            if weighed is None:
                await touches.move(
                    connection, self._database.ids, row, CANCELLED, now, reason="touch_switched_off"
                )
                return False
            if weighed.verdict.state == CLAIMED:
                change = await self._claim(connection, weighed, now)
                out = change is not None
                nudged += [weighed.verdict.choice.address.channel] if out else []  # type: ignore[union-attr]
                told += [change] if change is not None and change.message_id else []
            else:
                await self._put_off(connection, weighed, now)
                out = False
        for change in told:
            self._live.publish(change)
        for lane in nudged:
            self._nudges.nudge(lane)
        return out

    async def _room(self, connection: Connection) -> dict[str, int]:
        """Count what each channel may be given now: a few seconds' work."""
        waiting = await touch_outcomes.outstanding(connection)
        return {
            name: max(int(way.rate * FEW_SECONDS), LEAST) - waiting.get(name, 0)
            for name, way in self._rules.ways.items()
        }

    async def _put_off(self, connection: Connection, weighed: Weighed, now: datetime) -> None:
        """Write when to look again, or the end."""
        verdict, row, falls = weighed.verdict, weighed.row, weighed.occasion
        values: dict[str, Any] = {"valid_until": falls.valid_until}
        if verdict.reason == "not_due_yet":
            values |= {"day": falls.day.isoformat(), "clock": falls.clock.isoformat("minutes")}
            values |= {"zone": falls.where.zones[0], "zone_source": falls.where.source}
        if verdict.due_at is not None:
            values["due_at"] = verdict.due_at
        await touches.move(
            connection, self._database.ids, row, verdict.state, now, reason=verdict.reason, **values
        )

    async def _claim(self, connection: Connection, weighed: Weighed, now: datetime) -> Change | None:
        """Claim a touch, write its words, and owe them; None if it has no words."""
        ids, row, choice = self._database.ids, weighed.row, weighed.verdict.choice
        assert choice is not None
        assert choice.address is not None
        try:
            told = await self._words(connection, weighed, choice.address, now)
        except Missing as missing:
            data = {"variable": missing.variable}
            await touches.move(connection, ids, row, SUPPRESSED, now, reason="missing_variable", data=data)
            return None
        await touches.step(connection, ids, row.id, CLAIMED, now, reason=choice.why)
        change = Change(kind="message")
        if not self._rules.ways[choice.address.channel].visited:
            out = stop_link(self._rules, weighed, now)
            change = await say(connection, ids, self._rules, row, choice.address, told, now, out)
        columns: dict[str, Any] = {
            "address_id": choice.address.id,
            "channel": choice.address.channel,
            "why": choice.why,
            "language": told.language,
            "text": told.text,
            "message_id": change.message_id or None,
            "handed_at": now,
            "valid_until": weighed.occasion.valid_until,
        }
        to = {"to": choice.address.channel}
        if not await touches.move(connection, ids, row, HANDED_OFF, now, data=to, **columns):
            raise RuntimeError("somebody changed this touch while it was claimed")  # and nothing is kept
        return change

    async def _words(
        self, connection: Connection, weighed: Weighed, address: Reachable, now: datetime
    ) -> Words:
        """What an agent wrote for this one, else the words of its kind."""
        row, who, mine = weighed.row, weighed.person, is_agents(weighed.row)
        values = await values_of(connection, who, anchor_at=row.anchor_at, anchor_ref=row.anchor_ref, now=now)
        try:
            told = words(
                self._rules,
                weighed.touch,
                who,
                weighed.occasion,
                None if mine else address,
                address.channel,
                values,
                now,
            )
        except Missing:
            if not mine:
                raise
            told = Words(text=row.text, language=row.language)
        return replace(told, text=row.text, language=row.language or who.language) if mine else told
