"""Who waits for a turn in Slack is listed with where it goes on, before any row is read whole."""

from datetime import timedelta

from storage import endings, slack_lanes, slack_threads, slack_turns
from storage.endings import Outcome
from storage.slack_turns import Waits
from tests.storage.keeping import NOON, WITH_SLACK, Home, said

SOON = NOON + timedelta(hours=1)


async def _two(home: Home) -> list[Waits]:
    """Two customers have written twice each; returns whose turn may come."""
    for number, who in enumerate(("maria", "paul", "maria", "paul"), 1):
        await home.keep(said(number, who=f"telegram:{who}"), rules=WITH_SLACK)
    async with home.database.reading() as connection:
        return await slack_turns.due(connection, "slack", SOON, 10)


async def test_only_heads_are_listed_the_oldest_first_with_their_team(home: Home) -> None:
    first, second = await _two(home)
    assert (first.kind, first.state, first.team, first.slack_channel) == ("message", "ready", "support", "")
    assert first.conversation_id != second.conversation_id
    assert first.id < second.id
    async with home.database.reading() as connection:
        assert await slack_turns.due(connection, "slack", SOON, 1) == [first]
        assert await slack_turns.due(connection, "slack", NOON - timedelta(days=1), 10) == []
        assert await slack_turns.due(connection, "slack-marks", SOON, 10) == []
        rows = await slack_lanes.rows(connection, [first.id])
    assert [(row.id, row.owed_at, row.due_at) for row in rows] == [(first.id, first.owed_at, first.due_at)]


async def test_where_a_conversation_goes_on_is_its_current_thread(home: Home) -> None:
    first, _ = await _two(home)
    async with home.database.writing() as connection:
        for slack_channel, root_ts in (("C1", "1.0"), ("C2", "2.0")):
            await slack_threads.keep_thread(
                connection,
                workspace="T1",
                slack_channel=slack_channel,
                root_ts=root_ts,
                conversation_id=first.conversation_id,
                revision=1,
                now=NOON,
            )
        found = await slack_turns.due(connection, "slack", SOON, 10)
    assert [one.slack_channel for one in found] == ["C2", ""]


async def test_whose_answer_was_lost_is_listed_apart_due_or_not(home: Home) -> None:
    first, second = await _two(home)
    async with home.database.writing() as connection:
        await slack_lanes.claim_these(connection, [first.id])
        later = SOON + timedelta(hours=1)
        await endings.end(connection, [Outcome(id=first.id, state="asking", due_at=later)], NOON)
        [asked] = await slack_turns.asking(connection, "slack")
        assert await slack_turns.due(connection, "slack", SOON, 10) == [second]
    assert (asked.id, asked.state, asked.due_at) == (first.id, "asking", later)
