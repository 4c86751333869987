"""The look-alikes of Messenger and Instagram in a process of their own, driven by their control API."""

import asyncio
import hmac
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web

from tests.providers.meta_page import MetaPageLookAlike

HEADERS = {"Authorization": "Bearer EAAGlookalike"}
of_both = pytest.mark.parametrize("kind", ["messenger", "instagram"])


@asynccontextmanager
async def process(kind: str) -> AsyncIterator[str]:
    command = (sys.executable, "-m", f"tests.providers.{kind}", "--port", "0")
    running = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert running.stdout is not None
        yield json.loads(await running.stdout.readline())["base_url"]
    finally:
        running.terminate()
        assert await running.wait() == 0


@asynccontextmanager
async def hook() -> AsyncIterator[tuple[str, asyncio.Queue[tuple[bytes, str]]]]:
    heard: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue()

    async def hear(request: web.Request) -> web.Response:
        heard.put_nowait((await request.read(), request.headers["X-Hub-Signature-256"]))
        return web.Response(text="kept")

    app = web.Application()
    app.router.add_post("/hook", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", heard
    finally:
        await runner.cleanup()


async def control(session: ClientSession, base: str, name: str, asked: Any = None) -> Any:
    method = "GET" if asked is None else "POST"
    async with session.request(method, f"{base}/_control/{name}", json=asked) as response:
        assert response.status == 200, await response.text()
        return await response.json()


@of_both
async def test_it_talks_both_ways(kind: str) -> None:
    async with process(kind) as base, hook() as (url, heard), ClientSession() as session:
        asked = {"url": url, "from": "5678", "text": "Hello"}
        answer = await control(session, base, "say", asked)
        assert (answer["status"], answer["body"]) == (200, "kept")
        body, signature = heard.get_nowait()
        mac = hmac.new(b"look-alike-secret", body, "sha256").hexdigest()
        assert signature == f"sha256={mac}"
        (entry,) = json.loads(body)["entry"]
        assert entry["messaging"][0]["message"]["text"] == "Hello"

        await control(session, base, "hooks", {"url": url, "receipts": ["delivered", "read"]})
        message = {"recipient": {"id": "5678"}, "message": {"text": "Hi"}}
        async with session.post(f"{base}/v25.0/me/messages", json=message, headers=HEADERS) as sent:
            named = (await sent.json())["message_id"]
        (stored,) = await control(session, base, "sent")
        assert (stored["id"], stored["to"], stored["text"]) == (named, "5678", "Hi")
        told = [json.loads((await heard.get())[0])["entry"][0]["messaging"][0] for _ in range(3)]
        assert [sorted(one.keys() - {"sender", "recipient", "timestamp"})[0] for one in told] == [
            "message",
            "delivery",
            "read",
        ]
        assert told[0]["message"]["is_echo"]


@of_both
async def test_a_comment_is_answered_below_it(kind: str) -> None:
    async with process(kind) as base, hook() as (url, heard), ClientSession() as session:
        told = await control(session, base, "comment", {"url": url, "from": "77", "text": "How much?"})
        (change,) = json.loads(heard.get_nowait()[0])["entry"][0]["changes"]
        assert change["value"]["from"]["id"] == "77"
        edge = "replies" if kind == "instagram" else "comments"
        async with session.post(
            f"{base}/v25.0/{told['id']}/{edge}", json={"message": "2 €"}, headers=HEADERS
        ) as answered:
            assert (await answered.json())["id"]
        (answer,) = await control(session, base, "answers")
        assert (answer["parent"], answer["text"]) == (told["id"], "2 €")


@of_both
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 100),
        ({"recipient": {"id": "5678"}}, 100),
        ({"recipient": {"id": "5678"}, "message": {}}, 100),
        ({"recipient": {"id": "5678"}, "message": {"text": "x" * 2001}}, 100),
        ({"recipient": {"id": "5678"}, "message": {"text": "x", "attachment": {}}}, 100),
        ({"recipient": {"id": "5678"}, "message": {"text": "x"}, "tag": "HUMAN_AGENT"}, 100),
        ({"recipient": {"id": "5678"}, "message": {"text": "x"}, "colour": "red"}, 100),
        ({"recipient": {"id": "5678"}, "sender_action": "dance"}, 100),
        ({"recipient": {"id": "1"}, "message": {"text": "to nobody"}}, 100),
    ],
    ids=str,
)
async def test_it_refuses_what_meta_refuses(kind: str, body: Any, code: int) -> None:
    meta = MetaPageLookAlike(kind="page" if kind == "messenger" else "instagram")
    base = await meta.start()
    meta.know("5678").last_said = meta.now()
    try:
        async with ClientSession() as session:
            async with session.post(f"{base}/v25.0/me/messages", json=body, headers=HEADERS) as answer:
                assert answer.status == 400
                assert (await answer.json())["error"]["code"] == code
            async with session.post(f"{base}/v25.0/me/messages", json=body) as answer:
                assert (await answer.json())["error"]["code"] == 190
    finally:
        await meta.stop()
