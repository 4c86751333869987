"""A house that was put back from a backup sends nothing before somebody lets it; its agents see why."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.outbox import Outbox
from inbox.owing import Owing
from storage import restored
from storage.restored import Held
from tests.inbox.desk.slack.bureau import begin as begin_slack
from tests.inbox.desk.slack.bureau import bureau, face
from tests.inbox.desk.web.house import House as Pages
from tests.inbox.desk.web.house import house_in as pages
from tests.inbox.house import NOON, House

PATIENCE = 20


def _outbox(house: House, folder: Path) -> Outbox:
    owing = Owing(
        database=house.database,
        live=house.ground.live,
        nudges=house.ground.nudges,
        media=MediaStore(folder / "media", "secret"),
        public_url="https://in.example",
        slack=False,
        channels=house.ground.channels,
    )
    return Outbox(
        lane="paper",
        channel=house.paper,
        owing=owing,
        nudges=house.ground.nudges,
        metrics=Metrics(),
        clock=house.clock,
    )


async def test_nothing_leaves_before_a_word_and_everything_after_it(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conversation = await house.says("maria", 1, "hello")
    ana = house.agents["ana"]
    await house.desk.reply(conversation, ana, text="owed then", now=house.clock())
    async with house.database.writing() as connection:
        await restored.hold(connection, Held(made_at=NOON, at=NOON, by="ana"))
    await house.desk.reply(conversation, ana, text="written since", now=house.clock())
    outbox = _outbox(house, tmp_path)
    asked = 0
    is_held = outbox._owing.is_held

    async def counted() -> bool:
        nonlocal asked
        asked += 1
        return await is_held()

    outbox._owing = _With(outbox._owing, counted)  # type: ignore[assignment]
    running = asyncio.create_task(outbox.run())
    async with asyncio.timeout(PATIENCE):
        while asked < 3:
            house.ground.nudges.nudge("paper")
            await asyncio.sleep(0)
        assert house.paper.sent == []
        assert capsys.readouterr().out.count("see `tidings resume`") == 1, "told once, not at each look"
        async with house.database.writing() as connection:
            await restored.let_go(connection)
        while len(house.paper.sent) < 2:
            house.ground.nudges.nudge("paper")
            await asyncio.sleep(0.01)
    assert [one.text for one in house.paper.sent] == ["owed then", "written since"]
    told, asked = asked, 0
    assert told >= 4
    await outbox.stop()
    await running
    assert asked == 0, "a house that sends is not asked again"


class _With:
    """What the outbox asks, with one answer counted."""

    def __init__(self, owing: Owing, is_held: object) -> None:
        self._owing, self.is_held = owing, is_held

    def __getattr__(self, name: str) -> object:
        return getattr(self._owing, name)


async def test_what_was_typed_in_slack_before_it_was_put_back_goes_only_by_a_press(tmp_path: Path) -> None:
    async with bureau(tmp_path) as desk:
        card = await desk.opened()
        await desk.face.stop()
        await desk.until(lambda: not desk.slack.sockets.open)
        desk.slack.delivery.hold()
        await desk.forward(100)
        typed = await desk.ana.types(card, "it is on its way")
        await desk.forward(60)
        at = desk.now()
        async with desk.house.database.writing() as connection:
            await restored.hold(connection, Held(made_at=at - timedelta(hours=1), at=at, by="ana"))
        desk.face = face(desk)
        await begin_slack(desk)
        await desk.until(lambda: "memo" in typed.reactions)
        assert desk.house.paper.sent == []


async def test_the_page_of_what_was_not_sent_says_that_nothing_leaves(tmp_path: Path) -> None:
    async with pages(tmp_path) as house:
        await house.sign_in()
        assert "Nothing leaves" not in await house.page("/desk/owed")
        await _put_back(house)
        page = await house.page("/desk/owed")
        assert "Nothing leaves: a backup made" in page
        assert "tidings resume" in page


async def _put_back(house: Pages) -> None:
    now = house.app.clock()
    async with house.app.database.writing() as connection:
        await restored.hold(connection, Held(made_at=now - timedelta(hours=3), at=now, by="root"))
