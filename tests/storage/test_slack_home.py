"""What an agent is shown is found by due time, counted and paged, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from storage import slack_digests, slack_home
from storage.database import Database
from storage.ids import first_at
from storage.slack_digests import CALM, SlackDigest
from storage.tables import addresses, agents, conversations, customers, happenings, messages, routed
from tests.storage.keeping import NOON

MIN = timedelta(minutes=1)
ANA, RUI = 1, 2
# conversation: team, owner, waiting since, due, state
TALKS: dict[int, tuple[str, int | None, datetime | None, datetime | None, str]] = {
    101: ("care", None, NOON - 9 * MIN, None, "open"),
    102: ("care", None, NOON - 5 * MIN, NOON + 5 * MIN, "open"),
    103: ("care", None, NOON - 4 * MIN, NOON - MIN, "open"),
    104: ("care", ANA, NOON - 3 * MIN, NOON - 2 * MIN, "open"),
    105: ("care", ANA, None, None, "open"),
    106: ("care", RUI, NOON - MIN, None, "open"),
    107: ("shop", None, NOON - MIN, NOON - MIN, "open"),
    108: ("care", ANA, NOON - MIN, None, "snoozed"),
    109: ("care", None, NOON - MIN, None, "resolved"),
    110: ("care", ANA, NOON - 2 * MIN, None, "open"),
}


@pytest.fixture
async def rows(database: Database) -> Database:
    async with database.writing() as connection:
        for key, name in ((ANA, "Ana"), (RUI, "Rui")):
            await connection.execute(
                insert(agents).values(id=key, key=name.lower(), name=name, teams=[], created_at=NOON)
            )
        for key, (team, owner, since, due, state) in TALKS.items():
            await connection.execute(insert(customers).values(id=key, name=f"C{key}", created_at=NOON))
            await connection.execute(
                insert(addresses).values(
                    id=key, customer_id=key, address=f"x:{key}", channel="m", created_at=NOON
                )
            )
            await connection.execute(
                insert(conversations).values(
                    id=key, customer_id=key, address_id=key, channel="m", team=team, state=state,
                    owner_id=owner, opened_at=NOON, last_at=NOON, waiting_since=since,
                )
            )  # fmt: skip
            if due is not None:
                await connection.execute(
                    insert(routed).values(conversation_id=key, decided_at=NOON, reply_due_at=due)
                )
    return database


async def test_ones_own_are_by_due_time_then_by_waiting_then_those_answered(rows: Database) -> None:
    async with rows.reading() as connection:
        found = await slack_home.yours(connection, ANA, skip=0, limit=20)
        assert [one.id for one in found] == [104, 110, 105]
        assert (found[0].owner, found[0].customer, found[0].reply_due_at) == ("Ana", "C104", NOON - 2 * MIN)
        assert [one.id for one in await slack_home.yours(connection, ANA, skip=1, limit=1)] == [110]
        assert await slack_home.count_yours(connection, ANA) == (3, 2)


@pytest.mark.parametrize(
    ("teams", "agent", "found"),
    [
        (["care"], None, [103, 102, 101]),
        (["care"], ANA, [104, 103, 102, 101, 110]),
        (["shop", "care"], None, [103, 107, 102, 101]),
        ([], ANA, []),
    ],
    ids=["nobody's", "nobody's and mine", "two teams", "no team"],
)
async def test_who_waits_comes_by_due_time_and_those_without_one_last(
    rows: Database, teams: list[str], agent: int | None, found: list[int]
) -> None:
    async with rows.reading() as connection:
        listed = await slack_home.waiting(connection, teams, agent_id=agent, skip=0, limit=20)
        assert [one.id for one in listed] == found
        assert await slack_home.count_waiting(connection, teams, agent) == len(found)
        assert [
            one.id for one in await slack_home.waiting(connection, teams, agent_id=agent, skip=1, limit=1)
        ] == (found[1:2])


async def test_a_whole_team_is_listed_with_what_colleagues_have(rows: Database) -> None:
    async with rows.reading() as connection:
        found = await slack_home.waiting(connection, ["care"], agent_id=ANA, every=True, skip=0, limit=20)
        assert [one.id for one in found] == [104, 103, 102, 101, 110, 106]
        assert await slack_home.count_waiting(connection, ["care"], ANA, every=True) == 6


async def test_those_too_late_are_counted_beyond_what_is_listed(rows: Database) -> None:
    async with rows.reading() as connection:
        found, total = await slack_home.late(connection, "care", NOON, 10)
        assert ([one.id for one in found], total) == ([104, 103], 2)
        found, total = await slack_home.late(connection, "care", NOON, 1)
        assert ([one.id for one in found], total) == ([104], 2)
        assert await slack_home.late(connection, "none", NOON, 10) == ([], 0)


async def test_conversations_come_in_the_order_asked_for_and_the_latest_of_a_customer_is_known(
    rows: Database,
) -> None:
    async with rows.reading() as connection:
        assert [one.id for one in await slack_home.these(connection, [105, 7, 101])] == [105, 101]
        assert await slack_home.latest(connection, [101, 7]) == {101: 101}


async def test_numbers_count_what_one_said_and_resolved_since(rows: Database) -> None:
    key = first_at(NOON)

    def message(number: int, talk: int, agent: int | None, direction: str, at: datetime) -> dict[str, object]:
        return {
            "id": number, "conversation_id": talk, "direction": direction, "channel": "m",
            "external_id": str(number), "agent_id": agent, "sent_at": at, "received_at": at,
        }  # fmt: skip

    async with rows.writing() as connection:
        for one in (
            message(key + 1, 101, ANA, "out", NOON),
            message(key + 2, 101, ANA, "out", NOON),
            message(key + 3, 102, ANA, "out", NOON + MIN),
            message(key + 4, 103, RUI, "out", NOON),
            message(key + 5, 103, ANA, "note", NOON),
            message(key + 6, 104, ANA, "out", NOON - MIN),
            message(key - 1, 105, ANA, "out", NOON),
        ):
            await connection.execute(insert(messages).values(**one))
        for number, talk, kind, agent in (
            (1, 101, "resolved", ANA), (2, 101, "resolved", ANA), (3, 102, "taken", ANA),
            (4, 103, "resolved", RUI),
        ):  # fmt: skip
            await connection.execute(
                insert(happenings).values(
                    id=key + number, conversation_id=talk, kind=kind, agent_id=agent, at=NOON, data={}
                )
            )
    async with rows.reading() as connection:
        did = await slack_home.numbers(connection, ANA, NOON)
    assert (did.answers, did.customers, did.resolved) == (3, 2, 1)


async def test_a_teams_post_is_kept_once(database: Database) -> None:
    first = SlackDigest(team="care", slack_channel="C1", ts="", said="", at=NOON)
    async with database.writing() as connection:
        assert await slack_digests.digest_of(connection, "care") is None
        await slack_digests.keep_digest(connection, first)
        later = SlackDigest(team="care", slack_channel="C2", ts="1.2", said=CALM, at=NOON + MIN)
        await slack_digests.keep_digest(connection, later)
    async with database.reading() as connection:
        assert await slack_digests.digest_of(connection, "care") == later
