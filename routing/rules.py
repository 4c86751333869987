"""What the operator's rules say of a matter: the first that fits wins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from routing.answering import UNKNOWN, House, Matter, Rule, Sorted, Step, When
from routing.folding import folded
from routing.hours import is_open
from routing.pyramid import tier_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A rule made ready to be asked of many matters: its words folded, languages in small letters."""

    rule: Rule
    words: tuple[tuple[str, str], ...]  # as compared, as written
    languages: frozenset[str]


def sort(matter: Matter, house: House, now: datetime) -> Sorted:
    """Say what the first rule that fits makes of a matter; without one it stays in its team.

    A rule moves a matter out of the house's first team, or out of a team that the rule itself asks
    for. One that an agent put in its team (*placed*) or that is elsewhere already stays there.
    """
    return sorter(house, now)(matter)


def matches(when: When, matter: Matter, now: datetime) -> bool:
    """Say whether all that is asked for holds; "pt" stands for "pt-BR" too, "" for a language unknown."""
    rule = ready(Rule(key="", when=when))
    said = folded(matter.words)
    heard = not when.words or any(word in said for word, _ in rule.words)
    return heard and _at_this_hour(when, now) and _fits(rule, matter, _tag(matter.language))


def sorter(house: House, now: datetime) -> Callable[[Matter], Sorted]:
    """Give `sort` for many matters of one moment: the rules are made ready once.

    Rules with words are found by the first word of each phrase, so that a matter is compared with few.
    """
    book = [ready(rule) for rule in house.rules if _at_this_hour(rule.when, now)]
    silent = [number for number, one in enumerate(book) if not one.rule.when.words]
    spoken: dict[str, list[tuple[str, int]]] = {}
    for number, one in enumerate(book):
        for phrase, _ in one.words:
            spoken.setdefault(phrase.split()[0], []).append((phrase, number))

    def of(matter: Matter) -> Sorted:
        tier = tier_of(matter, house).key or matter.tier
        known = matter if tier == matter.tier else replace(matter, tier=tier)
        said, language = folded(matter.words), _tag(matter.language)
        heard = {
            number
            for word in spoken.keys() & set(said.split())
            for phrase, number in spoken[word]
            if phrase in said
        }
        numbers = sorted([*silent, *heard]) if heard else silent
        found = next((book[number] for number in numbers if _fits(book[number], known, language)), None)
        return _sorted(known, found, said, house)

    return of


def ready(rule: Rule) -> Ready:
    """Make a rule ready; a word without a letter is no word."""
    return Ready(
        rule=rule,
        words=tuple((compared, word) for word in rule.when.words if (compared := folded(word))),
        languages=frozenset(_tag(one) for one in rule.when.languages),
    )


def _at_this_hour(when: When, now: datetime) -> bool:
    return (when.within is None or is_open(when.within, now)) and (
        when.outside is None or not is_open(when.outside, now)
    )


def _fits(ready: Ready, matter: Matter, language: str) -> bool:
    """Say whether all but words and hours, which are asked before, fits."""
    when = ready.rule.when
    return (
        (not when.channels or matter.channel in when.channels)
        and (not when.tiers or matter.tier in when.tiers)
        and (not when.stages or matter.stage in when.stages)
        and (not when.teams or matter.team in when.teams)
        and (not when.tags or not matter.tags.isdisjoint(when.tags))
        and (not ready.languages or _speaks(language, ready.languages))
    )


def _speaks(language: str, wanted: frozenset[str]) -> bool:
    return language in wanted or (language != UNKNOWN and language.split("-")[0] in wanted)


def _tag(language: str) -> str:
    return language.replace("_", "-").casefold()


def _sorted(matter: Matter, found: Ready | None, said: str, house: House) -> Sorted:
    team = matter.team if matter.team in house.teams else house.first_team
    if found is None:
        reassign = house.teams[team].reassign_after if team in house.teams else None
        step = Step(step="rule", said=f"no rule fits; it is {_name(house, team)}'s")
        return Sorted(team=team, patience=house.patience, reassign_after=reassign, steps=(step,))
    rule = found.rule
    why = ", ".join(_why(found, matter, said))
    words = f"the rule {rule.key} fits{f' ({why})' if why else ''}"
    if rule.team in house.teams and _may_move(matter, rule.when, house):
        team = rule.team
        words += f": {_name(house, team)}"
    elif rule.team and rule.team != team:
        words += f"; it stays in {_name(house, team)}, where it was put"
    return Sorted(
        team=team,
        rule=rule.key,
        priority=rule.priority,
        tags=rule.tags,
        skill=rule.skill,
        reply=rule.reply,
        patience=rule.patience if rule.patience is not None else house.patience,
        reassign_after=rule.reassign_after
        if rule.reassign_after is not None
        else house.teams[team].reassign_after,
        steps=(Step(step="rule", said=words),),
    )


def _may_move(matter: Matter, when: When, house: House) -> bool:
    """Say whether a rule may give a matter to another team."""
    loose = matter.team not in house.teams or matter.team == house.first_team
    return not matter.placed and (loose or matter.team in when.teams)


def _why(found: Ready, matter: Matter, said: str) -> Sequence[str]:
    """Say what of a matter the rule asked for."""
    when = found.rule.when
    word = next((written for compared, written in found.words if compared in said), "")
    return [
        reason
        for asked, reason in (
            (when.words, f"they said “{word}”"),
            (when.channels, f"on {matter.channel}"),
            (when.languages, f"in {matter.language or 'a language unknown'}"),
            (when.tiers, f"tier {matter.tier or 'unknown'}"),
            (when.stages, f"{matter.stage}"),
            (when.tags, "tagged " + ", ".join(sorted(matter.tags.intersection(when.tags)))),
            (when.within, "at this hour"),
            (when.outside, "at this hour"),
        )
        if asked
    ]


def _name(house: House, team: str) -> str:
    return house.teams[team].name if team in house.teams else team
