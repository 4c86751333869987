"""The documented example joins Bandwidth: its own process, a look-alike and our channel, on real sockets."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import bots
from bots.channel import (
    Attachment,
    Channel,
    ConsentChanged,
    Event,
    Hook,
    MediaOut,
    MessageIn,
    MessageOut,
    Receipt,
)
from bots.errors import BadSignature, ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from tests.ports import free_port
from tests.providers.bandwidth.server import (
    ACCOUNT,
    API_LOGIN,
    APPLICATION,
    HOOK_LOGIN,
    NUMBER,
    BandwidthLookAlike,
    basic,
)
from tests.providers.faults import Fault
from tests.providers.http.server import SECRET

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "bandwidth.py"
VECTORS = ROOT.parent / "shared" / "vectors" / "fixtures_other.json"
FIXTURES: list[dict[str, Any]] = (
    [row for row in json.loads(VECTORS.read_text()) if row["channel"] == "bandwidth"]
    if VECTORS.is_file()
    else []
)
ANA = "+14234234234"
TYPES = {"message-sent", "message-delivered", "message-failed", "message-read"}


@dataclass
class Joined:
    """The three together; *events* is what the channel read."""

    bandwidth: BandwidthLookAlike
    channel: Channel
    events: list[Event] = field(default_factory=list)

    async def hook(self, request: web.Request) -> web.Response:
        hook = Hook(
            method="POST",
            url=str(request.url),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            received_at=datetime.now(UTC),
        )
        try:
            self.events += self.channel.read(hook).events
        except BadSignature:
            return web.Response(status=401)
        except ChannelError as error:
            return web.Response(status=400, text=error.reason)
        return web.Response()


def section(bandwidth: BandwidthLookAlike, port: int) -> dict[str, Any]:
    """The section of the folder's README, on loopback."""
    return {
        "secret": SECRET,
        "url": f"http://127.0.0.1:{port}/send",
        "scheme": "tel",
        "phone": True,
        "text_limit": 2048,
        "receipts": True,
        "looks_up": False,
        "opt_out_codes": ["4775"],
        "media_origin": bandwidth.base_url,
        "media_authorization": basic(API_LOGIN),
        "media_sizes": {"image": 3_500_000},
        "media_per_message": 10,
    }


@asynccontextmanager
async def joined(secret: str = SECRET) -> AsyncIterator[Joined]:
    folder = bots.find("http")
    port, door = free_port(), free_port()
    async with BandwidthLookAlike(hook=f"http://127.0.0.1:{port}/bandwidth") as bandwidth:
        settings = folder.Settings.model_validate(section(bandwidth, port))
        all_three = Joined(bandwidth, folder.open_channel(settings, "bandwidth"))
        app = web.Application()
        app.add_routes([web.post("/hooks/bandwidth", all_three.hook)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", door).start()
        env = {
            "BANDWIDTH_API": bandwidth.base_url,
            "BANDWIDTH_ACCOUNT": ACCOUNT,
            "BANDWIDTH_APPLICATION": APPLICATION,
            "BANDWIDTH_NUMBER": NUMBER,
            "BANDWIDTH_AUTHORIZATION": basic(API_LOGIN),
            "PORT": str(port),
            "BANDWIDTH_HOOK_AUTHORIZATION": basic(HOOK_LOGIN),
            "TIDINGS_HTTP_SECRET": secret,
            "HOST": "127.0.0.1",
            "TIDINGS_HOOKS": f"http://127.0.0.1:{door}/hooks/bandwidth",
            "PYTHONUNBUFFERED": "1",
        }
        script = await asyncio.create_subprocess_exec(
            sys.executable, str(EXAMPLE), env=os.environ | env, stdout=subprocess.PIPE
        )
        assert script.stdout is not None
        assert b"Running" in await asyncio.wait_for(script.stdout.readline(), 30)
        try:
            yield all_three
        finally:
            script.terminate()
            await script.wait()
            await all_three.channel.stop()
            await runner.cleanup()


def out(text: str = "Hello", key: str = "reply:1:1") -> MessageOut:
    return MessageOut(key=key, address=f"tel:{ANA}", text=text, owed_at=datetime.now(UTC))


def test_the_example_has_fewer_than_sixty_lines() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60


async def test_a_customer_s_text_with_a_picture_comes_in() -> None:
    async with joined() as all_three:
        wanted = await all_three.bandwidth.says(
            ANA, "Olá 🐦 STOP it", [("a.png", b"png"), ("b.smil", b"<smil/>")]
        )
        [message] = all_three.events
        assert isinstance(message, MessageIn)
        assert (message.address, message.external_id, message.text) == (
            f"tel:{ANA}",
            wanted,
            "Olá 🐦 STOP it",
        )
        [picture] = message.attachments
        assert picture.kind == "image"
        assert b"".join([chunk async for chunk in all_three.channel.fetch(picture)]) == b"png"
        assert all_three.bandwidth.heard == [200]


async def test_an_answer_goes_out_and_its_receipts_come_in() -> None:
    async with joined() as all_three:
        all_three.bandwidth.receipts = ("message-sending", "message-sent", "message-delivered")
        media = MediaOut(
            name="a.png", content_type="image/png", size=3, path=Path("a"), url="https://x.example/a.png"
        )
        sent = await all_three.channel.send(replace(out("*Olá*"), media=(media,)))
        await all_three.bandwidth.settled()
        assert all_three.bandwidth.requests == [
            {
                "applicationId": APPLICATION,
                "from": NUMBER,
                "to": [ANA],
                "text": "Olá",
                "tag": "reply:1:1",
                "media": ["https://x.example/a.png"],
            }
        ]
        assert sent.external_id == all_three.bandwidth.sent[0]["id"]
        receipts = [event for event in all_three.events if isinstance(event, Receipt)]
        assert sorted(receipt.status for receipt in receipts) == ["delivered", "sent"]
        assert {receipt.external_id for receipt in receipts} == {sent.external_id}


async def test_what_the_carrier_calls_an_opt_out_is_a_stop() -> None:
    async with joined() as all_three:
        all_three.bandwidth.opted_out.add(ANA)
        sent = await all_three.channel.send(out())
        await all_three.bandwidth.settled()
        receipt, consent = all_three.events
        assert isinstance(receipt, Receipt)
        assert (receipt.status, receipt.code, receipt.external_id) == ("failed", "4775", sent.external_id)
        assert isinstance(consent, ConsentChanged)
        assert (consent.word, consent.address) == ("stop", f"tel:{ANA}")


async def test_stop_by_itself_is_a_stop() -> None:
    async with joined() as all_three:
        await all_three.bandwidth.says(ANA, "Stop")
        assert [event.word for event in all_three.events if isinstance(event, ConsentChanged)] == ["stop"]


TROUBLE: list[Any] = [
    pytest.param(Fault(kind="throttle", retry_after=7), Throttled, id="429"),
    pytest.param(Fault(kind="drop_after"), Uncertain, id="cut after"),
    pytest.param(Fault(kind="html", status=502), Uncertain, id="a page"),
    pytest.param(Fault(kind="status", status=500), Uncertain, id="it may have sent it"),
]


@pytest.mark.parametrize(("fault", "kind"), TROUBLE)
async def test_trouble_at_bandwidth_has_its_verdict(fault: Fault, kind: type[ChannelError]) -> None:
    async with joined() as all_three:
        all_three.bandwidth.faults.add(fault)
        with pytest.raises(kind) as raised:
            await all_three.channel.send(out())
        if isinstance(raised.value, Throttled):
            assert raised.value.retry_after == 7


async def test_what_bandwidth_refuses_is_said_in_its_words() -> None:
    async with joined() as all_three:
        with pytest.raises(Refused, match="E164"):
            await all_three.channel.send(replace(out(), address="tel:12"))


async def test_a_bandwidth_that_is_away_is_unreachable() -> None:
    async with joined() as all_three:
        await all_three.bandwidth.stop()
        with pytest.raises(Unreachable):
            await all_three.channel.send(out())


async def test_a_call_without_the_credentials_is_turned_away() -> None:
    async with joined() as all_three:
        assert await all_three.bandwidth.post([], login="some:body") == 401


async def test_secrets_that_differ_keep_everybody_out() -> None:
    async with joined(secret="whsec_" + "QUJD" * 10) as all_three:
        await all_three.bandwidth.says(ANA, "Hello")
        assert (all_three.bandwidth.heard, all_three.events) == ([401], [])
        with pytest.raises(Misconfigured):
            await all_three.channel.send(out())


async def test_it_says_who_we_are() -> None:
    async with joined() as all_three:
        assert await all_three.channel.who() == f"Bandwidth, sends from {NUMBER}"


def call_of(row: dict[str, Any]) -> dict[str, Any]:
    """Write a fixture as Bandwidth calls: its factory's values filled in, a bare message in its envelope."""
    values = {"sms_channel.phone_number": NUMBER, "conversation.messages.last.source_id": "out1"}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return values[value["$ruby"]] if "$ruby" in value else {k: filled(v) for k, v in value.items()}
        return [filled(one) for one in value] if isinstance(value, list) else value

    params = filled(row["payload"]["params"]) | filled(row["payload"].get("media_params", {}))
    if "type" in params:
        return params  # type: ignore[no-any-return]
    envelope = {"type": "message-received", "time": params["time"], "to": NUMBER}
    return envelope | {"description": "Incoming message received", "message": params}


@pytest.mark.skipif(not FIXTURES, reason="the vectors are not beside the project")
async def test_every_fixture_is_read_without_loss() -> None:
    assert len(FIXTURES) == 17
    async with joined() as all_three:
        for row in FIXTURES:
            call = call_of(row)
            all_three.events.clear()
            assert await all_three.bandwidth.post([call]) == 200, row["name"]
            assert all_three.events == expected(call), row["name"]
        both = [call_of(FIXTURES[0]), call_of(FIXTURES[6])]
        all_three.events.clear()
        assert await all_three.bandwidth.post(both) == 200
        assert len(all_three.events) == 2


def expected(call: dict[str, Any]) -> list[Event]:
    """What the call itself holds."""
    said, at = call["message"], datetime.fromisoformat(call["time"])
    if call["type"] == "message-received":
        media = [url for url in said.get("media", []) if not url.endswith(".smil")]
        files = tuple(Attachment(kind="image", ref=url) for url in media)
        return [
            MessageIn(
                address=f"tel:{said['from']}",
                external_id=said["id"],
                text=said["text"],
                sent_at=at,
                attachments=files,
                raw=call,
            )
        ]
    if call["type"] not in TYPES:
        return []
    status = call["type"].removeprefix("message-")
    code, reason = (str(call["errorCode"]), call["description"]) if status == "failed" else ("", "")
    return [
        Receipt(
            external_id=said["id"],
            status=status,
            sent_at=at,
            address=f"tel:{call['to']}",
            code=code,
            reason=reason,
        )
    ]
