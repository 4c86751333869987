"""The card shows where a conversation stands and offers only what is possible there."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inbox.desk.slack import card
from tests.providers.slack.blocks import block_faults

NOW = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)
WAITING = card.Card(
    conversation_id=7,
    revision=3,
    customer="Maria <!channel> *Silva*",
    where="SMS",
    state="open",
    waiting_since=NOW,
    last_text="where is <@U1> my order & co? *bold*",
)
STATES = {
    "waiting": (WAITING, ["take", "saved", "promise", "snooze", "resolve", "more"], "nobody has it"),
    "owned": (
        replace(WAITING, owner="Ana"),
        ["give_back", "saved", "promise", "snooze", "resolve", "more"],
        "Ana has it",
    ),
    "answered": (
        replace(WAITING, owner="Ana", waiting_since=None),
        ["give_back", "saved", "promise", "snooze", "resolve", "more"],
        "answered",
    ),
    "snoozed": (
        replace(WAITING, state="snoozed", owner="Ana", snoozed_until=NOW + timedelta(days=1)),
        ["give_back", "saved", "promise", "wake", "resolve", "more"],
        "snoozed until",
    ),
    "resolved": (
        replace(WAITING, state="resolved", resolved_at=NOW, reason="sent"),
        ["reopen"],
        "resolved",
    ),
    "moved": (
        replace(WAITING, state="moved", moved_to="https://x.slack.com/archives/C/p1"),
        [],
        "goes on at",
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_each_state_has_its_buttons_and_says_so_aloud(name: str) -> None:
    value, actions, said = STATES[name]
    post = card.made(value)
    buttons = [e for b in post.blocks if b["type"] == "actions" for e in b["elements"]]
    assert [b["action_id"] for b in buttons] == actions
    pressed = [b for b in buttons if b["type"] == "button"]
    assert all(b["value"] == "7|3" and "Maria" in b["accessibility_label"] for b in pressed)
    choices = [option["value"] for b in buttons if b["type"] == "overflow" for option in b["options"]]
    assert all(choice.endswith("|7|3") for choice in choices)
    assert said in post.text
    assert "Maria" in post.text
    assert block_faults(post.blocks, surface="message", image_known=lambda _: False) == []


@pytest.mark.parametrize("name", STATES)
def test_a_customers_markup_is_dead_on_the_card(name: str) -> None:
    post = card.made(STATES[name][0])
    whole = post.text + json.dumps(post.blocks)
    for alive in ("<!channel", "<@U1>", "*bold*"):
        assert alive not in json.dumps(post.blocks)
    assert "<!channel" not in whole


def test_everything_long_still_fits() -> None:
    facts = tuple((f"Fact {n}", "x" * 3_000) for n in range(20))
    long = replace(
        WAITING,
        customer="M" * 500,
        tier="gold",
        last_text="&" * 5_000,
        language="pt-PT",
        window_until=NOW,
        stopped_at=NOW,
        facts=facts,
        previous="https://x.slack.com/archives/C/p1",
    )
    assert block_faults(card.made(long).blocks, surface="message", image_known=lambda _: False) == []


def test_the_metadata_holds_nothing_personal() -> None:
    said = json.dumps(card.metadata(WAITING))
    assert json.loads(said)["event_payload"] == {"conversation": "cv_7", "key": "card:7", "rev": 3}
    assert "Maria" not in said
    assert "order" not in said


@pytest.mark.parametrize(
    ("value", "conversation"),
    [("7|3", 7), ("7", 7), ("x|3", None), ("", None), ("-1|2", None), ("9" * 30, None)],
)
def test_a_buttons_value_is_read_back(value: str, conversation: int | None) -> None:
    assert card.of_value(value) == conversation
