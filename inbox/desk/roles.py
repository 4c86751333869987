"""What a role allows, as the policy says it (`config.policy.AgentEntry`)."""

from collections.abc import Collection

from inbox.desk.errors import NotAllowed
from storage.rows import Agent


def may_see_owed(agent: Agent) -> None:
    """Let those through who see to what was not sent: any role above an agent's; raises NotAllowed."""
    if agent.role == "agent":
        raise NotAllowed("What was not sent is seen to by an admin. Ask one of them.")


def leads(agent: Agent) -> bool:
    """Whether an agent is a lead or an admin."""
    return agent.role != "agent"


def may_drop(agent: Agent, made_by: int) -> bool:
    """Whether an agent may give a saved reply up: who made it, and leads; 0 made the configuration's."""
    return bool(made_by) and (made_by == agent.id or leads(agent))


def may_merge(agent: Agent) -> None:
    """Let those through who make two customers one, and two again; raises NotAllowed."""
    if not leads(agent):
        raise NotAllowed("Customers are merged by a lead or an admin. Ask one of them.")


def may_guard(agent: Agent, whose: int | None) -> None:
    """Let those through who switch safe mode: their own, or with a lead's role; raises NotAllowed."""
    if not leads(agent) and whose != agent.id:
        raise NotAllowed("Safe mode of others is switched by a lead or an admin. Ask one of them.")


def may_see_digits(agent: Agent, owners: Collection[int | None]) -> bool:
    """Whether whole addresses are shown: to leads and admins, and to who owns one of the conversations."""
    return leads(agent) or agent.id in owners
