"""What the gateway tells, as events."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.channel import ConsentChanged, Deleted, Edited, MessageIn, Reacted, Typing
from bots.discord.content import formatted
from bots.errors import BadSignature, Malformed
from bots.marks import from_markdown
from tests.bots.discord.case import CASE
from tests.bots.discord.hooks import (
    ANA,
    BOT,
    CHANNEL,
    NOW,
    NUMBER,
    SERVER,
    SUPPORT,
    USER,
    body,
    hook,
    in_support,
    message,
    told,
)

ID = f"{CHANNEL}:{NUMBER}"
ABOUT = {"user_id": USER, "channel_id": CHANNEL, "message_id": NUMBER}
OUTSIDE = {"channel_id": "99", "guild_id": SERVER}


def only(kind: str, data: Any) -> Any:
    (found,) = CASE.open().read(told(kind, data)).events
    return found


def skipped(kind: str, data: Any) -> str:
    reading = CASE.open().read(told(kind, data))
    assert reading.events == ()
    (why,) = reading.skipped
    return why


def test_a_direct_message_is_who_said_it_when_and_to_what() -> None:
    answer = {"type": 19, "message_reference": {"message_id": "5", "channel_id": CHANNEL}}
    said = only("MESSAGE_CREATE", message("Where is **my** order?", **answer))
    assert isinstance(said, MessageIn)
    assert (said.address, said.external_id, said.also) == (f"discord:{USER}", ID, ())
    assert (said.text, said.sender_name, said.reply_to) == ("Where is *my* order?", "Ana", f"{CHANNEL}:5")
    assert said.sent_at == datetime(2026, 3, 1, 11, 59, 58, 299_000, UTC)


@pytest.mark.parametrize("extra", [{}, {"guild_id": SERVER}], ids=["read back", "dispatched"])
def test_a_message_in_the_support_channel_is_the_same_person_s(extra: Any) -> None:
    said = only("MESSAGE_CREATE", {**message(), "channel_id": SUPPORT, **extra})
    assert (said.address, said.also) == (f"discord:{USER}@{SUPPORT}", (f"discord:{USER}",))


def test_a_forward_is_no_answer_and_holds_what_was_forwarded() -> None:
    file = {"url": "https://cdn.example/a.pdf", "filename": "a.pdf", "content_type": "application/pdf"}
    snapshot = {"message": {"content": "of another", "attachments": [file]}}
    reference = {"type": 1, "message_id": "5", "channel_id": "6"}
    said = only("MESSAGE_CREATE", message("", message_reference=reference, message_snapshots=[snapshot]))
    assert (said.text, said.reply_to) == ("of another", "")
    assert [one.name for one in said.attachments] == ["a.pdf"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (message(author={**ANA, "bot": True}), "of a bot"),
        (message(author={**ANA, "id": BOT}), "of a bot"),
        (message(webhook_id="5"), "of a bot"),
        (message(**OUTSIDE), "in another channel"),
        (message(type=6), "a note of Discord's"),
        (message(type=3), "a note of Discord's"),
        (message(author={}), "without author or number"),
        (message(id=None), "without author or number"),
        (message(channel_id="x"), "without author or number"),
    ],
    ids=["a bot", "ourselves", "a webhook", "another channel", "a pin", "a call", "no author", "no number",
         "no channel"],
)  # fmt: skip
def test_what_no_customer_said_to_us_is_passed_over(data: Any, why: str) -> None:
    assert skipped("MESSAGE_CREATE", data) == f"MESSAGE_CREATE: {why}"


FILE = {"url": "https://cdn.example/f", "filename": "f", "size": 9}


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"attachments": [{**FILE, "content_type": "image/png"}]}, "image"),
        ({"attachments": [{**FILE, "content_type": "video/mp4"}]}, "video"),
        ({"attachments": [{**FILE, "content_type": "audio/ogg"}]}, "audio"),
        ({"attachments": [{**FILE, "content_type": "audio/ogg"}], "flags": 1 << 13}, "voice"),
        ({"attachments": [FILE]}, "document"),
        ({"sticker_items": [{"id": "8", "name": "Hi", "format_type": 4}]}, "sticker"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_comes_with_a_message_is_attached(parts: Any, kind: str) -> None:
    (one,) = only("MESSAGE_CREATE", message("", **parts)).attachments
    assert one.kind == kind
    if kind == "sticker":
        assert (one.ref, one.name) == ("https://media.discordapp.net/stickers/8.gif", "Hi")
    else:
        assert (one.ref, one.name, one.size) == ("https://cdn.example/f", "f", 9)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"embeds": [{"title": "T", "description": "**D**", "url": "https://a.example"}]},
         "T\n*D*\nhttps://a.example"),
        ({"poll": {"question": {"text": "Which?"}, "answers": [{"poll_media": {"text": "This"}}]}},
         "Which?\n- This"),
        ({"sticker_items": [{"id": "8", "name": "Hi", "format_type": 3}]}, "[sticker: Hi]"),
        ({"content": "<:wave:5> <a:dance:6> <@82> <#7> <@!9>", "mentions": [{"id": "82", "username": "bo"}]},
         ":wave: :dance: @bo <#7> <@!9>"),
        ({"content": "words", "embeds": [{"title": "of a link"}]}, "words"),
    ],
    ids=["a card", "a poll", "a sticker that few can show", "names for numbers", "a link's card"],
)  # fmt: skip
def test_a_message_says_what_people_see(parts: Any, text: str) -> None:
    assert only("MESSAGE_CREATE", message(**{"content": "", **parts})).text == text


@given(st.text(st.sampled_from("ab1 .\n\t-+=#!:/()&;'\"@é👋*_[]<>")))
def test_words_without_signs_are_what_markdown_would_say(text: str) -> None:
    assert formatted(text) == from_markdown(text)


def test_a_stop_word_is_a_message_and_a_wish() -> None:
    said, wish = CASE.open().read(told("MESSAGE_CREATE", message("STOP"))).events
    assert isinstance(said, MessageIn)
    assert isinstance(wish, ConsentChanged)
    assert (wish.word, wish.address, wish.wording) == ("stop", f"discord:{USER}", "STOP")


def test_an_edit_is_its_author_s_only() -> None:
    edit = message("Hi!", edited_timestamp="2026-03-01T12:00:01+00:00")
    assert only("MESSAGE_UPDATE", edit) == Edited(
        address=f"discord:{USER}", external_id=ID, text="Hi!", sent_at=datetime(2026, 3, 1, 12, 0, 1, 0, UTC)
    )
    assert skipped("MESSAGE_UPDATE", message("Hi!")) == "MESSAGE_UPDATE: not by its author"
    assert skipped("MESSAGE_UPDATE", {"id": NUMBER, "channel_id": CHANNEL, "embeds": []})


def test_messages_that_are_gone_are_deleted_by_their_number() -> None:
    one = only("MESSAGE_DELETE", {"id": NUMBER, "channel_id": CHANNEL})
    assert isinstance(one, Deleted)
    assert (one.external_id, one.sent_at) == (ID, NOW)
    assert skipped("MESSAGE_DELETE", {"id": NUMBER, **OUTSIDE}) == "MESSAGE_DELETE: in another channel"
    assert skipped("MESSAGE_DELETE", {"channel_id": CHANNEL}) == "MESSAGE_DELETE: without a number"


@pytest.mark.parametrize(
    ("kind", "emoji", "expected"),
    [
        ("MESSAGE_REACTION_ADD", {"id": None, "name": "🔥"}, "🔥"),
        ("MESSAGE_REACTION_ADD", {"id": "41771983429993937", "name": "LUL"}, ":LUL:"),
        ("MESSAGE_REACTION_ADD", {"id": "41771983429993937", "name": None}, "▫️"),
        ("MESSAGE_REACTION_REMOVE", {"id": None, "name": "🔥"}, ""),
    ],
    ids=["an emoji", "a server's own", "one that is gone", "taken back"],
)
def test_a_reaction_is_put_on_a_message_or_taken_off(kind: str, emoji: Any, expected: str) -> None:
    found = only(kind, {**ABOUT, "emoji": emoji})
    assert found == Reacted(address=f"discord:{USER}", external_id=ID, emoji=expected, sent_at=NOW)


@pytest.mark.parametrize(
    "data",
    [{**ABOUT, "user_id": BOT}, {**ABOUT, **OUTSIDE}, {**ABOUT, "user_id": 5},
     {**ABOUT, "channel_id": SUPPORT, "guild_id": SERVER, "member": {"user": {"id": USER, "bot": True}}}],
    ids=["ours", "in another channel", "of nobody", "of a bot"],
)  # fmt: skip
def test_a_reaction_of_no_customer_is_passed_over(data: Any) -> None:
    assert skipped("MESSAGE_REACTION_ADD", {**data, "emoji": {"name": "🔥"}})


def test_who_types_is_shown_here_and_not_elsewhere() -> None:
    assert only("TYPING_START", ABOUT) == Typing(address=f"discord:{USER}", sent_at=NOW)
    assert skipped("TYPING_START", {**ABOUT, **OUTSIDE})
    assert skipped("TYPING_START", {**ABOUT, "user_id": BOT})


@pytest.mark.parametrize(
    "at",
    [
        None,
        "",
        "yesterday",
        5,
        "2026-03-01T12:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_time_that_is_none_is_when_it_came(at: Any) -> None:
    assert only("MESSAGE_CREATE", message(timestamp=at)).sent_at == NOW


def test_without_a_support_channel_servers_are_not_read() -> None:
    reading = CASE.open(support_channel="").read(told("MESSAGE_CREATE", in_support()))
    assert reading.events == ()


@pytest.mark.parametrize(
    "raw", [b"{}", b'{"t": "MESSAGE_CREATE"}', b'{"t": 5, "d": {}}', b'{"t":"X","d":[]}']
)
def test_what_is_no_dispatch_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        CASE.open().read(hook(raw))


def test_a_hook_of_another_account_is_refused() -> None:
    with pytest.raises(BadSignature):
        CASE.open().read(hook(body("MESSAGE_CREATE", message()), name="discord-two"))
