"""Tiers, what they promise, and who is served before whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.answering import House, Matter, Rule, Target, Tier, When
from routing.pyramid import EVERYBODY, in_order, longest, starved, target_of, tier_of
from routing.rules import sort
from routing.sla import left, promised
from tests.routing.house import FIRST, NOW, OFFICE, TIERS, house, matter, minutes, team

CLOSES = {"support": team("support", hours=OFFICE)}


def order(ours: House, *matters: Matter, now: datetime = NOW) -> list[int]:
    return in_order([(one, sort(one, ours, now)) for one in matters], ours, now)


@pytest.mark.parametrize(
    ("tier", "ours", "found"),
    [
        pytest.param("gold", house(), TIERS["gold"], id="their own"),
        pytest.param("", house(), TIERS["lead"], id="nobody has said one"),
        pytest.param("brass", house(), TIERS["lead"], id="none of ours"),
        pytest.param("", house(unknown_tier="iron"), TIERS["iron"], id="as the house says"),
        pytest.param("gold", house(tiers={}), EVERYBODY, id="a house without tiers"),
    ],
)
def test_the_tier_of_a_customer(tier: str, ours: House, found: Tier) -> None:
    assert tier_of(matter(tier=tier), ours) == found


@pytest.mark.parametrize(
    ("matters", "served"),
    [
        pytest.param([{"tier": "lead"}, {"tier": "gold"}, {"tier": "platinum"}], [3, 2, 1], id="by tier"),
        pytest.param([{"tier": "lead", "waited": 100}, {"tier": "gold"}], [2, 1], id="tier before waiting"),
        pytest.param([{"waited": 10}, {"waited": 20}], [2, 1], id="in a tier who waits longer"),
        pytest.param([{"waited": 20}, {"waited": 20}], [1, 2], id="equals by their ids"),
        pytest.param(
            [{"waited": 9, "channel": "telegram"}, {"waited": 10}], [1, 2], id="nearer to its own target"
        ),
        pytest.param([{"waited": 20}, {"words": "urgent"}], [2, 1], id="priority before time left"),
        pytest.param([{"tier": "gold"}, {"words": "urgent"}], [1, 2], id="but after tier"),
        pytest.param(
            [{"tier": "platinum"}, {"waited": 361}, {"waited": 362}], [3, 2, 1], id="past the bound first"
        ),
        pytest.param([{"tier": "platinum"}, {"waited": 360}], [1, 2], id="at the bound not yet"),
        pytest.param([{"answered": True, "waited": 9}, {}], [2, 1], id="promised nothing comes after"),
    ],
)
def test_who_is_served_before_whom(matters: list[dict[str, Any]], served: list[int]) -> None:
    urgent = Rule(key="urgent", when=When(words=("urgent",)), priority=1)
    chatty = Target(first_reply=minutes(30))
    ours = house(urgent, tiers={**TIERS, "lead": replace(TIERS["lead"], channels={"telegram": chatty})})
    made = [matter(number, **{"tier": "lead"} | one) for number, one in enumerate(matters, 1)]
    assert order(ours, *made) == served
    assert order(ours, *made[::-1]) == served


def test_waiting_is_counted_in_the_teams_business_time() -> None:
    """A weekend starves nobody."""
    ours = house(teams=CLOSES)
    monday = datetime(2027, 3, 15, 9, 30, tzinfo=UTC)
    friday = monday - timedelta(days=2, hours=15, minutes=45)  # 17:45
    old = matter(1, waiting_since=friday, tier="lead")
    assert not starved(old, ours, monday, team="support")
    assert order(ours, old, matter(2, waiting_since=monday, tier="gold"), now=monday) == [2, 1]
    assert starved(old, house(), monday, team="support")


def test_the_bound_is_a_multiple_of_the_longest_first_target() -> None:
    assert longest(house()) == minutes(120)
    slow = replace(TIERS["gold"], channels={"mail": Target(first_reply=minutes(600))})
    assert longest(house(tiers={**TIERS, "gold": slow})) == minutes(600)
    assert longest(house(tiers={})) == timedelta(hours=8)


MATTERS = st.lists(
    st.builds(
        lambda tier, waited: {"tier": tier, "waited": waited},
        st.sampled_from([*FIRST, ""]),
        st.integers(0, 500),
    ),
    max_size=12,
)


@given(MATTERS, st.randoms())
def test_the_order_is_whole_and_one_whatever_came_first(known: list[dict[str, Any]], random: Any) -> None:
    made = [matter(number, **one) for number, one in enumerate(known)]
    served = order(house(), *made)
    assert sorted(served) == [one.id for one in made]
    random.shuffle(made)
    assert order(house(), *made) == served
    late = [starved(made_, house(), NOW, team="support") for made_ in sorted(made, key=lambda m: m.id)]
    assert [late[one] for one in served] == sorted((late[one] for one in served), reverse=True)


ANSWERS = Tier(
    key="gold",
    rank=1,
    target=Target(first_reply=minutes(60), next_reply=minutes(30), resolution=timedelta(hours=9)),
    channels={"chat": Target(first_reply=minutes(4))},
)
PROMISING = house(teams=CLOSES, tiers={"gold": ANSWERS})
EVENING = datetime(2027, 3, 9, 17, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "reply", "due", "warned", "resolved"),
    [
        pytest.param({}, "first", "09 10:40", "09 10:25", "10 09:40", id="the first reply"),
        pytest.param({"answered": True}, "next", "09 10:10", "09 10:02:30", "10 09:40", id="the next"),
        pytest.param({"channel": "chat"}, "first", "09 09:44", "09 09:43", "10 09:40", id="on a channel"),
        pytest.param(
            {"channel": "chat", "answered": True}, "next", "09 10:10", "09 10:02:30", "10 09:40",
            id="what a channel leaves out is the tier's",
        ),
        pytest.param(
            {"waiting_since": EVENING}, "first", "10 09:40", "10 09:25", "10 09:40", id="over a night"
        ),
        pytest.param(
            {"opened_at": EVENING - timedelta(days=7)}, "first", "09 10:40", "09 10:25", "03 17:40",
            id="resolution counts from the opening",
        ),
    ],
)  # fmt: skip
def test_what_is_promised(known: dict[str, Any], reply: str, due: str, warned: str, resolved: str) -> None:
    since = datetime(2027, 3, 9, 9, 40, tzinfo=UTC)
    usual: dict[str, Any] = {"tier": "gold", "opened_at": since, "waiting_since": since}
    one = matter(**usual | known)
    found = promised(one, PROMISING, team="support", now=NOW)
    expected = [datetime.fromisoformat(f"2027-03-{each}").replace(tzinfo=UTC) for each in (due, warned)]
    assert [found.reply, found.reply_due_at, found.warn_at] == [reply, *expected]
    assert found.resolve_due_at == datetime.fromisoformat(f"2027-03-{resolved}").replace(tzinfo=UTC)


def test_who_is_promised_nothing_has_no_time_left() -> None:
    found = promised(matter(), house(tiers={}), team="support", now=NOW)
    assert (found.reply, found.reply_due_at, found.warn_at, found.resolve_due_at) == ("", None, None, None)
    assert left(found, NOW) is None


def test_the_time_left_is_below_zero_when_late() -> None:
    found = promised(matter(tier="gold"), house(), team="support", now=NOW)
    assert left(found, NOW) == minutes(14)
    assert left(found, NOW + minutes(20)) == minutes(-6)


def test_a_customer_whose_clock_is_ahead_waits_from_now() -> None:
    found = promised(matter(tier="gold", waited=-90), house(), team="support", now=NOW)
    assert found.reply_due_at == NOW + minutes(15)


def test_a_channels_target_is_found_for_it_alone() -> None:
    assert target_of(matter(tier="gold", channel="chat"), PROMISING).first_reply == minutes(4)
    assert target_of(matter(tier="gold", channel="sms"), PROMISING).first_reply == minutes(60)
