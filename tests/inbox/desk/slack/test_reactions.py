"""Reactions in Slack: on to the customer where team and channel carry them, and nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from tests.inbox.desk.slack.bureau import bureau

SPEC: dict[str, Any] = {"reactions": ("👍", "❤", "🎉")}
SHOWN = "SELECT count(*) FROM slack_posts WHERE by_agent = 0"
OWED = "SELECT text FROM deliveries WHERE kind = 'react' AND state = 'sent' ORDER BY id DESC"
DONE = "SELECT count(*) FROM hooks WHERE state <> 'applied'"


async def test_a_reaction_goes_to_the_customer_and_comes_off_again(tmp_path: Path) -> None:
    async with bureau(tmp_path, spec=SPEC, of_team={"reactions": True}) as desk:
        await desk.opened()
        await desk.until_row(SHOWN)
        [post] = desk.thread()
        await desk.ana.reacts(post, "heart")
        await desk.until_row(OWED, is_="❤")
        await desk.ana.unreacts(post, "heart")
        await desk.until_row(OWED, is_="")
        assert desk.house.paper.reacted == [("maria:1", "❤"), ("maria:1", "")]
        await desk.until_row(DONE, is_=0)
        assert len(desk.thread()) == 1, "it stands in Slack already"


@pytest.mark.parametrize("why", ["the team keeps them inside", "the channel has none"])
async def test_where_it_is_not_carried_nothing_is_sent_or_said(tmp_path: Path, why: str) -> None:
    inside = why.startswith("the team")
    async with bureau(tmp_path, spec=SPEC if inside else None, of_team={"reactions": not inside}) as desk:
        card = await desk.opened()
        await desk.until_row(SHOWN)
        await desk.ana.reacts(desk.thread()[0], "+1")
        await desk.ana.types(card, "end")
        await desk.sent()
        await desk.until_row(DONE, is_=0)
        assert (desk.house.paper.reacted, desk.ana.ephemerals) == ([], [])


async def test_one_that_the_channel_lacks_is_told_to_the_agent(tmp_path: Path) -> None:
    async with bureau(tmp_path, spec=SPEC, of_team={"reactions": True}) as desk:
        await desk.opened()
        await desk.until_row(SHOWN)
        await desk.ana.reacts(desk.thread()[0], "sloth")
        await desk.ana.sees("Paper has no such reaction")
        assert desk.house.paper.reacted == []


async def test_only_agents_react_to_customers(tmp_path: Path) -> None:
    async with bureau(tmp_path, spec=SPEC, of_team={"reactions": True}) as desk:
        card = await desk.opened()
        await desk.until_row(SHOWN)
        await desk.slack.add_person("Nina").reacts(desk.thread()[0], "+1")
        await desk.ana.types(card, "end")
        await desk.sent()
        await desk.until_row(DONE, is_=0)
        assert desk.house.paper.reacted == []
