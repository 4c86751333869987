"""One matter weighed: step by step, until one agent is left, or nobody, with the reason of each step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from routing.answering import UNKNOWN, Answerer, Given, House, Matter, Sorted, Step
from routing.crew import Crew, base, names
from routing.hours import next_open
from routing.pyramid import hours_of


@dataclass(slots=True, kw_only=True)
class Weighing:
    """A matter on the scales.

    *starved* is one that has waited past the house's bound: it waits for nobody any more, and skill and
    language are only preferred. *passed* is why not, by agent, if anybody asks.
    """

    matter: Matter
    sorted: Sorted
    crew: Crew
    house: House
    starved: bool
    steps: list[Step] = field(default_factory=list)
    passed: dict[int, Step] | None = None
    waits_for: Answerer | None = None
    waits_until: datetime | None = None

    def decide(self) -> Given:
        """Go through the steps in their order, and say who gets it."""
        self.steps += self.sorted.steps
        willing = self._willing()
        chosen = self._manager(willing) or self._last_agent(willing)
        if chosen is None and self.waits_for is None and willing:
            chosen = self._fairest(self._fluent(self._skilled(willing)))
        return Given(
            matter_id=self.matter.id,
            agent_id=chosen.id if chosen is not None else None,
            sorted=self.sorted,
            steps=tuple(self.steps),
            waits_for=self.waits_for.id if self.waits_for is not None else None,
            waits_until=self.waits_until,
        )

    def _willing(self) -> list[Answerer]:
        """Keep who is here and has not given it back."""
        team, crew = self.sorted.team, self.crew
        everybody, here = crew.teams.get(team, []), crew.here.get(team, [])
        if len(here) < len(everybody) or not here:
            self._say("hours", self._absent(everybody, here))
            self._pass(everybody, here, "hours", lambda one: f"{one.name} is {crew.absence(one)}")
        refused = self.matter.refused
        if not refused:
            return here
        kept = [one for one in here if one.id not in refused]
        if len(kept) < len(here):
            gone = names([one.name for one in here if one.id in refused])
            self._say("refused", f"gave it back: {gone}" + ("" if kept else "; nobody else is here"))
            self._pass(here, kept, "refused", lambda one: f"{one.name} gave it back")
        return kept

    def _absent(self, everybody: Sequence[Answerer], here: Sequence[Answerer]) -> str:
        team = self.sorted.team
        name = self.house.teams[team].name if team in self.house.teams else team
        if not everybody:
            return f"nobody is in {name}"
        away = names([f"{one.name} {self.crew.absence(one)}" for one in everybody if not one.present])
        if here:
            return f"not here: {away}"
        opens = next_open(hours_of(self.house, team), self.crew.now)
        closed = opens is not None and opens > self.crew.now
        until = f"; {name} opens {self.crew.clock(opens)}" if opens is not None and closed else ""
        return f"nobody of {name} is here: {away}{until}"

    def _manager(self, willing: Sequence[Answerer]) -> Answerer | None:
        """Give it to the account manager who is here, or wait for one who is back soon."""
        if not self.matter.manager:
            return None
        manager = self.crew.by_key.get(self.matter.manager)
        if manager is None:
            self._say("manager", f"{self.matter.manager}, the account manager, is no agent here")
            return None
        if self._soon(manager):
            self._wait("manager", manager, f"{manager.name}, the account manager, is back at")
            return None
        return self._own("manager", manager, willing, "is the account manager")

    def _last_agent(self, willing: Sequence[Answerer]) -> Answerer | None:
        """Give it to who answered this customer last."""
        last = self.matter.last_agent
        one = self.crew.by_id.get(last) if last is not None else None
        if one is None or self.waits_for is not None or one.key == self.matter.manager:
            return None
        return self._own("last_agent", one, willing, "answered this customer last")

    def _own(self, step: str, one: Answerer, willing: Sequence[Answerer], why: str) -> Answerer | None:
        """Give it to the customer's own agent, or say why that cannot be."""
        if hindered := self._hindered(one):
            self._say(step, f"{one.name} {why}, but {hindered}")
            return None
        self._say(step, f"{one.name} {why} and is here")
        self._pass(willing, [one], step, lambda _: f"{one.name} {why}")
        return one

    def _hindered(self, one: Answerer) -> str:
        if self.sorted.team not in one.teams:
            return "is not in this team"
        if one.id in self.matter.refused:
            return "gave it back"
        if not one.present:
            return f"is {self.crew.absence(one)}: too long to wait"
        return "" if self.crew.has_room(one) else f"is at capacity ({self.crew.share(one)})"

    def _skilled(self, willing: list[Answerer]) -> list[Answerer]:
        """Keep who has the skill that the rule asks for.

        It is required while somebody here has it, though they be at capacity, and while somebody
        who has it is back within the rule's patience. Else, or past the bound, anybody may answer.
        """
        skill = self.sorted.skill
        if not skill:
            return willing
        able = [one for one in willing if skill in one.skills]
        if not able:
            away = [one for one in self.crew.teams[self.sorted.team] if skill in one.skills]
            soon = sorted(
                (one.back_at, one.id) for one in away if self._soon(one) and one.back_at is not None
            )
            if soon:
                one = self.crew.by_id[soon[0][1]]
                self._wait("skill", one, f"{skill} is asked for; {one.name}, who knows it, is back at")
                return []
            self._say("skill", f"{skill} is asked for, but nobody here knows it: anybody may answer")
            return willing
        if self.starved and not any(map(self.crew.has_room, able)):
            self._say("skill", f"who knows {skill} is at capacity, and it has waited too long: anybody")
            return willing
        self._say("skill", f"{skill} is asked for: {names([one.name for one in able])}")
        self._pass(willing, able, "skill", lambda one: f"{one.name} does not know {skill}")
        return able

    def _fluent(self, able: list[Answerer]) -> list[Answerer]:
        """Keep who speaks the customer's language; past the rule's patience they must have room, too."""
        language = self.matter.language
        if language == UNKNOWN or not able:
            return able
        tongue = base(language)
        fluent = [one for one in able if self.crew.speaks(one, tongue)]
        if not fluent:
            self._say("language", f"nobody here speaks {language}: anybody may answer")
            return able
        if len(fluent) == len(able):
            return able
        late = self.starved or self.crew.now >= self.matter.waiting_since + self.sorted.patience
        if late and not any(map(self.crew.has_room, fluent)):
            self._say("language", f"who speaks {language} is at capacity, and it has waited: anybody")
            return able
        self._say("language", f"speaks {language}: {names([one.name for one in fluent])}")
        self._pass(able, fluent, "language", lambda one: f"{one.name} does not speak {language}")
        return fluent

    def _fairest(self, able: list[Answerer]) -> Answerer | None:
        """Give it to who has the least for their capacity, then who is longest without a new one."""
        if not able:
            return None
        crew = self.crew
        free = [one for one in able if crew.has_room(one)]
        if len(free) < len(able):
            full = names([f"{one.name} ({crew.share(one)})" for one in able if not crew.has_room(one)])
            self._say("capacity", f"at capacity: {full}" + ("" if free else "; it waits until one has room"))
            self._pass(able, free, "capacity", lambda one: f"{one.name} is at capacity ({crew.share(one)})")
        if not free:
            return None
        best = min(free, key=crew.standing)
        self._say("pick", crew.won(best, free))
        self._pass(free, [best], "pick", lambda one: crew.lost(one, best))
        return best

    def _soon(self, one: Answerer) -> bool:
        """Say whether an agent is worth waiting for: away, and back within the patience."""
        if one.present or self.starved or one.back_at is None or one.id in self.matter.refused:
            return False
        latest = self.matter.waiting_since + self.sorted.patience
        return self.sorted.team in one.teams and self.crew.now < one.back_at <= latest

    def _wait(self, step: str, one: Answerer, words: str) -> None:
        assert one.back_at is not None
        self.waits_for, self.waits_until = one, one.back_at
        self._say(step, f"{words} {self.crew.clock(one.back_at)}: it waits until then")
        everybody = self.crew.teams[self.sorted.team]
        self._pass(everybody, [one], step, lambda _: f"it waits for {one.name}")

    def _say(self, step: str, said: str) -> None:
        self.steps.append(Step(step=step, said=said))

    def _pass(
        self,
        among: Sequence[Answerer],
        kept: Sequence[Answerer],
        step: str,
        why: Callable[[Answerer], str],
    ) -> None:
        """Note why not, of those who are not kept; the first reason stands."""
        if self.passed is None:
            return
        stay = {one.id for one in kept}
        for one in among:
            if one.id not in stay:
                self.passed.setdefault(one.id, Step(step=step, said=why(one)))
