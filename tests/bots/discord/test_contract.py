"""What we send and what the look-alike answers, against Discord's own description."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bots.discord.channel import Discord
from tests.bots.discord.hooks import SUPPORT, TOKEN, USER, medium, out
from tests.providers.discord import DiscordLookAlike

SPEC = Path(__file__).parents[3].parent / "shared" / "specs" / "discord_openapi.json"
pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="the description is not beside the project")
MESSAGES = "/channels/{channel_id}/messages"


@cache
def api() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SPEC.read_text())
    return found


def validator(schema: str, *, closed: bool = False) -> Draft202012Validator:
    made = {"$ref": f"#/components/schemas/{schema}", "components": api()["components"]}
    if closed:
        made["propertyNames"] = {"enum": list(api()["components"]["schemas"][schema]["properties"])}
    return Draft202012Validator(made)


def answer_of(path: str, method: str) -> Draft202012Validator:
    content = api()["paths"][path][method]["responses"]["200"]["content"]["application/json"]
    return Draft202012Validator({**content["schema"], "components": api()["components"]})


async def test_what_we_send_is_described(channel: Discord, discord: DiscordLookAlike, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    said = await discord.say(USER, "Help", channel=SUPPORT)
    await channel.send(out("*one*"))
    await channel.send(out("two", key="b", media=(medium(tmp_path / "a"),)))
    place = f"discord:{USER}@{SUPPORT}"
    await channel.send(out("three", key="c", address=place))
    await channel.send(out("four", key="d", address=place, reply_to=f"{SUPPORT}:{said['id']}"))
    bodies = [(path, body) for method, path, body in discord.state.requests if method == "POST"]
    assert len(bodies) == 5
    for path, body in bodies:
        opens = path == "/users/@me/channels"
        schema = "CreatePrivateChannelRequest" if opens else "MessageCreateRequest"
        validator(schema, closed=True).validate(body)
        for name in ("allowed_mentions", "message_reference"):
            schemas = {
                "allowed_mentions": "MessageAllowedMentionsRequest",
                "message_reference": "MessageReferenceRequest",
            }
            if name in body:
                validator(schemas[name], closed=True).validate(body[name])


async def test_what_a_look_up_asks_is_described(channel: Discord, discord: DiscordLookAlike) -> None:
    await channel.look_up(out())
    (query,) = [body for method, _, body in discord.state.requests if method == "GET"]
    assert set(query) <= {one["name"] for one in api()["paths"][MESSAGES]["get"]["parameters"]}


async def test_what_the_look_alike_answers_is_described(discord: DiscordLookAlike) -> None:
    said = await discord.say(USER, "Help", attachments=[discord.keep_file("a.png", b"x", "image/png")])
    where = f"{discord.api_url}/channels/{said['channel_id']}/messages"
    async with ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session:
        made = await (await session.post(where, json={"content": "Hi"})).json()
        listed = await (await session.get(where)).json()
        gateway = await (await session.get(f"{discord.api_url}/gateway/bot")).json()
        opened = await (
            await session.post(f"{discord.api_url}/users/@me/channels", json={"recipient_id": USER})
        ).json()
        wrong = await (await session.post(where, json={"content": "a" * 2001})).json()
    answer_of(MESSAGES, "post").validate(made)
    answer_of(MESSAGES, "get").validate(listed)
    answer_of("/gateway/bot", "get").validate(gateway)
    answer_of("/users/@me/channels", "post").validate(opened)
    validator("Error").validate(wrong)  # its inner errors have words for codes, whatever the description says
    assert [one["content"] for one in listed] == ["Hi", "Help"]


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/users/@me", "get"),
        ("/channels/{channel_id}/typing", "post"),
        (f"{MESSAGES}/{{message_id}}", "patch"),
        (f"{MESSAGES}/{{message_id}}", "delete"),
        (f"{MESSAGES}/{{message_id}}/reactions/{{emoji_name}}/@me", "put"),
        (f"{MESSAGES}/{{message_id}}/reactions/{{emoji_name}}/@me", "delete"),
    ],
)
def test_every_call_we_make_exists(path: str, method: str) -> None:
    assert method in api()["paths"][path]
