"""The first step: the rules are asked about each waiting as it begins, and what they say is written down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from inbox.assigning import facts, saying
from inbox.assigning.language import language_of
from inbox.desk.act import Act, Ground
from inbox.live import Change
from routing.answering import UNKNOWN, House, Matter, Promised, Sorted
from routing.hours import between, business
from routing.pyramid import hours_of
from routing.rules import sorter
from routing.sla import promised
from storage import routed, waiting
from storage.tags import joined
from storage.waiting import Known, Waits

AT_ONCE: Final = 32  # written in one transaction: hooks wait behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A waiting and all that follows from it."""

    waits: Waits
    matter: Matter
    sorted: Sorted
    promised: Promised
    language: str

    @property
    def moves(self) -> bool:
        """Whether a rule puts it into another team."""
        return self.waits.owner_id is None and self.sorted.team != self.waits.team


class Placing:
    """Asks the rules, detects languages, promises times, and answers what a rule answers itself."""

    def __init__(self, ground: Ground, *, business: str) -> None:
        """Place over the rows of *ground*; *business* is the name that customers see."""
        self._ground, self._business = ground, business

    async def turn(self, now: datetime) -> tuple[list[int], bool]:
        """Place a few; says which, and whether there may be more."""
        house = self._ground.policies.house
        async with self._ground.database.reading() as connection:
            new = await waiting.unsorted(connection, AT_ONCE)
            known = await waiting.known(connection, new)
        if not new:
            return [], False
        sort = sorter(house, now)
        placed = []
        for one in new:
            about = known.get(one.id, facts.NOTHING)
            told = "" if one.language else await language_of(about.words)
            placed.append(_placed(one, about, told, facts.matter(one, about, now, told), sort, house, now))
        async with self._ground.act(now) as act:
            await self._write(act, house, await _still(act, placed))
        return [one.id for one in new], len(new) == AT_ONCE

    async def _write(self, act: Act, house: House, placed: Sequence[Placed]) -> None:
        tags = await routed.tags_of(act.connection, [one.waits.id for one in placed])
        rows = [_row(one, tags.get(one.waits.id, ()), act.now) for one in placed]
        await routed.write(act.connection, rows)
        for language in {one.language for one in placed} - {UNKNOWN}:
            theirs = [one.waits.customer_id for one in placed if one.language == language]
            await routed.speak(act.connection, theirs, language)
        for one in placed:
            if one.moves:
                await self._move(act, house, one)
            if one.sorted.reply and one.waits.auto_replied_at is None:
                await self._reply(act, house, one)
            act.changes.append(Change(kind="conversation", conversation_id=one.waits.id))

    async def _move(self, act: Act, house: House, one: Placed) -> None:
        """Put it into the team that a rule names: its card moves there."""
        team = one.sorted.team
        if await routed.move(act.connection, one.waits.id, before=one.waits.team, team=team):
            name = house.teams[team].name if team in house.teams else team
            why = one.sorted.steps[0].said if one.sorted.steps else ""
            data = {"to": name, "to_agent": None, "to_team": team, "why": why, "by": "rule"}
            await act.happened("handed_over", one.waits.id, None, data)

    async def _reply(self, act: Act, house: House, one: Placed) -> None:
        """Answer in the rule's own words, once a conversation."""
        values = {"name": one.waits.name, "business": self._business}
        values["team"] = saying.team_name(house, one.sorted.team)
        text = saying.words(one.sorted.reply, one.waits.language or one.language, values)
        if text and await saying.rang(act, self._ground, [one.waits.id]):
            return
        if text and saying.may(self._ground, one.waits, act.now):
            key = f"rule:{one.waits.id}"
            await saying.say(act, self._ground, one.waits, text, key=key, sender=values["team"])
            await routed.mark(act.connection, [one.waits.id], auto_replied_at=act.now)


async def _still(act: Act, placed: Sequence[Placed]) -> list[Placed]:
    """Leave out what was answered or placed since it was read; give the others their rows of now."""
    rows = {one.id: one for one in await waiting.some(act.connection, [one.waits.id for one in placed])}
    return [
        replace(one, waits=rows[one.waits.id])
        for one in placed
        if one.waits.id in rows
        and rows[one.waits.id].waiting_since == one.waits.waiting_since
        and not rows[one.waits.id].sorted
    ]


def _placed(
    one: Waits, known: Known, language: str, matter: Matter, sort: Any, house: House, now: datetime
) -> Placed:
    said: Sorted = sort(matter)
    team = one.team if one.owner_id is not None else said.team
    due = promised(matter, house, team=team, now=now)
    return Placed(
        waits=one,
        matter=matter,
        sorted=said,
        promised=due if one.resolve_due_at is None else _after_pause(due, one, known, house, team),
        language=language,
    )


def _after_pause(due: Promised, one: Waits, known: Known, house: House, team: str) -> Promised:
    """Leave out of the time to settle a matter what we waited for the customer, from our answer on."""
    if due.resolve_due_at is None or one.resolve_due_at is None or one.waiting_since is None:
        return due
    hours, until = hours_of(house, team), one.resolve_due_at
    if known.answered_at is not None and known.answered_at < one.waiting_since:
        until = business(hours, until, between(hours, known.answered_at, one.waiting_since))
    return Promised(
        reply=due.reply,
        reply_due_at=due.reply_due_at,
        warn_at=due.warn_at,
        resolve_due_at=until,
    )


def _row(one: Placed, tags: Sequence[str], now: datetime) -> dict[str, Any]:
    said, due = one.sorted, one.promised
    steps = [step.told() for step in said.steps]
    return {
        "conversation_id": one.waits.id,
        "since": one.waits.waiting_since,
        "decided_at": now,
        "rule": said.rule,
        "priority": said.priority,
        "tags": joined(tags, said.tags),
        "skill": said.skill,
        "reply": due.reply,
        "reply_due_at": due.reply_due_at,
        "warn_at": due.warn_at,
        "resolve_due_at": due.resolve_due_at,
        "warned_at": None,
        "escalated_at": None,
        "waits_for": None,
        "waits_until": None,
        # Why somebody has it stays true when its customer writes again.
        "reasons": one.waits.reasons if one.waits.owner_id is not None and one.waits.reasons else steps,
    }
