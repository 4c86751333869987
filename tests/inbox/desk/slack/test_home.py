"""App Home: what waits for one agent, kept true while they look at it, and what its buttons do."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.errors import Refused
from inbox.desk.slack import home_blocks, home_words
from inbox.desk.slack.home_facts import Facts
from storage.promises import Named, Promise
from storage.rows import Agent
from storage.slack_home import Numbers, Standing
from storage.unread import Unread
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.test_slash import talks
from tests.providers.slack import Fault
from tests.providers.slack.blocks import view_faults

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LONG = "Maria *Aparecida* <!here> da Conceição " * 8
ANA = Agent(
    id=1, key="ana", name="Ana", email="", slack_id="U1", role="agent", teams=("support",), zone="UTC",
    theme="", active=True, available=True, idle_since=None, created_at=NOON,
)  # fmt: skip


def standing(number: int) -> Standing:
    return Standing(
        id=number, team="support", channel="paper", state="open", owner_id=1, customer_id=number,
        waiting_since=NOON, last_at=NOON, last_text=LONG, snoozed_until=None, reply_due_at=NOON,
        customer=LONG, tier="platinum" * 4, address="tel:+351", owner="Ana",
    )  # fmt: skip


def promise(number: int) -> Named:
    made = Promise(
        id=number, customer_id=1, conversation_id=number, message_id=None, owner_id=1, made_by=1,
        text=LONG[:150], due_at=NOON, state="open", made_at=NOON,
    )  # fmt: skip
    return Named(promise=made, customer=LONG, team="support")


def failure(number: int) -> Unread:
    return Unread(
        delivery_id=number, message_id=number, conversation_id=number, author="U1", customer=LONG,
        channel="paper", text=LONG, state="perhaps", code="x", reason=LONG * 9, ended_at=NOON,
    )  # fmt: skip


def facts(number: int, **values: Any) -> Facts:
    full = Facts(
        agent=ANA, language="pt-PT", now=NOON, page=1, open=90, waits=80, nobodys=90,
        failed=[failure(at) for at in range(number)], promises=[promise(at) for at in range(number)],
        yours=[standing(at) for at in range(min(number, 20))],
        waiting=[standing(at) for at in range(min(number, 20))],
        did=Numbers(answers=1, customers=1, resolved=1), links=dict.fromkeys(range(99), "https://x/y"),
        labels={"paper": "Paper"},
    )  # fmt: skip
    return replace(full, **values)


@pytest.mark.parametrize("language", ["en", "pt", "es"])
@pytest.mark.parametrize("number", [0, 1, 30])
def test_a_full_home_has_fewer_than_a_hundred_blocks_and_slack_takes_them(number: int, language: str) -> None:
    away = replace(ANA, available=False, away_until=NOON, away_why=LONG, language="es")
    for agent in (ANA, away):
        view = home_blocks.made(facts(number, language=language, agent=agent))
        assert view_faults(view, image_known=lambda _: True) == []
        assert len(view["blocks"]) <= 82
        assert "<!here>" not in str(view)
        assert "*Aparecida*" not in str(view)


def test_the_tables_of_words_have_the_same_fields_in_each_language() -> None:
    for key, said in home_words.WORDS.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(one) if name} for one in said]
        assert fields[0] == fields[1] == fields[2], key


def test_what_failed_stands_first_and_says_so_in_words() -> None:
    view = str(home_blocks.made(facts(3, language="en")))
    heads = (
        "Failed or perhaps sent (3)",
        "Promises due today (3)",
        "Yours by due",
        "Waiting in your teams (",
    )
    assert [view.index(one) for one in heads] == sorted(view.index(one) for one in heads)
    assert "perhaps sent, nobody knows" in view


async def test_opening_the_tab_shows_what_is_there(desk: Bureau) -> None:
    await desk.opened()
    await desk.says("hello", who="joana")
    await desk.until(lambda: len(desk.cards) == 2)
    await desk.ana.clicks(desk.cards[0], "take")
    await desk.until_row("SELECT count(*) FROM conversations WHERE owner_id IS NOT NULL")
    await desk.ana.opens_home()
    await desk.until(lambda: desk.ana.home)
    seen = shown(desk)
    assert "Open: 1. Waiting for you: 1. Waiting in your teams for anybody: 1." in seen
    assert (
        seen.index("Yours by due time (1)") < seen.index("*Maria*") < seen.index("Waiting in your teams (1)")
    )
    assert seen.index("Waiting in your teams (1)") < seen.index("*Joana*")
    assert f"/archives/{desk.team}/p{desk.cards[0].ts.replace('.', '')}" in seen
    assert "as of <!date^" in seen
    assert desk.slack.mistakes == []


async def test_what_failed_and_promises_of_today_are_shown(desk: Bureau) -> None:
    card = await desk.opened()
    desk.house.paper.answers.append(Refused("no such number", code="21211"))
    await desk.ana.types(card, "here you are")
    await desk.until_row("SELECT count(*) FROM messages WHERE status = 'failed'")
    conversation = (await desk.house.rows("SELECT id FROM conversations"))[0][0]
    for text, due in (("call back", 1), ("send the book", 72)):
        await desk.house.desk.promise(
            conversation, desk.house.agents["ana"], text=text, due_at=desk.now() + timedelta(hours=due),
            now=desk.now(),
        )  # fmt: skip
    seen = await home(desk)
    assert "Failed or perhaps sent (1)" not in seen  # a promise was made since: the author saw it
    assert "send the book" not in seen
    failing = await desk.opened("and this?", who="joana")
    desk.house.paper.answers.append(Refused("no such number", code="21211"))
    await desk.ana.types(failing, "here too")
    await desk.until_row("SELECT count(*) FROM messages WHERE status = 'failed'", is_=2)
    seen = await home(desk)
    assert seen.index("Failed or perhaps sent (1)") < seen.index("did not arrive (no such number)")


async def test_it_is_kept_true_every_half_minute_for_five_minutes_and_then_no_more(desk: Bureau) -> None:
    await home(desk)
    published = len(desk.slack.called("views.publish"))
    await desk.opened()
    await desk.forward(10)
    await desk.face.home.turn()
    assert len(desk.slack.called("views.publish")) == published
    await desk.forward(21)
    await desk.until(lambda: "*Maria*" in shown(desk))
    assert len(desk.slack.called("views.publish")) == published + 1
    await desk.forward(300)
    await desk.face.home.turn()
    assert not desk.face.home._looking
    assert len(desk.slack.called("views.publish")) == published + 1


async def test_a_conflict_of_hashes_is_met_by_building_it_again(desk: Bureau) -> None:
    desk.slack.faults.add("views.publish", Fault.refuses("hash_conflict"))
    await home(desk)
    calls = desk.slack.called("views.publish")
    assert len(calls) == 2
    assert all("hash" not in call.arguments for call in calls)


async def test_the_next_twenty_are_a_press_away_and_so_are_the_first(desk: Bureau) -> None:
    await talks(desk, 23)
    seen = await home(desk)
    assert seen.count("*Guest") == 20
    assert "page 1" in seen
    await press(desk, "home_next")
    await desk.until(lambda: shown(desk).count("*Guest") == 3)
    assert "page 2" in shown(desk)
    published = len(desk.slack.called("views.publish"))
    await press(desk, "home_refresh")
    await desk.until(lambda: len(desk.slack.called("views.publish")) > published)
    assert "page 2" in shown(desk)
    await press(desk, "home_next_first")
    await desk.until(lambda: shown(desk).count("*Guest") == 20)
    assert desk.slack.mistakes == []


async def test_settings_are_the_agents_own_and_hold_at_once(desk: Bureau) -> None:
    await home(desk)
    await press(desk, "home_language", "pt")
    await desk.until(lambda: "As suas definições" in shown(desk))
    await press(desk, "home_safe")
    await desk.until(lambda: "Modo seguro: nada do que escreve sai" in shown(desk))
    await press(desk, "home_digest")
    await desk.until(lambda: "Não recebe mensagem" in shown(desk))
    rows = "SELECT language, safe_mode, digest FROM agents ORDER BY key"
    assert await desk.house.rows(rows) == [("pt", 1, 0), ("", 0, 1)]
    await press(desk, "home_language", "slack")
    await desk.until(lambda: "Your settings" in shown(desk))
    assert desk.slack.mistakes == []


async def test_going_away_and_coming_back_from_the_tab(desk: Bureau) -> None:
    await home(desk)
    await press(desk, "away")
    view = await desk.ana.sees_view("tidings_away")
    await desk.ana.submits(view, {"why": "lunch"})
    await desk.until(lambda: "You are away. (lunch)" in shown(desk))
    await press(desk, "home_back")
    await desk.until(lambda: "You are here." in shown(desk))
    assert await desk.house.rows("SELECT available FROM agents WHERE key = 'ana'") == [(1,)]
    assert desk.slack.mistakes == []


async def test_following_a_link_changes_nothing(desk: Bureau) -> None:
    await desk.opened()
    await home(desk)
    published = len(desk.slack.called("views.publish"))
    await press(desk, "home_open")
    await desk.until_row("SELECT count(*) FROM hooks WHERE url = 'slack:block_actions' AND state = 'applied'")
    assert len(desk.slack.called("views.publish")) == published


async def test_a_stranger_reads_whom_to_ask(desk: Bureau) -> None:
    zoe = desk.slack.add_person("Zoe")
    await zoe.opens_home()
    await desk.until(lambda: zoe.home)
    assert "not among the agents" in str(zoe.home)
    assert "Ask Ana" in str(zoe.home)
    assert not desk.face.home._looking


def shown(desk: Bureau) -> str:
    return str(desk.ana.home.body) if desk.ana.home else ""


async def home(desk: Bureau) -> str:
    before = len(desk.slack.called("views.publish"))
    await desk.ana.opens_home()
    await desk.until(lambda: len(desk.slack.called("views.publish")) > before and desk.ana.home)
    return shown(desk)


async def press(desk: Bureau, action: str, value: Any = None) -> None:
    assert desk.ana.home is not None
    handed = await desk.ana.clicks(desk.ana.home, action, value)
    assert handed.ok
