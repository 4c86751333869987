"""What customers do at LINE, as events."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bots.channel import ConsentChanged, Deleted, MessageIn
from bots.errors import BadSignature, Malformed
from tests.bots.line.case import CASE
from tests.bots.line.hooks import AT, GROUP, NOW, OLD_SECRET, USER, body, event, hook, message

SENT_AT = datetime.fromtimestamp(AT / 1000, UTC)


def only(*events: Any) -> Any:
    reading = CASE.open().read(hook(body(*events)))
    (found,) = reading.events
    return found


def test_a_text_is_who_said_it_when_and_to_what() -> None:
    said = only(message(text="Where is it? (hello)", quotedMessageId="77", quoteToken="q"))
    assert isinstance(said, MessageIn)
    assert (said.address, said.external_id) == (f"line:{USER}", "468789577898262530")
    assert (said.text, said.reply_to, said.sent_at) == ("Where is it? (hello)", "77", SENT_AT)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ({"type": "user", "userId": USER}, f"line:{USER}"),
        ({"type": "group", "groupId": GROUP, "userId": USER}, f"line:{GROUP}"),
        ({"type": "group", "groupId": GROUP}, f"line:{GROUP}"),
        ({"type": "room", "roomId": "R1"}, "line:R1"),
    ],
    ids=["a person", "a group", "a group, the sender not told", "a room"],
)
def test_the_address_is_where_an_answer_goes(source: Any, address: str) -> None:
    assert only({**message(text="x"), "source": source}).address == address


@pytest.mark.parametrize(
    "source", [None, {}, {"type": "user"}, {"type": "user", "userId": 4}, {"type": ["user"]}, "user"]
)
def test_what_nobody_said_is_passed_over(source: Any) -> None:
    reading = CASE.open().read(hook(body({**message(text="x"), "source": source})))
    assert (reading.events, reading.skipped) == ((), ("message of nobody",))


@pytest.mark.parametrize(
    ("said", "kind", "ref", "name"),
    [
        (message("image", contentProvider={"type": "line"}), "image", "468789577898262530", ""),
        (message("audio", contentProvider={"type": "line"}), "audio", "468789577898262530", ""),
        (
            message("video", contentProvider={"type": "external", "originalContentUrl": "https://a.ex/v"}),
            "video", "https://a.ex/v", "",
        ),
        (message("file", fileName="a.csv", fileSize=9), "document", "468789577898262530", "a.csv"),
        (message("location", title="Home", address="Tokyo", latitude=35, longitude=139.7), "location", "",
         "Home, Tokyo"),
        (
            message("sticker", packageId="1", stickerId="52002738", keywords=["Love You", "Love"]), "sticker",
            "https://stickershop.line-scdn.net/stickershop/v1/sticker/52002738/android/sticker.png",
            "Love You, Love",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)  # fmt: skip
def test_what_comes_with_a_message_is_attached(said: Any, kind: str, ref: str, name: str) -> None:
    (one,) = only(said).attachments
    assert (one.kind, one.ref, one.name) == (kind, ref, name)
    if kind == "location":
        assert (one.latitude, one.longitude) == (35.0, 139.7)
    if kind == "document":
        assert one.size == 9


def test_pictures_sent_together_share_a_group() -> None:
    shown = only(message("image", contentProvider={"type": "line"}, imageSet={"id": "E005", "index": 2}))
    assert shown.group == "E005"


def test_the_words_on_a_sticker_are_its_text() -> None:
    assert only(message("sticker", stickerId="1", text="Just sticker")).text == "Just sticker"


def test_a_kind_of_message_that_we_do_not_know_is_seen_all_the_same() -> None:
    assert only(message("hologram")).text == "[hologram]"


@pytest.mark.parametrize(
    ("postback", "text"),
    [
        ({"data": "buy=1"}, "buy=1"),
        ({"data": "when", "params": {"datetime": "2026-03-01T10:00"}}, "when (datetime: 2026-03-01T10:00)"),
        ({"params": {"date": "2026-03-01"}}, "date: 2026-03-01"),
        ({}, "[button]"),
    ],
)
def test_a_pressed_button_says_its_data_and_what_was_chosen(postback: Any, text: str) -> None:
    pressed = only(event("postback", postback=postback))
    assert (pressed.text, pressed.external_id) == (text, "postback:01FZ74A0TDDPYRVKNK77XKC3ZR")


def test_a_message_taken_back_is_deleted() -> None:
    assert only(event("unsend", unsend={"messageId": "5"})) == Deleted(
        address=f"line:{USER}", external_id="5", sent_at=SENT_AT
    )


@pytest.mark.parametrize(
    ("one", "word", "source"),
    [
        (event("follow", follow={"isUnblocked": False}), "start", "line: added us as a friend"),
        (event("follow", follow={"isUnblocked": True}), "start", "line: unblocked"),
        (event("follow"), "start", "line: added us as a friend"),
        (event("unfollow"), "stop", "line: blocked"),
    ],
    ids=["added", "unblocked", "an old payload", "blocked"],
)
def test_who_adds_or_blocks_us_says_what_we_may(one: Any, word: str, source: str) -> None:
    changed = only(one)
    assert isinstance(changed, ConsentChanged)
    assert (changed.word, changed.source, changed.address) == (word, source, f"line:{USER}")


def test_a_stop_word_is_a_message_and_a_wish_of_one_person_only() -> None:
    read = CASE.open().read
    message_in, wish = read(hook(body(message(text="Parar!")))).events
    assert isinstance(message_in, MessageIn)
    assert isinstance(wish, ConsentChanged)
    assert (wish.word, wish.wording) == ("stop", "Parar!")
    in_group = {**message(text="stop"), "source": {"type": "group", "groupId": GROUP}}
    assert len(read(hook(body(in_group))).events) == 1


@pytest.mark.parametrize(
    "kind",
    ["join", "leave", "memberJoined", "memberLeft", "beacon", "accountLink", "videoPlayComplete",
     "membership", "module", "activated", "deactivated", "botSuspended", "botResumed", "delivery"],
)  # fmt: skip
def test_what_means_nothing_to_us_is_passed_over_by_its_name(kind: str) -> None:
    reading = CASE.open().read(hook(body(event(kind))))
    assert (reading.events, reading.skipped) == ((), (kind,))


def test_what_another_module_answers_is_left_to_it() -> None:
    reading = CASE.open().read(hook(body({**message(text="x"), "mode": "standby"})))
    assert (reading.events, reading.skipped) == ((), ("standby",))


def test_the_console_s_trial_call_is_answered() -> None:
    reading = CASE.open().read(hook(body()))
    assert (reading.events, reading.skipped, reading.response.status) == ((), (), 200)


def test_a_redelivered_event_is_the_same_message() -> None:
    again = {**message(text="x"), "deliveryContext": {"isRedelivery": True}}
    assert only(message(text="x")).external_id == only(again).external_id


@pytest.mark.parametrize("raw", [b"{}", b'{"events": null}', b'{"events": {}}', b'{"events": "x"}', b"[]"])
def test_a_body_without_a_list_of_events_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        CASE.open().read(hook(raw))


@pytest.mark.parametrize("at", [b"null", b'"1"', b"-5", b"%d" % 2**80, b"true", b"1.5"])
def test_a_time_that_is_none_is_when_it_came(at: bytes) -> None:
    raw = body(message(text="x")).replace(str(AT).encode(), at)
    (said,) = CASE.open().read(hook(raw)).events
    assert said.sent_at == NOW


def test_the_old_secret_is_taken_while_it_is_set() -> None:
    raw = body(message(text="x"))
    assert CASE.open().read(hook(raw, OLD_SECRET)).events
    with pytest.raises(BadSignature):
        CASE.open(old_channel_secret=None).read(hook(raw, OLD_SECRET))


def test_a_hook_without_a_signature_is_refused() -> None:
    with pytest.raises(BadSignature):
        CASE.open().read(replace(hook(body(message(text="x"))), headers={}))


def test_half_a_character_and_a_nul_do_no_harm() -> None:
    raw = body(message(text="MARK")).replace(b"MARK", b"a\\u0000b\\ud83d")
    (said,) = CASE.open().read(hook(raw)).events
    assert isinstance(said, MessageIn)
    assert said.text == "a\ufffdb\ufffd"
