"""Block Kit is checked as at Slack: what is too long, misplaced or misspelt is refused and named."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import SlackLookAlike
from tests.providers.slack.blocks import block_faults

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "block_id": "who", "text": {"type": "mrkdwn", "text": "x"}, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "take", "text": plain("Take"), "value": "cv_1|1", **more}


def option(value: str = "a", text: str = "A") -> Json:
    return {"text": plain(text), "value": value}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "do", "elements": list(elements)}


CARD = [
    section(accessory=button(action_id="profile", accessibility_label="Open the profile")),
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Owner*\nnobody"}] * 10},
    actions(button(style="primary"), {"type": "overflow", "action_id": "more", "options": [option()] * 5}),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "cv_1"}]},
    {"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "<!channel> & *bold*", "style": {"bold": True}},
            {"type": "link", "url": "https://example.org"},
        ]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
    ]},
    {"type": "header", "text": plain("h" * 150)},
    {"type": "divider"},
    {"type": "actions", "block_id": "to", "elements": [
        {"type": "external_select", "action_id": "to", "min_query_length": 1, "placeholder": plain("who")},
    ]},
]  # fmt: skip

FAULTS: list[tuple[str, list[Json], str]] = [
    ("51 blocks", [{"type": "divider"}] * 51, "no more than 50 items"),
    ("unknown type", [{"type": "carousel2"}], "unsupported type: carousel2"),
    ("section of 3,001", [section(text=plain("x" * 3001))], "'who': must have at most 3000"),
    ("empty text", [section(text=plain(""))], "at least 1 characters"),
    ("section without words", [{"type": "section"}], "one of text or fields is required"),
    ("eleven fields", [section(fields=[plain("x")] * 11)], "must have at most 10 items"),
    ("field of 2,001", [section(fields=[plain("x" * 2001)])], "/blocks/0/fields/0/text"),
    ("header of 151", [{"type": "header", "text": plain("x" * 151)}], "header: must have at most 150"),
    ("header in mrkdwn", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "must be plain_text"),
    ("26 actions", [actions(*(button(action_id=str(n)) for n in range(26)))], "'do': must have at most 25"),
    ("button of 76", [actions(button(text=plain("x" * 76)))], "must have at most 75"),
    ("value of 2,001", [actions(button(value="x" * 2001))], "must have at most 2000"),
    ("button style", [actions(button(style="green"))], "must be primary or danger"),
    ("misspelt key", [actions(button(acton_id="x"))], "invalid additional property: acton_id"),
    ("twice one action", [actions(button(), button())], "action_id 'take' already exists"),
    ("twice one block", [section(), section()], "block_id 'who' already exists"),
    ("six in overflow", [actions({"type": "overflow", "options": [option()] * 6})], "must have at most 5"),
    ("option of 76", [actions({"type": "overflow", "options": [option(text="x" * 76)]})], "most 75"),
    ("option value of 151", [actions({"type": "overflow", "options": [option("x" * 151)]})], "most 150"),
    ("101 options", [actions({"type": "static_select", "options": [option()] * 101})], "at most 100"),
    ("eleven in context", [{"type": "context", "elements": [plain("x")] * 11}], "must have at most 10 items"),
    ("button in context", [{"type": "context", "elements": [button()]}], "unsupported element: button"),
    ("input in actions", [actions({"type": "plain_text_input"})], "unsupported element: plain_text_input"),
    ("image without alt", [{"type": "image", "image_url": "https://a.example/b.png"}], "field: alt_text"),
    ("unknown file", [{"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}}], "invalid slack file"),
    ("confirm of 301", [actions(button(confirm={"title": plain("t"), "text": plain("x" * 301),
     "confirm": plain("y"), "deny": plain("n")}))], "must have at most 300"),
    ("empty rich text", [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "text", "text": ""}]}]}], "at least 1 characters"),
]  # fmt: skip


def test_a_whole_card_is_taken() -> None:
    assert block_faults(CARD, surface="message", image_known=lambda _: False) == []


@pytest.mark.parametrize(("blocks", "sentence"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
async def test_a_fault_is_refused_and_named(
    slack: SlackLookAlike, client: AsyncWebClient, blocks: list[Json], sentence: str
) -> None:
    channel = slack.add_channel("team")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="x", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    assert any(sentence in said for said in caught.value.response["response_metadata"]["messages"])
    assert slack.posts(channel) == []


async def test_too_much_text_in_all_blocks_together_is_too_long(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("team")
    blocks = [{"type": "section", "text": plain("x" * 2900)}] * 5
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        await client.chat_postMessage(channel=channel, text="x", blocks=blocks)
