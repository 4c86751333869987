"""A node whose clock is ahead owes in the future; who posts does not wait for it."""

from pathlib import Path

from inbox.desk.slack.ahead import Ahead
from tests.inbox.desk.slack.bureau import Bureau, begin, bureau

HOUR = 3_600_000_000  # microseconds
OWED = "SELECT count(*) FROM deliveries WHERE lane = 'slack' AND {which}"


async def _later(desk: Bureau, *columns: str) -> None:
    """Let Maria have said three things, owed to Slack by a clock that is ahead in these columns."""
    for number, words in enumerate(("one", "two", "three"), 1):
        await desk.house.says("maria", number, words)
    moved = ", ".join(f"{column} = {column} + {HOUR}" for column in columns)
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(f"UPDATE deliveries SET {moved} WHERE lane LIKE 'slack%'")


async def test_what_another_node_owed_by_a_clock_an_hour_ahead_is_posted_now_and_in_order(
    tmp_path: Path,
) -> None:
    async with bureau(tmp_path, start=False) as desk:
        await _later(desk, "owed_at", "due_at")
        await begin(desk)
        await desk.until(lambda: len(desk.cards) == 1 and any("three" in post.text for post in desk.thread()))
        text = "\n".join(post.text for post in desk.thread())
        assert text.index("one") < text.index("two") < text.index("three")


async def test_what_waits_for_its_next_try_lies_not_ahead(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False) as desk:
        await _later(desk, "due_at")
        await Ahead(desk.face.workspace).turn()
        assert await desk.house.rows(OWED.format(which="due_at > owed_at")) == [(3,)]
