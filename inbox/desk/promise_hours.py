"""Whether the team that would keep a promise is there when it is due: a warning, never a refusal."""

from datetime import datetime

from routing.answering import House
from routing.hours import is_open
from storage import conversations
from storage.database import Connection


async def closed(connection: Connection, house: House, conversation_id: int, due_at: datetime) -> str:
    """Name the conversation's team if it is closed at that time; empty while it is open."""
    conversation = await conversations.one(connection, conversation_id)
    team = house.teams.get(conversation.team) if conversation is not None else None
    return "" if team is None or is_open(team.hours, due_at) else team.name
