"""Answer times and reasons are said of a conversation in both faces, and only while somebody waits."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inbox.desk import answer_times
from inbox.desk.slack import answer_posts, card
from storage import conversations, desk, desk_log, route_facts
from tests.inbox.assigning.houses import a_house
from tests.inbox.house import NOON

DUE = {"due": "2026-11-24T12:40:00+00:00"}
SAID = [
    pytest.param("due_soon", DUE, "The answer is due Tue 24 Nov 13:40.", id="soon"),
    pytest.param(
        "escalated",
        {**DUE, "to": "Rui"},
        "Late: the answer was due Tue 24 Nov 13:40, and nobody else can take it. "
        "Rui, who leads the team, is told.",
        id="late",
    ),
    pytest.param(
        "too_long",
        DUE,
        "This matter takes longer than we promise: it was to be settled by Tue 24 Nov 13:40.",
        id="too long",
    ),
    pytest.param(
        "reassigned",
        {"to": "Rui", "why": "Ana is away", "reasons": ["a", "Rui is the only one left"]},
        "Rui gets this conversation: Ana is away; Rui is the only one left.",
        id="given on",
    ),
    pytest.param("owner_away", {"who": "Ana"}, "Ana is away: nobody has this conversation.", id="away"),
    pytest.param(
        "owner_away",
        {"who": "Ana", "promises": ["call back"]},
        "Ana is away: nobody has this conversation. (with the promise: call back)",
        id="away, with what was promised",
    ),
    pytest.param("due_soon", {}, "The answer is due a time that is not known.", id="without a time"),
]


@pytest.mark.parametrize(("kind", "data", "said"), SAID)
def test_what_befell_is_one_sentence_with_times_in_the_readers_zone(
    kind: str, data: dict[str, object], said: str
) -> None:
    assert answer_times.said(kind, data, ZoneInfo("Europe/Madrid")) == said


async def test_the_answer_time_and_why_stand_in_both_faces_while_the_customer_waits(tmp_path: Path) -> None:
    async with a_house(tmp_path, tiers={"lead": {"first_reply": "40m", "channels": {}}}) as house:
        talk = await house.says("maria")
        await house.settle()
        due = NOON + timedelta(minutes=40)
        async with house.house.database.reading() as connection:
            row, about = await desk.row(connection, talk), await desk_log.about(connection, talk)
            one = await conversations.one(connection, talk)
            decided = await route_facts.decided(connection, talk)
        assert row is not None
        assert about is not None
        assert one is not None
        assert row.reply_due_at == due == answer_times.due_of(one, about.decided)
        made = card.made(
            card.Card(
                conversation_id=talk, revision=1, customer="Maria", where="Paper", state="open",
                waiting_since=one.waiting_since, due_at=due, facts=answer_posts.facts_of(one, decided),
            )
        )  # fmt: skip
        assert f"answer due <!date^{int(due.timestamp())}^{{time}}|12:40 UTC>" in made.text
        assert "least open for the capacity" in made.text
        await house.desk.reply(talk, house.agents["ana"], text="yes", now=house.clock())
        async with house.house.database.reading() as connection:
            row, about = await desk.row(connection, talk), await desk_log.about(connection, talk)
            one = await conversations.one(connection, talk)
        assert row is not None
        assert about is not None
        assert one is not None
        assert (row.reply_due_at, answer_times.due_of(one, about.decided)) == (None, None)
