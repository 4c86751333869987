"""The sheets that every page shares: one folder, one address, no secrets of the desk."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from inbox.style.sheets import routes, sheets

NAMES = ("tokens.css", "tokens-fallback.css", "base.css", "mark.svg")
Client = TestClient[Any, Any]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    site = web.Application()
    site.add_routes(routes())
    async with TestClient(TestServer(site)) as opened:
        yield opened


@pytest.mark.parametrize("name", NAMES)
async def test_under_its_mark_a_sheet_is_kept_for_a_year(client: Client, name: str) -> None:
    answer = await client.get(sheets().link(name))
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("query", ["", "?v=older"])
async def test_under_another_mark_it_is_asked_for_again(client: Client, query: str) -> None:
    answer = await client.get(f"/style/tokens.css{query}")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = await client.get("/style/tokens.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize("path", ["none.css", "..%2Fsheets.py", "__init__.py"])
async def test_nothing_else_is_given(client: Client, path: str) -> None:
    assert (await client.get(f"/style/{path}")).status == 404
