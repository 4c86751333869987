"""Comments under our posts, on Facebook and on Instagram."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bots.channel import Deleted, Edited, Event, MessageIn, Reading
from tests.bots.instagram.case import CASE as INSTAGRAM
from tests.bots.messenger.case import CASE as MESSENGER
from tests.bots.meta_page_hooks import AT, OURS, PERSON, changed, instagram_comment, page_comment, sign, whole

POST = "https://www.facebook.com/cafe/posts/88"
MADE = AT.replace(microsecond=0)


def on_page(*changes: dict[str, Any]) -> Reading:
    return MESSENGER.open().read(sign(changed("messenger", *changes)))


def on_instagram(*changes: dict[str, Any], **settings: Any) -> Reading:
    return INSTAGRAM.open(**settings).read(sign(changed("instagram", *changes)))


def by(author: Any) -> dict[str, Any]:
    return {"from": author}


def one(reading: Reading) -> Event:
    (event,) = reading.events
    return event


def test_a_comment_under_our_post_is_a_message_below_it() -> None:
    told = page_comment()
    assert one(on_page(told)) == MessageIn(
        address=f"messenger-comment:{PERSON}:88_1",
        external_id="88_1",
        text=f"How much is it?\n[comment on our post {POST}]",
        also=("messenger:comment/88_1",),
        sent_at=MADE,
        sender_name="Ana Pérez",
        raw=told["value"],
    )


def test_an_answer_to_a_comment_stays_below_the_first() -> None:
    event = one(on_page(page_comment(comment_id="88_2", parent_id="88_1")))
    assert isinstance(event, MessageIn)
    assert event.address == f"messenger-comment:{PERSON}:88_1"
    assert (event.external_id, event.reply_to) == ("88_2", "88_1")
    assert event.also == ("messenger:comment/88_2",)


def test_a_comment_may_have_a_picture_and_no_words() -> None:
    event = one(on_page(page_comment(message=None, photo="https://scontent.example/p.jpg")))
    assert isinstance(event, MessageIn)
    assert event.text == f"[comment on our post {POST}]"
    assert [(file.kind, file.ref) for file in event.attachments] == [
        ("image", "https://scontent.example/p.jpg")
    ]


def test_the_post_is_named_where_its_link_is_not_told() -> None:
    event = one(on_page(page_comment(post=None)))
    assert isinstance(event, MessageIn)
    assert event.text.endswith(f"[comment on our post https://www.facebook.com/{OURS}_88]")


@pytest.mark.parametrize("verb", ["edited", "edit", "update"])
def test_a_changed_comment_is_edited(verb: str) -> None:
    event = one(on_page(page_comment(verb, message="How much?")))
    assert event == Edited(
        address=f"messenger-comment:{PERSON}:88_1",
        external_id="88_1",
        text=f"How much?\n[comment on our post {POST}]",
        sent_at=MADE,
    )


@pytest.mark.parametrize("verb", ["remove", "delete"])
def test_a_removed_comment_is_deleted(verb: str) -> None:
    event = one(on_page(page_comment(verb, message=None)))
    assert event == Deleted(address=f"messenger-comment:{PERSON}:88_1", external_id="88_1", sent_at=MADE)


def test_the_author_may_stand_in_the_older_fields() -> None:
    told = page_comment(sender_id=int(PERSON), sender_name="Ana")
    del told["value"]["from"]
    event = one(on_page(told))
    assert isinstance(event, MessageIn)
    assert (event.address, event.sender_name) == (f"messenger-comment:{PERSON}:88_1", "Ana")


def test_who_names_us_elsewhere_is_heard() -> None:
    value = {"item": "post", "verb": "add", "post_id": "77_5", "sender_id": PERSON, "message": "Go to @Café"}
    event = one(on_page({"field": "mention", "value": value}))
    assert isinstance(event, MessageIn)
    assert event.address == f"messenger-comment:{PERSON}:77_5"
    assert event.text == "Go to @Café\n[mentioned us https://www.facebook.com/77_5]"
    assert event.also == ()  # only under our own posts is a private answer allowed


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (page_comment(**by({"id": OURS, "name": "Café"})), "comment of ours"),
        (page_comment("hide"), "comment hide"),
        (page_comment("add", item="like"), "feed like add"),
        (page_comment("add", item="status"), "feed status add"),
        (page_comment(**by(None)), "feed without an author"),
        (page_comment(comment_id=None), "feed without an author"),
        ({"field": "ratings", "value": {"item": "rating"}}, "ratings rating"),
        ({"field": "feed", "value": None}, "feed"),
        ({"value": {}}, "change"),
    ],
)
def test_what_is_no_customers_comment_is_passed_over(told: dict[str, Any], name: str) -> None:
    assert on_page(told) == Reading(skipped=(name,))


def test_a_comment_on_instagram_is_a_message_below_it() -> None:
    told = instagram_comment()
    assert one(on_instagram(told)) == MessageIn(
        address=f"instagram-comment:{PERSON}:17865",
        external_id="17865",
        text="¿Cuánto cuesta?\n[comment on our post 18050]",
        also=("instagram:comment/17865", f"instagram:{PERSON}"),
        sent_at=AT,
        sender_name="ana.p",
        raw=told["value"],
    )


def test_an_answer_on_instagram_stays_below_the_first() -> None:
    event = one(on_instagram(instagram_comment(id="17866", parent_id="17865")))
    assert isinstance(event, MessageIn)
    assert event.address == f"instagram-comment:{PERSON}:17865"
    assert (event.external_id, event.reply_to) == ("17866", "17865")


@pytest.mark.parametrize(
    ("field", "media", "words"),
    [
        ("comments", {"id": "1", "media_product_type": "REELS"}, "our reel 1"),
        (
            "comments",
            {"id": "1", "media_product_type": "AD", "ad_title": "Spring"},
            "our advertisement Spring",
        ),
        ("comments", None, "our post"),
        ("live_comments", {"id": "1", "media_product_type": "LIVE"}, "our live video 1"),
    ],
)
def test_it_says_under_what_the_comment_is(field: str, media: Any, words: str) -> None:
    event = one(on_instagram(instagram_comment(field, media=media)))
    assert isinstance(event, MessageIn)
    assert event.text == f"¿Cuánto cuesta?\n[comment on {words}]"


@pytest.mark.parametrize(
    "author",
    [
        {"id": OURS, "username": "other"},
        {"id": "9", "username": "cafe.tidings"},
        {"id": "9", "username": "x", "self_ig_scoped_id": "8"},
    ],
    ids=["by number", "by name", "by mark"],
)
def test_our_own_comment_on_instagram_is_passed_over(author: Any) -> None:
    assert on_instagram(instagram_comment(**by(author))) == Reading(skipped=("comment of ours",))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"field": "mentions", "value": {"media_id": "1", "comment_id": "2"}}, "mentions"),
        ({"field": "story_insights", "value": {"media_id": "1"}}, "story_insights"),
        (instagram_comment(**by({})), "comments without an author"),
        (page_comment(), "feed comment add"),
    ],
)
def test_what_names_nobody_is_passed_over(told: dict[str, Any], name: str) -> None:
    assert on_instagram(told) == Reading(skipped=(name,))


def test_a_comment_of_an_entry_without_times_was_made_when_it_came() -> None:
    body = whole("instagram", {"changes": [instagram_comment()]})
    event = one(INSTAGRAM.open().read(sign(body)))
    assert event.sent_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_word_of_consent_under_a_post_is_a_comment() -> None:
    assert len(on_page(page_comment(message="STOP")).events) == 1
    assert len(on_instagram(instagram_comment(text="STOP")).events) == 1
