"""The look-alike of WhatsApp by itself, as a test in another process uses it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bots.channel import Hook
from bots.meta_hooks import challenge, is_signed
from tests.bots.whatsapp.hooks import NOW
from tests.providers.whatsapp.server import ACCOUNT_ID, APP_SECRET, NUMBER_ID, TOKEN, VERIFY_TOKEN

ROOT = Path(__file__).parents[2]
CUSTOMER = "34600123456"
TEXT = {"messaging_product": "whatsapp", "to": CUSTOMER, "type": "text", "text": {"body": "Hi"}}


class Ours:
    """Our side of it: what was posted to us, if it was signed."""

    def __init__(self, url: str, client: ClientSession) -> None:
        self.url = url
        self.client = client
        self.door = ""
        self.values: list[Any] = []

    async def hear(self, request: web.Request) -> web.Response:
        headers = {name.lower(): text for name, text in request.headers.items()}
        url, body = str(request.url), await request.read()
        hook = Hook(method=request.method, url=url, headers=headers, body=body, received_at=NOW)
        if request.method == "GET":
            return web.Response(text=challenge(hook, VERIFY_TOKEN.encode()).response.body)
        assert is_signed(hook, [APP_SECRET.encode()])
        self.values += [change["value"] for entry in json.loads(body)["entry"] for change in entry["changes"]]
        return web.Response()

    def statuses(self) -> list[str]:
        return [one["status"] for value in self.values for one in value.get("statuses", [])]

    async def control(self, path: str, **asked: Any) -> Any:
        async with self.client.post(f"{self.url}/_control/{path}", json=asked) as response:
            assert response.status == 200
            return await response.json()

    async def post(self, body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        path = f"{self.url}/v25.0/{NUMBER_ID}/messages"
        async with self.client.post(path, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def look(self, path: str) -> Any:
        async with self.client.get(f"{self.url}/_control/{path}") as response:
            return await response.json()


@pytest.fixture
async def ours() -> AsyncIterator[Ours]:
    command = (sys.executable, "-m", "tests.providers.whatsapp")
    program = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert program.stdout is not None
    told = json.loads(await program.stdout.readline())
    assert (told["phone_number_id"], told["business_account_id"]) == (NUMBER_ID, ACCOUNT_ID)
    async with ClientSession() as client:
        side = Ours(told["base_url"], client)
        app = web.Application()
        app.router.add_route("*", "/hook", side.hear)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        side.door = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        yield side
        await runner.cleanup()
    program.terminate()
    assert await program.wait() == 0


async def test_a_customer_writes_and_is_answered_within_their_window(ours: Ours) -> None:
    assert (await ours.control("verify", url=ours.door))["body"] == "1158201444"
    assert (await ours.post(TEXT))[1]["error"]["code"] == 131047
    heard = await ours.control("say", url=ours.door, **{"from": CUSTOMER}, body="Hola")
    assert heard["status"] == 200
    assert ours.values[0]["messages"][0]["text"] == {"body": "Hola"}
    await ours.control("receipts", url=ours.door, statuses=["delivered"])
    status, answer = await ours.post(TEXT)
    (sent,) = await ours.look("sent")
    assert (status, answer["messages"][0]["id"], sent["to"]) == (200, sent["id"], CUSTOMER)
    await ours.control("report", url=ours.door, id=sent["id"], status="failed", code=131026)
    while len(ours.statuses()) < 2:
        await asyncio.sleep(0.01)
    assert set(ours.statuses()) == {"delivered", "failed"}


async def test_files_signs_refusals_and_faults_are_had_on_request(ours: Ours) -> None:
    picture = {"content_type": "image/png", "base64": "eA==", "caption": "Look"}
    heard = await ours.control(
        "say", url=ours.door, **{"from": CUSTOMER}, media=picture, hidden=True, id="w.1"
    )
    message = ours.values[0]["messages"][0]
    assert (heard["id"], message["image"]["caption"], "from" in message) == ("w.1", "Look", False)
    await ours.post({"messaging_product": "whatsapp", "status": "read", "message_id": "w.1"})
    assert (await ours.look("signs"))["read"] == ["w.1"]
    await ours.control("refuse", to=CUSTOMER, code=131056)
    assert (await ours.post(TEXT))[1]["error"]["code"] == 131056
    await ours.control("refuse", to=CUSTOMER, code=0)
    await ours.control("faults", kind="throttle", retry_after=7)
    assert (await ours.post(TEXT))[0] == 429
    assert (await ours.post(TEXT))[0] == 200


async def test_an_identifier_in_the_place_of_a_number_reaches_nobody(ours: Ours) -> None:
    user = "ES.13491208655302741918"
    template = {"name": "hello", "language": {"code": "es"}}
    row = {**template, "language": "es", "status": "APPROVED", "category": "UTILITY", "components": []}
    await ours.control("templates", templates=[row])
    body = {"messaging_product": "whatsapp", "type": "template", "template": template}
    for whom in ({"to": user}, {"recipient": user}):
        assert (await ours.post({**body, **whom}))[0] == 200
    assert [one["lost"] for one in await ours.look("sent")] == [True, False]
