"""The policy becomes the values that routing decides on, whole."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.answering import agents_of, house_of
from config.policy import Policy
from config.saved import AWAY
from config.settings import load
from routing.answering import Hours, House, Span, Target

TEXT = """
[[teams]]
key = "support"
name = "Support"
zone = "Europe/Lisbon"
hours = ["mon 9:00-18:00"]
holidays = "US-CA"
closed = [2026-12-24]
opened = [2026-12-28]
lead = "ana"
reassign_after = "30m"
away.pt = "Fechado."

[[teams]]
key = "sales"
name = "Sales"

[[agents]]
key = "ana"
name = "Ana"
role = "lead"
zone = "Asia/Tokyo"
languages = ["pt"]
skills = ["refunds"]
capacity = 7
shifts = ["mon 20:00-23:00"]
watch_presence = true

[[agents]]
key = "rui"
name = "Rui"
teams = ["sales"]

[[rules]]
key = "refunds"
team = "sales"
priority = 3
tags = ["refund"]
skill = "refunds"
reply.en = "Hello."
patience = "15m"
reassign_after = "20m"
[rules.when]
channels = ["sms"]
words = ["refund"]
within = ["tue 9:00-10:00"]
outside_team = "support"

[tiers.gold]
first_reply = "20m"
next_reply = "none"
channels.sms.first_reply = "7m"
channels.shop.first_reply = "3m"

[tiers.vip]
rank = 1

[answering]
patience = "1h"
bound = 2.5
warn_share = 0.5
unknown_tier = "iron"
"""
MONDAY = (Span(weekday=0, start=540, end=1080),)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("config") / "tidings.toml"
    path.write_text(TEXT)
    return load(path, {}, ("sms", "shop")).policy


@pytest.fixture
def house(policy: Policy) -> House:
    return house_of(policy, {"shop": "sms", "other": "sms", "chat": "webchat"})


def test_a_team_keeps_its_hours_its_lead_and_its_words(house: House) -> None:
    team = house.teams["support"]
    assert team.hours == Hours(
        zone="Europe/Lisbon",
        spans=MONDAY,
        country="US",
        region="CA",
        closed=frozenset({date(2026, 12, 24)}),
        opened=frozenset({date(2026, 12, 28)}),
    )
    assert (team.lead, team.reassign_after, dict(team.away)) == (
        "ana",
        timedelta(minutes=30),
        {"pt": "Fechado."},
    )
    assert house.first_team == "support"


def test_a_team_that_says_nothing_is_always_there_and_has_our_words(house: House) -> None:
    assert house.teams["sales"].hours == Hours()
    assert house.teams["sales"].away == AWAY


def test_a_rule_keeps_all_it_says(house: House) -> None:
    (rule,) = house.rules
    assert (rule.team, rule.priority, rule.tags, rule.skill) == ("sales", 3, ("refund",), "refunds")
    assert (rule.patience, rule.reassign_after) == (timedelta(minutes=15), timedelta(minutes=20))
    assert rule.reply == {"en": "Hello."}
    assert rule.when.words == ("refund",)
    assert rule.when.within == Hours(zone="Europe/Lisbon", spans=(Span(weekday=1, start=540, end=600),))
    assert rule.when.outside == house.teams["support"].hours


def test_a_kind_of_channel_means_every_channel_of_that_kind(house: House) -> None:
    assert house.rules[0].when.channels == ("sms", "shop", "other")


def test_what_is_written_of_a_tier_stands_over_ours(house: House) -> None:
    gold = house.tiers["gold"]
    assert gold.rank == 20
    assert gold.target == Target(first_reply=timedelta(minutes=20), resolution=timedelta(hours=16))
    assert gold.channels["sms"].first_reply == gold.channels["other"].first_reply == timedelta(minutes=7)
    assert gold.channels["shop"].first_reply == timedelta(minutes=3), (
        "an account's own target wins over its kind's"
    )
    assert gold.channels["sms"].resolution is None, "the rest is the tier's"
    assert gold.channels["chat"].first_reply == timedelta(minutes=5), "ours for the web chat stays"


def test_tiers_stand_in_the_order_of_the_pyramid(house: House) -> None:
    ranked = sorted(house.tiers.values(), key=lambda tier: tier.rank)
    assert [tier.key for tier in ranked] == ["vip", "platinum", "gold", "iron", "lead"]
    assert house.tiers["vip"].target == Target()


def test_the_knobs_of_answering_are_the_houses(house: House) -> None:
    assert (house.patience, house.bound, house.warn_share) == (timedelta(hours=1), 2.5, 0.5)
    assert house.unknown_tier == "iron"


def test_the_shipped_house_has_one_team_four_tiers_and_no_rule() -> None:
    house = house_of(Policy())
    assert ([*house.teams], [*house.tiers], house.rules) == (
        ["support"],
        ["platinum", "gold", "iron", "lead"],
        (),
    )
    firsts = [tier.target.first_reply for tier in house.tiers.values()]
    assert firsts == sorted(firsts, key=lambda one: one or timedelta.max)


def test_an_agent_becomes_an_answerer_with_what_the_moment_adds(policy: Policy) -> None:
    ana, rui = agents_of(policy).values()
    assert ana.teams == {"support", "sales"}
    assert ana.hours == Hours(zone="Asia/Tokyo", spans=(Span(weekday=0, start=1200, end=1380),))
    assert (ana.role, ana.watch_presence, rui.hours, rui.capacity) == ("lead", True, Hours(), 5)
    answerer = ana.answerer(9, present=True, load=2, idle_since=NOON)
    assert (answerer.id, answerer.key, answerer.name, answerer.capacity) == (9, "ana", "Ana", 7)
    assert sorted(answerer.languages | answerer.skills) == ["pt", "refunds"]
    assert (answerer.present, answerer.load, answerer.idle_since) == (True, 2, NOON)


def test_a_saved_reply_says_what_else_is_done(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    path.write_text(
        '[[saved_replies]]\nkey = "a"\ntitle = "A"\ntexts.pt = "Olá"\ntexts.en = "Hi"\n'
        'tags = ["x"]\nassign = "me"\nsnooze = "2h"\n'
    )
    policy = load(path, {}).policy
    saved = policy.saved_reply("a")
    assert saved is not None
    assert saved.then == {"tags": ["x"], "assign": "me", "snooze": 7200}
    assert [saved.text(tongue)[1] for tongue in ("pt-BR", "fr", "")] == ["Olá", "Hi", "Hi"]
    assert saved.text("fr", "es")[0] == "pt", "the first there is"
