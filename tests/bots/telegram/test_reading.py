"""What each kind of update says."""

import json
from datetime import timedelta
from typing import Any

import pytest
import telegram

from bots.channel import ConsentChanged, Deleted, Edited, MessageIn, Reacted
from tests.bots.telegram.updates import ANA, CHAT, NOW, SAID, message, only, reading, update


def test_a_text_is_a_message_with_all_that_was_said_about_it() -> None:
    body = update(text="Hello", reply_to_message=message() | {"message_id": 11}, media_group_id="77")
    assert only(body) == MessageIn(
        address="telegram:7", external_id="7:15", text="Hello", sent_at=SAID, sender_name="Ana Lima",
        language="pt", reply_to="7:11", group="77", raw=body,
    )  # fmt: skip


def test_our_reading_agrees_with_the_sdks() -> None:
    body = update(text="Olá 👋", reply_to_message=message(text="x") | {"message_id": 11})
    ours, theirs = only(body), telegram.Update.de_json(body, None).message
    assert isinstance(ours, MessageIn)
    assert theirs is not None
    assert theirs.from_user is not None
    assert theirs.reply_to_message is not None
    assert ours.text == theirs.text
    assert ours.external_id == f"{theirs.chat.id}:{theirs.message_id}"
    assert ours.reply_to == f"{theirs.chat.id}:{theirs.reply_to_message.message_id}"
    assert ours.sender_name == theirs.from_user.full_name
    assert ours.language == theirs.from_user.language_code
    assert ours.sent_at == theirs.date


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ({"first_name": "Ana"}, "Ana"),
        ({"first_name": "Ana", "last_name": "Lima"}, "Ana Lima"),
        ({"username": "ana"}, "ana"),
        ({}, ""),
    ],
)
def test_a_sender_is_named_by_what_they_gave(person: dict[str, str], name: str) -> None:
    said = only(
        update(text="x") | {"message": message(text="x") | {"from": {"id": 7, "is_bot": False, **person}}}
    )
    assert isinstance(said, MessageIn)
    assert said.sender_name == name


@pytest.mark.parametrize(
    "change", [{"text": "new words"}, {"caption": "new words", "photo": [{"file_id": "p"}]}]
)
def test_an_edit_names_the_message_and_its_new_words(change: dict[str, Any]) -> None:
    edited_at = SAID + timedelta(seconds=30)
    body = update("edited_message", **change, edit_date=int(edited_at.timestamp()))
    assert only(body) == Edited(address="telegram:7", external_id="7:15", text="new words", sent_at=edited_at)


def test_a_live_location_that_moves_does_not_blank_its_message() -> None:
    assert reading(update("edited_message", location={"latitude": 1.0, "longitude": 2.0})).events == ()


@pytest.mark.parametrize(
    ("new", "emoji"),
    [
        ([{"type": "emoji", "emoji": "❤️"}], "❤️"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "🔥"}], "👍🔥"),
        ([{"type": "paid"}], "⭐"),
        ([{"type": "custom_emoji", "custom_emoji_id": "5"}], "▫️"),
        ([], ""),
    ],
    ids=["one", "two", "paid", "custom", "taken back"],
)
def test_a_reaction_names_its_message(new: list[dict[str, str]], emoji: str) -> None:
    value = {"chat": CHAT, "message_id": 9, "user": ANA, "date": int(SAID.timestamp()), "old_reaction": []}
    body = {"update_id": 1, "message_reaction": {**value, "new_reaction": new}}
    assert only(body) == Reacted(address="telegram:7", external_id="7:9", emoji=emoji, sent_at=SAID)


def pressed(**query: Any) -> dict[str, Any]:
    keyboard = [[{"text": "No", "callback_data": "n"}], [{"text": "Yes, please", "callback_data": "y"}]]
    under = message(text="Sure?", reply_markup={"inline_keyboard": keyboard})
    return {
        "update_id": 1,
        "callback_query": {"id": "555", "from": ANA, "message": under, "data": "y"} | query,
    }


@pytest.mark.parametrize(
    ("query", "text", "reply_to"),
    [
        ({}, "Yes, please", "7:15"),
        ({"data": "gone"}, "gone", "7:15"),
        ({"message": {"chat": CHAT, "message_id": 3, "date": 0}}, "y", "7:3"),
        ({"message": None}, "y", ""),
        ({"data": None}, "[button]", "7:15"),
    ],
    ids=["label", "label gone", "inaccessible message", "no message", "no data"],
)
def test_a_button_says_its_label(query: dict[str, Any], text: str, reply_to: str) -> None:
    said = only(pressed(**query))
    assert isinstance(said, MessageIn)
    assert (said.address, said.external_id) == ("telegram:7", "cb:555")
    assert (said.text, said.reply_to, said.sent_at) == (text, reply_to, NOW)


def test_the_answer_to_a_buttons_hook_stops_its_spinner() -> None:
    response = reading(pressed()).response
    assert response.content_type == "application/json"
    assert json.loads(response.body) == {"method": "answerCallbackQuery", "callback_query_id": "555"}


def member(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    bot = {"user": {"id": 42, "is_bot": True, "first_name": "Bot"}, "status": status}
    value = {
        "chat": chat,
        "from": ANA,
        "date": int(SAID.timestamp()),
        "old_chat_member": bot,
        "new_chat_member": bot,
    }
    return {"update_id": 4, "my_chat_member": value}


@pytest.mark.parametrize(
    ("status", "word", "source"),
    [("kicked", "stop", "telegram: blocked"), ("member", "start", "telegram: unblocked")],
)
def test_blocking_the_bot_takes_consent_back(status: str, word: Any, source: str) -> None:
    said = only(member(status))
    assert isinstance(said, ConsentChanged)
    assert (said.address, said.word, said.source, said.sent_at) == ("telegram:7", word, source, SAID)
    assert only(member(status)) == said, "the same hook twice is the same change"


@pytest.mark.parametrize("text", ["/start", "/start campaign_7"])
def test_start_is_consent_and_a_message(text: str) -> None:
    consent, said = reading(update(text=text)).events
    assert isinstance(consent, ConsentChanged)
    assert (consent.word, consent.external_id) == ("start", "start:7:15")
    assert isinstance(said, MessageIn)
    assert said.text == text


GROUP = {"id": -100, "type": "supergroup", "title": "G"}


@pytest.mark.parametrize(
    ("body", "skipped"),
    [
        ({"update_id": 1, "message": message(text="x") | {"chat": GROUP}}, "message in a supergroup"),
        (
            {"update_id": 1, "edited_message": message(text="x") | {"chat": GROUP}},
            "edited_message in a supergroup",
        ),
        ({"update_id": 1, "channel_post": message(text="x")}, "channel_post"),
        ({"update_id": 1, "inline_query": {"id": "1"}}, "inline_query"),
        ({"update_id": 1, "from_the_future": 5}, "from_the_future"),
        ({"update_id": 1}, "empty update"),
        (member("kicked", GROUP), "my_chat_member in a supergroup"),
        (member("restricted"), "my_chat_member: restricted"),
        (update(pinned_message=message()), "message: pinned_message"),
        (pressed(message=message() | {"chat": GROUP}), "callback_query in a supergroup"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_customers_word_is_named_and_passed_over(body: Any, skipped: str) -> None:
    found = reading(body)
    assert found.events == ()
    assert found.skipped == (skipped,)


def test_business_messages_are_read_under_their_connections_own_numbers() -> None:
    body = update("business_message", text="hi", business_connection_id="B1")
    assert [event.external_id for event in reading(body).events if isinstance(event, MessageIn)] == [
        "7:15:B1"
    ]
    ours = body | {"business_message": body["business_message"] | {"from": {"id": 42, "is_bot": False}}}
    assert reading(ours).skipped == ("business_message of our own",)
    gone = {
        "update_id": 2,
        "deleted_business_messages": {"chat": CHAT, "business_connection_id": "B1", "message_ids": [15, 16]},
    }
    assert [event.external_id for event in reading(gone).events if isinstance(event, Deleted)] == [
        "7:15:B1",
        "7:16:B1",
    ]
