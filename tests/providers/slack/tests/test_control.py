"""From another process the look-alike does the same over JSON."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import SlackLookAlike
from tests.providers.slack.tests.door import Door

ROOT = Path(__file__).parents[4]


class Remote:
    """The control API, spoken."""

    def __init__(self, session: ClientSession, base: str) -> None:
        self.session = session
        self.base = base

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.base}/_control/{path}") as answer:
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.base}/_control/{path}", json=body) as answer:
            return await answer.json()


@pytest.fixture
async def remote(slack: SlackLookAlike) -> AsyncIterator[Remote]:
    async with ClientSession() as session:
        yield Remote(session, slack.url.removesuffix("/api/"))


async def test_a_conversation_can_be_played_from_outside(
    client: AsyncWebClient, door: Door, remote: Remote
) -> None:
    channel = (await remote.post("channels", name="team"))["id"]
    ana = (await remote.post("people", name="Ana", email="ana@example.org"))["id"]
    button = {"type": "button", "action_id": "unheard", "text": {"type": "plain_text", "text": "Take"}}
    card = await client.chat_postMessage(
        channel=channel, text="card", blocks=[{"type": "actions", "elements": [button]}]
    )
    root = {"channel": channel, "ts": card["ts"]}
    said = await remote.post(f"people/{ana}/types", where=root, text="hello")
    await remote.post(f"people/{ana}/edits", message={"channel": channel, "ts": said["ts"]}, text="hello!")
    await remote.post(f"people/{ana}/reacts", message=root, name="eyes")
    photo = base64.b64encode(b"\x89PNG").decode()
    await remote.post(f"people/{ana}/uploads", where=root, name="a.png", content=photo)
    clicked = await remote.post(f"people/{ana}/clicks", surface=root, action_id="unheard")
    posts = await remote.get(f"posts?channel={channel}&thread_ts={card['ts']}")
    assert [(p["text"], p["edits"]) for p in posts] == [("card", []), ("hello!", ["hello"]), ("", [])]
    assert posts[0]["reactions"][0]["users"] == [ana]
    assert posts[2]["files"][0]["size"] == 4
    assert clicked["status"] == 404  # Bolt has no listener for it
    assert (await remote.get("state"))["people"] == {"Ana": ana}


async def test_what_a_person_sees_is_told(
    slack: SlackLookAlike, client: AsyncWebClient, remote: Remote
) -> None:
    channel, ana = slack.add_channel("team"), slack.add_person("Ana")
    await client.chat_postEphemeral(channel=channel, user=ana.id, text="Send?")
    seen = await remote.get(f"people/{ana.id}")
    assert [m["text"] for m in seen["ephemerals"]] == ["Send?"]
    assert (seen["view"], seen["home"]) == (None, None)


async def test_faults_blocks_and_the_clock_are_set_from_outside(
    slack: SlackLookAlike, client: AsyncWebClient, remote: Remote
) -> None:
    channel = slack.add_channel("team")
    await remote.post("faults", method="chat.postMessage", kind="error", error="restricted_action")
    with pytest.raises(SlackApiError, match="restricted_action"):
        await client.chat_postMessage(channel=channel, text="x")
    await remote.post("limits", method="chat.postMessage", seconds=7)
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postMessage(channel=channel, text="x")
    await remote.post("clock", advance=8)
    await client.chat_postMessage(channel=channel, text="x")
    await remote.post("office/archive", channel=channel)
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=channel, text="x")
    calls = await remote.get("calls?method=chat.postMessage")
    assert [call["status"] for call in calls] == [0, 429, 200, 200]


async def test_mistakes_are_told_and_bad_wishes_answered(
    slack: SlackLookAlike, client: AsyncWebClient, remote: Remote
) -> None:
    with pytest.raises(SlackApiError):
        await client.api_call("chat.shout")
    assert await remote.get("mistakes") == ["chat.shout: no such method here"]
    slack.mistakes.clear()
    ana = slack.add_person("Ana")
    assert "nobody" in (await remote.post(f"people/{ana.id}/__init__"))["error"]


async def test_it_runs_as_a_process_of_its_own_without_limits() -> None:
    line = [
        "-m",
        "tests.providers.slack",
        "--no-limits",
        "--channel",
        "support",
        "--person",
        "Ana:a@b.example",
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *line, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    client = AsyncWebClient("xoxb-look-alike", base_url=told["url"], retry_handlers=[])
    for number in range(20):
        await client.chat_postMessage(channel=told["channels"]["support"], text=str(number))
    assert (await client.users_lookupByEmail(email="a@b.example"))["user"]["id"] == told["people"]["Ana"]
    process.terminate()
    assert await process.wait() == 0
