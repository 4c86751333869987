"""Those who answer, during one decision: what each has open counts as conversations are given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from routing.answering import Answerer
from routing.zones import zone

MANY = 4  # names in a sentence; the others are counted


@dataclass(slots=True, kw_only=True)
class Crew:
    """The agents of one moment, by team and in the order of their ids, with their loads as they grow."""

    zone: str
    now: datetime
    by_key: dict[str, Answerer] = field(default_factory=dict)
    by_id: dict[int, Answerer] = field(default_factory=dict)
    teams: dict[str, list[Answerer]] = field(default_factory=dict)
    here: dict[str, list[Answerer]] = field(default_factory=dict)
    tongues: dict[int, frozenset[str]] = field(default_factory=dict)
    load: dict[int, int] = field(default_factory=dict)
    idle: dict[int, datetime] = field(default_factory=dict)

    def join(self, answerers: Iterable[Answerer]) -> "Crew":
        """Let agents in; in whatever order they come."""
        for one in sorted(answerers, key=lambda one: one.id):
            self.by_key[one.key] = self.by_id[one.id] = one
            self.tongues[one.id] = frozenset(map(base, one.languages))
            self.load[one.id], self.idle[one.id] = one.load, one.idle_since
            for team in one.teams:
                self.teams.setdefault(team, []).append(one)
                if one.present:
                    self.here.setdefault(team, []).append(one)
        return self

    def has_room(self, one: Answerer) -> bool:
        """Say whether an agent may have one more."""
        return self.load[one.id] < one.capacity

    def speaks(self, one: Answerer, tongue: str) -> bool:
        """Say whether an agent speaks a language, given without its region; who names none speaks any."""
        return not self.tongues[one.id] or tongue in self.tongues[one.id]

    def take(self, one: Answerer) -> None:
        """Count one more for an agent, from now on."""
        self.load[one.id] += 1
        self.idle[one.id] = self.now

    def standing(self, one: Answerer) -> tuple[float, datetime, int]:
        """Give what the fair pick compares, the least first: load for the capacity, idle since, id."""
        return self.load[one.id] / one.capacity, self.idle[one.id], one.id

    def share(self, one: Answerer) -> str:
        """Say how much an agent has of what they may have."""
        return f"{self.load[one.id]} of {one.capacity}"

    def absence(self, one: Answerer) -> str:
        """Say until when an agent is away, if that is known."""
        return f"away until {self.clock(one.back_at)}" if one.back_at is not None else "away"

    def won(self, best: Answerer, free: Sequence[Answerer]) -> str:
        """Say why, of those who have room, one is picked."""
        if len(free) == 1:
            return f"{best.name} is the only one left"
        load = self.standing(best)[0]
        others = sum(self.standing(one)[0] == load for one in free) - 1
        least = f"{best.name} has the least open for the capacity ({self.share(best)})"
        return f"{least}, as {others} more, and is longest without a new one" if others else least

    def lost(self, one: Answerer, best: Answerer) -> str:
        """Say why one who has room is not picked, but *best*."""
        mine, theirs = self.standing(one), self.standing(best)
        if mine[0] > theirs[0]:
            return f"{one.name} has more open for the capacity ({self.share(one)})"
        if mine[1] > theirs[1]:
            return f"{one.name} has as little open, but got a new one later ({self.clock(mine[1])})"
        return f"{one.name} is equal in all: who has the lower number is taken"

    def clock(self, at: datetime) -> str:
        """Write an instant as the team's clock shows it: the day only where it is not today."""
        local, today = at.astimezone(zone(self.zone) or UTC), self.now.astimezone(zone(self.zone) or UTC)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        near = timedelta(0) < local.date() - today.date() < timedelta(days=7)
        return f"{local:%a %H:%M}" if near else f"{local:%Y-%m-%d %H:%M}"


def names(told: Sequence[str]) -> str:
    """Join names, the first few of many."""
    return ", ".join(told[:MANY]) + (f" and {len(told) - MANY} more" if len(told) > MANY else "")


def base(language: str) -> str:
    """Give the language of a tag: pt of pt-BR."""
    return language.replace("_", "-").casefold().partition("-")[0]
