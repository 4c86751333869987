"""Who a touch is for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.segments import in_segment
from routing.touch import Segment
from tests.routing.made import BIRTHDAY, NOW, person, sms

WHO = person(
    sms(),
    tier="gold",
    tags=("vip", "wine"),
    language="pt-BR",
    ordered_at=NOW - timedelta(days=90),
)

CASES = {
    "everybody": (Segment(), True),
    "one of the tiers": (Segment(tiers=("platinum", "gold")), True),
    "another tier": (Segment(tiers=("iron",)), False),
    "one of the tags": (Segment(tags=("wine", "cheese")), True),
    "none of the tags": (Segment(tags=("cheese",)), False),
    "a tag to leave out": (Segment(without_tags=("vip",)), False),
    "another tag to leave out": (Segment(without_tags=("cheese",)), True),
    "wanted and left out": (Segment(tags=("wine",), without_tags=("vip",)), False),
    "a channel they have": (Segment(channels=("sms", "wa")), True),
    "a channel they lack": (Segment(channels=("wa",)), False),
    "their language": (Segment(languages=("pt_BR",)), True),
    "the base of it": (Segment(languages=("PT",)), True),
    "a sister of it": (Segment(languages=("pt-PT",)), False),
    "ordered within exactly so many days": (Segment(ordered_within_days=90), True),
    "not ordered within as many": (Segment(not_ordered_within_days=90), False),
    "ordered within fewer": (Segment(ordered_within_days=89), False),
    "not ordered within fewer": (Segment(not_ordered_within_days=89), True),
}


@pytest.mark.parametrize(("who", "expected"), CASES.values(), ids=CASES.keys())
def test_a_segment_lets_in_whom_it_names(who: Segment, expected: bool) -> None:
    assert in_segment(replace(BIRTHDAY, who=who), WHO, NOW) is expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [(Segment(ordered_within_days=90), False), (Segment(not_ordered_within_days=90), True)],
)
def test_who_never_ordered_has_not_ordered_within_any_days(who: Segment, expected: bool) -> None:
    assert in_segment(replace(BIRTHDAY, who=who), replace(WHO, ordered_at=None), NOW) is expected
