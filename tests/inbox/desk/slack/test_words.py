"""Slack's markup becomes plain words, and a customer's words never become markup."""

from datetime import UTC, datetime

import pytest

from inbox.desk.slack import words


def called(slack_id: str) -> str:
    return {"U1": "Ana"}.get(slack_id, "a colleague")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        pytest.param("*this* and _that_, ~not~ `it`", "*this* and _that_, ~not~ `it`", id="styles"),
        pytest.param("2*3*4 and snake_case_name", "2*3*4 and snake_case_name", id="signs inside words stay"),
        pytest.param("<https://a.example/x?y=1&amp;z=2>", "https://a.example/x?y=1&z=2", id="bare link"),
        pytest.param("<https://a.example|our shop>", "our shop (https://a.example)", id="named link"),
        pytest.param("<http://a.example|a.example>", "http://a.example", id="link named after itself"),
        pytest.param("<mailto:a@b.example|a@b.example>", "a@b.example", id="mail"),
        pytest.param("ask <@U1> or <@U9>", "ask Ana or a colleague", id="people by first name"),
        pytest.param("in <#C1|sales>", "in #sales", id="channel"),
        pytest.param("<!channel> hi", "@channel hi", id="broadcast"),
        pytest.param(":smile: :+1::skin-tone-3: :unknown_one:", "😄 👍🏼 :unknown_one:", id="emoji"),
        pytest.param("a &lt;b&gt; &amp;amp;", "a <b> &amp;", id="entities once"),
    ],
)
def test_markup_becomes_plain_words(typed: str, plain: str) -> None:
    assert words.from_markup(typed, called) == plain


def test_the_message_boxes_blocks_give_exact_words() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "a *literal* star, "},
            {"type": "text", "text": "bold", "style": {"bold": True}},
            {"type": "text", "text": " and both", "style": {"bold": True, "italic": True}},
            {"type": "text", "text": " "},
            {"type": "text", "text": "gone", "style": {"strike": True}},
            {"type": "text", "text": " x=*p*", "style": {"code": True}},
            {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fd"},
            {"type": "user", "user_id": "U1"},
            {"type": "link", "url": "https://a.example", "text": "shop"},
            {"type": "broadcast", "range": "here"},
        ],
    }
    listed = {
        "type": "rich_text_list",
        "style": "ordered",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": w}]} for w in ("one", "two")
        ],
    }
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1\ny = *x*"}]}
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]}
    plain = words.from_blocks([{"type": "rich_text", "elements": [section, listed, code, quote]}], called)
    assert plain == (
        "a *literal* star, *bold _and both_* ~gone~ `x=*p*`👋🏽Anashop (https://a.example)@here\n"
        "1. one\n2. two\n```\nx = 1\ny = *x*\n```\n> said"
    )


def test_other_blocks_are_not_read_as_words() -> None:
    assert words.from_blocks([{"type": "section"}], called) is None


@pytest.mark.parametrize("raw", ["<!channel>", "*x* _y_ `z`", "\x00\n<@U1>", "   "])
def test_a_name_holds_no_markup(raw: str) -> None:
    made = words.name(raw)
    assert made
    assert not set(made) & set("<>&*_`@!\n")


def test_a_time_is_shown_in_each_readers_zone() -> None:
    instant = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)
    assert words.clock(instant) == f"<!date^{int(instant.timestamp())}^{{time}}|10:02 UTC>"
