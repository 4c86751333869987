"""What we send and what the look-alike answers, against the provider's own description."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bots.channel import MediaOut, MessageOut
from bots.sms.channel import SmsChannel
from tests.providers.twilio import TwilioLookAlike

SPEC = Path(__file__).parents[3].parent / "shared" / "specs" / "twilio_api_v2010_messages_calls.json"
pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="the description is not beside the project")
LIST = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ONE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(SPEC.read_text())
    return described


def with_nulls(schema: Any) -> Any:
    """Write OpenAPI 3.0's nullable as JSON Schema does; date-time-rfc-2822 and the like are not checked."""
    if isinstance(schema, list):
        return [with_nulls(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: with_nulls(value) for name, value in schema.items() if name != "nullable"}
    if schema.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if schema.get("nullable") and "$ref" in made:
        return {"anyOf": [{"$ref": made["$ref"]}, {"type": "null"}]}
    return made


def answers_with(api: dict[str, Any], path: str, method: str, status: str) -> Draft202012Validator:
    schema = api["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    return Draft202012Validator({**with_nulls(schema), "components": with_nulls(api["components"])})


def message() -> MessageOut:
    media = (
        MediaOut(name="a", content_type="image/png", size=9, path=Path("/a"), url="https://inbox.example/a"),
    )
    return MessageOut(key="k", address="tel:+34600123456", text="Hi", media=media, owed_at=datetime.now(UTC))


@pytest.mark.parametrize("service", [False, True], ids=["number", "messaging service"])
async def test_what_we_send_is_described(
    api: dict[str, Any], channel: SmsChannel, twilio: TwilioLookAlike, service: bool
) -> None:
    if service:
        changed = channel.settings.model_copy(update={"messaging_service": twilio.service})
        channel = SmsChannel(changed, "sms")
    await channel.start("http://127.0.0.1:1/hooks/sms", lambda hook: channel.stop())
    await channel.send(message())
    await channel.stop()
    form = api["paths"][LIST]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    (pairs,) = twilio.requests
    body: dict[str, Any] = {name: value for name, value in pairs if name != "MediaUrl"}
    body["MediaUrl"] = [value for name, value in pairs if name == "MediaUrl"]
    Draft202012Validator(
        {**with_nulls(form), "additionalProperties": False, "components": with_nulls(api["components"])}
    ).validate(body)
    assert set(form["required"]) <= set(body)


async def test_what_the_look_alike_answers_is_described(
    api: dict[str, Any], channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    base = f"{twilio.base_url}/2010-04-01/Accounts/{twilio.account_sid}"
    headers = {"Authorization": encode_basic_auth(twilio.account_sid, twilio.auth_token)}
    async with ClientSession(headers=headers) as session:
        form = {"To": "+34600123456", "From": twilio.numbers[0], "Body": "Hi"}
        created = await session.post(f"{base}/Messages.json", data=form)
        listed = await session.get(f"{base}/Messages.json", params={"To": "+34600123456"})
        made = await created.json()
        fetched = await session.get(f"{base}/Messages/{made['sid']}.json")
        account = await session.get(f"{base}.json")
        answers_with(api, LIST, "post", "201").validate(made)
        answers_with(api, LIST, "get", "200").validate(await listed.json())
        answers_with(api, ONE, "get", "200").validate(await fetched.json())
        assert created.status == 201
        assert await fetched.json() == made
        assert (await account.json())["sid"] == twilio.account_sid
    shown = api["components"]["schemas"]["api.v2010.account.message"]["properties"]
    assert set(made) == set(shown)


async def test_what_a_look_up_asks_is_described(
    api: dict[str, Any], channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    described = {one["name"] for one in api["paths"][LIST]["get"]["parameters"]}
    assert await channel.look_up(message()) is None
    (query,) = twilio.queries
    assert query == {"To": "+34600123456", "From": twilio.numbers[0], "PageSize": "50"}
    assert set(query) <= described
