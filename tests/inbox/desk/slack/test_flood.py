"""A customer who floods is heard whole, and nobody else waits for them."""

from pathlib import Path

import pytest

from inbox.desk.slack import lane
from storage.batch import Batch, Said
from tests.inbox.desk.slack.bureau import Bureau, bureau

FLOOD = 96
OTHERS = ("rita", "paul", "zoe")


async def _say(desk: Bureau, who: str, count: int, start: int = 1) -> None:
    batch, now = Batch(), desk.now()
    for number in range(start, start + count):
        batch.said.append(
            Said(
                hook_id=desk.house.database.ids.next(),
                channel="paper",
                address=f"paper:{who}",
                external_id=f"{who}:{number}",
                text=f"{who} says {number}.",
                sent_at=now,
                received_at=now,
                sender_name=who.title(),
            )
        )
    applying = desk.house.accept.applying
    await applying.keeper.keep(batch, applying.rules)
    desk.ring()


def _stands(desk: Bureau, words: str) -> bool:
    return any(words in post.text for post in desk.posts if post.thread_ts is not None)


async def test_others_words_stand_in_slack_before_a_flood_is_told_whole(tmp_path: Path) -> None:
    async with bureau(tmp_path, posts_per_second=6.0, posts_burst=1) as desk:
        for who in ("max", *OTHERS):
            await _say(desk, who, 1)
        await desk.until_row(
            "SELECT count(*) FROM deliveries WHERE lane = 'slack' AND state <> 'sent'", is_=0
        )
        await _say(desk, "max", FLOOD, start=2)
        await desk.until(lambda: _stands(desk, "max says 2."))
        for who in OTHERS:
            await _say(desk, who, 1, start=2)
        await desk.until(lambda: all(_stands(desk, f"{who} says 2.") for who in OTHERS))
        assert not _stands(desk, f"max says {FLOOD + 1}."), "the flood is not yet told whole"
        await desk.until(lambda: _stands(desk, f"max says {FLOOD + 1}."))
        told = [int(words) for post in desk.posts if post.thread_ts for words in _numbers(post.text)]
        assert told == list(range(1, FLOOD + 2)), "nothing of it is lost, and it stands in order"


async def test_who_must_go_first_is_seen_behind_more_than_a_turn_looks_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "AT_ONCE", 1)
    async with bureau(tmp_path, start=False) as desk:
        await desk.face.open()
        for number in range(lane.FEW + 2):
            await _say(desk, f"customer {number}", 1)
        [(last,)] = await desk.house.rows("SELECT max(id) FROM deliveries WHERE lane = 'slack'")
        async with desk.house.database.writing() as connection:
            await connection.exec_driver_sql(f"UPDATE deliveries SET kind = 'failure' WHERE id = {last}")
        [first], _ = await desk.face.lane._chosen(desk.now())
        assert first.row.id == last


def _numbers(text: str) -> list[str]:
    return [
        line.partition("max says ")[2].partition(".")[0] for line in text.splitlines() if "max says " in line
    ]
