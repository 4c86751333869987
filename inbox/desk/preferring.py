"""What an agent wants of the desk for themselves: its language, and their digest."""

from datetime import datetime
from typing import Any

from inbox.desk.act import Ground
from inbox.desk.errors import NotThere
from storage import agents


class Preferring:
    """The part of the desk that keeps what agents prefer."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def prefer(
        self,
        agent_id: int,
        *,
        language: str | None = None,
        digest: bool | None = None,
        now: datetime,
    ) -> None:
        """Keep what an agent wants for themselves; what is None stays as it is, an empty language is Slack's.

        Raises NotThere for an agent who does not work here.
        """
        asked: dict[str, Any] = {"language": language, "digest": digest}
        values = {name: value for name, value in asked.items() if value is not None}
        async with self._ground.gesture(now, "prefer", agent_id) as act:
            if not (await act.agent(agent_id)).active:
                raise NotThere("There is no such agent.")
            if values:
                await agents.change(act.connection, agent_id, **values)
