"""Loops that one node runs at a time, over a real PostgreSQL: shared, taken over, given back, refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from inbox import owned
from inbox.nudges import Nudges
from inbox.owned import Owned, Owner
from storage.database import Database
from storage.leases import Stale
from tests.databases import _copied, dropped

NAMES = ["assign", "clock/touches", *(f"apply/{n}" for n in range(4)), "send/sms", "send/telegram"]


@dataclass(slots=True)
class Runs:
    """Who runs what, as the loops themselves tell."""

    now: dict[str, set[str]] = field(default_factory=dict)
    databases: dict[tuple[str, str], Database] = field(default_factory=dict)
    together: list[str] = field(default_factory=list)

    def loop(self, node: str, name: str) -> Callable[[Database], "Loop"]:
        return lambda database: Loop(self, node, name, database)

    def of(self, node: str) -> set[str]:
        return {name for name, nodes in self.now.items() if node in nodes}


class Loop:
    def __init__(self, runs: Runs, node: str, name: str, database: Database) -> None:
        self.runs, self.node, self.name = runs, node, name
        self.runs.databases[node, name] = database
        self.ended = asyncio.Event()

    async def run(self) -> None:
        nodes = self.runs.now.setdefault(self.name, set())
        nodes.add(self.node)
        if len(nodes) > 1:
            self.runs.together.append(self.name)
        try:
            await self.ended.wait()
        finally:
            nodes.discard(self.node)

    async def stop(self) -> None:
        self.ended.set()


@dataclass(slots=True)
class Node:
    owner: Owner
    task: "asyncio.Task[None]"
    nudges: Nudges
    database: Database


class Nodes:
    """Nodes of one database; each is a process as far as leases know."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.runs = Runs()
        self.nodes: dict[str, Node] = {}

    async def start(self, name: str) -> Node:
        database, nudges = Database(self.url), Nudges()
        await database.open()
        duties = [Owned(name=one, begin=self.runs.loop(name, one)) for one in NAMES]
        owner = Owner(database, nudges, duties)
        self.nodes[name] = Node(owner, asyncio.create_task(owner.run()), nudges, database)
        return self.nodes[name]

    async def stop(self, name: str) -> None:
        node = self.nodes.pop(name)
        await node.owner.stop()
        await node.task
        await node.database.close()


@pytest.fixture
async def nodes(postgres_url: str) -> AsyncIterator[Nodes]:
    url = await _copied(postgres_url)
    made = Nodes(url)
    yield made
    for name in list(made.nodes):
        await made.stop(name)
    await dropped(url)


async def _until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.02)


async def test_one_node_owns_everything_and_a_second_gets_its_half(nodes: Nodes) -> None:
    await nodes.start("a")
    await _until(lambda: nodes.runs.of("a") == set(NAMES))
    await nodes.start("b")
    await _until(lambda: len(nodes.runs.of("a")) == len(nodes.runs.of("b")) == len(NAMES) // 2)
    assert {name for name in nodes.runs.of("b") if name.startswith("apply/")}, "each kind is shared"
    assert nodes.runs.together == []


async def test_who_stops_gives_back_at_once(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owned, "SECONDS", 60.0)  # nothing runs out here: what is taken was given
    await nodes.start("a")
    await _until(lambda: nodes.runs.of("a") == set(NAMES))
    await nodes.stop("a")
    assert nodes.runs.of("a") == set()
    await nodes.start("b")
    await _until(lambda: nodes.runs.of("b") == set(NAMES))


async def test_a_node_that_is_gone_is_followed_and_what_it_still_writes_is_refused(nodes: Nodes) -> None:
    gone = await nodes.start("a")
    await _until(lambda: nodes.runs.of("a") == set(NAMES))
    gone.task.cancel()  # as if it slept: its loops go on, its leases are renewed no more
    await nodes.start("b")
    await _until(lambda: nodes.runs.of("b") == set(NAMES))
    for name in NAMES:
        with pytest.raises(Stale):
            async with nodes.runs.databases["a", name].writing():
                pass
        async with nodes.runs.databases["b", name].writing():
            pass
    gone.task = asyncio.create_task(gone.owner.run())  # it wakes
    await _until(lambda: len(nodes.runs.of("a")) == len(nodes.runs.of("b")) == len(NAMES) // 2)


async def test_a_node_without_the_database_ends_its_loops_by_itself(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await nodes.start("a")
    await _until(lambda: nodes.runs.of("a") == set(NAMES))

    async def away(*_: object) -> None:
        raise OSError("the network is cut")

    with monkeypatch.context() as cut:
        cut.setattr(node.owner._leases, "hold", away)
        await _until(lambda: not nodes.runs.of("a"))
    await _until(lambda: nodes.runs.of("a") == set(NAMES))


async def test_a_loop_that_died_is_begun_again(nodes: Nodes) -> None:
    node = await nodes.start("a")
    await _until(lambda: nodes.runs.of("a") == set(NAMES))
    node.owner._running["assign"].task.cancel()
    await _until(lambda: "assign" not in nodes.runs.of("a"))
    await _until(lambda: "assign" in nodes.runs.of("a"))


async def test_nodes_have_numbers_of_their_own_for_their_keys(nodes: Nodes) -> None:
    made = [await nodes.start(name) for name in "abc"]
    await _until(lambda: all(nodes.runs.of(name) for name in "abc"))
    assert len({node.database.ids.node for node in made}) == 3


async def test_a_loop_that_does_not_end_is_left_to_another_node(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await nodes.start("a")
    await _until(lambda: nodes.runs.of("a") == set(NAMES))
    monkeypatch.setattr(owned, "STOP_SECONDS", 0.05)
    healed = asyncio.Event()

    async def deaf() -> None:
        while not healed.is_set():
            try:
                await healed.wait()
            except asyncio.CancelledError:
                continue

    running = node.owner._running["assign"]
    running.task.cancel()
    stuck = node.owner._running["assign"].task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    node.owner._end(["assign"])
    await _until(lambda: "assign" in nodes.runs.of("a"))
    assert not stuck.done()
    healed.set()
    await stuck


async def test_who_stops_begins_nothing_that_it_was_just_taking(nodes: Nodes) -> None:
    node = await nodes.start("a")
    await _until(lambda: nodes.runs.of("a") == set(NAMES))
    owner = node.owner
    owner._stopping = True
    await node.task
    owner._end(["assign"])
    await asyncio.gather(*owner._ending.values())
    await owner._leases.leave(["assign"])
    await owner._tick()
    assert "assign" not in owner.holds
    assert "assign" not in {lease.name for lease in (await owner._leases.hold([], 1)).ours}, (
        "it was given back"
    )
