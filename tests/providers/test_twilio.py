"""The look-alike of Twilio, as other processes use it."""

import asyncio
import json
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.providers.twilio import TwilioLookAlike

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 21604),
        ({"To": "600123456"}, 21211),
        ({"To": "+34600123456"}, 21603),
        ({"To": "+34600123456", "From": "+15005550001", "Body": "Hi"}, 21606),
        ({"To": "+34600123456", "MessagingServiceSid": "MG1", "Body": "Hi"}, 21701),
        ({"To": "+34600123456", "From": "+15005550006"}, 21619),
        ({"To": "+34600123456", "From": "+15005550006", "Body": "a" * 1601}, 21617),
        ({"To": "+34600123456", "From": "+15005550006", "MediaUrl": "a.jpg"}, 21620),
        ({"To": "+34600123456", "From": "+15005550006", "Body": "Hi", "StatusCallback": "hooks"}, 21609),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_broken_rule_has_its_code(form: dict[str, str], code: int) -> None:
    twilio = TwilioLookAlike()
    base = await twilio.start()
    headers = {"Authorization": encode_basic_auth(twilio.account_sid, twilio.auth_token)}
    async with ClientSession(headers=headers) as session:
        answer = await session.post(
            f"{base}/2010-04-01/Accounts/{twilio.account_sid}/Messages.json", data=form
        )
        assert (answer.status, (await answer.json())["code"]) == (400, code)
    await twilio.stop()


async def test_it_runs_by_itself_and_is_led_by_its_control_api() -> None:
    heard: list[tuple[dict[str, str], bool]] = []
    url = ""

    async def door(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        signature = request.headers["X-Twilio-Signature"]
        heard.append((form, RequestValidator("t0ken").validate(url, form, signature)))
        return web.Response(text="this would be sent")

    app = web.Application()
    app.router.add_post("/hooks/sms", door)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/sms"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.providers.twilio",
        "--token",
        "t0ken",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    base, account = ready["base_url"], ready["account_sid"]
    async with ClientSession() as session:
        medium = {"content_type": "image/png", "base64": b64encode(b"png").decode()}
        asked = {"url": url, "from": "+34600123456", "body": "Hello", "media": [medium]}
        said = await (await session.post(f"{base}/_control/say", json=asked)).json()
        form = {"To": "+34600123456", "From": "+15005550006", "Body": "Hi", "StatusCallback": url}
        signed_in = {"Authorization": encode_basic_auth(account, "t0ken")}
        place = f"{base}/2010-04-01/Accounts/{account}/Messages.json"
        sent = await (await session.post(place, data=form, headers=signed_in)).json()
        report = {"sid": sent["sid"], "status": "failed", "error_code": 30005}
        await session.post(f"{base}/_control/report", json=report)
        shown = await (await session.get(f"{base}/_control/sent")).json()
        replies = await (await session.get(f"{base}/_control/replies")).json()
        await session.post(f"{base}/_control/faults", json={"kind": "throttle", "retry_after": 5})
        slowed = await session.post(place, data=form, headers=signed_in)
    process.terminate()
    assert await process.wait() == 0
    await runner.cleanup()
    assert [trusted for _, trusted in heard] == [True, True]
    assert (heard[0][0]["MessageSid"], heard[0][0]["NumMedia"]) == (said["sid"], "1")
    assert (heard[1][0]["MessageStatus"], heard[1][0]["ErrorCode"]) == ("failed", "30005")
    assert [(one["sid"], one["status"]) for one in shown] == [(sent["sid"], "failed")]
    assert replies == ["this would be sent"] * 2
    assert (slowed.status, slowed.headers["Retry-After"]) == (429, "5")
