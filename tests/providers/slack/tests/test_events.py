"""Events and gestures over HTTP, with a real Bolt app at the other end."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import SlackLookAlike
from tests.providers.slack.tests.door import Door


def pushed(slack: SlackLookAlike, count: int) -> bool:
    return len(slack.delivery.pusher.pushes) == count


async def test_what_a_person_types_in_a_thread_is_an_event_with_its_thread(
    slack: SlackLookAlike, client: AsyncWebClient, door: Door
) -> None:
    channel = slack.add_channel("team")
    ana = slack.add_person("Ana")
    root = await client.chat_postMessage(channel=channel, text="card")
    await slack.delivery.settled()
    said = await ana.types(slack.post(channel, root["ts"]), "on its way")
    await slack.delivery.settled()
    event = door.heard[-1]["event"]
    assert (event["text"], event["thread_ts"], event["user"]) == ("on its way", root["ts"], ana.id)
    assert (event["ts"], event["client_msg_id"]) == (said.ts, said.client_msg_id)
    assert "bot_id" not in event


async def test_our_own_posts_and_edits_come_back_with_our_bot_id(
    slack: SlackLookAlike, client: AsyncWebClient, door: Door
) -> None:
    channel = slack.add_channel("team")
    sent = await client.chat_postMessage(channel=channel, text="card")
    await client.chat_update(channel=channel, ts=sent["ts"], text="card 2")
    await client.reactions_add(channel=channel, timestamp=sent["ts"], name="eyes")
    await client.chat_delete(channel=channel, ts=sent["ts"])
    await slack.delivery.settled()
    posted, edited, marked, gone = (e["event"] for e in slack.events)
    assert posted["bot_id"] == slack.space.bot_id
    assert (edited["subtype"], edited["hidden"]) == ("message_changed", True)
    assert edited["message"]["bot_id"] == edited["previous_message"]["bot_id"] == slack.space.bot_id
    assert (edited["previous_message"]["text"], edited["message"]["text"]) == ("card", "card 2")
    assert (marked["type"], marked["user"]) == ("reaction_added", slack.space.bot_user)
    assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", sent["ts"])
    assert len(door.headers) == 4


async def test_an_unfurl_changes_the_message_without_an_edit(slack: SlackLookAlike, door: Door) -> None:
    ana = slack.add_person("Ana")
    said = await ana.types(slack.add_channel("team"), "https://example.org")
    slack.unfurl(said)
    await slack.delivery.settled()
    event = door.heard[-1]["event"]
    assert event["subtype"] == "message_changed"
    assert "edited" not in event["message"]
    assert event["message"]["text"] == event["previous_message"]["text"]


async def test_a_duplicate_is_the_same_event_again(slack: SlackLookAlike, door: Door) -> None:
    ana = slack.add_person("Ana")
    slack.delivery.duplicate(2)
    await ana.types(slack.add_channel("team"), "hello")
    await slack.delivery.settled()
    assert len(door.heard) == 3
    assert len({body["event_id"] for body in door.heard}) == 1


async def test_one_gesture_may_be_seen_as_two_messages_with_one_client_msg_id(
    slack: SlackLookAlike, door: Door
) -> None:
    ana = slack.add_person("Ana")
    await ana.types(slack.add_channel("team"), "hello", twice=True)
    await slack.delivery.settled()
    first, second = (body["event"] for body in door.heard)
    assert first["client_msg_id"] == second["client_msg_id"]
    assert first["ts"] != second["ts"]


async def test_events_can_come_in_any_order(slack: SlackLookAlike, door: Door) -> None:
    channel, ana = slack.add_channel("team"), slack.add_person("Ana")
    slack.delivery.hold()
    for text in "123":
        await ana.types(channel, text)
    await slack.delivery.release([2, 0, 1])
    assert [body["event"]["text"] for body in door.heard] == ["3", "1", "2"]


async def test_an_event_not_taken_comes_again_with_the_number_and_the_reason(
    slack: SlackLookAlike, door: Door
) -> None:
    door.answers += [web.Response(status=500), web.Response(status=404)]
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    for tries, seconds in ((1, 3), (2, 60)):
        await slack.until(partial(pushed, slack, tries + 1))
        slack.clock.advance(seconds)
    await slack.delivery.settled()
    assert [h.get("X-Slack-Retry-Num") for h in door.headers] == [None, "1", "2"]
    assert door.headers[1]["X-Slack-Retry-Reason"] == "http_error"
    assert [body["event"]["text"] for body in door.heard] == ["hello"]


async def test_an_answer_after_three_seconds_counts_as_none(slack: SlackLookAlike, door: Door) -> None:
    door.asleep = asyncio.Event()
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    while not door.headers:
        await asyncio.sleep(0)
    slack.clock.advance(3)
    await slack.until(partial(pushed, slack, 2))
    door.asleep.set()
    slack.clock.advance(3)
    await slack.delivery.settled()
    assert door.headers[1]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_no_retry_is_obeyed(slack: SlackLookAlike, door: Door) -> None:
    door.answers.append(web.Response(status=500, headers={"X-Slack-No-Retry": "1"}))
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    await slack.delivery.settled()
    assert len(door.headers) == 1


@pytest.mark.parametrize("spoil", ["secret", "skew"])
async def test_a_wrong_signature_or_an_old_one_is_refused_by_the_app(
    slack: SlackLookAlike, door: Door, spoil: str
) -> None:
    pusher = slack.delivery.pusher
    pusher.retry_seconds = ()
    if spoil == "secret":
        pusher.secret = "another"
    else:
        pusher.skew = -301
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    await slack.delivery.settled()
    assert pusher.pushes[-1].status == 401
    assert door.heard == []


@pytest.mark.parametrize(
    ("happens", "kind"),
    [
        (lambda s, c: s.archive(c), "channel_archive"),
        (lambda s, c: s.rename(c, "new"), "channel_rename"),
        (lambda s, c: s.share(c), "channel_shared"),
        (lambda s, c: s.remove_bot(c), "member_left_channel"),
        (lambda s, c: s.revoke_tokens(), "tokens_revoked"),
        (lambda s, c: s.uninstall(), "app_uninstalled"),
        (lambda s, c: s.other_bot_posts(c, "x"), "message"),
    ],
    ids=["archive", "rename", "share", "bot removed", "revoked", "uninstalled", "other bot"],
)
async def test_what_the_office_does_is_told(
    slack: SlackLookAlike, door: Door, happens: Callable[[SlackLookAlike, str], object], kind: str
) -> None:
    happens(slack, slack.add_channel("team"))
    await slack.delivery.settled()
    assert slack.events[-1]["event"]["type"] == kind
    assert len(door.headers) == 1


async def test_an_archived_or_left_channel_takes_no_posts(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    archived, left, hidden = (
        slack.add_channel(n, private=n == "hidden") for n in ("archived", "left", "hidden")
    )
    slack.archive(archived)
    slack.remove_bot(left)
    slack.remove_bot(hidden)

    async def error(call: Awaitable[Any]) -> str:
        with pytest.raises(Exception, match="failed") as caught:
            await call
        return str(caught.value.response["error"])  # type: ignore[attr-defined]

    errors = [await error(client.chat_postMessage(channel=c, text="x")) for c in (archived, left, hidden)]
    assert errors == ["is_archived", "not_in_channel", "channel_not_found"]


async def test_a_certificate_check_is_a_form_without_a_command(slack: SlackLookAlike, door: Door) -> None:
    handed = await slack.delivery.ssl_check()
    assert handed.status == 200
    assert door.heard == []


async def test_too_many_events_are_told_without_an_inner_event(slack: SlackLookAlike, door: Door) -> None:
    await slack.delivery.app_rate_limited()
    assert slack.delivery.pusher.pushes[-1].url == door.url
    assert (len(door.headers), door.heard) == (1, [])


async def test_a_reaction_of_a_person_and_its_end_are_told(slack: SlackLookAlike, door: Door) -> None:
    ana, channel = slack.add_person("Ana"), slack.add_channel("team")
    said = await ana.types(channel, "hello")
    await ana.reacts(said, "eyes")
    await ana.unreacts(said, "eyes")
    await slack.delivery.settled()
    kinds = [(b["event"]["type"], b["event"].get("reaction")) for b in slack.events]
    assert kinds == [("message", None), ("reaction_added", "eyes"), ("reaction_removed", "eyes")]
    assert len(door.heard) == 3


async def test_a_stranger_carries_the_other_team_and_a_guest_is_restricted(
    slack: SlackLookAlike, client: AsyncWebClient, door: Door
) -> None:
    channel = slack.add_channel("team")
    stranger = slack.add_person("Eve", team_id="T0ELSEWHERE")
    guest = slack.add_person("Gil", guest=True)
    await stranger.types(channel, "hi")
    await slack.delivery.settled()
    assert door.heard[0]["event"]["user_team"] == "T0ELSEWHERE"
    assert (await client.users_info(user=guest.id))["user"]["is_restricted"] is True


async def test_a_file_over_slack_connect_asks_for_files_info(
    slack: SlackLookAlike, client: AsyncWebClient, door: Door
) -> None:
    ana = slack.add_person("Ana")
    await ana.uploads(slack.add_channel("team"), "a.png", b"\x89PNG", check_info=True)
    await slack.delivery.settled()
    event = door.heard[0]["event"]
    (file,) = event["files"]
    assert (event["subtype"], file["file_access"]) == ("file_share", "check_file_info")
    assert "url_private" not in file
    assert (await client.files_info(file=file["id"]))["file"]["size"] == 4


async def test_a_reply_may_come_as_the_odd_message_replied(
    slack: SlackLookAlike, client: AsyncWebClient, door: Door
) -> None:
    ana, channel = slack.add_person("Ana"), slack.add_channel("team")
    root = await ana.types(channel, "root")
    reply = await ana.types(root, "reply", as_replied=True)
    await slack.delivery.settled()
    event = slack.events[-1]["event"]
    assert (event["subtype"], event["hidden"], event["message"]["ts"]) == ("message_replied", True, root.ts)
    found = await client.conversations_replies(channel=channel, ts=root.ts)
    assert found["messages"][-1]["ts"] == reply.ts
