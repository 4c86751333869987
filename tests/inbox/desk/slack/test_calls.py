"""What an answer to a post says, whatever stands between Slack and us, and by whichever road it was asked."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from inbox.desk.slack.budget import Budget
from inbox.desk.slack.calls import Calls, NotHeard, Said, SlackError, Slowed
from inbox.desk.slack.settings import SlackSettings

TOKEN = "xoxb-for-tests"
HTML = b"<html>busy</html>"
Answer = Callable[[], web.Response]


@asynccontextmanager
async def slack(answer: Answer) -> AsyncIterator[tuple[Calls, list[tuple[web.Request, bytes]]]]:
    """Let every method answer so; gives the road there and what was asked."""
    asked: list[tuple[web.Request, bytes]] = []

    async def told(request: web.Request) -> web.Response:
        asked.append((request, await request.read()))
        return answer()

    app = web.Application()
    app.router.add_post("/api/{method}", told)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    budget = Budget(
        posts_per_second=1,
        burst=3,
        posts_per_minute=200,
        edits_per_minute=45,
        marks_per_minute=45,
        reads_per_minute=45,
    )
    knobs: dict[str, Any] = {"bot_token": SecretStr(TOKEN), "api_url": url}
    calls = Calls(SlackSettings(**knobs), budget)
    await calls.open()
    try:
        yield calls, asked
    finally:
        await calls.close()
        await runner.cleanup()


def says(status: int, body: Any = None, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "text/html" if isinstance(body, bytes) else "application/json"
    return lambda: web.Response(status=status, body=raw, headers={"Content-Type": kind, **headers})


WRONG = [
    pytest.param(says(429, HTML, **{"Retry-After": "7"}), Slowed, id="429 of a proxy"),
    pytest.param(says(429, {"ok": False, "error": "ratelimited"}), Slowed, id="429 without a time"),
    pytest.param(says(200, {"ok": False, "error": "ratelimited"}), Slowed, id="slowed in words"),
    pytest.param(says(200, {"ok": False, "error": "is_archived"}), Said, id="refused"),
    pytest.param(says(200, {"ok": False, "error": "fatal_error"}), NotHeard, id="perhaps done"),
    pytest.param(says(500, {"ok": False, "error": "is_archived"}), NotHeard, id="500"),
    pytest.param(says(200, HTML), NotHeard, id="no JSON"),
    pytest.param(says(200, b'{"ok": true, "ts"'), NotHeard, id="half of an answer"),
]


@pytest.mark.parametrize(("answer", "wrong"), WRONG)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_what_is_not_ok_is_one_of_the_errors(
    method: str, answer: Answer, wrong: type[SlackError]
) -> None:
    more = {} if method == "chat.postMessage" else {"ts": "1.0"}
    async with slack(answer) as (calls, asked):
        with pytest.raises(wrong) as raised:
            await calls.ask(method, channel="C1", text="hello", **more)
    assert len(asked) == 1, "nothing is sent again"
    assert TOKEN not in str(raised.value)
    if wrong is Slowed:
        assert calls.budget.wait(method, "C1", calls.clock()) > 0


async def test_a_post_goes_as_the_sdk_would_send_it() -> None:
    arguments = {"channel": "C1", "text": "hello", "blocks": [{"type": "divider"}], "metadata": {"a": "é"}}
    async with slack(says(200, {"ok": True, "ts": "1.0"})) as (calls, asked):
        told = await calls.ask("chat.postMessage", **arguments, thread_ts=None)
        await calls.client.chat_postMessage(**arguments)  # type: ignore[arg-type]
    (ours, body), (theirs, expected) = asked
    assert told["ts"] == "1.0"
    assert json.loads(body) == json.loads(expected) == arguments
    for name in ("Authorization", "Content-Type", "User-Agent"):
        assert ours.headers[name] == theirs.headers[name]


async def test_a_text_that_utf8_cannot_hold_is_posted_nevertheless() -> None:
    async with slack(says(200, {"ok": True, "ts": "1.0"})) as (calls, asked):
        await calls.ask("chat.postMessage", channel="C1", text="half \ud83d")
    assert json.loads(asked[0][1])["text"] == "half \ud83d"
