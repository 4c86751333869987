"""What the operator's rules say of a matter."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.answering import Hours, Matter, Rule, When
from routing.folding import folded
from routing.rules import matches, sort
from tests.routing.house import NOW, OFFICE, house, matter, team

NIGHT = NOW + timedelta(hours=12)


@pytest.mark.parametrize(
    ("word", "said", "fits"),
    [
        pytest.param("refund", "I want a REFUND.", True, id="case"),
        pytest.param("refund", "refunds", False, id="no part of a longer word"),
        pytest.param("refund", "prerefund", False, id="nor its end"),
        pytest.param("my order", "Where is my  order?", True, id="a phrase over two spaces"),
        pytest.param("my order", "order my", False, id="a phrase in its order"),
        pytest.param("cancelación", "CANCELACION ya", True, id="accents left out by them"),
        pytest.param("cancelacion", "cancelación", True, id="accents left out by us"),
        pytest.param("straße", "STRASSE 7", True, id="sharp s"),
        pytest.param("łódź", "lodz", True, id="a stroke is an accent too"),
        pytest.param("istanbul", "İSTANBUL", True, id="Turkish capitals"),
        pytest.param("don't", "I don’t know", True, id="any apostrophe"),
        pytest.param("возврат", "ВОЗВРАТ!", True, id="Cyrillic"),
        pytest.param("ёлка", "елка", True, id="yo without its dots"),
        pytest.param("επιστροφή", "ΕΠΙΣΤΡΟΦΗ", True, id="Greek capitals have no accents"),
        pytest.param("λόγος", "ΛΟΓΟΣ", True, id="a final sigma"),
        pytest.param("退款", "我要退款", True, id="Han has no spaces"),
        pytest.param("退款", "退了款", False, id="Han in another order"),
        pytest.param("かき", "かぎ", False, id="a voiced kana is another letter"),
        pytest.param("ﾘﾌｧﾝﾄﾞ", "リファンド", True, id="narrow kana"),
        pytest.param("คืนเงิน", "ขอคืนเงินครับ", True, id="Thai has no spaces"),
        pytest.param("मदद", "मुझे मदद चाहिए", True, id="Hindi"),
        pytest.param("मद", "मदद", False, id="no part of a Hindi word"),
        pytest.param("شكرا", "شُكْراً", True, id="Arabic with its vowel points"),
        pytest.param("שלום", "שָׁלוֹם", True, id="Hebrew with its points"),
        pytest.param("환불", "환불 해주세요", True, id="Korean"),
        pytest.param("❤", "thank you ❤️", True, id="a picture"),
        pytest.param("...", "anything", False, id="no word at all"),
        pytest.param("a", "", False, id="nothing was said"),
        pytest.param("order 7", "order 77", False, id="no part of a number"),
    ],
)
def test_words_are_heard_whole_without_case_and_accents(word: str, said: str, fits: bool) -> None:
    when = When(words=(word,))
    assert matches(when, matter(words=said), NOW) is fits
    assert bool(sort(matter(words=said), house(Rule(key="r", when=when)), NOW).rule) is fits


@pytest.mark.parametrize(
    ("when", "known", "fits"),
    [
        pytest.param(When(), {}, True, id="asks for nothing"),
        pytest.param(When(channels=("telegram", "sms")), {}, True, id="one of the channels"),
        pytest.param(When(channels=("telegram",)), {}, False, id="another channel"),
        pytest.param(When(languages=("pt",)), {"language": "pt-BR"}, True, id="the base of a language"),
        pytest.param(When(languages=("pt-BR",)), {"language": "pt_br"}, True, id="however it is written"),
        pytest.param(When(languages=("pt-BR",)), {"language": "pt"}, False, id="not what is less exact"),
        pytest.param(When(languages=("pt",)), {}, False, id="a language unknown"),
        pytest.param(When(languages=("",)), {}, True, id="unknown is what is asked for"),
        pytest.param(When(languages=("",)), {"language": "pt"}, False, id="unknown is not Portuguese"),
        pytest.param(When(tiers=("gold",)), {"tier": "gold"}, True, id="tier"),
        pytest.param(When(tiers=("gold",)), {"tier": "iron"}, False, id="another tier"),
        pytest.param(When(tags=("vip", "wine")), {"tags": frozenset({"wine"})}, True, id="one of the tags"),
        pytest.param(When(tags=("vip",)), {"tags": frozenset({"wine"})}, False, id="none of the tags"),
        pytest.param(When(stages=("lapsed",)), {"stage": "lapsed"}, True, id="stage"),
        pytest.param(When(stages=("lapsed",)), {}, False, id="another stage"),
        pytest.param(When(teams=("billing",)), {}, False, id="another team"),
        pytest.param(When(words=("a", "b"), channels=("sms",)), {"words": "b"}, True, id="both parts"),
        pytest.param(When(words=("a",), channels=("sms",)), {"words": "b"}, False, id="one part fails"),
        pytest.param(When(within=OFFICE), {}, True, id="within hours"),
        pytest.param(When(outside=OFFICE), {}, False, id="outside of hours"),
        pytest.param(When(outside=Hours()), {}, False, id="outside of always"),
    ],
)
def test_every_part_that_is_asked_for_must_hold(when: When, known: dict[str, Any], fits: bool) -> None:
    assert matches(when, matter(**known), NOW) is fits
    assert bool(sort(matter(**known), house(Rule(key="r", when=when)), NOW).rule) is fits


def test_hours_are_those_of_the_moment() -> None:
    late = Rule(key="late", when=When(outside=OFFICE))
    assert sort(matter(), house(late), NOW).rule == ""
    assert sort(matter(), house(late), NIGHT).rule == "late"
    assert not matches(When(within=OFFICE), matter(), NIGHT)


def test_the_first_rule_that_fits_wins_whole() -> None:
    first = Rule(
        key="first",
        when=When(words=("invoice",)),
        team="billing",
        priority=2,
        tags=("money",),
        skill="invoices",
        reply={"en": "One moment."},
        patience=timedelta(minutes=3),
        reassign_after=timedelta(minutes=9),
    )
    second = Rule(key="second", team="support", priority=9, tags=("any",))
    found = sort(matter(words="My invoice, please"), house(first, second), NOW)
    assert (found.rule, found.team, found.priority, found.tags) == ("first", "billing", 2, ("money",))
    assert (found.skill, found.reply, found.patience) == ("invoices", first.reply, timedelta(minutes=3))
    assert found.reassign_after == timedelta(minutes=9)
    assert [step.said for step in found.steps] == ["the rule first fits (they said “invoice”): Billing"]
    assert sort(matter(words="hello"), house(first, second), NOW).rule == "second"


def test_what_a_rule_leaves_out_is_the_teams_and_the_houses() -> None:
    teams = {"support": team("support", reassign_after=timedelta(minutes=30))}
    ours = house(Rule(key="r"), teams=teams, patience=timedelta(minutes=7))
    found = sort(matter(), ours, NOW)
    assert (found.patience, found.reassign_after) == (timedelta(minutes=7), timedelta(minutes=30))
    assert sort(matter(), house(teams=teams), NOW).reassign_after == timedelta(minutes=30)


def test_a_tier_that_nobody_has_said_is_the_unknowns() -> None:
    leads = Rule(key="leads", when=When(tiers=("lead",)))
    assert sort(matter(), house(leads), NOW).rule == "leads"
    assert sort(matter(tier="no such tier"), house(leads), NOW).rule == "leads"
    assert sort(matter(tier="gold"), house(leads), NOW).rule == ""


INVOICES = Rule(key="invoices", when=When(words=("invoice",)), team="billing")
BACK = Rule(key="back", when=When(teams=("billing",), words=("help",)), team="support")


@pytest.mark.parametrize(
    ("known", "stays_in"),
    [
        pytest.param({"words": "invoice"}, "billing", id="out of the first team"),
        pytest.param({"words": "invoice", "placed": True}, "support", id="not where an agent put it"),
        pytest.param({"words": "help", "team": "billing"}, "support", id="out of a team it asks for"),
        pytest.param({"words": "help", "team": "billing", "placed": True}, "billing", id="asks, but put"),
        pytest.param({"words": "invoice", "team": "sales"}, "sales", id="not out of another team"),
        pytest.param({"words": "invoice", "team": "gone"}, "billing", id="out of a team that is no more"),
        pytest.param({"words": "hello", "team": "gone"}, "support", id="a team that is no more: the first"),
    ],
)
def test_a_rule_moves_only_what_nobody_put_elsewhere(known: dict[str, Any], stays_in: str) -> None:
    ours = house(INVOICES, BACK, teams={key: team(key) for key in ("support", "billing", "sales")})
    assert sort(matter(**known), ours, NOW).team == stays_in


WORDS = ("refund", "my order", "order", "não", "退款", "order my refund")
PARTS = st.lists(st.sampled_from(WORDS), max_size=2).map(tuple)
RULES = st.lists(
    st.builds(
        When,
        words=PARTS,
        channels=st.sampled_from([(), ("sms",), ("telegram",)]),
        tiers=st.sampled_from([(), ("gold",)]),
        within=st.sampled_from([None, OFFICE]),
    ),
    max_size=6,
)
MATTERS = st.builds(
    lambda said, channel: matter(words=" ".join(said), channel=channel, tier="gold"),
    st.lists(st.sampled_from(("REFUND", "my", "order", "nao", "我退款", "x"))),
    st.sampled_from(["sms", "telegram"]),
)


@given(RULES, MATTERS, st.sampled_from([NOW, NIGHT]))
def test_the_first_that_fits_is_the_first_that_matches(whens: list[When], one: Matter, at: datetime) -> None:
    rules = [Rule(key=str(number), when=when) for number, when in enumerate(whens)]
    expected = next((rule.key for rule in rules if matches(rule.when, one, at)), "")
    assert sort(one, house(*rules), at).rule == expected


@given(st.text())
def test_words_compared_stay_as_they_are(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert folded(text.upper()) == folded(text.upper().lower())
    assert not once or (once[0] == once[-1] == " " and "  " not in once)
