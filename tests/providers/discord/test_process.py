"""The look-alike as a process of its own, driven over its control API."""

import asyncio
import base64
import json
import sys
from pathlib import Path

import aiohttp

from tests.providers.discord.state import TOKEN

ROOT = Path(__file__).parents[3]
HEADERS = {"Authorization": f"Bot {TOKEN}"}


async def test_the_look_alike_serves_other_processes() -> None:
    command = (sys.executable, "-m", "tests.providers.discord", "--channel", "278325129692446722")
    served = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert served.stdout is not None
    try:
        shown = json.loads(await served.stdout.readline())
        async with aiohttp.ClientSession(shown["base_url"]) as client:
            file = {"name": "a.png", "content_type": "image/png", "base64": base64.b64encode(b"abc").decode()}
            said = {"from": "82", "text": "hi", "files": [file]}
            message = await (await client.post("/_control/say", json=said)).json()
            assert await (await client.get(message["attachments"][0]["url"])).read() == b"abc"
            where = f"/api/v10/channels/{message['channel_id']}/messages"
            await client.post(where, json={"content": "hello"}, headers=HEADERS)
            sent = await (await client.get("/_control/sent")).json()
            assert [one["content"] for one in sent] == ["hello"]
            assert (await client.post(where, json={"content": "hello"})).status == 401
            public = {"from": "82", "text": "hi", "channel": "278325129692446722"}
            assert (await client.post("/_control/say", json=public)).status == 200
            async with client.ws_connect("/gateway/?v=10&encoding=json") as socket:
                assert (await socket.receive_json())["op"] == 10
                about = {"token": TOKEN, "intents": 1 << 12, "properties": {}}
                await socket.send_json({"op": 2, "d": about})
                assert (await socket.receive_json())["t"] == "READY"
                assert (await (await client.get("/_control/connected")).json()) == {"sessions": 1}
    finally:
        served.terminate()
        assert await served.wait() == 0
