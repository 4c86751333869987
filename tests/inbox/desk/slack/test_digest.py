"""On Monday at nine the team gets the week of touches with a picture, and agents their birthdays; once."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from storage.tables import orders
from tests.inbox.desk.slack.bureau import Bureau, bureau, start, stop
from tests.inbox.desk.slack.touching import customer, planned, rules, touched
from tests.providers.slack import Fault, Message


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, rules=rules(), start=False) as made:
        yield made


async def monday_at_nine(desk: Bureau) -> datetime:
    """Move everybody's clock to the next Monday, a minute past nine in Lisbon, where winter is UTC."""
    now = desk.now()
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=1, second=0)
    while monday.month not in (11, 12, 1, 2):
        monday += timedelta(days=7)
    desk.slack.clock.advance((monday - now).total_seconds())
    return datetime.fromtimestamp(desk.slack.clock.now(), UTC)


async def told(desk: Bureau) -> None:
    """Start the face, which takes its turn."""
    await start(desk.face)
    await desk.face.touched.turn()


async def a_week(desk: Bureau, monday: datetime) -> None:
    maria = await customer(desk, "maria")
    await touched(desk, maria, monday - timedelta(days=3), text="Happy birthday, Maria!")
    rui = await customer(desk, "paul")
    await planned(
        desk, rui, monday - timedelta(days=2), state="suppressed", reason="no_consent",
        ended_at=monday - timedelta(days=2),
    )  # fmt: skip
    tom = await customer(desk, "tom")
    await planned(desk, tom, monday, state="held", reason="open_complaint")
    day = monday + timedelta(days=2)
    await customer(desk, "ines", birth_month=day.month, birth_day=day.day)


def digests(desk: Bureau) -> list[Message]:
    return [post for post in desk.posts if post.text.startswith("Touches:")]


async def test_the_team_gets_its_week_once_with_a_picture_and_all_of_it_in_words(desk: Bureau) -> None:
    monday = await monday_at_nine(desk)
    await a_week(desk, monday)
    await told(desk)
    await desk.face.touched.turn()
    [post] = digests(desk)
    assert "1 went out last week, 1 are to come this week" in post.text
    assert "Birthday: 1 out, 0 answered, 0 opted out" in post.text
    assert "Not sent: 1: the customer was not asked, or did not allow it" in post.text
    assert "Held now: 1: a complaint is open" in post.text
    [image] = [block for block in post.blocks if block["type"] == "image"]
    assert image["alt_text"].startswith("Bars by day. Went out: Mon")
    assert image["alt_text"] in post.text
    kept = desk.slack.space.files[image["slack_file"]["id"]]
    drawn = Image.open(io.BytesIO(kept.content or b""))
    assert (drawn.format, drawn.size) == ("PNG", (1200, 560))
    assert desk.slack.mistakes == []


async def test_a_restart_tells_it_no_second_time(desk: Bureau) -> None:
    await a_week(desk, await monday_at_nine(desk))
    await told(desk)
    await stop(desk.face)
    await told(desk)
    assert len(digests(desk)) == 1


async def test_before_nine_nothing_is_told_and_nothing_of_an_empty_week(desk: Bureau) -> None:
    monday = await monday_at_nine(desk)
    await told(desk)
    assert digests(desk) == []
    await a_week(desk, monday + timedelta(days=7))
    desk.slack.clock.advance(timedelta(days=6, hours=23, minutes=58).total_seconds())
    await desk.face.touched.turn()
    assert digests(desk) == []
    desk.slack.clock.advance(120)
    await desk.face.touched.turn()
    assert len(digests(desk)) == 1


async def test_without_a_picture_the_words_are_told_all_the_same(desk: Bureau) -> None:
    await a_week(desk, await monday_at_nine(desk))
    desk.slack.fault("files.getUploadURLExternal", Fault.refuses("not_allowed", times=9))
    await told(desk)
    [post] = digests(desk)
    assert not any(block["type"] == "image" for block in post.blocks)
    assert "Went out: Mon" in post.text


async def test_a_week_without_a_touch_by_day_has_no_picture(desk: Bureau) -> None:
    monday = await monday_at_nine(desk)
    tom = await customer(desk, "tom")
    await planned(desk, tom, monday, state="held", reason="open_complaint")
    await told(desk)
    [post] = digests(desk)
    assert not any(block["type"] == "image" for block in post.blocks)
    assert post.text == (
        "Touches: 0 went out last week, 0 are to come this week. Held now: 1: a complaint is open."
    )


async def test_who_looks_after_customers_gets_their_birthdays_by_message(desk: Bureau) -> None:
    monday = await monday_at_nine(desk)
    day, later = monday + timedelta(days=1), monday + timedelta(days=3)
    ines, _ = await customer(
        desk, "ines", tier="gold", account_manager="ana", birth_month=day.month, birth_day=day.day
    )
    await customer(
        desk, "noel", allow=False, account_manager="ana", birth_month=later.month, birth_day=later.day
    )
    await customer(desk, "other", birth_month=day.month, birth_day=day.day)
    database = desk.house.database
    async with database.writing() as connection:
        order = {"id": database.ids.next(), "customer_id": ines, "number": "A1", "changed_at": monday}
        placed = datetime(2026, 3, 14, tzinfo=UTC)
        await connection.execute(orders.insert().values(**order, placed_at=placed))
    await told(desk)
    await desk.face.touched.turn()
    direct = [c for c in desk.slack.space.channels.values() if c.direct and c.messages]
    [post] = [message for channel in direct for message in channel.messages.values()]
    assert post.text.startswith("Birthdays this week: 2 of your customers.")
    first, second = post.text.partition(".")[2].split(";")
    assert "Ines (gold), last order 14 Mar 2026, touch at 10:00 their time, over Paper" in first
    assert "Noel, no order yet, no touch: the customer was not asked, or did not allow it" in second
    assert desk.slack.mistakes == []
