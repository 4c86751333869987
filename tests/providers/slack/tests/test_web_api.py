"""The real AsyncWebClient finds in the look-alike what it would find at Slack."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import SlackLookAlike

Calls = Callable[[AsyncWebClient, str, str], Awaitable[Any]]


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_auth_test_names_the_workspace_and_the_bot(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["bot_id"]) == (slack.team_id, slack.space.bot_id)


async def test_a_reply_stands_in_its_thread_and_metadata_is_shown_only_on_demand(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("team")
    metadata = {"event_type": "tidings_card", "event_payload": {"key": "card:1"}}
    root = await client.chat_postMessage(channel=channel, text="Maria", metadata=metadata)
    reply = await client.chat_postMessage(channel=channel, text="hello", thread_ts=root["ts"])
    other = await client.chat_postMessage(channel=channel, text="another")

    assert [m.text for m in slack.posts(channel, root["ts"])] == ["Maria", "hello"]
    assert root["ts"] < reply["ts"] < other["ts"]
    plain = await client.conversations_replies(channel=channel, ts=root["ts"])
    full = await client.conversations_replies(channel=channel, ts=root["ts"], include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][0]["reply_count"] == 1
    newest_first = await client.conversations_history(channel=channel)
    assert [m["text"] for m in newest_first["messages"]] == ["another", "Maria"]


async def test_history_comes_in_pages_and_between_times(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("team")
    sent = [(await client.chat_postMessage(channel=channel, text=str(n)))["ts"] for n in range(5)]
    first = await client.conversations_history(channel=channel, limit=2)
    second = await client.conversations_history(
        channel=channel, limit=2, cursor=first["response_metadata"]["next_cursor"]
    )
    since = await client.conversations_history(channel=channel, oldest=sent[3])
    assert [m["text"] for m in (*first["messages"], *second["messages"])] == ["4", "3", "2", "1"]
    assert [m["text"] for m in since["messages"]] == ["4"]


async def test_an_update_replaces_the_blocks_and_keeps_the_old_text(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("team")
    sent = await client.chat_postMessage(channel=channel, text="one", blocks=[{"type": "divider"}])
    await client.chat_update(channel=channel, ts=sent["ts"], text="two")
    post = slack.post(channel, sent["ts"])
    assert (post.text, post.blocks, post.edits) == ("two", [], ["one"])


async def test_a_deleted_post_is_gone(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    channel = slack.add_channel("team")
    sent = await client.chat_postMessage(channel=channel, text="one")
    await client.chat_delete(channel=channel, ts=sent["ts"])
    assert slack.posts(channel) == []
    assert await refusal(client.chat_delete(channel=channel, ts=sent["ts"])) == "message_not_found"


async def test_a_mark_is_put_once_and_taken_once(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    channel = slack.add_channel("team")
    ts = (await client.chat_postMessage(channel=channel, text="one"))["ts"]
    await client.reactions_add(channel=channel, name="eyes", timestamp=ts)
    assert slack.post(channel, ts).reactions == {"eyes": [slack.space.bot_user]}
    twice = client.reactions_add(channel=channel, name="eyes", timestamp=ts)
    assert await refusal(twice) == "already_reacted"
    await client.reactions_remove(channel=channel, name="eyes", timestamp=ts)
    assert slack.post(channel, ts).reactions == {}
    again = client.reactions_remove(channel=channel, name="eyes", timestamp=ts)
    assert await refusal(again) == "no_reaction"


async def test_an_e_mail_is_shown_only_with_its_scope_and_only_of_our_people(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    ana = slack.add_person("Ana", email="ana@example.org", locale="pt-PT")
    eve = slack.add_person("Eve", email="eve@example.org", team_id="T0ELSEWHERE")
    shown = (await client.users_info(user=ana.id, include_locale=True))["user"]
    assert (shown["profile"]["email"], shown["locale"]) == ("ana@example.org", "pt-PT")
    stranger = (await client.users_info(user=eve.id))["user"]
    assert stranger["team_id"] == "T0ELSEWHERE"
    assert "email" not in stranger["profile"]
    assert (await client.users_lookupByEmail(email="ANA@example.org"))["user"]["id"] == ana.id
    slack.space.scopes.remove("users:read.email")
    assert "email" not in (await client.users_info(user=ana.id))["user"]["profile"]


async def test_a_file_goes_up_into_a_thread_and_comes_down_only_with_the_token(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("team", private=True)
    root = (await client.chat_postMessage(channel=channel, text="card"))["ts"]
    answer = await client.files_upload_v2(
        channel=channel, thread_ts=root, filename="a.pdf", title="A", content=b"%PDF-1.7"
    )
    assert set(answer["files"][0]) == {"id", "title"}
    file = (await client.files_info(file=answer["files"][0]["id"]))["file"]
    share = file["shares"]["private"][channel][0]
    assert share["thread_ts"] == root
    assert slack.post(channel, share["ts"]).files[0].content == b"%PDF-1.7"
    async with ClientSession() as session:
        bearer = {"Authorization": f"Bearer {slack.bot_token}"}
        async with session.get(file["url_private_download"], headers=bearer) as right:
            assert await right.read() == b"%PDF-1.7"
        async with session.get(file["url_private_download"]) as wrong:
            assert wrong.content_type == "text/html"


async def test_an_uploaded_image_may_stand_in_a_block_of_our_own_post(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("team")
    file_id = (await client.files_upload_v2(filename="p.png", content=b"\x89PNG"))["files"][0]["id"]
    block = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "photo from Maria"}
    sent = await client.chat_postMessage(channel=channel, text="photo", blocks=[block])
    assert slack.post(channel, sent["ts"]).blocks == [block]
    unknown = {**block, "slack_file": {"id": "F404"}}
    call = client.chat_postMessage(channel=channel, text="photo", blocks=[unknown])
    assert await refusal(call) == "invalid_blocks"


async def test_a_thread_outlives_its_root(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    channel = slack.add_channel("team")
    root = (await client.chat_postMessage(channel=channel, text="root"))["ts"]
    for text in ("one", "two"):
        reply = (await client.chat_postMessage(channel=channel, text=text, thread_ts=root))["ts"]
    await client.chat_delete(channel=channel, ts=root)
    await client.chat_delete(channel=channel, ts=reply)
    found = await client.conversations_replies(channel=channel, ts=root)
    assert [m["text"] for m in found["messages"]] == ["one"]


REFUSALS: list[tuple[str, str, Calls]] = [
    ("not there", "channel_not_found", lambda c, _, __: c.chat_postMessage(channel="C404", text="x")),
    ("no words", "no_text", lambda c, ch, _: c.chat_postMessage(channel=ch, text="")),
    ("thread gone", "thread_not_found",
     lambda c, ch, _: c.chat_postMessage(channel=ch, text="x", thread_ts="1.000001")),
    ("message gone", "message_not_found",
     lambda c, ch, _: c.chat_update(channel=ch, ts="1.000001", text="x")),
    ("update too long", "msg_too_long", lambda c, ch, ts: c.chat_update(channel=ch, ts=ts, text="x" * 4001)),
    ("nobody", "user_not_found", lambda c, _, __: c.users_info(user="U404")),
    ("no such thread", "thread_not_found",
     lambda c, ch, _: c.conversations_replies(channel=ch, ts="1.000001")),
    ("file gone", "file_not_found", lambda c, _, __: c.files_info(file="F404")),
]  # fmt: skip


@pytest.mark.parametrize(("error", "call"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS])
async def test_what_slack_refuses_is_refused(
    slack: SlackLookAlike, client: AsyncWebClient, error: str, call: Calls
) -> None:
    channel = slack.add_channel("team")
    ts = (await client.chat_postMessage(channel=channel, text="one"))["ts"]
    assert await refusal(call(client, channel, ts)) == error


async def test_a_post_of_somebody_else_cannot_be_changed(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("team")
    ts = (await client.chat_postMessage(channel=channel, text="one"))["ts"]
    slack.post(channel, ts).bot_id = "B0OLDAPP"
    assert await refusal(client.chat_update(channel=channel, ts=ts, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel=channel, ts=ts)) == "cant_delete_message"


@pytest.mark.parametrize(
    ("scope", "needed", "call"),
    [
        ("chat:write", "chat:write", lambda c, ch, _: c.chat_postMessage(channel=ch, text="x")),
        ("groups:history", "groups:history", lambda c, ch, ts: c.conversations_replies(channel=ch, ts=ts)),
        ("groups:read", "groups:read", lambda c, ch, _: c.conversations_info(channel=ch)),
        ("reactions:write", "reactions:write",
         lambda c, ch, ts: c.reactions_add(channel=ch, timestamp=ts, name="eyes")),
    ],
    ids=["posting", "reading a private thread", "looking at a private channel", "marking"],
)  # fmt: skip
async def test_a_missing_scope_is_named(
    slack: SlackLookAlike, client: AsyncWebClient, scope: str, needed: str, call: Calls
) -> None:
    channel = slack.add_channel("team", private=True)
    ts = (await client.chat_postMessage(channel=channel, text="one"))["ts"]
    slack.space.scopes.remove(scope)
    with pytest.raises(SlackApiError) as caught:
        await call(client, channel, ts)
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == needed
    assert needed not in caught.value.response["provided"].split(",")


async def test_each_token_opens_only_its_own_doors(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    assert url.startswith("ws://127.0.0.1:")
    assert await refusal(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await refusal(client.auth_test(token=slack.app_token)) == "not_allowed_token_type"
    assert await refusal(client.auth_test(token="xoxb-other")) == "invalid_auth"


async def test_an_unknown_method_or_argument_fails_the_test() -> None:
    async def misuse() -> None:
        async with SlackLookAlike() as slack:
            client = AsyncWebClient(slack.bot_token, base_url=slack.url)
            assert await refusal(client.admin_users_list()) == "unknown_method"
            wrong = client.chat_postMessage(channel="C1", text="x", username="me")
            assert await refusal(wrong) == "invalid_arguments"

    with pytest.raises(AssertionError, match=r"admin.users.list.*unknown arguments username"):
        await misuse()
