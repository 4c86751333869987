"""A change of the policy holds while the house runs; a mistake keeps what held and says where it is."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from config.policy import Policy
from config.settings import load
from inbox.app import App, build
from inbox.channels import slack_settings
from inbox.policies import Policies, fixed
from storage import agents
from tests.databases import begin_sqlite

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANA = '[[agents]]\nkey = "ana"\nname = "Ana"\nrole = "admin"\n'
RUI = '[[agents]]\nkey = "rui"\nname = "Rui"\n'
TEAMS = '[[teams]]\nkey = "support"\nname = "Support"\n[[teams]]\nkey = "sales"\nname = "Sales"\n'
BAD = '[[teams]]\nkey = "support"\nname = "Support"\nzone = "Mars"\n'


class Folder:
    """A configuration that the test writes; every writing has a time of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tidings.toml"
        self._times = iter(range(1_000, 9_000))

    def write(self, text: str) -> None:
        self.path.write_text(text)
        at = next(self._times)
        os.utime(self.path, (at, at))

    def policies(self, text: str, **more: Any) -> Policies:
        self.write(text)
        return Policies(load(self.path, {}), **more)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


async def looked(policies: Policies) -> bool:
    """Look until the file has stayed the same between two turns."""
    return [await policies.turn(), await policies.turn()][-1]


async def test_what_was_saved_holds_and_is_told_once(folder: Folder) -> None:
    policies = folder.policies(ANA)
    told: list[Policy] = []

    async def listen(policy: Policy) -> None:
        told.append(policy)

    policies.on_change(listen)
    assert not await looked(policies)
    folder.write(ANA + RUI + TEAMS)
    assert await looked(policies)
    assert not await looked(policies)
    assert [agent.key for agent in policies.now.agents] == ["ana", "rui"]
    assert policies.teams == {"support", "sales"}
    assert [*policies.agents] == ["ana", "rui"]
    assert told == [policies.now]


async def test_a_file_that_is_still_being_written_is_not_read(folder: Folder) -> None:
    policies = folder.policies(ANA)
    await looked(policies)
    folder.write("")
    assert not await policies.turn()
    folder.write(ANA + RUI)
    assert not await policies.turn()
    assert [agent.key for agent in policies.now.agents] == ["ana"]
    assert await policies.turn()
    assert [agent.key for agent in policies.now.agents] == ["ana", "rui"]


async def test_a_mistake_keeps_what_held_and_says_file_line_and_reason_once(folder: Folder) -> None:
    policies = folder.policies(ANA)
    before = policies.now
    folder.write(ANA + BAD)
    with capture_logs() as logs:
        assert not await looked(policies)
        assert not await looked(policies)
    assert policies.now == before
    (said,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (said["file"], said["line"]) == (str(folder.path), 8)
    assert "no time zone 'Mars'" in said["what"]
    (sentence,) = policies.said
    assert sentence.startswith(f"{folder.path}:8: ")
    assert "'Mars'" in sentence


async def test_of_many_mistakes_the_desk_says_one_and_the_log_all(folder: Folder) -> None:
    policies = folder.policies(ANA)
    folder.write(ANA + BAD + "capacity = 1\n[answering]\nbound = 0\n")
    with capture_logs() as logs:
        await looked(policies)
    assert [entry["line"] for entry in logs if entry["log_level"] == "error"] == [8, 9, 11]
    (sentence,) = policies.said
    assert sentence.startswith(f"{folder.path}:8: ")
    assert " 2 more: " in sentence


async def test_another_change_with_the_same_mistake_is_said_again(folder: Folder) -> None:
    policies = folder.policies(ANA)
    with capture_logs() as logs:
        for text in (ANA + BAD, ANA + "\n" + BAD):
            folder.write(text)
            await looked(policies)
    assert [entry["line"] for entry in logs if entry["log_level"] == "error"] == [8, 9]


@pytest.mark.parametrize("text", [ANA, ANA + RUI], ids=["what held", "something new"])
async def test_a_mistake_that_was_put_right_is_forgotten(folder: Folder, text: str) -> None:
    policies = folder.policies(ANA)
    folder.write(ANA + BAD)
    await looked(policies)
    folder.write(text)
    assert await looked(policies) == (text != ANA)
    assert policies.said == ()


async def test_a_file_that_was_taken_away_keeps_what_held(folder: Folder) -> None:
    policies = folder.policies(ANA)
    await looked(policies)
    folder.path.unlink()
    with capture_logs() as logs:
        await looked(policies)
        await looked(policies)
    assert [entry["event"] for entry in logs] == ["the policy was not taken"]
    assert [agent.key for agent in policies.now.agents] == ["ana"]
    folder.write(ANA + RUI)
    assert await looked(policies)


async def test_what_needs_a_restart_is_said_once_and_the_policy_follows(folder: Folder) -> None:
    policies = folder.policies("port = 9001\n" + ANA)
    with capture_logs() as logs:
        folder.write('port = 9002\nbusiness = "Casa"\n' + ANA + RUI)
        assert await looked(policies)
        folder.write('port = 9002\nbusiness = "Casa"\n' + ANA)
        assert await looked(policies)
    (said,) = [entry for entry in logs if entry["log_level"] == "warning"]
    assert said["sections"] == ["business", "port"]
    (sentence,) = policies.said
    assert "business, port changed" in sentence
    folder.write("port = 9001\n" + ANA)
    await looked(policies)
    assert policies.said == ()


async def test_who_fails_to_follow_is_told_again(folder: Folder) -> None:
    policies = folder.policies(ANA)
    told: list[int] = []

    async def listen(policy: Policy) -> None:
        told.append(len(policy.agents))
        if len(told) == 1:
            raise OSError("the database is away")

    policies.on_change(listen)
    folder.write(ANA + RUI)
    with pytest.raises(OSError, match="away"):
        await looked(policies)
    assert await policies.turn()
    assert told == [2, 2]


async def test_a_kind_of_channel_that_is_none_is_refused(folder: Folder) -> None:
    policies = folder.policies(ANA)
    folder.write(ANA + '[[rules]]\nkey = "a"\nwhen.channels = ["fax"]\n')
    await looked(policies)
    assert "no channel 'fax'" in policies.said[0]


async def test_policies_without_a_file_stay_as_they_are() -> None:
    policies = fixed()
    assert not await looked(policies)
    assert policies.teams == {"support"}


@pytest.fixture
async def app(tmp_path: Path, folder: Folder) -> AsyncIterator[App]:
    begin_sqlite(tmp_path / "t.db")
    folder.write(f'database = "sqlite:///{tmp_path}/t.db"\nmedia_dir = "{tmp_path}/media"\n' + ANA + RUI)
    app = build(load(folder.path, {"TIDINGS_SECRET_KEY": "0" * 64}))
    app.clock = lambda: NOON
    await app.open()
    yield app
    await app.stop()


async def test_the_house_follows_its_agents_its_teams_and_where_what_comes_in_waits(
    app: App, folder: Folder, tmp_path: Path
) -> None:
    base = f'database = "sqlite:///{tmp_path}/t.db"\nmedia_dir = "{tmp_path}/media"\n'
    new = '[[agents]]\nkey = "eva"\nname = "Eva"\n'
    teams = '[[teams]]\nkey = "shop"\nname = "Shop"\n'
    folder.write(base + ANA + new + teams)
    assert await looked(app.policies)
    async with app.database.reading() as connection:
        active = {agent.key: agent.teams for agent in await agents.all_active(connection)}
        rui = await agents.by_key(connection, "rui")
    assert active == {"ana": ["shop"], "eva": ["shop"]}
    assert rui is not None
    assert not rui.active
    assert app.ground.teams == {"shop"}
    assert app.accept.applying.rules.team == "shop"
    assert app.policies.said == ()


async def test_the_loop_takes_a_change_by_itself_and_ends_when_it_is_told(folder: Folder) -> None:
    policies = folder.policies(ANA)
    took = asyncio.Event()

    async def listen(_policy: Policy) -> None:
        took.set()

    policies.on_change(listen)
    folder.write(ANA + RUI)
    running = asyncio.create_task(policies.run())
    while not took.is_set():
        policies._nudges.nudge("policies")
        await asyncio.sleep(0)
    await policies.stop()
    await asyncio.wait_for(running, 10)
    assert len(policies.now.agents) == 2


async def test_a_new_team_that_slack_has_no_place_for_is_refused(folder: Folder) -> None:
    base = '[slack]\n[[teams]]\nkey = "support"\nname = "Support"\nslack_channel = "C0123456789"\n' + ANA
    folder.write(base)
    env = {"SLACK_BOT_TOKEN": "xoxb-1-2-3", "SLACK_APP_TOKEN": "xapp-1-2-3"}
    policies = Policies(load(folder.path, env), check=slack_settings)
    folder.write(base + '[[teams]]\nkey = "sales"\nname = "Sales"\n')
    await looked(policies)
    assert policies.teams == {"support"}
    assert "No Slack channel for sales" in policies.said[0]
    folder.write(base + '[[teams]]\nkey = "sales"\nname = "Sales"\nslack_channel = "C1123456789"\n')
    assert await looked(policies)
    assert policies.teams == {"support", "sales"}
