"""A known hole in what is locked fails the lint; a service that is away is said and fails nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.known_holes import audit, judged

HOLE = {"id": "PYSEC-1", "fix_versions": ["2.0"], "aliases": [], "description": "bad"}
FINE: dict[str, Any] = {"name": "yarl", "version": "1.25", "vulns": []}
UNKNOWN = {"name": "idna", "skip_reason": "not found"}


def out(*packages: Any) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


CASES = {
    "nothing known": ((0, out(FINE), ""), True, "no known hole in 1 packages"),
    "a hole": ((1, out(FINE, {**FINE, "vulns": [HOLE]}), ""), False, "yarl 1.25: PYSEC-1, mended in 2.0"),
    "a hole beside what is not known": ((1, out(UNKNOWN, {**FINE, "vulns": [HOLE]}), ""), False, "PYSEC-1"),
    "a hole that nothing mends": (
        (1, out({**FINE, "vulns": [{**HOLE, "fix_versions": []}]}), ""),
        False,
        "mended in nothing",
    ),
    "a mirror without that data": ((0, out(UNKNOWN, UNKNOWN), ""), True, "nothing was checked"),
    "some are not known": ((0, out(UNKNOWN, FINE), ""), True, "not known there: idna"),
    "no network": ((1, "", "Traceback\nConnectionError: away\n"), True, "nothing was checked (Conn"),
    "silence": ((1, "", ""), True, "nothing was checked (no answer)"),
    "a failure without a hole": ((2, out(FINE), "odd"), False, "ended with 2"),
}


@pytest.mark.parametrize(("ended", "passes", "words"), CASES.values(), ids=CASES.keys())
def test_what_pip_audit_says_is_judged(ended: tuple[int, str, str], passes: bool, words: str) -> None:
    passed, lines = judged(*ended)
    assert passed == passes
    assert words in "\n".join(lines)
    assert passes == (len(lines) == 1) or "ended" in words


@pytest.fixture
async def service() -> AsyncIterator[str]:
    """A service of known holes, in which yarl has one."""

    async def asked(request: web.Request) -> web.Response:
        package = (await request.json())["package"]["name"]
        affected = [{"package": {"name": package, "ecosystem": "PyPI"}, "ranges": []}]
        hole = {"id": "OSV-7", "summary": "bad", "affected": affected, "aliases": []}
        return web.json_response({"vulns": [hole]} if package == "yarl" else {})

    site = web.Application()
    site.router.add_post("/v1/query", asked)
    async with TestServer(site) as server:
        yield str(server.make_url("/v1/query"))


async def test_the_real_tool_finds_a_hole_in_the_locks_and_fails(service: str) -> None:
    passed, lines = await asyncio.to_thread(audit, ["--vulnerability-service", "osv", "--osv-url", service])
    assert not passed
    assert [line.partition(" ")[0] for line in lines[1:]] == ["yarl"]


def test_the_real_tool_without_a_network_fails_nothing() -> None:
    passed, lines = audit(["--vulnerability-service", "osv", "--osv-url", "http://127.0.0.1:9/v1/query"])
    assert (passed, len(lines)) == (True, 1)
    assert "nothing was checked" in lines[0]
