"""What an agent is told before words leave by Send: over what, to whom, until when, in how many parts."""

from zoneinfo import ZoneInfo

from bots.channel import Spec
from bots.marks import plain
from bots.sms.segments import count
from inbox.desk import roles
from inbox.desk.slack.workspace import Workspace
from inbox.desk.texts import parts_of, sent_length
from inbox.desk.ways import window_of
from storage import customers
from storage.database import Connection
from storage.rows import Agent, Conversation


async def described(
    connection: Connection, workspace: Workspace, conversation: Conversation, agent: Agent, text: str
) -> str:
    """Say in a sentence where *text* would go: channel, address, window, length as the channel counts."""
    address = await customers.address(connection, conversation.address_id)
    channel = workspace.channels.get(conversation.channel)
    label, spec = workspace.label(conversation.channel), channel.spec if channel is not None else None
    bare = address.address.partition(":")[2] if address else ""
    whole = roles.may_see_digits(agent, [conversation.owner_id])
    said = [f"{label} to {bare if whole else masked(bare)}" if bare else label]
    window = window_of(spec, address.address if address else "") if spec else None
    last = conversation.last_in_at
    if window is not None and last is not None:
        said.append(f"open until {(last + window).astimezone(ZoneInfo(agent.zone)):%a %H:%M %Z}")
    if spec is not None and text:
        said.append(_long(text, spec))
    return f"{', '.join(said)}."


def masked(bare: str) -> str:
    """Leave an address its ends, which tell people apart well enough."""
    return f"{bare[:3]} ••• {bare[-3:]}" if len(bare) > 6 else "•••"


def _long(text: str, spec: Spec) -> str:
    """Count the parts of a text: SMS for a number, messages elsewhere."""
    if spec.kind == "sms":
        counted = count(plain(text))
        return f"{counted.units} characters in {counted.parts} SMS"
    parts = len(parts_of(text, (), spec))
    return f"{sent_length(text, spec)} characters" + (f" in {parts} messages" if parts > 1 else "")
