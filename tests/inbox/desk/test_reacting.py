"""Reactions of ours: owed to the customer in order, where team and channel carry them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bots.errors import Refused
from config.policy import Policy, Team
from inbox.desk.errors import CannotChange, NotAllowed, NotThere, Stopped
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.policies import fixed
from storage import reactions
from tests.inbox.house import House, make_house

ON = fixed(Policy(teams=(Team(key="support", name="S", reactions=True),)))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose team carries reactions over a channel that has three."""
    made = await make_house(f"sqlite:///{tmp_path / 't.db'}", slack=True)
    made.paper.spec = replace(made.paper.spec, reactions=("👍", "❤", "🙏"))
    made.ground = replace(made.ground, policies=ON)
    made.desk = type(made.desk)(made.ground)
    yield made
    await made.accept.close()
    await made.database.close()


async def said(house: House) -> int:
    await house.says("maria", 1, "it works")
    return int((await house.rows("SELECT id FROM messages"))[0][0])


async def react(house: House, message: int, reaction: str, *, on: bool = True, origin: str = "web") -> None:
    await house.desk.react(
        message, house.agents["ana"], reaction=reaction, on=on, now=house.clock(), origin=origin
    )


async def carried(house: House, folder: Path) -> list[tuple[str, str]]:
    owing = Owing(
        database=house.database, live=house.ground.live, nudges=house.ground.nudges, slack=True,
        media=MediaStore(folder / "m", "s"), public_url="http://x",
    )  # fmt: skip
    outbox = Outbox(
        lane="paper", channel=house.paper, owing=owing, nudges=house.ground.nudges, metrics=Metrics(),
        clock=house.clock,
    )  # fmt: skip
    await outbox.drain()
    return house.paper.reacted


async def test_reactions_go_in_order_and_the_last_stands(house: House, tmp_path: Path) -> None:
    message = await said(house)
    for reaction, on in (("👍", True), ("❤️", True), ("❤", True), ("👍", False)):
        await react(house, message, reaction, on=on)
    assert await carried(house, tmp_path) == [("maria:1", "👍"), ("maria:1", "❤")]
    async with house.database.reading() as connection:
        assert await reactions.standing(connection, [message]) == {message: "❤"}
    await react(house, message, "❤", on=False)
    assert (await carried(house, tmp_path))[-1] == ("maria:1", "")
    async with house.database.reading() as connection:
        assert await reactions.standing(connection, [message]) == {}
    kinds = await house.rows("SELECT kind FROM happenings WHERE kind = 'reacted'")
    assert len(kinds) == 3


async def test_skin_is_left_out_where_the_channel_has_none(house: House, tmp_path: Path) -> None:
    await react(house, await said(house), "👍🏽")
    assert await carried(house, tmp_path) == [("maria:1", "👍")]


async def test_one_that_was_refused_stands_nowhere_and_may_be_put_again(house: House, tmp_path: Path) -> None:
    message = await said(house)

    house.paper.answers = [Refused("no")]
    await react(house, message, "👍")
    await carried(house, tmp_path)
    async with house.database.reading() as connection:
        assert await reactions.standing(connection, [message]) == {}
    await react(house, message, "👍")
    assert await carried(house, tmp_path) == [("maria:1", "👍")]
    assert await house.rows("SELECT count(*) FROM deliveries WHERE kind IN ('failure', 'mark')") == [(0,)]


async def test_what_was_put_in_slack_is_not_said_there_again(house: House) -> None:
    await react(house, await said(house), "👍", origin="slack")
    assert await house.rows("SELECT count(*) FROM deliveries WHERE kind = 'happened'") == [(0,)]
    assert await house.rows("SELECT count(*) FROM happenings WHERE kind = 'reacted'") == [(1,)]


async def test_nothing_goes_where_it_cannot_or_may_not(house: House) -> None:
    message, ana, now = await said(house), house.agents["ana"], house.clock()
    with pytest.raises(CannotChange, match="Paper cannot"):
        await react(house, message, "🦥")
    ours = await house.desk.reply(
        (await house.rows("SELECT id FROM conversations"))[0][0], ana, text="yes", now=now
    )
    with pytest.raises(NotThere):
        await react(house, ours, "👍")
    inside = type(house.desk)(
        replace(house.ground, policies=fixed(Policy(teams=(Team(key="support", name="S"),))))
    )
    with pytest.raises(NotAllowed, match="stay inside"):
        await inside.react(message, ana, reaction="👍", now=now)
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    with pytest.raises(Stopped):
        await react(house, message, "👍")
