"""What holds at an address: the customer's last word, for the number, strictly."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.consent import country, phone, standing
from routing.touch import Person, Reachable
from tests.routing.made import LIMITS, NOW, person, sms, telegram, whatsapp

HOUR = timedelta(hours=1)
SOFT = replace(LIMITS, soft_opt_in=("PT", "GB"))
BUYER = person(country="PT", ordered_at=NOW - 30 * 24 * HOUR)

CASES = {
    "allowed": (sms(), (), ""),
    "never asked": (sms(allowed=None), (), "no_consent"),
    "said no": (sms(allowed=False), (), "opted_out"),
    "stopped": (sms(stopped=True), (), "opted_out"),
    "stopped though it was allowed for one subject": (telegram(stopped=True), (), "opted_out"),
    "allowed for a time": (sms(allowed_until=NOW + HOUR), (), ""),
    "run out this instant": (sms(allowed_until=NOW), (), "consent_expired"),
    "run out": (sms(allowed_until=NOW - HOUR), (), "consent_expired"),
    "stopped by SMS, over WhatsApp": (whatsapp(), (sms(stopped=True),), "opted_out_same_number"),
    "stopped on WhatsApp, over SMS": (sms(), (whatsapp(stopped=True),), "opted_out_same_number"),
    "stopped over another number": (sms(), (whatsapp(number="+351910000000", stopped=True),), ""),
    "stopped on Telegram": (sms(), (telegram(stopped=True),), ""),
    "stopped by SMS, over Telegram": (telegram(), (sms(stopped=True),), ""),
    "a START after the number's STOP": (
        whatsapp(started_at=NOW),
        (sms(stopped=True, stopped_at=NOW - HOUR),),
        "",
    ),
    "a START before the number's STOP": (
        whatsapp(started_at=NOW - HOUR),
        (sms(stopped=True, stopped_at=NOW),),
        "opted_out_same_number",
    ),
    "a START, and a STOP nobody knows when": (
        whatsapp(started_at=NOW),
        (sms(stopped=True),),
        "opted_out_same_number",
    ),
    "a START opens only where it was said": (
        sms(stopped=True, stopped_at=NOW - HOUR),
        (whatsapp(started_at=NOW),),
        "opted_out",
    ),
    "the same address kept twice, stopped once": (telegram(), (telegram(stopped=True),), "opted_out"),
    "only stop is read off the others": (sms(), (whatsapp(allowed=False),), ""),
}


@pytest.mark.parametrize(("address", "others", "expected"), CASES.values(), ids=CASES.keys())
def test_the_last_word_holds(address: Reachable, others: tuple[Reachable, ...], expected: str) -> None:
    assert standing(address, (address, *others), NOW, LIMITS, person()) == expected


SOFTLY = {
    "a buyer where it is law": (sms(allowed=None), BUYER, ""),
    "a buyer by the number's country": (sms(allowed=None), replace(BUYER, country=""), ""),
    "somebody who never bought": (sms(allowed=None), replace(BUYER, ordered_at=None), "no_consent"),
    "a buyer elsewhere": (sms(allowed=None, number="+4915112345678"), BUYER, "no_consent"),
    "a buyer who lives elsewhere": (sms(allowed=None), replace(BUYER, country="DE"), "no_consent"),
    "a buyer we cannot place": (telegram(allowed=None), replace(BUYER, country=""), "no_consent"),
    "a buyer who said no": (sms(allowed=False), BUYER, "opted_out"),
    "a buyer who stopped": (sms(allowed=None, stopped=True), BUYER, "opted_out"),
    "a buyer whose yes ran out": (sms(allowed_until=NOW), BUYER, "consent_expired"),
}


@pytest.mark.parametrize(("address", "who", "expected"), SOFTLY.values(), ids=SOFTLY.keys())
def test_soft_opt_in_is_for_buyers_of_its_countries(address: Reachable, who: Person, expected: str) -> None:
    assert standing(address, (address,), NOW, SOFT, who) == expected


def test_without_soft_opt_in_a_buyer_has_to_be_asked_too() -> None:
    assert standing(sms(allowed=None), (), NOW, LIMITS, BUYER) == "no_consent"


SERVICE = {
    "never asked": (sms(allowed=None), ""),
    "said no to it": (sms(allowed=False), "opted_out"),
    "stopped": (sms(stopped=True), "opted_out"),
}


@pytest.mark.parametrize(("address", "expected"), SERVICE.values(), ids=SERVICE.keys())
def test_service_needs_no_yes_but_respects_a_no(address: Reachable, expected: str) -> None:
    assert standing(address, (), NOW, LIMITS, person(), marketing=False) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("tel:+351912345678", "+351912345678"),
        ("whatsapp:+34600123456", "+34600123456"),
        ("rcs:+12025550123", "+12025550123"),
        ("telegram:42", ""),
        ("chat:abc", ""),
        ("tel:911", ""),
    ],
)
def test_a_number_is_what_its_addresses_share(address: str, expected: str) -> None:
    assert phone(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("tel:+351912345678", "PT"), ("tel:+14165550123", "CA"), ("telegram:42", ""), ("tel:+80012345678", "")],
)
def test_a_country_is_read_off_a_number(address: str, expected: str) -> None:
    assert country(address) == expected


addresses = st.builds(
    Reachable,
    id=st.integers(1, 6),
    address=st.sampled_from(
        ["tel:+351912345678", "whatsapp:+351912345678", "tel:+12025550123", "telegram:1"]
    ),
    channel=st.just("sms"),
    allowed=st.sampled_from([None, True, False]),
    stopped=st.booleans(),
    stopped_at=st.sampled_from([None, NOW, NOW - HOUR]),
    started_at=st.sampled_from([None, NOW, NOW - HOUR]),
)


@given(addresses, st.lists(addresses, max_size=5), st.randoms())
def test_the_order_of_the_other_addresses_never_matters(
    one: Reachable, others: list[Reachable], dice: Random
) -> None:
    shuffled = dice.sample(others, len(others))
    assert standing(one, others, NOW, SOFT, BUYER) == standing(one, shuffled, NOW, SOFT, BUYER)


@given(addresses, st.lists(addresses, max_size=5), addresses)
def test_one_more_stop_never_allows_more(one: Reachable, others: list[Reachable], more: Reachable) -> None:
    if standing(one, others, NOW, SOFT, BUYER):
        assert standing(one, [*others, replace(more, stopped=True)], NOW, SOFT, BUYER)
