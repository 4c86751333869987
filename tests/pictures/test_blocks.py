"""Block Kit is drawn as Slack would show it, whatever customers wrote, and nothing is left out unseen."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.pictures.blocks import Said, block, channel, modal, page
from tests.pictures.markup import Reader, instant, mrkdwn
from tests.providers.slack.block_tables import BLOCKS, ELEMENTS

NOW = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)
READER = Reader(now=NOW, people={"U1": "Ana"}, channels={"C1": "care"}, files={"F1": b"png"})
AT = int(NOW.timestamp())


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


OPTIONS = [
    {"text": plain("One"), "value": "1"},
    {"text": plain("Two"), "value": "2", "description": plain("more")},
]
SELECTS = ("static_select", "external_select", "users_select", "channels_select", "conversations_select")
FIELDS: dict[str, dict[str, Any]] = {
    "button": {"text": plain("Save"), "style": "primary"},
    "workflow_button": {"text": plain("Start")},
    "overflow": {"options": OPTIONS},
    "image": {"slack_file": {"id": "F1"}, "alt_text": "a bowl"},
    "radio_buttons": {"options": OPTIONS, "initial_option": OPTIONS[1]},
    "checkboxes": {"options": OPTIONS, "initial_options": OPTIONS},
    "datepicker": {"initial_date": "2026-11-24"},
    "timepicker": {"initial_time": "10:00"},
    "datetimepicker": {"initial_date_time": AT},
    **{kind: {"options": OPTIONS} for kind in SELECTS},
    **{f"multi_{kind}": {"initial_options": OPTIONS} for kind in SELECTS},
}
DRAWN: dict[str, dict[str, Any]] = {
    "section": {"text": {"type": "mrkdwn", "text": "*Hello*"}, "fields": [plain("a"), plain("b")]},
    "actions": {"elements": [{"type": "button", "text": plain("Save")}]},
    "context": {"elements": [plain("small")]},
    "divider": {},
    "header": {"text": plain("Head")},
    "image": {"slack_file": {"id": "F1"}, "alt_text": "a bowl", "title": plain("Bowl")},
    "input": {"label": plain("Reason"), "element": {"type": "plain_text_input"}, "hint": plain("short")},
    "rich_text": {
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "Hello"}]}]
    },
}
NOT_DRAWN = {"markdown", "modal", "home"}


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*bold* and _not so_", "<b>bold</b> and <i>not so</i>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a_b_c", "a_b_c"),
        ("first\nsecond", "first<br>second"),
        ("head\n>said\n>more\nfoot", "head<blockquote>said<br>more</blockquote>foot"),
        ("&lt;script&gt; &amp; co", "&lt;script&gt; &amp; co"),
        ("`a &lt; b`", "<code>a &lt; b</code>"),
        ("<https://x.example/?a=1&amp;b=2|Open>", '<a href="#">Open</a>'),
        ("<@U1> in <#C1>", '<span class="mention">@Ana</span> in <span class="mention">#care</span>'),
        (f"<!date^{AT}^{{date_short_pretty}} at {{time}}|x>", "Today at 14:40"),
        ("*by <@U1>*", '<b>by <span class="mention">@Ana</span></b>'),
        (":tada: :unheard_of:", "🎉 :unheard_of:"),
    ],
    ids=[
        *("styles", "stars with spaces", "underscores in words", "lines", "quotes", "escaped", "code"),
        *("link", "mentions", "instant", "nested", "emoji"),
    ],
)
def test_mrkdwn_is_drawn_and_escaped(text: str, drawn: str) -> None:
    assert str(mrkdwn(text, READER)) == drawn


@pytest.mark.parametrize(
    ("days", "shown"),
    [(-1, "Yesterday"), (0, "Today"), (1, "Tomorrow"), (2, "Nov 26, 2026")],
    ids=["yesterday", "today", "tomorrow", "later"],
)
def test_a_day_that_is_near_has_a_name(days: int, shown: str) -> None:
    assert instant(AT + days * 86_400, "{date_short_pretty}", READER) == shown


@pytest.mark.parametrize("kind", sorted(set(BLOCKS) - NOT_DRAWN))
def test_every_block_that_slack_takes_is_drawn(kind: str) -> None:
    assert f'class="block {kind}"' in block({"type": kind, **DRAWN[kind]}, READER)


@pytest.mark.parametrize("kind", sorted(ELEMENTS))
def test_every_element_that_slack_takes_is_drawn(kind: str) -> None:
    one = {"type": kind, **FIELDS.get(kind, {})}
    assert block({"type": "actions", "elements": [one]}, READER).count("<") > 2


def test_what_is_not_drawn_is_not_left_out_unseen() -> None:
    with pytest.raises(KeyError):
        block({"type": "markdown", "text": "hello"}, READER)


def test_what_was_filled_in_and_what_is_wrong_stand_in_a_modal() -> None:
    view = {
        "type": "modal",
        "title": plain("Resolve"),
        "submit": plain("Resolve it"),
        "close": plain("Leave"),
        "blocks": [
            {
                "type": "input",
                "block_id": "reason",
                "optional": True,
                "label": plain("Reason"),
                "element": {"type": "plain_text_input", "initial_value": "5 < 6"},
            }
        ],
    }
    drawn = modal(view, READER, {"reason": "Too short."})
    for shown in ("Resolve it", "Leave", "(optional)", "5 &lt; 6", "field wrong", "Too short."):
        assert shown in drawn, shown


def test_words_of_a_customer_are_never_markup_of_the_page() -> None:
    said = Said(who="<b>Eve</b>", at=NOW, text="&lt;script&gt;alert(1)&lt;/script&gt;")
    assert "<script>" not in (drawn := page(channel("<care>", [said], READER)))
    assert "<b>Eve" not in drawn
