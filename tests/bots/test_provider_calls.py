"""One call and what became of it: answered, never begun, or unheard."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic import SecretStr

from bots.errors import ChannelError, Uncertain, Unreachable
from bots.provider_calls import Calls, seconds_of
from tests.ports import free_port

TOKEN = "the-token-that-nobody-may-see"


class Server:
    """Answers in the ways that providers do."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append(dict(request.headers))
        match request.match_info["way"]:
            case "json":
                return web.json_response({"way": "json"}, status=418, headers={"X-Told": "yes"})
            case "page":
                return web.Response(text="<html>", content_type="text/html", status=502)
            case "moved":
                return web.Response(status=302, headers={"Location": f"{self.url}/json"})
            case "hang":
                await asyncio.sleep(3600)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.add_routes([web.route("*", "/{way}", made.answer)])
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def calls(server: Server) -> AsyncIterator[Calls]:
    made = Calls(provider="Acme", url=server.url, scheme="Bearer", token=SecretStr(TOKEN), timeout=0.3)
    yield made
    await made.close()


async def test_whatever_is_answered_is_given(calls: Calls, server: Server) -> None:
    answer = await calls.ask("POST", "/json", json={"a": 1}, headers={"X-Key": "1"})
    assert (answer.status, answer.body, answer.headers["X-Told"]) == (418, {"way": "json"}, "yes")
    assert (server.seen[0]["Authorization"], server.seen[0]["X-Key"]) == (f"Bearer {TOKEN}", "1")
    page = await calls.ask("GET", "/page")
    assert (page.status, page.body) == (502, None)


async def test_no_redirect_is_followed_with_the_token(calls: Calls, server: Server) -> None:
    assert (await calls.ask("GET", "/moved")).status == 302
    assert len(server.seen) == 1


@pytest.mark.parametrize("way", ["cut", "hang"])
async def test_an_answer_that_is_not_heard_is_uncertain_unless_the_call_is_harmless(
    calls: Calls, way: str
) -> None:
    with pytest.raises(Uncertain, match="Acme"):
        await calls.ask("POST", f"/{way}")
    with pytest.raises(Unreachable, match="Acme"):
        await calls.ask_again("POST", f"/{way}")


async def test_where_nobody_listens_nothing_was_asked() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    calls = Calls(provider="Acme", url=url, scheme="Bearer", token=SecretStr(TOKEN), timeout=1)
    with pytest.raises(Unreachable) as raised:
        await calls.ask("POST", "/json")
    await calls.close()
    assert silent(raised.value)


async def test_no_error_holds_the_token(calls: Calls) -> None:
    with pytest.raises(ChannelError) as raised:
        await calls.ask("POST", "/cut")
    assert silent(raised.value)
    assert TOKEN not in repr(calls)


def silent(error: BaseException) -> bool:
    """Whether neither *error* nor what led to it shows the token."""
    return error.__cause__ is None and error.__context__ is None and TOKEN not in repr(error)


async def test_a_client_that_was_closed_opens_again(calls: Calls) -> None:
    await calls.ask("GET", "/json")
    await calls.close()
    assert (await calls.ask("GET", "/json")).status == 418


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("", None),
        ("-1", None),
        ("nan", None),
        ("Sun, 1 Mar 2026", None),
        ("1e9", None),
    ],
)
def test_the_wait_is_read_where_it_is_a_number_of_seconds(told: str, seconds: float | None) -> None:
    assert seconds_of({"Retry-After": told}) == seconds
