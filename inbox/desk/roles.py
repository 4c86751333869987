"""What a role allows, as the policy says it (`config.policy.AgentEntry`)."""

from inbox.desk.errors import NotAllowed
from storage.rows import Agent


def may_see_owed(agent: Agent) -> None:
    """Let those through who see to what was not sent: any role above an agent's; raises NotAllowed."""
    if agent.role == "agent":
        raise NotAllowed("What was not sent is seen to by an admin. Ask one of them.")
