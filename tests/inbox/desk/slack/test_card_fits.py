"""Whatever names, words and facts are in any script, Slack takes the card and its text says what it shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.desk.slack import card
from inbox.desk.slack.customer_facts import language_of
from storage.rows import Customer
from tests.providers.slack.blocks import block_faults

NOW = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)
SCRIPTS = (
    "กรุงเทพมหานคร อมรรัตนโกสินทร์ ",
    "عبد الرحمن بن محمد ",
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏽",
    "Ångström–Żółć ",
    "<@U1> *a* & :x: ",
    "漢字かな交じり",
)
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=200),
    st.builds(lambda part, times: part * times, st.sampled_from(SCRIPTS), st.integers(1, 400)),
)
CARDS = st.builds(
    card.Card,
    conversation_id=st.integers(1, 2**62),
    revision=st.integers(1, 10**6),
    customer=WORDS,
    where=WORDS.map(lambda text: text[:80]),
    tier=st.sampled_from(["", "platinum", "gold", "iron", "lead"]),
    state=st.sampled_from(["open", "snoozed", "resolved", "moved", "merged"]),
    owner=st.one_of(st.just(""), WORDS),
    waiting_since=st.sampled_from([None, NOW]),
    due_at=st.sampled_from([None, NOW + timedelta(minutes=18)]),
    last_text=WORDS,
    snoozed_until=st.just(NOW + timedelta(days=1)),
    resolved_at=st.just(NOW),
    reason=WORDS,
    window_until=st.sampled_from([None, NOW + timedelta(hours=9)]),
    stopped_at=st.sampled_from([None, NOW]),
    language=WORDS,
    facts=st.lists(
        st.tuples(st.sampled_from(["Promise", "Tags", "Why", "Last order"]), WORDS), max_size=14
    ).map(tuple),
    safe=st.booleans(),
    rating=st.integers(0, 5),
)


@given(CARDS)
def test_slack_takes_any_card(made: card.Card) -> None:
    post = card.made(made)
    assert block_faults(post.blocks, surface="message", image_known=lambda _: True) == []
    assert 0 < len(post.text) < 40_000
    fields = [one for block in post.blocks for one in block.get("fields", ())]
    assert len(fields) <= 10


def test_what_matters_most_stands_first_and_ten_is_all_there_is_room_for() -> None:
    many = [
        ("Tags", "a"),
        ("Why", "b"),
        ("Last order", "c"),
        ("Promise", "d"),
        ("Owner", "e"),
        ("Stopped", "f"),
    ]
    labels = [label for label, _ in card.chosen([*many, *(("Other", str(at)) for at in range(9))])]
    assert labels[:4] == ["Owner", "Stopped", "Promise", "Last order"]
    assert len(labels) == 10


def test_a_field_that_is_too_long_is_never_cut_within_a_date() -> None:
    date = f"<!date^{int(NOW.timestamp())}^{{time}}|10:02 UTC>"
    for pad in range(1_900, 2_010):
        base = card.Card(conversation_id=1, revision=1, customer="M", where="SMS", state="open")
        blocks = card.made(replace(base, facts=(("Why", "x" * pad + date),))).blocks
        text = blocks[1]["fields"][-1]["text"]
        assert text.endswith((date, "…"))
        assert "<!date" not in text or date in text
        assert len(text) <= 2_000


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("pt-PT", "Europe/Lisbon", "pt-PT, Europe/Lisbon (UTC+0)"),
        ("", "America/New_York", "America/New York (UTC-5)"),
        ("hi", "Asia/Kolkata", "hi, Asia/Kolkata (UTC+5:30)"),
        ("en", "", "en"),
        ("", "Nowhere/At_all", ""),
    ],
)
def test_local_time_is_a_zone_and_how_far_it_is_from_utc_for_nothing_ticks(
    language: str, zone: str, said: str
) -> None:
    who = Customer(id=1, name="M", language=language, zone=zone, tier="", created_at=NOW)
    assert language_of(who, NOW) == said
