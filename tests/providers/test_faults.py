"""The switchboard of faults."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.providers.faults import Fault, FaultKind, Faults

Place = tuple[Faults, list[str], aiohttp.ClientSession]


def throttled(fault: Fault) -> web.Response:
    return web.json_response({"wait": fault.retry_after}, status=429)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    faults = Faults()
    taken: list[str] = []

    async def take(request: web.Request) -> web.Response:
        taken.append(request.path)
        return web.Response(text="fine")

    app = web.Application(middlewares=[faults.middleware(throttled)])
    app.add_routes([web.route("*", "/a/b", take), *faults.routes()])
    async with TestServer(app) as server, aiohttp.ClientSession(server.make_url("/")) as client:
        yield faults, taken, client


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault(kind="throttle", retry_after=7), 429, '{"wait": 7}'),
        (Fault(kind="status", status=503), 503, "fault on request"),
        (Fault(kind="html", status=502), 502, "Bad Gateway"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_a_fault_is_answered_as_often_as_asked_and_not_taken(
    place: Place, fault: Fault, status: int, body: str
) -> None:
    faults, taken, client = place
    faults.add(fault)
    async with client.get("/a/b") as answer:
        assert answer.status == status
        assert body in await answer.text()
    assert taken == []
    async with client.get("/a/b") as answer:
        assert await answer.text() == "fine"
    assert faults.met == [fault.kind]


@pytest.mark.parametrize(("kind", "count"), [("drop_after", 1), ("drop_before", 0)])
async def test_a_cut_connection_says_nothing_whether_taken_or_not(
    place: Place, kind: FaultKind, count: int
) -> None:
    faults, taken, client = place
    faults.add(Fault(kind=kind))
    with pytest.raises(aiohttp.ClientError):
        await client.post("/a/b")  # a POST: aiohttp's client repeats a GET by itself
    assert len(taken) == count
    assert faults.met == [kind]


async def test_a_slow_answer_is_taken_first(place: Place) -> None:
    faults, taken, client = place
    faults.add(Fault(kind="slow"))
    with pytest.raises(TimeoutError):
        await client.get("/a/b", timeout=aiohttp.ClientTimeout(total=0.1))
    assert taken == ["/a/b"]


async def test_faults_wait_for_their_path_and_their_turn_and_are_set_over_http(place: Place) -> None:
    faults, _, client = place
    await client.post("/_control/faults", json={"kind": "status", "where": "/other"})
    await client.post("/_control/faults", json={"kind": "status", "where": "/b", "skip": 1, "times": 2})
    statuses = [(await client.get("/a/b")).status for _ in range(4)]
    assert statuses == [200, 500, 500, 200]
    assert [fault.where for fault in faults.waiting] == ["/other"]
    await client.delete("/_control/faults")
    async with client.get("/_control/faults") as answer:
        assert await answer.json() == {"waiting": [], "met": ["status", "status"]}
