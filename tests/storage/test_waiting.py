"""Who waits, what is known of them, and what was decided, on both databases and many at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from storage import availability, conversations, routed, waiting
from storage.database import Connection, Database
from storage.tables import addresses, agents, customers, happenings, messages, orders
from storage.tables import conversations as table
from storage.tables import routed as decided
from tests.storage.keeping import NOON

MIN = timedelta(minutes=1)
ANA, RUI = 1, 2
RANKS: waiting.Ranks = ((("gold", 20), ("lead", 40), ("platinum", 10)), 40)


def row(key: int, since: datetime | None, **values: Any) -> dict[str, Any]:
    """What is written of a decision, with everything that must be there."""
    return {"conversation_id": key, "since": since, "decided_at": NOON, **values}


@pytest.fixture
async def rows(database: Database) -> Database:
    async with database.writing() as connection:
        for key, name in ((ANA, "Ana"), (RUI, "Rui")):
            values = {"id": key, "key": name.lower(), "name": name, "teams": ["care"], "created_at": NOON}
            await connection.execute(insert(agents).values(**values))
    return database


async def talk(connection: Connection, key: int, *, since: datetime | None = NOON, **values: Any) -> int:
    """A conversation with a customer of its own, both with the same key."""
    tier, tags = values.pop("tier", ""), values.pop("tags", None)
    who = {"id": key, "name": f"C{key}", "created_at": NOON, "tier": tier, "tags": tags}
    await connection.execute(insert(customers).values(**who))
    where = {"id": key, "customer_id": key, "address": f"x:{key}", "channel": "m", "created_at": NOON}
    await connection.execute(insert(addresses).values(**where))
    row = {
        "id": key, "customer_id": key, "address_id": key, "channel": "m", "team": "care", "state": "open",
        "opened_at": NOON, "last_at": NOON, "waiting_since": since, "last_in_at": since, **values,
    }  # fmt: skip
    await connection.execute(insert(table).values(**row))
    return key


async def says(connection: Connection, key: int, talk: int, text: str, **values: Any) -> None:
    row = {
        "id": key, "conversation_id": talk, "direction": "in", "channel": "m", "external_id": f"{key}",
        "text": text, "sent_at": NOON, "received_at": NOON, **values,
    }  # fmt: skip
    await connection.execute(insert(messages).values(**row))


async def test_a_waiting_is_new_to_the_rules_until_it_is_written_and_again_when_it_begins_anew(
    rows: Database,
) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10, since=NOON + MIN, tags=["vip"])
        await talk(connection, 11)
        await talk(connection, 12, since=None)
        await talk(connection, 13, state="snoozed")
        new = await waiting.unsorted(connection, 9)
        assert [(one.id, one.tags, one.sorted) for one in new] == [(11, None, False), (10, ["vip"], False)]
        await routed.write(connection, [row(10, NOON + MIN, rule="a"), row(11, NOON, rule="b")])
        assert await waiting.unsorted(connection, 9) == []
        await conversations.change(connection, 11, waiting_since=NOON + 5 * MIN)
        assert [(one.id, one.rule) for one in await waiting.unsorted(connection, 9)] == [(11, "b")]


async def test_what_is_not_named_stays_when_a_decision_is_written_over_another(rows: Database) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10)
        await routed.write(connection, [row(10, NOON, skill="law", safe_mode=True, reasons=[{"step": "a"}])])
        await routed.write(connection, [row(10, NOON, skill="")])
        found = (await connection.execute(select(decided))).one()
        assert (found.skill, found.safe_mode, found.reasons) == ("", True, [{"step": "a"}])


async def test_nobodys_are_listed_by_tier_then_priority_then_promised_time_and_page_by_page(
    rows: Database,
) -> None:
    async with rows.writing() as connection:
        tiers = {10: "lead", 11: "gold", 12: "platinum", 13: "gold", 14: "", 15: "gold", 16: "platinum"}
        for key, tier in tiers.items():
            owner = RUI if key == 16 else None
            await talk(connection, key, tier=tier, owner_id=owner, since=None if key == 15 else NOON)
        await talk(connection, 17, tier="platinum", team="shop")
        due = {11: 30, 13: 20, 12: 99}
        await routed.write(
            connection,
            [
                row(key, NOON, priority=1 if key == 14 else 0, reply_due_at=NOON + due.get(key, 60) * MIN)
                for key in (*tiers, 17)
                if key != 15
            ],
        )
        order = [12, 13, 11, 14, 10, 15]
        assert [one.id for one in await waiting.nobodys(connection, {"care"}, RANKS, 9)] == order
        pages = [await waiting.nobodys(connection, {"care"}, RANKS, 2, skip) for skip in (0, 2, 4, 6)]
        assert [one.id for page in pages for one in page] == order
        assert [one.id for one in await waiting.longest(connection, {"care", "shop"}, 3)] == [10, 11, 12]
        assert await waiting.nobodys(connection, set(), RANKS, 9) == []


async def test_what_decisions_want_is_read_of_many_at_once(rows: Database) -> None:
    async with rows.writing() as connection:
        for key in (10, 11):
            await talk(connection, key)
        old = {"id": 9, "customer_id": 10, "address_id": 10, "channel": "m", "team": "care"}
        await connection.execute(insert(table).values(**old, state="resolved", opened_at=NOON, last_at=NOON))
        await says(connection, 1, 9, "we said", direction="out", agent_id=RUI, sent_at=NOON - MIN)
        await says(connection, 2, 10, "where is it?")
        await says(connection, 3, 10, "a greeting of ours", direction="out")
        await says(connection, 4, 10, "gone", deleted_at=NOON)
        await says(connection, 5, 10, "hello?")
        for key, placed in ((1, NOON), (2, NOON + MIN), (3, NOON + 9 * MIN)):
            order = {"id": key, "customer_id": 10, "number": str(key), "placed_at": placed}
            cancelled = NOON if key == 3 else None
            await connection.execute(insert(orders).values(**order, changed_at=NOON, cancelled_at=cancelled))
        for key, kind, agent, data in (
            (1, "given_back", ANA, {}),
            (2, "handed_over", ANA, {"to_team": "care"}),
            (3, "given_back", None, {}),
        ):
            befell = {"id": key, "conversation_id": 10, "kind": kind, "agent_id": agent, "at": NOON}
            await connection.execute(insert(happenings).values(**befell, data=data))
        waits = await waiting.some(connection, [10, 11])
        known = await waiting.known(connection, waits)
    ten = known[10]
    assert ten.words == ("where is it?", "hello?")
    assert (ten.answered_at, ten.last_agent) == (None, RUI)
    assert (ten.bought, ten.bought_at) == (2, NOON + MIN)
    assert (ten.refused, ten.placed) == (frozenset({ANA}), True)
    assert known[11] == waiting.Known()


async def test_of_a_long_talk_only_the_last_words_are_read(rows: Database) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10)
        for key in range(1, 101):
            await says(connection, key, 10, f"{key}")
        known = await waiting.known(connection, await waiting.some(connection, [10]))
    assert known[10].words == tuple(str(key) for key in range(81, 101))


async def test_a_time_that_has_come_is_found_once_and_only_while_the_customer_waits(rows: Database) -> None:
    async with rows.writing() as connection:
        for key in (10, 11, 12):
            await talk(connection, key, owner_id=ANA)
        times = {
            "warn_at": NOON + 8 * MIN,
            "reply_due_at": NOON + 10 * MIN,
            "resolve_due_at": NOON + 60 * MIN,
        }
        await routed.write(connection, [row(key, NOON, **times) for key in (10, 11, 12)])
        await conversations.change(connection, 11, waiting_since=None)
        await conversations.change(connection, 12, waiting_since=NOON + 20 * MIN)
        for minutes, stage, found in (
            (7, "warn", []), (8, "warn", [10]), (10, "warn", []), (9, "late", []), (10, "late", [10]),
            (59, "long", []), (60, "long", [10]),
        ):  # fmt: skip
            due = await routed.due(connection, stage, NOON + minutes * MIN, 9)  # type: ignore[arg-type]
            assert [one.id for one in due] == found, (minutes, stage)
        await routed.mark(connection, [10], escalated_at=NOON)
        assert await routed.due(connection, "late", NOON + 10 * MIN, 9) == []
        assert await routed.answered(connection, 9) == [11]
        await routed.mark(connection, [11], reply_due_at=None)
        assert await routed.answered(connection, 9) == []


CLOSED = NOON - 60 * MIN


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({}, True, id="wrote while it was closed"),
        pytest.param({"last_in_at": CLOSED - MIN}, False, id="wrote before it closed"),
        pytest.param({"team": "shop"}, False, id="another team"),
        pytest.param({"since": None}, False, id="waits for nothing"),
        pytest.param({"state": "snoozed"}, False, id="set aside"),
    ],
)
async def test_who_wrote_to_a_closed_team_is_found(
    rows: Database, values: dict[str, Any], told: bool
) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10, **values)
        await routed.write(connection, [row(10, values.get("since", NOON))])
        assert bool(await routed.untold(connection, "care", CLOSED, NOON, 9)) is told


@pytest.mark.parametrize("why", ["told", "stopped", "answered", "told in another"])
async def test_who_was_told_said_stop_or_was_answered_meanwhile_is_not(rows: Database, why: str) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10)
        await routed.write(connection, [row(10, NOON)])
        assert await routed.untold(connection, "care", CLOSED, NOON, 9) == [10]
        if why == "told":
            await routed.mark(connection, [10], away_told_at=NOON)
        elif why == "stopped":
            await connection.execute(update(addresses).values(stopped_at=NOON))
        elif why == "answered":
            await says(connection, 1, 10, "I am here", direction="out", agent_id=ANA)
        else:
            old = {"id": 9, "customer_id": 10, "address_id": 10, "channel": "m", "team": "care"}
            await connection.execute(
                insert(table).values(**old, state="resolved", opened_at=NOON, last_at=NOON)
            )
            await routed.write(connection, [row(9, None, away_told_at=CLOSED + MIN)])
        assert await routed.untold(connection, "care", CLOSED, NOON, 9) == []


async def test_a_conversation_is_moved_and_given_on_only_where_it_was(rows: Database) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10)
        assert not await routed.move(connection, 10, before="shop", team="law")
        assert await routed.move(connection, 10, before="care", team="law")
        assert not await routed.hand_on(connection, 10, before=ANA, owner_id=RUI)
        assert await conversations.give(connection, {10: ANA}, [(10, "care")]) == set()
        assert await conversations.give(connection, {10: ANA}, [(10, "law")]) == {10}
        assert not await routed.move(connection, 10, before="law", team="care")
        assert await routed.hand_on(connection, 10, before=ANA, owner_id=RUI)
        assert [one.id for one in await waiting.owned(connection, 9, owners=[RUI])] == []
        await routed.write(connection, [row(10, NOON, assigned_at=NOON + MIN)])
        assert [one.owner_id for one in await waiting.owned(connection, 9, owners=[ANA, RUI])] == [RUI]
        assert await waiting.owned(connection, 9, after=10, owners=[RUI]) == []
        assert await waiting.owned(connection, 9, owners=[ANA], before=NOON) == []
        assert [one.id for one in await waiting.owned(connection, 9, before=NOON + MIN)] == [10]


async def test_a_language_told_by_words_never_replaces_one_that_was_said(rows: Database) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10)
        for tag in ("pt", "es"):
            await routed.speak(connection, [10], tag)
        assert [one.language for one in await waiting.some(connection, [10])] == ["pt"]


async def test_who_is_away_until_now_is_found_and_what_they_have_is_passed_on(rows: Database) -> None:
    async with rows.writing() as connection:
        for key, until in ((ANA, NOON), (RUI, NOON + MIN)):
            away = {"available": False, "away_until": until}
            await connection.execute(update(agents).where(agents.c.id == key).values(**away))
        assert [one.id for one in await availability.back_by(connection, NOON)] == [ANA]
        await talk(connection, 10, owner_id=ANA)
        await talk(connection, 11, owner_id=ANA, state="snoozed")
        await talk(connection, 12, owner_id=RUI)
        assert await availability.pass_on(connection, ANA, None) == [10]


async def test_since_when_somebody_has_it_is_the_last_time_it_changed_hands(rows: Database) -> None:
    async with rows.writing() as connection:
        await talk(connection, 10)
        for key, (kind, minutes) in enumerate([("assigned", 1), ("taken", 3), ("resolved", 9)]):
            befell = {"id": key, "conversation_id": 10, "kind": kind, "at": NOON + minutes * MIN}
            await connection.execute(insert(happenings).values(**befell, data={}))
        assert await waiting.had_since(connection, [10, 11]) == {10: NOON + 3 * MIN}
