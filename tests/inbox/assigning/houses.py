"""Houses whose policy the test writes, and short ways to ask what became of conversations."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from config.policy import Policy
from inbox.assign import Assign
from tests.inbox.house import House, make_house

ANA = {"key": "ana", "name": "Ana", "teams": ["support"]}
RUI = {"key": "rui", "name": "Rui", "teams": ["support"]}
EVA = {"key": "eva", "name": "Eva", "teams": ["billing"]}
SUPPORT = {"key": "support", "name": "Support"}
BILLING = {"key": "billing", "name": "Billing"}
FOR_EVER = {"first_reply": "none", "next_reply": "none", "resolution": "none"}


@asynccontextmanager
async def a_house(tmp_path: Path, *, slack: bool = False, **policy: Any) -> AsyncIterator["Assigned"]:
    """A house with this policy, and the loop that assigns in it, to be turned by hand."""
    written = {"teams": [SUPPORT, BILLING], "agents": [ANA, RUI, EVA], **policy}
    url = f"sqlite:///{tmp_path / 'tidings.db'}"
    house = await make_house(url, slack=slack, policy=Policy.model_validate(written))
    try:
        yield Assigned(house)
    finally:
        await house.accept.close()
        await house.database.close()


class Assigned:
    """A house and its loop."""

    def __init__(self, house: House) -> None:
        """Build the loop; it runs only in `settle`."""
        self.house, self.desk, self.clock = house, house.desk, house.clock
        self.agents = house.agents
        self.loop = Assign(
            ground=house.ground, nudges=house.ground.nudges, clock=house.clock, business="Acme"
        )

    async def settle(self, **by: float) -> None:
        """Let time pass, then turn until there is no more to do."""
        if by:
            self.clock.forward(**by)
        for _ in range(50):
            if not await self.loop.turn():
                return
        raise AssertionError("it never comes to rest")

    async def says(self, who: str, words: str = "hi", number: int = 1) -> int:
        """Let a customer say something."""
        return await self.house.says(who, number, words)

    async def owner(self, conversation: int) -> str:
        """Name who has a conversation, "" where nobody does."""
        which = f"SELECT coalesce(a.key, '') FROM conversations c LEFT JOIN agents a ON a.id = c.owner_id WHERE c.id = {conversation}"  # noqa: E501
        [(key,)] = await self.house.rows(which)
        return str(key)

    async def one(self, what: str) -> Any:
        """Ask for one value."""
        [(value,)] = await self.house.rows(f"SELECT {what}")
        return value

    async def befell(self, *kinds: str) -> list[tuple[str, Mapping[str, Any]]]:
        """List what befell, of these kinds, in order."""
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        rows = await self.house.rows(
            f"SELECT kind, data FROM happenings WHERE kind IN ({listed}) ORDER BY id"
        )
        return [(kind, json.loads(data)) for kind, data in rows]

    async def sent(self) -> list[str]:
        """List what customers are owed, in order; each is on its way in as many parts as it needs."""
        owed = "SELECT message_id FROM deliveries WHERE lane = 'paper'"
        rows = await self.house.rows(f"SELECT text FROM messages WHERE id IN ({owed}) ORDER BY id")
        return [text for (text,) in rows]

    async def customer(self, who: str, **values: str) -> None:
        """Write what is known of a customer."""
        sets = ", ".join(f"{name} = '{value}'" for name, value in values.items())
        async with self.house.database.writing() as connection:
            await connection.exec_driver_sql(
                f"UPDATE customers SET {sets} WHERE id IN "
                f"(SELECT customer_id FROM addresses WHERE address = 'paper:{who}')"
            )
