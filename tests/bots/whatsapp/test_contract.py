"""What we send and what the look-alike answers, against Meta's own description (v23.0)."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bots.whatsapp.channel import WhatsApp
from tests.bots.whatsapp.sections import ADDRESS, CUSTOMER, medium, out, template
from tests.providers.whatsapp import WhatsAppLookAlike

SPEC = Path(__file__).parents[3].parent / "shared" / "specs" / "whatsapp_business_messaging_v23.yaml"
pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="the description is not beside the project")


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    described = yaml.load(SPEC.read_text(), Loader=yaml.CSafeLoader)
    found: dict[str, Any] = described["components"]["schemas"]
    # The description's pattern for a button's index, ^[2-6, 11-14]$, leaves out its own example, 0.
    del found["TemplateComponent"]["properties"]["index"]["pattern"]
    del found["ButtonComponent"]["allOf"][1]["properties"]["index"]["pattern"]
    return found


def check(schemas: dict[str, Any], name: str, value: Any) -> None:
    """Validate *value*; the parts of an allOf are taken one by one, for each forbids the other's fields."""
    schema = schemas[name]
    known: set[str] = set()
    for part in schema.get("allOf", [schema]):
        resolved = schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        known |= set(resolved.get("properties", {}))
        loose = {key: one for key, one in resolved.items() if key != "additionalProperties"}
        Draft202012Validator({**loose, "components": {"schemas": schemas}}).validate(value)
    assert set(value) <= known


async def test_what_we_send_is_described(
    schemas: dict[str, Any], channel: WhatsApp, meta: WhatsAppLookAlike, tmp_path: Path
) -> None:
    meta.templates = [
        template(
            "all", header="H {{1}}", body="B {{1}}", buttons=[{"text": "See", "url": "https://x/{{1}}"}]
        ),
        template("file", format="DOCUMENT"),
    ]
    await channel.learn_templates()
    told = {"header.1": "h", "1": "b", "button.0": "z"}
    await channel.send(out("Hi https://shop.example", reply_to="wamid.0"))
    for content_type in ("image/png", "video/mp4", "audio/mpeg", "application/pdf", "text/csv"):
        await channel.send(out("", media=medium(tmp_path, content_type)))
    await channel.send(out(template="all", template_language="en_US", variables=told))
    files = medium(tmp_path, "application/pdf")
    await channel.send(out(template="file", template_language="en_US", media=files))
    await channel.react("wamid.0", ADDRESS, "👍")
    mapping = schemas["Message"]["discriminator"]["mapping"]
    for body in meta.requests:
        check(schemas, mapping[body["type"]].rpartition("/")[2], body)
    assert {body["type"] for body in meta.requests} == {
        "text", "image", "video", "audio", "document", "template", "reaction",
    }  # fmt: skip


async def test_the_parts_of_a_template_are_described(
    schemas: dict[str, Any], channel: WhatsApp, meta: WhatsAppLookAlike, tmp_path: Path
) -> None:
    meta.templates = [
        template("all", format="IMAGE", body="B {{1}}", buttons=[{"text": "See", "url": "https://x/{{1}}"}])
    ]
    await channel.learn_templates()
    told = {"1": "b", "button.0": "z"}
    files = medium(tmp_path, "image/png")
    await channel.send(out(template="all", template_language="en_US", variables=told, media=files))
    parts = meta.requests[0]["template"]["components"]
    assert [part["type"] for part in parts] == ["header", "body", "button"]
    for part in parts:
        check(schemas, f"{part['type'].title()}Component", part)
        for parameter in part["parameters"]:
            check(schemas, f"{parameter['type'].title()}Parameter", parameter)


async def test_a_mark_is_described(
    schemas: dict[str, Any], channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    meta.heard.add("wamid.0")
    await channel.show("read", ADDRESS, "wamid.0")
    check(schemas, "MarkMessageRequestPayload", meta.requests[0])


async def test_what_the_look_alike_answers_is_described(
    schemas: dict[str, Any], meta: WhatsAppLookAlike
) -> None:
    base, headers = f"{meta.base_url}/v25.0/{meta.number_id}", {"Authorization": f"Bearer {meta.token}"}
    body = {"messaging_product": "whatsapp", "to": CUSTOMER, "type": "text", "text": {"body": "Hi"}}
    async with ClientSession(headers=headers) as session:
        sent = await session.post(f"{base}/messages", json=body)
        refused = await session.post(f"{base}/messages", json={**body, "text": {"body": ""}})
        number = await session.get(f"{base}?fields=display_phone_number,verified_name,quality_rating")
        assert (sent.status, refused.status, number.status) == (200, 400, 200)
        check(schemas, "MessageResponsePayload", await sent.json())
        check(schemas, "PhoneNumberInfo", await number.json())
        told = (await refused.json())["error"]
    assert {"message", "type", "code", "error_data", "fbtrace_id"} == set(told)
