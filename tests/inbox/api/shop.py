"""A shop that calls the API."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from storage.database import Database

TOKEN = "a-token-of-the-tests-0123456789"


@dataclass(slots=True, kw_only=True)
class Shop:
    """Calls, and looks at what was kept."""

    client: TestClient[Request, Application]
    database: Database
    nudged: list[str]
    app: Any
    heard: list[tuple[str, Any, int, Any]] = field(default_factory=list)
    _keys: Any = field(default_factory=itertools.count)

    async def tell(self, what: str, *told: Any, key: str = "", **headers: str) -> tuple[int, Any]:
        """Tell customers, orders or events; gives status and answer."""
        return await self.post(f"/api/v1/{what}", {what: list(told)}, key=key, **headers)

    async def post(self, path: str, body: Any, key: str = "", **headers: str) -> tuple[int, Any]:
        """Call with the token and a key of its own."""
        sent = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": key or f"key {next(self._keys)}"}
        async with self.client.post(path, json=body, headers=sent | headers) as answer:
            said = await answer.json()
            self.heard.append((path, body, answer.status, said))
            return answer.status, said

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question of the test's own."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]
