"""`tidings route`: who would get what and why, without acting."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import click
import orjson

from config.answering import Kinds, house_of
from config.errors import Mistake
from config.filling import Source
from config.settings import Settings
from inbox.channels import accounts
from inbox.commands.reading import configured, opened, tell
from inbox.commands.route_facts import facts_of
from inbox.matters import answerers_of, matter_of
from inbox.policies import Policies
from routing.answering import Answerer, Given, House, Matter
from routing.assignment import explain
from routing.pyramid import tier_of
from routing.sla import promised
from storage import agents, conversations, route_facts
from storage.route_facts import Routed
from storage.rows import Agent, Conversation

NO = 1


@click.group()
def route() -> None:
    """Who would get a conversation, and why; nothing is given to anybody."""


@route.command("try")
@click.argument("file", type=click.File("rb"), metavar="FACTS.JSON")
@click.pass_context
def try_(context: click.Context, file: BinaryIO) -> None:
    """Print what would be decided of the facts in a file, with every step, as JSON.

    The rules, teams and agents are those of the configuration. docs/routing.md says what a file can
    hold. A mistake in it exits 1.
    """
    settings = configured(context)
    try:
        written = json.loads(file.read())
    except (ValueError, RecursionError) as error:
        click.echo(f"tidings: {file.name}: this is not JSON: {error}", err=True)
        context.exit(NO)
    house = house_of(settings.policy, kinds_of(settings))
    try:
        if not isinstance(written, dict):
            remedy = "Write an object with now and matter."
            raise Mistake(file=file.name, what="These are no facts.", remedy=remedy)
        facts = facts_of(written, settings.policy, house, Source(file=file.name))
    except Mistake as mistake:
        tell(mistake)
        context.exit(NO)
    _print(decision(facts.matter, facts.agents, house, facts.now))


@route.command("explain")
@click.argument("conversation", type=int)
@click.pass_context
def explain_(context: click.Context, conversation: int) -> None:
    """Print why CONVERSATION (its number) is where it is, and what would be decided now, as JSON.

    A number that is none exits 1.
    """
    told = asyncio.run(_explain(configured(context), conversation, datetime.now(UTC)))
    if told is None:
        click.echo(f"tidings: there is no conversation {conversation}.", err=True)
        context.exit(NO)
    _print(told)


def kinds_of(settings: Settings) -> Kinds:
    """Name the kind of each channel that is on; raises Mistake."""
    return {account.name: account.kind for account in accounts(settings)}


def decision(
    matter: Matter, answerers: "tuple[Answerer, ...]", house: House, now: datetime
) -> dict[str, Any]:
    """Write what is decided of a matter at *now*, with its promises and every step."""
    given = explain(matter, answerers, house, now)
    keys = {one.id: one.key for one in answerers}
    due = promised(matter, house, team=given.sorted.team, now=now)
    return {
        "agent": keys.get(given.agent_id or 0),
        **_sorted(given),
        "tier": tier_of(matter, house).key,
        "waits_for": keys.get(given.waits_for or 0),
        "waits_until": given.waits_until,
        "reply_due_at": due.reply_due_at,
        "warn_at": due.warn_at,
        "resolve_due_at": due.resolve_due_at,
        "steps": given.told,
    }


def _sorted(given: Given) -> dict[str, Any]:
    one = given.sorted
    return {
        "team": one.team,
        "rule": one.rule,
        "priority": one.priority,
        "tags": list(one.tags),
        "skill": one.skill,
        "reply": dict(one.reply),
    }


async def _explain(settings: Settings, key: int, now: datetime) -> dict[str, Any] | None:
    policies = Policies(settings, kinds=kinds_of(settings))
    async with opened(settings) as database, database.reading() as connection:
        conversation = await conversations.one(connection, key)
        if conversation is None:
            return None
        people = await agents.all_active(connection)
        before = await route_facts.decided(connection, key)
        matter = await matter_of(connection, conversation, now)
        answerers = tuple(await answerers_of(connection, policies, now))
    return {
        "conversation": _where(conversation, people),
        "decided": _before(before, people),
        "now": decision(matter, answerers, policies.house, now),
    }


def _where(one: Conversation, people: list[Agent]) -> dict[str, Any]:
    keys = {agent.id: agent.key for agent in people}
    return {
        "id": one.id,
        "state": one.state,
        "team": one.team,
        "owner": keys.get(one.owner_id or 0),
        "waiting_since": one.waiting_since,
    }


def _before(one: Routed | None, people: list[Agent]) -> dict[str, Any] | None:
    """Write what was decided before; None where nothing was."""
    if one is None:
        return None
    keys = {agent.id: agent.key for agent in people}
    return {
        "at": one.decided_at,
        "rule": one.rule,
        "priority": one.priority,
        "tags": one.tags or [],
        "skill": one.skill,
        "waits_for": keys.get(one.waits_for or 0),
        "waits_until": one.waits_until,
        "reply_due_at": one.reply_due_at,
        "resolve_due_at": one.resolve_due_at,
        "assigned_at": one.assigned_at,
        "steps": one.reasons or [],
    }


def _print(told: Mapping[str, Any]) -> None:
    click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())
