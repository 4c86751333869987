"""What cannot be meant in a policy: names of nothing, hours that never open, rules that never match."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from config.errors import meant
from config.filled import AWAY, REPLY
from config.known import Known, Wrong, misread, unknown
from config.openings import DAYS, spans
from config.policy import AgentEntry, Policy, Team
from config.rule_checks import unreachable
from config.saved_checks import wrong_desk, wrong_saved
from config.shift_checks import meets
from config.tiers import NEVER, TierEntry, whole_tiers
from config.where import Key, Place

NOTHING = timedelta(0)


def wrong(policy: Policy, channels: Collection[str] | None = None) -> list[Wrong]:
    """List all that cannot be meant; *channels* are names and kinds that rules and tiers may say."""
    known = Known(policy=policy, channels=channels)
    return [
        *_repeated(policy),
        *_empty(policy),
        *(one for number, team in enumerate(policy.teams) for one in _team(number, team, known)),
        *(one for number, agent in enumerate(policy.agents) for one in _agent(number, agent, known)),
        *_rules(known),
        *(one for key, tier in policy.tiers.items() for one in _tier(key, tier, known)),
        *unknown(("answering", "unknown_tier"), "tier", [policy.answering.unknown_tier], known.tiers),
        *(
            one
            for number, saved in enumerate(policy.saved_replies)
            for one in wrong_saved(number, saved, known)
        ),
        *wrong_desk(policy),
    ]


def _repeated(policy: Policy) -> Iterator[Wrong]:
    for noun in ("teams", "agents", "rules", "saved_replies"):
        keys = [entry.key for entry in getattr(policy, noun)]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield Wrong(
                    place=(noun, number, "key"),
                    what=f"the key {key!r} is already taken",
                    remedy="Choose another.",
                )


def _empty(policy: Policy) -> Iterator[Wrong]:
    for noun, one in (("teams", "team"), ("agents", "agent")):
        if not getattr(policy, noun):
            remedy = f"Write one in [[{noun}]], or leave {noun} out for ours."
            yield Wrong(place=(noun,), what=f"there is no {one}", remedy=remedy)
    if not policy.desk.resolve_reasons:
        yield Wrong(
            place=("desk", "resolve_reasons"), what="no reason is left", remedy="Leave it out for ours."
        )


def _team(number: int, team: Team, known: Known) -> Iterator[Wrong]:
    at: tuple[Key, ...] = ("teams", number)
    if team.hours == ():
        yield Wrong(place=(*at, "hours"), what="these hours never open", remedy="Leave hours out for always.")
    if team.holidays:
        yield from _holidays((*at, "holidays"), team.holidays)
    yield from _days(at, team)
    if team.lead is not None:
        yield from _lead((*at, "lead"), team, team.lead, known)
    if team.reassign_after == NOTHING:
        yield Wrong(place=(*at, "reassign_after"), what="nobody can answer in no time", remedy="Write '30m'.")
    if team.away and not (team.hours or team.holidays or team.closed):
        yield Wrong(
            place=(*at, "away"),
            what=f"{team.key} is always there, so this is never said",
            remedy="Write hours, or take away out.",
        )
    for language, text in (team.away or {}).items():
        yield from misread((*at, "away", language), text, AWAY)


def _lead(place: Place, team: Team, lead: str, known: Known) -> Iterator[Wrong]:
    agent = known.policy.agent(lead)
    if agent is None:
        yield from unknown(place, "agent", [lead], known.agents)
    elif agent.teams and team.key not in agent.teams:
        yield Wrong(
            place=place,
            what=f"{lead!r} leads {team.key!r} and is not in it",
            remedy=f"Add {team.key!r} to the agent's teams, or name somebody who is there.",
        )


def _holidays(place: Place, written: str) -> Iterator[Wrong]:
    import holidays  # here, so that commands that read none begin sooner

    countries = holidays.list_supported_countries()
    country, _, region = written.partition("-")
    if country not in countries:
        remedy = "Write an ISO code like 'PT', or take it out and list the days in closed."
        yield Wrong(place=place, what=f"the holidays of {country!r} are not known", remedy=remedy)
    elif region and region not in countries[country]:
        yield Wrong(
            place=place,
            what=f"there is no region {region!r} of {country} whose holidays are known",
            remedy=meant(region, countries[country]) if countries[country] else f"Write '{country}'.",
        )


def _days(at: tuple[Key, ...], team: Team) -> Iterator[Wrong]:
    for day in sorted({*team.closed} & {*team.opened}):
        yield Wrong(
            place=(*at, "opened"), what=f"{day} is both closed and opened", remedy="Keep one of the two."
        )
    weekdays = {span.weekday for span in spans(team.hours or ())}
    for day in team.opened:
        if weekdays and day.weekday() not in weekdays:
            yield Wrong(
                place=(*at, "opened"),
                what=f"{day} is a {_name(day)}, on which {team.key} has no hours, so it never opens",
                remedy=f"Write hours for {DAYS[day.weekday()]}, or take the day out.",
            )


def _name(day: date) -> str:
    return f"{day:%A}"


def _agent(number: int, agent: AgentEntry, known: Known) -> Iterator[Wrong]:
    at: tuple[Key, ...] = ("agents", number)
    for key in agent.teams:
        if key not in known.teams:
            yield Wrong(
                place=(*at, "teams"),
                what=f"agent {agent.key!r} is in a team {key!r} that is not written",
                remedy=meant(key, known.teams),
            )
    if agent.shifts == ():
        yield Wrong(
            place=(*at, "shifts"), what="these shifts never begin", remedy="Leave shifts out for always."
        )
    teams = [team for team in known.policy.teams if not agent.teams or team.key in agent.teams]
    for shift in agent.shifts or ():
        if teams and not any(meets(shift, agent.zone, team) for team in teams):
            names = " and ".join(team.key for team in teams)
            yield Wrong(
                place=(*at, "shifts"),
                what=f"the shift {shift!r} ({agent.zone}) is wholly outside the hours of {names}",
                remedy="Change the shift, the zone, or the team's hours.",
            )


def _rules(known: Known) -> Iterator[Wrong]:
    rules = known.policy.rules
    for number, rule in enumerate(rules):
        at, when = ("rules", number), rule.when
        yield from unknown((*at, "team"), "team", [rule.team] if rule.team else [], known.teams)
        for name in ("within_team", "outside_team"):
            key = getattr(when, name)
            yield from unknown((*at, "when", name), "team", [key] if key else [], known.teams)
        yield from unknown((*at, "when", "teams"), "team", when.teams or (), known.teams)
        yield from unknown((*at, "when", "tiers"), "tier", when.tiers or (), known.tiers)
        yield from _channels((*at, "when", "channels"), when.channels or (), known)
        if rule.skill and rule.skill not in known.skills:
            yield Wrong(
                place=(*at, "skill"),
                what=f"no agent has the skill {rule.skill!r}",
                remedy=meant(rule.skill, known.skills) if known.skills else "Write skills in [[agents]].",
            )
        if rule.reassign_after == NOTHING:
            yield Wrong(
                place=(*at, "reassign_after"), what="nobody can answer in no time", remedy="Write '30m'."
            )
        for language, text in rule.reply.items():
            yield from misread((*at, "reply", language), text, REPLY)
        if found := unreachable(rule, rules[:number], known.policy):
            field_, what, remedy = found
            yield Wrong(
                place=(*at, *field_), what=f"rule {rule.key!r} can never match: {what}", remedy=remedy
            )


def _channels(place: Place, named: Sequence[str], known: Known) -> Iterator[Wrong]:
    if known.channels is not None:
        yield from unknown(place, "channel", named, known.channels)


def _tier(key: str, written: TierEntry, known: Known) -> Iterator[Wrong]:
    whole = whole_tiers(known.policy.tiers)[key]
    if whole.rank is None:
        yield Wrong(
            place=("tiers", key),
            what=f"the tier {key!r} is one of yours and has no rank",
            remedy="Write rank, the lower the sooner served: ours are 10, 20, 30 and 40.",
        )
    yield from _channels(("tiers", key, "channels"), [*written.channels], known)
    first, end = whole.first_reply, whole.resolution
    if first not in (None, NEVER) and end not in (None, NEVER) and first > end:
        yield Wrong(
            place=("tiers", key, "first_reply" if written.first_reply else "resolution"),
            what="the first answer is promised later than the end",
            remedy="Make first_reply the shorter of the two.",
        )
