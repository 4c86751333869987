"""The look-alike as a process of its own, driven over its control API."""

import asyncio
import base64
import json
import sys
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.providers.line.server import TOKEN

ROOT = Path(__file__).parents[3]
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


async def test_the_look_alike_serves_other_processes() -> None:
    hooks: list[tuple[dict[str, object], str]] = []

    async def hook(request: web.Request) -> web.Response:
        hooks.append((await request.json(), request.headers["X-Line-Signature"]))
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/hooks/line", hook)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/line"
    command = (sys.executable, "-m", "tests.providers.line")
    served = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert served.stdout is not None
    try:
        shown = json.loads(await served.stdout.readline())
        async with aiohttp.ClientSession(shown["base_url"]) as client:
            said = {"url": url, "from": "U1", "text": "hi"}
            told = await (await client.post("/_control/say", json=said)).json()
            event = {"url": url, "from": "U1", "type": "unfollow"}
            assert (await (await client.post("/_control/event", json=event)).json())["status"] == 200
            kinds = [one["type"] for body, _ in hooks for one in body["events"]]  # type: ignore[attr-defined]
            assert kinds == ["message", "unfollow"]
            file = {
                "id": told["id"],
                "content_type": "image/png",
                "base64": base64.b64encode(b"abc").decode(),
            }
            await client.post("/_control/media", json=file)
            content = f"/v2/bot/message/{told['id']}/content"
            assert await (await client.get(content, headers=HEADERS)).read() == b"abc"
            push = {"to": "U1", "messages": [{"type": "text", "text": "hello"}]}
            await client.post("/v2/bot/message/push", json=push, headers=HEADERS)
            assert (await client.post("/v2/bot/message/push", json=push)).status == 401
            sent = await (await client.get("/_control/sent")).json()
            assert [(one["to"], one["message"]["text"]) for one in sent] == [("U1", "hello")]
    finally:
        served.terminate()
        assert await served.wait() == 0
        await runner.cleanup()
