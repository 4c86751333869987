"""The look-alike as a process of its own, driven over its control API."""

import asyncio
import base64
import sys
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[3]


async def test_the_look_alike_serves_other_processes() -> None:
    command = (sys.executable, "-m", "tests.providers.telegram", "--token", "9:PROCESS")
    served = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert served.stdout is not None
    try:
        url = (await served.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession(url) as client:
            sticker = {"name": "a.webp", "base64": base64.b64encode(b"abc").decode()}
            file = await (await client.post("/_control/file", json=sticker)).json()
            said = {"chat_id": 7, "text": "hi", "document": file}
            update = await (await client.post("/_control/say", json=said)).json()
            polled = await (await client.get("/bot9:PROCESS/getUpdates", params={"timeout": "0"})).json()
            assert polled == {"ok": True, "result": [update]}
            place = await (
                await client.post("/bot9:PROCESS/getFile", json={"file_id": file["file_id"]})
            ).json()
            path = place["result"]["file_path"]
            assert await (await client.get(f"/file/bot9:PROCESS/{path}")).read() == b"abc"
            await client.post("/bot9:PROCESS/sendMessage", data={"chat_id": 7, "text": "[yes]"})
            sent = await (await client.get("/_control/sent")).json()
            assert [(message["chat_id"], message["text"]) for message in sent] == [(7, "[yes]")]
            assert (await client.post("/_control/nonsense", json={})).status == 404
            assert (await client.get("/bot9:OTHER/getMe")).status == 401
    finally:
        served.terminate()
        assert await served.wait() == 0
