"""What we send and what the look-alike sends, against LINE's own description and its own library."""

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bots.channel import MessageIn
from bots.line.channel import Line
from tests.bots.line.hooks import GROUP, SECRET, TOKEN, USER, hook, medium, out
from tests.bots.line.test_sending import hears, m4a
from tests.providers.line import LineLookAlike

SPECS = Path(__file__).parents[3].parent / "shared" / "specs"
described = pytest.mark.skipif(not SPECS.is_dir(), reason="the descriptions are not beside the project")
BODIES = {"push": "PushMessageRequest", "reply": "ReplyMessageRequest"}


@cache
def schemas(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((SPECS / name).read_text(), yaml.CSafeLoader)
    return found


def validator(name: str, schema: str, only_known: bool = False) -> Draft202012Validator:
    api = schemas(name)
    made = {"$ref": f"#/components/schemas/{schema}", "components": api["components"]}
    if only_known:
        made["propertyNames"] = {"enum": list(api["components"]["schemas"][schema]["properties"])}
    return Draft202012Validator(made)


async def all_kinds(channel: Line, line: LineLookAlike, tmp_path: Path) -> None:
    """Send each kind of object by each way."""
    sound = tmp_path / "a.m4a"
    sound.write_bytes(m4a(scale=1000, duration=2500))
    files = (medium(), medium("video/mp4"), medium("audio/mp4", path=sound), medium("application/pdf"))
    said = hears(channel, line)
    await channel.send(out("one", reply_to=said, media=files))
    await channel.send(out("two", key="reply:1:2", media=files))
    await channel.show("typing", f"line:{USER}", "")
    await channel.show("read", f"line:{USER}", said)


@described
async def test_what_we_send_is_described(opened: Any, line: LineLookAlike, tmp_path: Path) -> None:
    await all_kinds(opened(preview_url="https://inbox.example/p.jpg"), line, tmp_path)
    api = schemas("line_messaging_api.yml")["components"]["schemas"]
    kinds = api["Message"]["discriminator"]["mapping"]
    assert [way for way, _ in line.requests] == ["reply", "push"]
    for way, body in line.requests:
        validator("line_messaging_api.yml", BODIES[way], only_known=True).validate(body)
        for one in body["messages"]:
            schema = kinds[one["type"]].rpartition("/")[2]
            validator("line_messaging_api.yml", schema).validate(one)
            known = {"type", "quickReply", "sender"} | set(api[schema]["allOf"][1]["properties"])
            assert set(one) <= known


@described
async def test_what_the_look_alike_answers_is_described(line: LineLookAlike) -> None:
    body = {"to": USER, "messages": [{"type": "text", "text": "Hi"}]}
    key = {"X-Line-Retry-Key": "123e4567-e89b-12d3-a456-426614174000"}
    async with ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        answers = [await session.post(f"{line.base_url}/v2/bot/message/push", json=body, headers=key)]
        answers += [await session.post(f"{line.base_url}/v2/bot/message/push", json=body, headers=key)]
        answers += [await session.post(f"{line.base_url}/v2/bot/message/push", json={"to": USER})]
        answers += [await session.get(f"{line.base_url}/v2/bot/info")]
        told = [(one.status, await one.json()) for one in answers]
    names = ["PushMessageResponse", "ErrorResponse", "ErrorResponse", "BotInfoResponse"]
    assert [status for status, _ in told] == [200, 409, 400, 200]
    assert told[0][1]["sentMessages"] == told[1][1]["sentMessages"]
    for name, (_, body_told) in zip(names, told, strict=True):
        validator("line_messaging_api.yml", name).validate(body_told)


@described
def test_the_hooks_of_the_look_alike_are_described() -> None:
    line = LineLookAlike(secret=SECRET)
    raw, _ = line.signed([line.message(USER, text="x"), line.event(USER, "unfollow", group=GROUP)])
    body = json.loads(raw)
    validator("line_webhook.yml", "CallbackRequest").validate(body)
    validator("line_webhook.yml", "MessageEvent").validate(body["events"][0])
    validator("line_webhook.yml", "TextMessageContent").validate(body["events"][0]["message"])


async def test_line_s_own_library_reads_what_we_send(
    opened: Any, line: LineLookAlike, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from linebot.v3.messaging import (  # type: ignore[import-untyped]
            PushMessageRequest,
            ReplyMessageRequest,
        )
    await all_kinds(opened(preview_url="https://inbox.example/p.jpg"), line, tmp_path)
    (_, reply), (_, push) = line.requests
    for model, body in ((ReplyMessageRequest, reply), (PushMessageRequest, push)):
        again = model.from_dict(body).to_dict()
        assert {name: again[name] for name in body} == body


def test_line_s_own_library_reads_a_hook_as_we_do(channel: Line) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from linebot.v3.webhook import WebhookParser  # type: ignore[import-untyped]
    line = LineLookAlike(secret=SECRET)
    raw, headers = line.signed([line.message(USER, text="one"), line.message(USER, text="two", group=GROUP)])
    theirs = WebhookParser(SECRET).parse(raw.decode(), headers["X-Line-Signature"])
    ours = channel.read(hook(raw)).events
    for one, two in zip(theirs, ours, strict=True):
        assert isinstance(two, MessageIn)
        assert (one.message.id, one.message.text) == (two.external_id, two.text)
        assert one.timestamp == int(two.sent_at.timestamp() * 1000 + 0.5)
