"""What is in a message: words, links, files, places, and what has no words."""

from typing import Any

import pytest
import telegram

from bots.channel import Attachment, MessageIn
from tests.bots.telegram.updates import only, update

LARGE = {"file_id": "L", "file_unique_id": "l", "width": 800, "height": 600, "file_size": 90_000}
SMALL = {"file_id": "S", "file_unique_id": "s", "width": 90, "height": 67, "file_size": 900}
FILE: dict[str, Any] = {"file_id": "F", "file_unique_id": "f", "file_size": 5}
STICKER = {
    **FILE,
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
    "emoji": "👌",
}
PLACE = {"latitude": 41.38, "longitude": 2.17}
SIZED = {"duration": 3, "width": 1, "height": 1}
GIF = {**FILE, **SIZED, "file_name": "a.mp4", "mime_type": "video/mp4"}


def said(**content: Any) -> MessageIn:
    event = only(update(**content))
    assert isinstance(event, MessageIn)
    return event


def attached(kind: Any, name: str, content_type: str, ref: str = "F", size: int | None = 5) -> Attachment:
    return Attachment(kind=kind, ref=ref, name=name, content_type=content_type, size=size)


CASES: list[tuple[str, dict[str, Any], str, list[Attachment]]] = [
    (
        "photo",
        {"photo": [SMALL, LARGE], "caption": "look"},
        "look",
        [attached("image", "photo.jpg", "image/jpeg", "L", 90_000)],
    ),
    (
        "document",
        {"document": {**FILE, "file_name": "bill.pdf", "mime_type": "application/pdf"}},
        "",
        [attached("document", "bill.pdf", "application/pdf")],
    ),
    ("nameless document", {"document": FILE}, "", [attached("document", "file", "")]),
    (
        "voice",
        {"voice": {**FILE, "duration": 3, "mime_type": "audio/ogg"}},
        "",
        [attached("voice", "voice.ogg", "audio/ogg")],
    ),
    (
        "audio",
        {"audio": {**FILE, "duration": 3, "title": "Song"}},
        "",
        [attached("audio", "Song", "audio/mpeg")],
    ),
    ("video", {"video": {**FILE, **SIZED}}, "", [attached("video", "video.mp4", "video/mp4")]),
    (
        "video note",
        {"video_note": {**FILE, "length": 9, "duration": 3}},
        "",
        [attached("video", "video note.mp4", "video/mp4")],
    ),
    ("animation", {"animation": GIF, "document": GIF}, "", [attached("video", "a.mp4", "video/mp4")]),
    ("sticker", {"sticker": STICKER}, "👌", [attached("sticker", "sticker.webp", "image/webp")]),
    (
        "animated sticker",
        {"sticker": {**STICKER, "is_animated": True}},
        "👌",
        [attached("sticker", "sticker.tgs", "application/x-tgsticker")],
    ),
    (
        "video sticker",
        {"sticker": {**STICKER, "is_video": True, "emoji": None}},
        "[sticker]",
        [attached("sticker", "sticker.webm", "video/webm")],
    ),
    ("location", {"location": PLACE}, "", [Attachment(kind="location", latitude=41.38, longitude=2.17)]),
    (
        "venue",
        {"venue": {"location": PLACE, "title": "Café", "address": "Rua 1"}, "location": PLACE},
        "Café, Rua 1",
        [Attachment(kind="location", name="Café", latitude=41.38, longitude=2.17)],
    ),
    (
        "contact",
        {"contact": {"phone_number": "+34600", "first_name": "Bo", "last_name": "Li"}},
        "[contact: Bo Li, +34600]",
        [Attachment(kind="contact", name="Bo Li", content_type="text/vcard")],
    ),
    (
        "poll",
        {"poll": {"id": "1", "question": "When?", "options": [{"text": "Mon"}, {"text": "Tue"}]}},
        "[poll: When? · Mon · Tue]",
        [],
    ),
    (
        "checklist",
        {"checklist": {"title": "Do", "tasks": [{"id": 1, "text": "this"}]}},
        "[checklist: Do · this]",
        [],
    ),
    ("dice", {"dice": {"emoji": "🎲", "value": 4}}, "[dice: 🎲 4]", []),
    ("form", {"web_app_data": {"data": '{"size": 3}', "button_text": "Order"}}, '[Order: {"size": 3}]', []),
    ("story", {"story": {"id": 1}}, "[story]", []),
    (
        "rich",
        {
            "rich_message": {
                "blocks": [
                    {"type": "paragraph", "text": ["Hi ", {"type": "bold", "text": "you"}]},
                    {"type": "paragraph", "text": {"type": "url", "text": "here", "url": "https://a.test"}},
                ]
            }
        },
        "Hi you\nhere (https://a.test)",
        [],
    ),
    ("unknown", {"hologram": {"x": 1}}, "[hologram]", []),
    ("two unknown", {"users_shared": {}, "hologram": 1}, "[hologram, users shared]", []),
    ("nothing", {}, "[empty message]", []),
]


@pytest.mark.parametrize(
    ("content", "text", "files"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_nothing_in_a_message_is_lost(content: dict[str, Any], text: str, files: list[Attachment]) -> None:
    message = said(**content)
    assert message.text == text
    assert list(message.attachments) == files


@pytest.mark.parametrize("key", ["document", "voice", "audio", "video", "video_note", "animation", "sticker"])
def test_files_are_those_the_sdk_sees(key: str) -> None:
    body = update(**{key: {**STICKER, **SIZED, "length": 3}})
    theirs = telegram.Update.de_json(body, None).message
    ours = only(body)
    assert isinstance(ours, MessageIn)
    assert theirs is not None
    assert ours.attachments[0].ref == getattr(theirs, key).file_id
    assert ours.attachments[0].size == getattr(theirs, key).file_size


def link(text: str, words: str, url: str = "https://a.test/x") -> dict[str, Any]:
    before = text[: text.index(words)]
    units = len(before.encode("utf-16-le")) // 2
    return {"type": "text_link", "offset": units, "length": len(words.encode("utf-16-le")) // 2, "url": url}


@pytest.mark.parametrize(
    ("text", "entities", "shown"),
    [
        ("see here now", [link("see here now", "here")], "see here (https://a.test/x) now"),
        ("👋👋 here", [link("👋👋 here", "here")], "👋👋 here (https://a.test/x)"),
        ("a b", [link("a b", "a", "u:1"), link("a b", "b", "u:2")], "a (u:1) b (u:2)"),
        ("u:1", [link("u:1", "u:1", "u:1")], "u:1"),
        ("underlined", [{"type": "underline", "offset": 0, "length": 10}], "underlined"),
        ("x", [{"type": "text_link", "offset": 50, "length": 5, "url": "u:1"}], "x (u:1)"),
    ],
    ids=["middle", "after emoji", "two", "already shown", "no link", "out of range"],
)
def test_a_hidden_link_is_shown_after_its_words(
    text: str, entities: list[dict[str, Any]], shown: str
) -> None:
    assert said(text=text, entities=entities).text == shown
    assert said(photo=[SMALL], caption=text, caption_entities=entities).text == shown
