"""What `/tidings` shows: who waits, who was found, promises, colleagues, numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk.roles import may_see_digits
from inbox.desk.slack import card as cards
from inbox.desk.slack import listing, words
from inbox.desk.slack.listing import FORM, PAGE, say
from inbox.desk.slack.posts import Post, button
from inbox.desk.slack.verbs import TEAM, TODAY, WEEK, plain
from inbox.desk.slack.workspace import Workspace
from inbox.preferences.masks import masked
from storage import (
    agents,
    conversations,
    found_people,
    promise_tallies,
    promises,
    ratings,
    searching,
    slack_home,
)
from storage.promise_tallies import Tally
from storage.rows import Agent

MOST: Final = 50  # what a search finds at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, where, in which language, and which page they want."""

    workspace: Workspace
    agent: Agent
    language: str
    page: int = 0

    def say(self, key: str, **values: object) -> str:
        """Write a sentence in their language."""
        return say(self.language, key, **values)


async def queue(asking: Asking, rest: str) -> Post:
    """List who waits in the agent's teams, soonest due first: nobody's and their own, or a whole team's."""
    workspace, agent, teams = asking.workspace, asking.agent, list(asking.agent.teams)
    named = plain(rest)
    if named and named not in TEAM:
        known = workspace.policy.teams
        teams = [team.key for team in known if named in (plain(team.key), plain(team.name))]
        if not teams:
            there = ", ".join(words.escape(team.key) for team in known)
            return listing.spoken(asking.say("no_team", team=_safe(rest), teams=there))
    now, skip, every = workspace.now(), asking.page * PAGE, bool(named)
    async with workspace.database.reading() as connection:
        total = await slack_home.count_waiting(connection, teams, agent.id, every=every)
        rows = await slack_home.waiting(
            connection, teams, agent_id=agent.id, every=every, skip=skip, limit=PAGE
        )
        links = await listing.links(connection, workspace, [one.id for one in rows])
    if not rows:
        return listing.spoken(asking.say("nobody_waits"))
    lines = [
        listing.line(one, asking.language, workspace.label(one.channel), links.get(one.id, ""), now)
        for one in rows
    ]
    head = listing.paged(asking.say("waiting", total=total), asking.language, asking.page, len(rows), total)
    return listing.listed(head, lines, listing.more("queue", rest, asking.language, asking.page, total))


async def find(asking: Asking, rest: str) -> Post:
    """List the conversations of the customers who are found, and those in which it was said."""
    workspace, skip = asking.workspace, asking.page * PAGE
    if not rest:
        return listing.spoken(asking.say("words_wanted"))
    async with workspace.database.reading() as connection:
        found = await searching.talks(connection, rest, limit=MOST)
        rows = await slack_home.these(connection, found[skip : skip + PAGE])
        links = await listing.links(connection, workspace, [one.id for one in rows])
    if not rows:
        return listing.spoken(asking.say("nothing_found", words=_safe(rest)))
    lines = [
        listing.line(
            one, asking.language, workspace.label(one.channel), links.get(one.id, ""), workspace.now()
        )
        for one in rows
    ]
    head = _found(asking, rest, len(rows), len(found))
    return listing.listed(head, lines, listing.more("find", rest, asking.language, asking.page, len(found)))


async def customer(asking: Asking, rest: str) -> Post:
    """List customers with the way to their profile."""
    workspace, skip = asking.workspace, asking.page * PAGE
    if not rest:
        return listing.spoken(asking.say("words_wanted"))
    async with workspace.database.reading() as connection:
        found = await found_people.people(connection, rest, limit=MOST)
        shown = found[skip : skip + PAGE]
        latest = await slack_home.latest(connection, [one.customer_id for one in shown])
        talks = {one.customer_id: one for one in await slack_home.these(connection, list(latest.values()))}
        links = await listing.links(connection, workspace, list(latest.values()))
    if not shown:
        return listing.spoken(asking.say("nothing_found", words=_safe(rest)))
    rows = []
    for one in shown:
        talk = talks.get(one.customer_id)
        name = listing.linked(words.name(one.name), links.get(talk.id, "") if talk else "")
        whole = may_see_digits(asking.agent, [talk.owner_id if talk else None])
        where = one.address.partition(":")[2] if whole else masked(one.address)
        state = asking.say(talk.state) if talk else asking.say("no_talk")
        line = " · ".join([f"*{name}*", *([words.escape(where)] if where else []), state])
        label = asking.say("profile_of", who=words.name(one.name))
        beside = button("profile", asking.say("profile"), f"{talk.id}|0", "", label) if talk else None
        rows.append((line, beside))
    head = _found(asking, rest, len(shown), len(found))
    more = listing.more("customer", rest, asking.language, asking.page, len(found))
    return listing.with_buttons(head, rows, more)


async def promised(asking: Asking, rest: str) -> Post:
    """List what the agent promised and has not kept yet, soonest first."""
    workspace, skip = asking.workspace, asking.page * PAGE
    async with workspace.database.reading() as connection:
        found = await promises.open_of(connection, [asking.agent.id])
        shown = found[skip : skip + PAGE]
        links = await listing.links(connection, workspace, [one.promise.conversation_id for one in shown])
    if not shown:
        return listing.spoken(asking.say("no_promises"))
    now = workspace.now()
    lines = []
    for one in shown:
        who = listing.linked(words.name(one.customer), links.get(one.promise.conversation_id, ""))
        key = "was_by" if one.promise.due_at <= now else "by"
        due = asking.say(key, at=words.clock(one.promise.due_at, FORM))
        lines.append(f"*{who}* · {words.literal(words.escape(one.promise.text))} · {due}")
    head = asking.say("promises", total=len(found))
    head = listing.paged(head, asking.language, asking.page, len(shown), len(found))
    return listing.listed(head, lines, listing.more("promises", "", asking.language, asking.page, len(found)))


async def who(asking: Asking, rest: str) -> Post:
    """List the colleagues of the agent's teams: who is here, who is away and who has how many."""
    workspace, skip = asking.workspace, asking.page * PAGE
    async with workspace.database.reading() as connection:
        everybody = await agents.all_active(connection)
        loads = await conversations.loads(connection)
    teams = set(asking.agent.teams)
    mine = [one for one in everybody if teams & set(one.teams) or one.id == asking.agent.id]
    ordered = sorted(mine, key=lambda one: (not one.available, loads.get(one.id, 0), one.name))
    lines = [_colleague(asking, one, loads.get(one.id, 0)) for one in ordered[skip : skip + PAGE]]
    head = asking.say("who", total=len(ordered))
    head = listing.paged(head, asking.language, asking.page, len(lines), len(ordered))
    return listing.listed(head, lines, listing.more("who", "", asking.language, asking.page, len(ordered)))


def _colleague(asking: Asking, one: Agent, load: int) -> str:
    name = words.name(one.name) + (f" ({asking.say('you')})" if one.id == asking.agent.id else "")
    if one.available:
        state = asking.say("here")
    elif one.away_until is not None:
        state = asking.say("gone_until", at=words.clock(one.away_until, FORM))
    else:
        state = asking.say("gone")
    why = f" ({words.literal(words.escape(words.shortened(one.away_why, 60)))})" if one.away_why else ""
    return f"*{name}* · {state}{'' if one.available else why} · {asking.say('has', n=load)}"


async def stats(asking: Asking, rest: str) -> Post:
    """Say what the agent did today or this week, in their own zone."""
    span = plain(rest)
    if span not in (*TODAY, *WEEK):
        return listing.spoken(asking.say("stats_how"))
    now = asking.workspace.now()
    since = midnight(now, asking.agent.zone, week=span in WEEK)
    async with asking.workspace.database.reading() as connection:
        did = await slack_home.numbers(connection, asking.agent.id, since)
        tallies = await promise_tallies.tallies(connection, since, now, owner_ids=[asking.agent.id])
        rated = (await ratings.tallies(connection, since, now, [asking.agent.id])).get(asking.agent.id)
    counted = sum((one.tally for one in tallies), Tally())
    key = "stats_week" if span in WEEK else "stats_today"
    said = asking.say(key, answers=did.answers, customers=did.customers, resolved=did.resolved)
    of = counted.came_due
    kept = f" {asking.say('kept', kept=counted.in_time, of=of)}" if of else ""
    said_so = rated is not None and rated.given
    mean = f" {asking.say('rated', mean=round(rated.mean, 1), n=rated.given)}" if rated and said_so else ""
    return listing.spoken(said + kept + mean)


async def opened(asking: Asking, rest: str) -> Post:
    """Lead to a conversation by its number."""
    workspace = asking.workspace
    conversation_id = cards.of_value(rest.strip().lower().removeprefix("cv_"))
    async with workspace.database.reading() as connection:
        rows = await slack_home.these(connection, [conversation_id] if conversation_id else [])
        links = await listing.links(connection, workspace, [one.id for one in rows])
    if not rows:
        return listing.spoken(asking.say("no_such", mark=_safe(rest)))
    [one] = rows
    line = listing.line(
        one, asking.language, workspace.label(one.channel), links.get(one.id, ""), workspace.now()
    )
    lead = listing.linked(asking.say("go"), links[one.id]) if one.id in links else asking.say("no_thread")
    return listing.listed(line, [lead])


def midnight(now: datetime, zone: str, *, week: bool = False) -> datetime:
    """Say when the day, or the week, began where the agent is."""
    here = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return here - timedelta(days=here.weekday()) if week else here


def _found(asking: Asking, rest: str, shown: int, total: int) -> str:
    key = "found_many" if total >= MOST else "found"
    head = asking.say(key, words=_safe(rest), total=total)
    return listing.paged(head, asking.language, asking.page, shown, total)


def _safe(text: str) -> str:
    """Write what was typed, none of it markup."""
    return words.literal(words.escape(words.shortened(text, 60)))
