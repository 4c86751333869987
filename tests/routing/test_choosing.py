"""Over which address a touch goes, and why not over the others."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.choosing import choose
from routing.reasons import CHANNEL_WHYS, REASONS
from routing.touch import Limits, Person, Reachable, Template, Touch, Way
from tests.routing.made import BIRTHDAY, LIMITS, NOW, WAYS, chat, person, sms, telegram, whatsapp

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
INSIDE = NOW - 24 * HOUR + timedelta(seconds=61)
MARGIN = NOW - 24 * HOUR + timedelta(seconds=60)
OTHER = "+351910000000"
BRIEF: dict[str, Any] = {"last_in_at": NOW - HOUR}


def messenger(**change: Any) -> Reachable:
    made: dict[str, Any] = {"id": 5, "address": "messenger:5", "channel": "messenger", "allowed": True}
    return Reachable(**made | change)


def chosen(who: Person, touch: Touch = BIRTHDAY, limits: Limits = LIMITS, **more: Any) -> tuple[int, str]:
    found = choose(touch, who, more.get("ways", WAYS), limits, NOW, more.get("tried", ()))
    return (found.address.id, found.why) if found.address else (0, found.reason)


ORDER = {
    "the only one": (person(sms()), (1, "only")),
    "our order": (person(telegram(), sms()), (1, "order")),
    "where they write most": (person(sms(written=1), telegram(written=2)), (2, "writes_most")),
    "our order where they write the same": (person(telegram(written=2), sms(written=2)), (1, "order")),
    "what they prefer": (
        person(sms(written=9), telegram(), preferred_channel="telegram"),
        (2, "preference"),
    ),
    "what they prefer, by kind": (
        person(sms(), whatsapp(written=0, **BRIEF), preferred_channel="whatsapp"),
        (3, "preference"),
    ),
    "what they prefer is the only one": (person(sms(), preferred_channel="sms"), (1, "preference")),
    "what they prefer cannot be used": (
        person(sms(), telegram(stopped=True), preferred_channel="telegram"),
        (1, "only"),
    ),
    "of two numbers the one they wrote from last": (
        person(sms(1, last_in_at=NOW - 9 * HOUR), sms(6, OTHER, last_in_at=NOW - HOUR)),
        (6, "order"),
    ),
    "a channel outside our order comes last": (person(whatsapp(**BRIEF), chat()), (4, "order")),
}


@pytest.mark.parametrize(("who", "expected"), ORDER.values(), ids=ORDER.keys())
def test_preference_goes_before_habit_before_our_order(who: Person, expected: tuple[int, str]) -> None:
    assert chosen(who) == expected


def test_a_touch_has_an_order_of_its_own() -> None:
    who = person(sms(), telegram(), chat())
    assert chosen(who, replace(BIRTHDAY, channels=("telegram", "sms"))) == (2, "order")
    assert chosen(who, replace(BIRTHDAY, channels=("webchat",))) == (4, "only")


NONE = {
    "no address at all": (person(), "no_channel"),
    "no channel of the address": (person(replace(telegram(), channel="gone")), "no_channel"),
    "never asked": (person(sms(allowed=None)), "no_consent"),
    "stopped": (person(sms(stopped=True)), "opted_out"),
    "stopped, and on WhatsApp too": (person(whatsapp(**BRIEF), sms(stopped=True)), "opted_out"),
    "blocked": (person(telegram(closed="blocked")), "blocked"),
    "closed with a word of the provider's": (person(telegram(closed="403")), "address_closed"),
    "closed for a while": (person(sms(closed="30003", closed_until=NOW + HOUR)), "address_rests"),
    "per-user limit": (
        person(whatsapp(closed="per_user_limit", closed_until=NOW + SECOND, **BRIEF)),
        "per_user_limit",
    ),
    "nearer than consent": (person(sms(allowed=None), telegram(closed="blocked")), "blocked"),
    "Messenger after a day": (person(messenger(last_in_at=NOW - 24 * HOUR)), "window_closed"),
    "Messenger without a word": (person(messenger()), "window_closed"),
    "a language without template": (
        person(whatsapp(), language="fr"),
        "template_not_sendable",
    ),
}


@pytest.mark.parametrize(("who", "reason"), NONE.values(), ids=NONE.keys())
def test_without_an_address_the_nearest_reason_is_given(who: Person, reason: str) -> None:
    assert chosen(who, limits=replace(LIMITS, language="pt")) == (0, reason)


OPEN = {
    "a block that is over": (person(telegram(closed="blocked", closed_until=NOW)), 2),
    "WhatsApp inside the window": (person(whatsapp(last_in_at=INSIDE), language="xx"), 3),
    "WhatsApp outside, with a template": (person(whatsapp(last_in_at=MARGIN)), 3),
    "WhatsApp without a word, with a template": (person(whatsapp()), 3),
    "a template in their language": (person(whatsapp(), language="pt-BR"), 3),
    "a template in the base of their language": (person(whatsapp(), language="en-GB"), 3),
    "a template in our language": (person(whatsapp(), language="fr"), 3),
    "Messenger inside a day": (person(messenger(last_in_at=NOW - 24 * HOUR + SECOND)), 5),
    "web chat whenever they wrote": (person(chat()), 4),
    "Canada": (person(whatsapp(number="+14165550123")), 3),
    "the US inside the window": (person(whatsapp(number="+12025550123", last_in_at=INSIDE)), 3),
}


@pytest.mark.parametrize(("who", "key"), OPEN.values(), ids=OPEN.keys())
def test_an_address_that_is_open_is_used(who: Person, key: int) -> None:
    assert chosen(who)[0] == key


def test_the_window_closes_a_margin_early() -> None:
    assert chosen(person(whatsapp(last_in_at=INSIDE), language="xx"), replace(BIRTHDAY, wording="x"))[0] == 3
    late = person(whatsapp(last_in_at=MARGIN), language="xx")
    assert chosen(late, replace(BIRTHDAY, wording="x")) == (0, "template_not_sendable")


@pytest.mark.parametrize("codes", [("US",), ("1",), ("+1",)])
def test_american_numbers_get_no_marketing_templates(codes: tuple[str, ...]) -> None:
    ways = {"wa": replace(WAYS["wa"], no_marketing_to=codes)}
    who = person(whatsapp(number="+12025550123"))
    assert chosen(who, ways=ways) == (0, "us_marketing_templates_not_delivered")
    assert chosen(who, replace(BIRTHDAY, marketing=False), ways=ways) == (3, "only")


def test_an_unregistered_channel_is_closed() -> None:
    ways: dict[str, Way] = {"sms": replace(WAYS["sms"], registered=False)}
    assert chosen(person(sms()), ways=ways) == (0, "channel_not_registered")


def test_nothing_is_begun_where_others_read_it() -> None:
    ways = {
        **WAYS,
        "messenger": Way(channel="messenger", kind="messenger", label="M", apart=("messenger-comment:",)),
    }
    under_a_post = messenger(address="messenger-comment:5:9")
    assert chosen(person(under_a_post), ways=ways) == (0, "not_begun_there")
    assert chosen(person(messenger()), ways=ways) == (5, "only")


def test_what_failed_for_certain_is_not_tried_again_and_the_next_is() -> None:
    who = person(sms(), telegram())
    assert chosen(who, tried=(1,)) == (2, "only")
    assert chosen(who, tried=(1, 2)) == (0, "delivery_failed")


def test_each_other_address_says_why_not() -> None:
    who = person(sms(), telegram(closed="blocked"), whatsapp(allowed=False), chat())
    found = choose(BIRTHDAY, who, WAYS, LIMITS, NOW)
    assert found.passed_over == {2: "blocked", 3: "opted_out", 4: "another_chosen"}


@st.composite
def people(draw: st.DrawFn) -> Person:
    moments = st.sampled_from([None, NOW - HOUR, NOW + HOUR, NOW - 48 * HOUR])
    made = []
    for key in range(draw(st.integers(0, 6))):
        address = draw(
            st.sampled_from(
                [
                    sms(key),
                    sms(key, "+12025550123"),
                    telegram(key),
                    whatsapp(key),
                    chat(key),
                    messenger(id=key),
                ]
            )
        )
        made.append(
            replace(
                address,
                allowed=draw(st.sampled_from([True, True, None, False])),
                stopped=draw(st.sampled_from([False, False, True])),
                closed=draw(st.sampled_from(["", "", "blocked", "x"])),
                closed_until=draw(moments),
                last_in_at=draw(moments),
                written=draw(st.integers(0, 3)),
            )
        )
    preferred = draw(st.sampled_from(["", "sms", "whatsapp", "telegram"]))
    return person(*made, preferred_channel=preferred)


@given(people(), st.randoms(use_true_random=False), st.sets(st.integers(0, 5)))
def test_the_order_of_addresses_never_matters(who: Person, dice: Random, tried: set[int]) -> None:
    shuffled = replace(who, addresses=dice.sample(list(who.addresses), len(who.addresses)))
    assert choose(BIRTHDAY, who, WAYS, LIMITS, NOW, tried) == choose(
        BIRTHDAY, shuffled, WAYS, LIMITS, NOW, tried
    )


@given(people(), st.sets(st.integers(0, 5)))
def test_every_address_is_chosen_or_accounted_for(who: Person, tried: set[int]) -> None:
    found = choose(BIRTHDAY, who, WAYS, LIMITS, NOW, tried)
    rest = {one.id for one in who.addresses} - ({found.address.id} if found.address else set())
    assert found.passed_over.keys() == rest
    assert set(found.passed_over.values()) <= REASONS.keys()
    if found.address:
        assert found.why in CHANNEL_WHYS
        assert found.address.allowed
        assert not found.address.stopped
        assert found.address.id not in tried
    else:
        assert found.reason in REASONS


REST = {"closed": "per_user_limit", "closed_until": NOW + HOUR, **BRIEF}


def test_enough_marketing_rests_an_address_for_marketing_alone() -> None:
    assert chosen(person(whatsapp(**REST))) == (0, "per_user_limit")
    assert chosen(person(whatsapp(**REST), sms())) == (1, "only")
    assert chosen(person(whatsapp(**REST)), replace(BIRTHDAY, marketing=False))[0] == 3
    blocked = whatsapp(**REST | {"closed": "blocked"})
    assert chosen(person(blocked), replace(BIRTHDAY, marketing=False)) == (0, "blocked")


NAMES = {
    "as the words are called": ({}, "en", True),
    "by the channel's own name": ({"wa": Template(name="spring")}, "en", False),
    "by its kind": ({"whatsapp": Template(name="spring")}, "en", False),
    "its name goes before its kind": (
        {"wa": Template(name="birthday"), "whatsapp": Template(name="spring")},
        "en",
        True,
    ),
    "places named and no other name": ({"wa": Template(variables={"1": "name"})}, "en", True),
}


@pytest.mark.parametrize(("templates", "language", "fits"), NAMES.values(), ids=NAMES.keys())
def test_a_template_is_looked_for_by_the_name_it_was_given(
    templates: dict[str, Template], language: str, fits: bool
) -> None:
    who = person(whatsapp(last_in_at=NOW - 48 * HOUR), language=language)
    expected = (3, "only") if fits else (0, "template_not_sendable")
    assert chosen(who, replace(BIRTHDAY, templates=templates)) == expected
