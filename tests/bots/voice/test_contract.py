"""The call that we make and what the look-alike answers, against the provider's own description."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bots.voice.reading import MISSED, RINGING, SPOKEN
from tests.bots.sms.test_contract import answers_with, with_nulls
from tests.bots.twilio_door import opened
from tests.bots.voice.test_calling import ADDRESS, AGENT, OURS, voice
from tests.providers.twilio import TwilioLookAlike

SPEC = Path(__file__).parents[3].parent / "shared" / "specs" / "twilio_api_v2010_messages_calls.json"
pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="the description is not beside the project")
CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls.json"


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(SPEC.read_text())
    return described


async def test_the_call_we_make_is_described(api: dict[str, Any]) -> None:
    twilio = TwilioLookAlike(numbers=[OURS])
    await twilio.start()
    channel = voice(twilio)
    async with opened(channel):
        await channel.call(AGENT, ADDRESS, "call:7")
        await twilio.settled()
    await twilio.stop()
    path = api["paths"][CALLS]["post"]
    form = path["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    body: dict[str, Any] = dict(twilio.exchange.requests[0])
    body["Timeout"] = int(body["Timeout"])
    Draft202012Validator(
        {**with_nulls(form), "additionalProperties": False, "components": with_nulls(api["components"])}
    ).validate(body)
    assert set(form["required"]) <= set(body)
    assert {"Twiml", "StatusCallback"} <= set(body)


async def test_what_the_look_alike_answers_is_described(api: dict[str, Any]) -> None:
    twilio = TwilioLookAlike(numbers=[OURS])
    base = await twilio.start()
    headers = {"Authorization": encode_basic_auth(twilio.account_sid, twilio.auth_token)}
    async with ClientSession(headers=headers) as session:
        form = {"To": AGENT, "From": OURS, "Twiml": "<Response/>"}
        place = f"{base}/2010-04-01/Accounts/{twilio.account_sid}/Calls.json"
        created = await session.post(place, data=form)
        made = await created.json()
        unsigned = await session.post(place, data=form, headers={"Authorization": "Basic eDp5"})
    await twilio.stop()
    assert (created.status, unsigned.status) == (201, 401)
    answers_with(api, CALLS, "post", "201").validate(made)
    shown = api["components"]["schemas"]["api.v2010.account.call"]["properties"]
    assert set(made) == set(shown)


def test_every_status_of_the_description_is_known(api: dict[str, Any]) -> None:
    words = api["components"]["schemas"]["call_enum_status"]["enum"]
    assert set(words) <= {*RINGING, *SPOKEN, *MISSED}
