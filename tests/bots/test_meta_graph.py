"""Meta's Graph API as a client meets it: answers, refusals, silence, and files behind the token."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bots.channel import MediaOut
from bots.errors import ChannelError, Misconfigured, OptedOut, Refused, Throttled, Uncertain, Unreachable
from bots.meta_errors import error_of, sentence
from bots.meta_graph import Graph

TOKEN = "EAAGtoken"
CODES: dict[str, tuple[type[ChannelError], str]] = {
    "10/7": (OptedOut, "Not this one."),
    "131050": (OptedOut, "Stopped."),
}
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Place:
    """One route for everything, answering as the test says."""

    def __init__(self) -> None:
        self.answer: Answer = self.well
        self.asked: list[tuple[str, str, str]] = []
        self.bodies: list[bytes] = []
        self.url = ""

    async def well(self, request: web.Request) -> web.Response:
        return web.json_response({"id": "1"})

    async def meet(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path_qs, request.headers.get("Authorization", "")))
        self.bodies.append(await request.read())
        return await self.answer(request)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    made = Place()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.meet)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def graph(place: Place) -> AsyncIterator[Graph]:
    made = Graph(base_url=place.url, version="v25.0", token=SecretStr(TOKEN), timeout=0.3, codes=CODES)
    yield made
    await made.close()


def saying(status: int, body: Any = None, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=named)
        return web.json_response(body, status=status, headers=named)

    return answer


def error(code: int, subcode: int | None = None, **more: Any) -> dict[str, Any]:
    return {"error": {"message": f"(#{code}) Odd", "code": code, "error_subcode": subcode, **more}}


async def test_the_token_goes_into_the_header_and_nowhere_else(place: Place, graph: Graph) -> None:
    assert await graph.get("me", {"fields": "id"}) == {"id": "1"}
    assert await graph.post("1/messages", {"to": "34", "text": "¡Sí! 😀"}) == {"id": "1"}
    assert place.asked == [
        ("GET", "/v25.0/me?fields=id", f"Bearer {TOKEN}"),
        ("POST", "/v25.0/1/messages", f"Bearer {TOKEN}"),
    ]
    assert place.bodies[1].decode() == '{"to":"34","text":"¡Sí! 😀"}'
    assert TOKEN not in repr(vars(graph))


async def test_half_an_emoji_goes_out_as_a_mark(place: Place, graph: Graph) -> None:
    await graph.post("1/messages", {"text": {"body": "a\ud83d\0"}})
    assert place.bodies[0].decode() == '{"text":{"body":"a\ufffd\ufffd"}}'


async def test_a_file_goes_up_as_a_form_with_its_name_and_type(
    place: Place, graph: Graph, tmp_path: Path
) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"\x00picture")
    medium = MediaOut(name='á"b\r\nX: y.png', content_type="image/png", size=8, path=path, url="")
    assert await graph.upload("1/media", {"messaging_product": "whatsapp"}, medium) == {"id": "1"}
    body = place.bodies[0]
    assert b"\x00picture" in body
    assert b'name="messaging_product"' in body
    assert b"Content-Type: image/png" in body
    assert 'filename="á\\"bX: y.png"'.encode() in body


FAILURES = [
    pytest.param(400, error(131050), OptedOut, "131050", id="a code of the folder"),
    pytest.param(403, error(10, 7), OptedOut, "10/7", id="a subcode of the folder"),
    pytest.param(403, error(10, 8), Misconfigured, "10", id="another subcode"),
    pytest.param(401, error(190, 463), Misconfigured, "190", id="an expired token"),
    pytest.param(403, error(230), Misconfigured, "230", id="a permission"),
    pytest.param(400, error(100, 33), Misconfigured, "100", id="an account not shown to us"),
    pytest.param(400, error(100), Refused, "100", id="a wrong parameter"),
    pytest.param(400, error(4), Throttled, "4", id="too many calls"),
    pytest.param(429, "slow down", Throttled, "429", id="429 without words"),
    pytest.param(401, "who", Misconfigured, "401", id="401 without words"),
    pytest.param(403, "<html>", Misconfigured, "403", id="403 without words"),
    pytest.param(500, error(2), Unreachable, "2", id="not available"),
    pytest.param(500, error(1), Uncertain, "1", id="an unknown error"),
    pytest.param(502, "<html>", Uncertain, "502", id="a page of a proxy"),
    pytest.param(200, "<html>", Uncertain, "200", id="a page instead of an answer"),
    pytest.param(200, [], Uncertain, "200", id="a list instead of an answer"),
    pytest.param(302, "", Uncertain, "302", id="a redirect"),
    pytest.param(400, {"error": "no"}, Refused, "400", id="an error of another shape"),
    pytest.param(400, error(True), Refused, "400", id="a code that is none"),
    pytest.param(404, None, Refused, "404", id="null"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), FAILURES)
async def test_each_answer_is_its_error(
    place: Place, graph: Graph, status: int, body: Any, kind: type[ChannelError], code: str
) -> None:
    place.answer = saying(status, body)
    with pytest.raises(ChannelError) as raised:
        await graph.post("1/messages", {})
    assert (type(raised.value), raised.value.code) == (kind, code)
    assert raised.value.reason.endswith(".")
    assert len(place.asked) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"X_Business_Use_Case_Usage": '{"1":[{"estimated_time_to_regain_access":3},'
                                       '{"estimated_time_to_regain_access":2}]}'}, 180.0),
        ({"X_Business_Use_Case_Usage": '{"1":[{"estimated_time_to_regain_access":0}]}'}, None),
        ({"X_Business_Use_Case_Usage": '{"1":{"a":1}}', "Retry_After": "soon"}, None),
        ({}, None),
    ],
    ids=["Retry-After", "usage", "usage without a wait", "neither can be read", "nothing"],
)  # fmt: skip
async def test_the_wait_is_what_meta_says(
    place: Place, graph: Graph, headers: dict[str, str], seconds: float | None
) -> None:
    place.answer = saying(400, error(80007), **headers)
    with pytest.raises(Throttled) as raised:
        await graph.post("1/messages", {})
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize("harmless", [False, True], ids=["a message", "a question"])
async def test_silence_after_a_call_is_uncertain_where_it_may_have_been_taken(
    place: Place, graph: Graph, harmless: bool
) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def late(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(3600)
        return web.Response()

    for answer in (cut, late):
        place.answer = answer
        with pytest.raises(Unreachable if harmless else Uncertain):
            await graph.post("1/messages", {}, harmless=harmless)
    assert len(place.asked) == 2


async def test_nobody_there_is_unreachable() -> None:
    nobody = Graph(base_url="http://127.0.0.1:1", version="v1", token=SecretStr(TOKEN), timeout=1, codes={})
    with pytest.raises(Unreachable, match="cannot be reached"):
        await nobody.post("1/messages", {})
    await nobody.close()


async def test_a_file_that_is_gone_is_not_sent(place: Place, graph: Graph, tmp_path: Path) -> None:
    medium = MediaOut(name="a.png", content_type="image/png", size=8, path=tmp_path / "gone", url="")
    with pytest.raises(Refused, match=r"a\.png is gone"):
        await graph.upload("1/media", {}, medium)
    assert place.asked == []


async def test_a_token_that_meta_repeats_is_not_passed_on(place: Place, graph: Graph) -> None:
    place.answer = saying(400, error(999, error_data={"details": f"Malformed access token {TOKEN}"}))
    with pytest.raises(Refused, match=r"Malformed access token \*\*\*") as raised:
        await graph.post("1/messages", {})
    assert TOKEN not in repr(raised.value)


async def test_only_metas_own_hosts_are_shown_the_token(place: Place, graph: Graph) -> None:
    place.answer = saying(200, "bytes")
    assert b"".join([chunk async for chunk in graph.download(f"{place.url}/file")]) == b"bytes"
    assert place.asked[-1][2] == f"Bearer {TOKEN}"
    other = Graph(base_url="https://graph.example", version="v1", token=SecretStr(TOKEN), timeout=1, codes={})
    stream = other.download(f"{place.url}/file", trusted=["https://lookaside.example"])
    with pytest.raises(Refused, match="inside a network"):
        await anext(stream)
    assert len(place.asked) == 1


def test_the_most_telling_words_of_an_error_are_shown() -> None:
    said = error(999, error_data={"details": "The button is too long."}, error_user_msg="No.")
    assert error_of(400, said, {}, Uncertain).reason == "Meta says: The button is too long."
    assert error_of(400, error(999, error_user_msg="No."), {}, Uncertain).reason == "Meta says: No."
    assert error_of(400, error(999), {}, Uncertain).reason == "Meta says: (#999) Odd."
    assert sentence("", "", {}) == "Meta gave no reason."
    assert sentence("999", "", {}) == "Meta gave the code 999 and no reason."
