"""What is posted into the look-alike Slack, and what its answers mean."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bots.channel import Attachment, Channel, Hook, MediaOut, MessageIn, MessageOut
from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from tests.bots.slackconnect.case import CASE
from tests.bots.slackconnect.provider import Shared, shared
from tests.providers.slack.faults import Fault
from tests.providers.slack.state import Message


@pytest.fixture
async def slack() -> AsyncIterator[Shared]:
    async with shared() as one:
        yield one


@pytest.fixture
async def channel(slack: Shared) -> AsyncIterator[Channel]:
    opened = CASE.open(**slack.section)
    yield opened
    await opened.stop()


def out(slack: Shared, text: str = "Hello", to: Message | None = None, key: str = "reply:1:1") -> MessageOut:
    reply_to = f"{to.channel}:{to.ts}" if to else ""
    return MessageOut(
        key=key, address=slack.address, text=text, reply_to=reply_to, owed_at=datetime.now(UTC), by_agent=True
    )


def picture(folder: Path, name: str = "a.png") -> MediaOut:
    path = folder / name
    path.write_bytes(b"png")
    return MediaOut(name=name, content_type="image/png", size=3, path=path, url="https://x.example/a")


async def test_an_answer_stands_in_the_thread_of_what_it_answers(channel: Channel, slack: Shared) -> None:
    asked = await slack.ana.types(slack.channel, "Where is it?")
    sent = await channel.send(out(slack, "*On* its <way> &", asked))
    [_, answer] = slack.slack.posts(slack.channel, asked.ts)
    assert (answer.text, sent.external_id) == ("*On* its &lt;way&gt; &amp;", f"{slack.channel}:{answer.ts}")


async def test_an_answer_to_a_reply_stands_in_its_thread(channel: Channel, slack: Shared) -> None:
    asked = await slack.ana.types(slack.channel, "Where is it?")
    again = await slack.ana.types(asked, "Hello?")
    await channel.send(out(slack, "Here", again))
    assert [one.text for one in slack.slack.posts(slack.channel, asked.ts)] == [
        "Where is it?",
        "Hello?",
        "Here",
    ]


async def test_an_answer_to_what_was_taken_back_stands_in_the_channel(
    channel: Channel, slack: Shared
) -> None:
    asked = await slack.ana.types(slack.channel, "Where is it?")
    await slack.ana.deletes(asked)
    await channel.send(out(slack, "Here", asked))
    assert [(one.text, one.thread_ts) for one in slack.slack.posts(slack.channel)] == [("Here", None)]


async def test_a_direct_message_is_answered_below_it_or_in_its_thread(
    channel: Channel, slack: Shared
) -> None:
    place = slack.slack.space.direct(slack.ana.id).id
    asked = await slack.ana.types(place, "Hello")
    there = replace(out(slack, "Hi", asked), address=f"slackconnect:T0THEIRS/{slack.ana.id}/{place}")
    await channel.send(there)
    asked_in = await slack.ana.types(asked, "and this?")
    await channel.send(replace(there, reply_to=f"{place}:{asked_in.ts}", key="reply:1:2"))
    ours = [one.thread_ts for one in slack.slack.posts(place) if one.bot_id]
    assert ours == [None, asked.ts]


async def test_a_person_without_a_place_is_written_to_directly(channel: Channel, slack: Shared) -> None:
    message = replace(out(slack), address=f"slackconnect:T0THEIRS/{slack.ana.id}")
    sent = await channel.send(message)
    place = slack.slack.space.direct(slack.ana.id).id
    assert sent.external_id.startswith(f"{place}:")
    assert await channel.look_up(message) == sent


@pytest.mark.parametrize("threaded", [True, False], ids=["thread", "channel"])
async def test_a_lost_answer_is_found_by_its_key(channel: Channel, slack: Shared, threaded: bool) -> None:
    asked = await slack.ana.types(slack.channel, "Where is it?") if threaded else None
    slack.slack.fault("chat.postMessage", Fault.cut_after_accepting())
    with pytest.raises(Uncertain):
        await channel.send(out(slack, "Hello", asked))
    await channel.send(out(slack, "Hello", asked, key="reply:1:2"))
    found = await channel.look_up(out(slack, "Hello", asked))
    first = next(one for one in slack.slack.posts(slack.channel) if one.bot_id)
    assert found is not None
    assert found.external_id == f"{slack.channel}:{first.ts}"
    assert await channel.look_up(out(slack, "Hello", asked, key="reply:9:9")) is None


async def test_files_are_shared_with_the_words_in_the_thread(
    channel: Channel, slack: Shared, tmp_path: Path
) -> None:
    asked = await slack.ana.types(slack.channel, "Where is it?")
    message = replace(out(slack, "Look", asked), media=(picture(tmp_path), picture(tmp_path, "b.png")))
    sent = await channel.send(message)
    [_, answer] = slack.slack.posts(slack.channel, asked.ts)
    assert (answer.text, [file.name for file in answer.files]) == ("Look", ["a.png", "b.png"])
    assert [file.content for file in answer.files] == [b"png", b"png"]
    assert sent.external_id == f"{slack.channel}:{answer.ts}"
    assert await channel.look_up(message) == sent


async def test_a_lost_upload_may_go_again_and_a_lost_share_may_not(
    channel: Channel, slack: Shared, tmp_path: Path
) -> None:
    message = replace(out(slack, "Look"), media=(picture(tmp_path),))
    slack.slack.fault("upload", Fault.answers(500))
    with pytest.raises(Unreachable):
        await channel.send(message)
    slack.slack.fault("files.completeUploadExternal", Fault.cut_after_accepting())
    with pytest.raises(Uncertain):
        await channel.send(message)
    assert await channel.look_up(message) is not None


async def test_a_sent_message_is_changed_and_taken_back(channel: Channel, slack: Shared) -> None:
    sent = await channel.send(out(slack))
    await channel.edit(sent.external_id, out(slack, "Hello <you>"))
    [message] = slack.slack.posts(slack.channel)
    assert message.text == "Hello &lt;you&gt;"
    await channel.delete(sent.external_id, slack.address)
    await channel.delete(sent.external_id, slack.address)
    assert slack.slack.posts(slack.channel) == []


async def test_a_reaction_is_put_on_and_taken_off(channel: Channel, slack: Shared) -> None:
    asked = await slack.ana.types(slack.channel, "Thank you")
    await slack.ana.reacts(asked, "wave")
    place = f"{asked.channel}:{asked.ts}"
    for reaction in channel.spec.reactions:
        await channel.react(place, slack.address, reaction)
    await channel.react(place, slack.address, "👍")
    assert len(asked.reactions) == 1 + len(channel.spec.reactions)
    await channel.react(place, slack.address, "")
    assert asked.reactions == {"wave": [slack.ana.id]}


ERRORS: list[Any] = [
    (Fault.throttled(7), Throttled, "slow down"),
    (Fault.refuses("ratelimited"), Throttled, "slow down"),
    (Fault.refuses("invalid_auth"), Misconfigured, "token"),
    (Fault.refuses("missing_scope"), Misconfigured, "scope"),
    (Fault.refuses("is_archived"), Refused, "archived"),
    (Fault.refuses("some_new_code"), Refused, "some new code"),
    (Fault.refuses("fatal_error", accepted=True), Uncertain, "may have done it"),
    (Fault(kind="html"), Uncertain, "may have done it"),
    (Fault(kind="half", accepted=True), Uncertain, "cut"),
    (Fault.answers(500), Uncertain, "500"),
    (Fault.answers(401), Misconfigured, "token"),
]


@pytest.mark.parametrize(("fault", "kind", "words"), ERRORS)
async def test_what_slack_says_has_its_verdict(
    channel: Channel, slack: Shared, fault: Fault, kind: type[ChannelError], words: str
) -> None:
    slack.slack.fault("chat.postMessage", fault)
    with pytest.raises(kind) as raised:
        await channel.send(out(slack))
    assert words in raised.value.reason


async def test_a_lost_thread_is_asked_for_again_before_anything_is_sent(
    channel: Channel, slack: Shared
) -> None:
    asked = await slack.ana.types(slack.channel, "Where is it?")
    slack.slack.fault("conversations.replies", Fault.cut_before_accepting(times=2))
    with pytest.raises(Unreachable):
        await channel.send(out(slack, "Here", asked))
    assert slack.texts() == []


@pytest.mark.parametrize("info_first", [False, True], ids=["ours", "of another workspace"])
async def test_a_customer_s_file_is_fetched(channel: Channel, slack: Shared, info_first: bool) -> None:
    await slack.slack.subscribe("http://127.0.0.1:9/none", verify=False)
    slack.slack.delivery.hold()
    await slack.ana.uploads(slack.channel, "a.png", b"picture", text="see", check_info=info_first)
    hook = signed(slack, slack.slack.events[-1])
    [message] = channel.read(hook).events
    assert isinstance(message, MessageIn)
    [file] = message.attachments
    assert b"".join([chunk async for chunk in channel.fetch(file)]) == b"picture"


async def test_a_page_to_sign_in_is_no_file(channel: Channel, slack: Shared) -> None:
    posted = await slack.ana.uploads(slack.channel, "a.png", b"picture", serves="html")
    url = f"{slack.section['files_origin']}/files-pri/T0TIDINGS1-{posted.files[0].id}/a.png"
    with pytest.raises(Misconfigured, match="files:read"):
        _ = [
            chunk
            async for chunk in channel.fetch(Attachment(kind="image", ref=url, content_type="image/png"))
        ]


def signed(slack: Shared, event: dict[str, Any]) -> Hook:
    import json

    from tests.bots.slackconnect.hooks import hook_of

    return hook_of(json.dumps(event).encode(), secret=slack.slack.signing_secret)


async def test_by_socket_events_come_sealed_and_named(slack: Shared) -> None:
    channel = CASE.open(**slack.section, app_token=slack.slack.app_token, retry_seconds=0.05)
    kept: list[Hook] = []

    async def keep(hook: Hook) -> None:
        kept.append(hook)

    await channel.start("https://x.example/hooks/slackconnect", keep)
    try:
        await slack.slack.until(lambda: slack.slack.sockets.connects)
        await slack.ana.types(slack.channel, "one")
        await slack.slack.delivery.settled()
        await slack.slack.sockets.disconnect("refresh_requested")
        await slack.slack.until(lambda: len(slack.slack.called("apps.connections.open")) > 1)
        await slack.ana.types(slack.channel, "two")
        await slack.slack.delivery.settled()
    finally:
        await channel.stop()
    messages = [event for hook in kept for event in channel.read(hook).events]
    assert [(one.text, one.sender_name) for one in messages if isinstance(one, MessageIn)] == [
        ("one", "Ana"),
        ("two", "Ana"),
    ]
    assert all("x-slack-signature" not in hook.headers for hook in kept)


async def test_an_event_that_could_not_be_kept_comes_again(slack: Shared) -> None:
    channel = CASE.open(**slack.section, app_token=slack.slack.app_token, retry_seconds=0.05)
    tries = 0
    kept = asyncio.Event()

    async def keep(hook: Hook) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Unreachable("the database is away")
        kept.set()

    await channel.start("", keep)
    try:
        await slack.slack.until(lambda: slack.slack.sockets.connects)
        await slack.ana.types(slack.channel, "one")
        await asyncio.wait_for(kept.wait(), 20)
    finally:
        await channel.stop()


async def test_a_name_that_could_not_be_asked_for_is_asked_for_again(slack: Shared) -> None:
    channel = CASE.open(**slack.section, app_token=slack.slack.app_token, retry_seconds=0.05)
    kept: list[Hook] = []

    async def keep(hook: Hook) -> None:
        kept.append(hook)

    slack.slack.fault("users.info", Fault.throttled(1))
    await channel.start("", keep)
    try:
        await slack.slack.until(lambda: slack.slack.sockets.connects)
        for text in ("one", "two", "three"):
            await slack.ana.types(slack.channel, text)
            await slack.slack.delivery.settled()
    finally:
        await channel.stop()
    said = [event for hook in kept for event in channel.read(hook).events if isinstance(event, MessageIn)]
    assert [bool(one.sender_name) for one in said] == [False, True, True]
    assert len(slack.slack.called("users.info")) == 2


async def test_a_wrong_token_is_said_at_the_start(slack: Shared) -> None:
    section = {**slack.section, "bot_token": "xoxb-wrong", "app_token": slack.slack.app_token}
    channel = CASE.open(**section)

    async def keep(hook: Hook) -> None:
        raise AssertionError

    with pytest.raises(Misconfigured, match="token"):
        await channel.start("", keep)


async def test_over_http_slack_s_signature_and_challenge_are_taken(slack: Shared) -> None:
    from aiohttp import web

    channel = CASE.open(**slack.section)
    texts: list[str] = []

    async def door(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        hook = Hook(method="POST", url="x", headers=headers, body=body, received_at=datetime.now(UTC))
        reading = channel.read(hook)
        texts.extend(event.text for event in reading.events if isinstance(event, MessageIn))
        return web.Response(text=reading.response.body)

    app = web.Application()
    app.add_routes([web.post("/hooks/slackconnect", door)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        await slack.slack.subscribe(f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/slackconnect")
        await slack.ana.types(slack.channel, "one")
        await channel.send(out(slack))
        await slack.slack.delivery.settled()
    finally:
        await channel.stop()
        await runner.cleanup()
    assert texts == ["one"]
