"""The look-alike of Twilio's calls and templates, as other processes use it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.providers.twilio import TwilioLookAlike

OURS = "+15005550006"
MAILBOX = (
    '<Response><Say language="en-US">Speak</Say><Record action="?step=left" '
    'recordingStatusCallback="?step=recorded&amp;caller=%2B34600123456"/><Hangup/></Response>'
)
RING = '<Response><Dial action="?step=dialled"><Number>+351210000001</Number></Dial></Response>'


class House:
    """What answers the look-alike: *answers* by step, *heard* with whether it was signed."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.heard: list[tuple[str, dict[str, str], bool]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        url = self.url + (f"?{request.raw_path.partition('?')[2]}" if "?" in request.raw_path else "")
        trusted = RequestValidator("look-alike-token").validate(
            url, form, request.headers["X-Twilio-Signature"]
        )
        step = request.query.get("step", "")
        self.heard.append((step, form, trusted))
        return web.Response(text=self.answers.get(step, "<Response/>"), content_type="text/xml")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    app = web.Application()
    app.router.add_post("/hooks/voice", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/voice"
    yield made
    await runner.cleanup()


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioLookAlike]:
    look_alike = TwilioLookAlike(numbers=[OURS, f"whatsapp:{OURS}"])
    await look_alike.start()
    yield look_alike
    await look_alike.stop()


async def test_a_customer_rings_nobody_answers_and_voicemail_is_told_of(
    twilio: TwilioLookAlike, house: House
) -> None:
    house.answers = {"": RING, "dialled": MAILBOX}
    asked = {"url": house.url, "from": "+34600123456", "says": "Hello"}
    async with ClientSession() as session:
        await session.post(f"{twilio.base_url}/_control/phones", json={"busy": ["+351210000001"]})
        rung = await (await session.post(f"{twilio.base_url}/_control/ring", json=asked)).json()
        calls = await (await session.get(f"{twilio.base_url}/_control/calls")).json()
        recorded = house.heard[-1][1]
        bare = await session.get(recorded["RecordingUrl"] + ".mp3")
        headers = {"Authorization": encode_basic_auth(twilio.account_sid, twilio.auth_token)}
        sound = await (await session.get(recorded["RecordingUrl"] + ".mp3", headers=headers)).read()
    assert [step for step, _, _ in house.heard] == ["", "dialled", "left", "recorded"]
    assert all(trusted for _, _, trusted in house.heard)
    assert house.heard[1][1]["DialCallStatus"] == "busy"
    assert "From" not in recorded
    assert (bare.status, sound) == (401, b"Hello")
    assert rung["said"] == [["en-US", "Speak"]]
    assert [(call["sid"], call["direction"], call["status"]) for call in calls] == [
        (rung["sid"], "inbound", "completed")
    ]


async def test_an_unknown_verb_is_a_mistake_of_ours(twilio: TwilioLookAlike, house: House) -> None:
    house.answers = {"": "<Response><Dance/></Response>"}
    with pytest.raises(AssertionError, match="no Dance"):
        await twilio.exchange.ring(house.url, "+34600123456")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 21201),
        ({"To": "600123456"}, 21211),
        ({"To": "+34600123456", "From": "+15005550001"}, 21210),
        ({"To": "+34600123456", "From": OURS, "Twiml": "<Response>"}, 12100),
        ({"To": "+34600123456", "From": OURS, "Twiml": "<Response/>", "StatusCallback": "hooks"}, 21609),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_call_that_breaks_a_rule_has_its_code(
    twilio: TwilioLookAlike, form: dict[str, str], code: int
) -> None:
    headers = {"Authorization": encode_basic_auth(twilio.account_sid, twilio.auth_token)}
    place = f"{twilio.base_url}/2010-04-01/Accounts/{twilio.account_sid}/Calls.json"
    async with ClientSession(headers=headers) as session:
        answer = await session.post(place, data=form)
        assert (answer.status, (await answer.json())["code"]) == (400, code)


async def test_a_template_is_listed_to_its_account_and_sent_filled(twilio: TwilioLookAlike) -> None:
    made = {"name": "ready", "language": "en", "body": "{{1}}, it is ready", "variables": {"1": "name"}}
    headers = {"Authorization": encode_basic_auth(twilio.account_sid, twilio.auth_token)}
    place = f"{twilio.base_url}/2010-04-01/Accounts/{twilio.account_sid}/Messages.json"
    async with ClientSession() as session:
        sid = (await (await session.post(f"{twilio.base_url}/_control/contents", json=made)).json())["sid"]
        bare = await session.get(f"{twilio.base_url}/v1/Content")
        listed = await (await session.get(f"{twilio.base_url}/v1/Content", headers=headers)).json()
        form = {"To": "whatsapp:+34600123456", "From": f"whatsapp:{OURS}", "ContentSid": sid}
        codes = []
        for variables in ("{", "[]", '{"1": ""}', "{}"):
            answer = await session.post(place, data=form | {"ContentVariables": variables}, headers=headers)
            codes.append((await answer.json())["code"])
        unknown = await session.post(place, data=form | {"ContentSid": "HX1"}, headers=headers)
        mixed = await session.post(place, data=form | {"From": OURS}, headers=headers)
        sent = await session.post(place, data=form | {"ContentVariables": '{"1": "Ana"}'}, headers=headers)
        assert (await sent.json())["body"] == "Ana, it is ready"
        assert (await unknown.json())["code"] == 21655
        assert (await mixed.json())["code"] == 21910
    assert bare.status == 401
    assert [one["sid"] for one in listed["contents"]] == [sid]
    assert codes == [21656] * 4
