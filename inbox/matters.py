"""One conversation, and all agents, as decisions see them: read from the rows and the policy."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from config.answering import AgentRules
from inbox.policies import Policies
from routing.answering import Answerer, Matter
from routing.hours import next_open
from storage import agents, conversations, customers, route_facts
from storage.database import Connection
from storage.route_facts import Bought
from storage.rows import Agent, Conversation

LAPSED: Final = timedelta(days=365)  # without an order


async def matter_of(connection: Connection, conversation: Conversation, now: datetime) -> Matter:
    """Read what is known of a conversation and its customer; without a wait it is since its end."""
    customer = await customers.one(connection, conversation.customer_id)
    bought = await route_facts.bought(connection, conversation.customer_id)
    refused = await conversations.given_back(connection, [conversation.id])
    moves = await route_facts.moves(connection, conversation.id)
    return Matter(
        id=conversation.id,
        team=conversation.team,
        channel=conversation.channel,
        words=await route_facts.words(connection, conversation.id),
        language=customer.language if customer is not None else "",
        tier=customer.tier if customer is not None else "",
        tags=frozenset((customer.tags if customer is not None else None) or ()),
        stage=stage_of(bought, now),
        manager=customer.account_manager if customer is not None else "",
        last_agent=await route_facts.last_agent(connection, conversation.customer_id),
        opened_at=conversation.opened_at,
        waiting_since=conversation.waiting_since or conversation.last_at,
        answered=await route_facts.answered(connection, conversation.id),
        placed=any(data.get("to_team") for data in moves),
        refused=frozenset(refused.get(conversation.id, ())),
    )


async def answerers_of(connection: Connection, policies: Policies, now: datetime) -> list[Answerer]:
    """Read every agent as decisions see them at *now*."""
    loads = await conversations.loads(connection)
    rules = policies.agents
    return [
        answerer_of(agent, rules[agent.key], loads, now)
        for agent in await agents.all_active(connection)
        if agent.key in rules
    ]


def answerer_of(agent: Agent, rules: AgentRules, loads: Mapping[int, int], now: datetime) -> Answerer:
    """Put an agent's row and what the policy says of them together."""
    present, back_at = is_there(agent, rules, now)
    return rules.answerer(
        agent.id,
        present=present,
        load=loads.get(agent.id, 0),
        idle_since=agent.idle_since or agent.created_at,
        back_at=back_at,
    )


def is_there(agent: Agent, rules: AgentRules, now: datetime) -> tuple[bool, datetime | None]:
    """Say whether an agent takes conversations now, and when they will again where that is known.

    Who is away is so until the time they said, else for as long as they like; and must be on a shift.
    """
    if not agent.available and agent.away_until is None:
        return False, None
    away = not agent.available and agent.away_until is not None and agent.away_until > now
    begins = next_open(rules.hours, agent.away_until if away and agent.away_until else now)
    return (True, None) if begins == now else (False, begins)


def stage_of(bought: Bought, now: datetime) -> str:
    """Say where a customer is with us: prospect, new (one order), regular, or lapsed (none for a year)."""
    if not bought.number or bought.last_at is None:
        return "prospect"
    if now - bought.last_at > LAPSED:
        return "lapsed"
    return "new" if bought.number == 1 else "regular"
