"""What messages hold beside their words, in words for an agent and as files."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bots.channel import Attachment
from bots.meta_page_attachments import said

URL = "https://cdn.example/v/t59/photo.jpg?oh=1&oe=2"
FILE = {"url": URL}


def held(kind: str, payload: Any = None, **more: Any) -> dict[str, Any]:
    return {"attachments": [{"type": kind, "payload": payload, **more}]}


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("image", "image"),
        ("audio", "audio"),
        ("video", "video"),
        ("file", "document"),
        ("sticker", "sticker"),
        ("animated_image", "image"),
    ],
)
def test_a_file_speaks_for_itself(kind: str, what: Any) -> None:
    assert said(held(kind, FILE), "Messenger") == ("", (Attachment(kind=what, ref=URL, name="photo.jpg"),))


@pytest.mark.parametrize(
    ("kind", "payload", "words", "what"),
    [
        ("share", FILE, "[shared a post]", "image"),
        ("ig_post", {"url": "https://c.example/1", "title": "Sun"}, "[shared a post: Sun]", "image"),
        ("post", {"url": "https://c.example/1.mp4?x=1"}, "[shared a post]", "video"),
        ("ig_reel", {"url": "https://c.example/1", "title": "Hi"}, "[shared a reel: Hi]", "video"),
        ("ig_story", {"story_media_url": "https://c.example/1"}, "[shared a story]", "image"),
        ("story_mention", {"url": "https://c.example/1"}, "[mentioned us in their story]", "image"),
    ],
)
def test_what_is_shared_is_named_and_kept(kind: str, payload: Any, words: str, what: str) -> None:
    text, (file,) = said(held(kind, payload), "Instagram")
    assert (text, file.kind) == (words, what)
    assert file.ref in payload.values()


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (held("like_heart"), "❤️"),
        (held("story_mention", {}), "[mentioned us in their story]"),
        (held("ig_reel", {"url": "/reel/12/"}), "[shared a reel https://www.facebook.com/reel/12/]"),
        (held("image", {}), "[image that Messenger does not hand on]"),
        (held("video", {"url": "javascript:1"}), "[video that Messenger does not hand on]"),
        (held("ephemeral"), "[a photo or video that vanishes; it is only in the app]"),
        (held("fallback", {"url": "https://l.example", "title": "Shop"}), "Shop: https://l.example"),
        (held("fallback", {"url": "My Documents/foo.doc", "title": "Foo"}), "Foo: My Documents/foo.doc"),
        (held("fallback", None, title="Shop", url="https://l.example"), "Shop: https://l.example"),
        (held("fallback", None), "[shared something that is only in the app]"),
        (held("location", {}), "[location]"),
        (held("location", {"coordinates": {"lat": 91, "long": 0}}, title="Pole"), "[location: Pole]"),
        (held("hologram", {"url": "https://h.example"}), "[hologram: https://h.example]"),
        (held(""), "[attachment]"),
        ({"attachments": "x"}, "[empty message]"),
        ({}, "[empty message]"),
        ({"is_unsupported": True}, "[a message that Messenger does not hand on; it is in the app]"),
    ],
)  # fmt: skip
def test_what_has_no_words_is_named(message: dict[str, Any], words: str) -> None:
    assert said(message, "Messenger") == (words, ())


def test_a_link_that_the_words_hold_is_not_said_twice() -> None:
    message = {"text": "see https://l.example now"} | held("fallback", {"url": "https://l.example"})
    assert said(message, "Messenger") == ("see https://l.example now", ())
    titled = {"text": "see https://l.example"} | held(
        "fallback", {"url": "https://l.example", "title": "Shop"}
    )
    assert said(titled, "Messenger")[0] == "see https://l.example\nShop"


def test_a_place_is_where_it_is() -> None:
    message = held("location", {"coordinates": {"lat": 1.2, "long": -1.3}}, title="Ana's place")
    place = Attachment(kind="location", name="Ana's place", latitude=1.2, longitude=-1.3)
    assert said(message, "Messenger") == ("", (place,))


@pytest.mark.parametrize("size", ["369239263222822", 369239343222814, "369239383222810"])
def test_the_thumb_is_a_sticker_and_says_so(size: Any) -> None:
    text, (file,) = said(held("image", FILE | {"sticker_id": size}), "Messenger")
    assert (text, file.kind) == ("👍", "sticker")


def test_a_sticker_that_comes_in_two_kinds_is_one() -> None:
    sticker = FILE | {"sticker_id": "7"}
    both = {"attachments": [{"type": kind, "payload": sticker} for kind in ("image", "sticker")]}
    assert [file.kind for file in said(both, "Messenger")[1]] == ["sticker"]


def test_files_keep_their_order() -> None:
    urls = [f"https://c.example/{number}.jpg" for number in range(4)]
    many = {"text": "Look", "attachments": [{"type": "image", "payload": {"url": url}} for url in urls]}
    text, files = said(many, "Messenger")
    assert (text, [file.ref for file in files]) == ("Look", urls)


def test_an_answer_to_our_story_has_the_story() -> None:
    story = {"text": "So nice", "reply_to": {"story": {"id": "1", "url": "https://c.example/s.jpg"}}}
    text, (file,) = said(story, "Instagram")
    assert (text, file.ref) == ("So nice\n[answers our story]", "https://c.example/s.jpg")
    assert said({"text": "So nice", "reply_to": {"story": {"id": "1"}}}, "Instagram") == (text, ())


CARD = {"title": "Croissant", "subtitle": "2 €", "buttons": [{"title": "Buy"}]}


@pytest.mark.parametrize(
    "payload",
    [
        {"template_type": "generic", "elements": [CARD]},
        {"generic": {"elements": [CARD]}},
        {"product": {"elements": [CARD | {"id": "1"}]}},
    ],
    ids=["a card", "a card within", "a product"],
)
def test_a_card_is_read_out(payload: Any) -> None:
    assert said(held("template", payload), "Messenger")[0] == "Croissant · 2 €\n[Buy]"


def test_a_card_of_buttons_has_its_words_first() -> None:
    payload = {"template_type": "button", "text": "Shall we?", "buttons": [{"title": "Yes"}, {"title": "No"}]}
    assert said(held("template", payload), "Messenger")[0] == "Shall we?\n[Yes]\n[No]"
    assert said(held("template", {}), "Messenger")[0] == "[card]"


def test_an_appointment_says_when() -> None:
    begins = int(datetime(2026, 3, 2, 9, 30, tzinfo=UTC).timestamp())
    booked = held("appointment_booking", {"status": "requested", "start_time": begins})
    assert said(booked, "Messenger")[0] == "[appointment requested 2026-03-02 09:30 UTC]"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://c.example/a/men%C3%BA.pdf?x=1", "menú.pdf"),
        ("https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1", ""),
        ("https://c.example", ""),
        ("https://c.example/" + "a" * 200 + ".jpg", ""),
    ],
)
def test_a_file_has_the_name_of_its_address(url: str, name: str) -> None:
    assert said(held("file", {"url": url}), "Messenger")[1][0].name == name
