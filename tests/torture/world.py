"""Everything that runs: servers, nodes, providers, customers and agents, and the ledger beside them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.torture.checker import Wrong, check
from tests.torture.disks import Disk
from tests.torture.front import Front
from tests.torture.ledger import Ledger, Weighed, now
from tests.torture.load import Agent, Load, Pace
from tests.torture.nodes import Node, env_of, sign_in_link, write_config
from tests.torture.providers import Hooks, Providers
from tests.torture.proxy import Wire
from tests.torture.rows import IN, OPEN, OWED, Asked, Kept, OnPostgres, OnSqlite, kept
from tests.torture.servers import JetStream, Postgres, until

DRAIN_SECONDS = 150.0  # a lost answer is looked up for 72 s
WEIGH_EVERY = 2.0
WAITS = {"lost", "undrained", "status lost", "reply lost"}  # what may only be late


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much of everything; *disks* gives the servers small ones of their own, *haste* shortens harms."""

    seed: int = 0
    nodes: int = 3
    journal: bool = True
    sqlite: bool = False
    disks: bool = False
    haste: float = 1.0
    pace: Pace = field(default_factory=Pace)


@dataclass(slots=True, kw_only=True)
class World:
    """What a fault may touch."""

    folder: Path
    shape: Shape
    dice: random.Random
    ledger: Ledger
    nodes: list[Node]
    front: Front
    providers: Providers
    load: Load
    asked: Asked
    agents: list[Agent] = field(default_factory=list)
    postgres: Postgres | None = None
    jetstream: JetStream | None = None
    disks: dict[str, Disk] = field(default_factory=dict)

    @property
    def hooks(self) -> Hooks:
        return self.providers.hooks

    async def drained(self, *, whole: bool = True) -> tuple[float, list[Wrong]]:
        """Wait until nothing is owed and nothing late; gives the seconds, and what is wrong then.

        Not in the *whole*: what waits for a look-up may wait on.
        """
        began, wrongs = time.monotonic(), [Wrong(kind="undrained", what="the database did not answer")]

        async def rests() -> bool:
            nonlocal wrongs
            await self.providers.twilio.settled()  # what was looked up and sent only now is reported too
            try:
                [(messages,)] = await self.asked.rows(IN)
                [(still_open,)] = await self.asked.rows(OPEN if whole else OWED)
                wrongs = await self.wrongs(whole=whole)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return False
            if still_open or messages < len(self.ledger.accepted()):
                return False
            return not {one.kind for one in wrongs} & WAITS and not self.providers.twilio.tasks

        with suppress(TimeoutError):
            await until(rests, "the queue drains", DRAIN_SECONDS)
        return time.monotonic() - began, wrongs

    async def kept(self) -> Kept:
        """Read the database."""
        return await kept(self.asked)

    async def wrongs(self, *, whole: bool = True) -> list[Wrong]:
        """Check all that happened so far."""
        return check(self.ledger, await self.kept(), whole=whole)

    async def all_ready(self) -> None:
        """Wait until each node can work, as the front sees it."""
        for node in self.nodes:
            await node.is_ready()

        async def seen() -> bool:
            return len(self.front.ready) == len(self.nodes)

        await until(seen, "the front sees every node")


@asynccontextmanager
async def world(folder: Path, shape: Shape) -> AsyncIterator[World]:
    """Start everything; end it, by its process, whatever happens."""
    dice = random.Random(shape.seed)
    async with AsyncExitStack() as stack:
        disks = await _disks(folder, shape, stack)
        postgres, jetstream = await _servers(folder, shape, disks, stack)
        nodes = [await _node(n, folder, postgres, jetstream, stack) for n in range(1, shape.nodes + 1)]
        ledger = Ledger()
        front = await stack.enter_async_context(Front({one.name: one.port for one in nodes}))
        providers = Providers(Hooks(front, ledger, random.Random(shape.seed + 1)))
        await providers.start()
        stack.push_async_callback(providers.stop)
        write_config(folder, telegram=providers.telegram.url, twilio=providers.twilio.base_url)
        asked = OnPostgres(postgres.url) if postgres else OnSqlite(folder / "tidings.db")
        stack.push_async_callback(asked.close)
        made = World(
            folder=folder,
            shape=shape,
            dice=dice,
            ledger=ledger,
            nodes=nodes,
            front=front,
            providers=providers,
            load=Load(providers, ledger, random.Random(shape.seed + 2), shape.pace),
            asked=asked,
            postgres=postgres,
            jetstream=jetstream,
            disks=disks,
        )
        await _begin(made, stack)
        stack.push_async_callback(made.load.break_off)
        yield made


async def _disks(folder: Path, shape: Shape, stack: AsyncExitStack) -> dict[str, Disk]:
    made = {}
    if shape.disks:
        folder.chmod(0o711)  # the servers' own account passes through
    for name, megabytes in (("postgres", 600), ("nats1", 250)) if shape.disks else ():
        disk = Disk(folder, name, megabytes)
        stack.push_async_callback(disk.unmount)
        if not (why := await disk.mount()):
            made[name] = disk
        else:
            print(f"no small disk for {name}: {why}", flush=True)
    return made


async def _servers(
    folder: Path, shape: Shape, disks: dict[str, Disk], stack: AsyncExitStack
) -> tuple[Postgres | None, JetStream | None]:
    postgres = jetstream = None
    if not shape.sqlite:
        postgres = Postgres(folder, disks["postgres"].path if "postgres" in disks else None)
        stack.push_async_callback(postgres.end)
        await postgres.make()
    if shape.journal:
        jetstream = JetStream(folder, stores={name: disk.path for name, disk in disks.items()})
        stack.push_async_callback(jetstream.end)
        await jetstream.start()
    return postgres, jetstream


async def _node(
    number: int, folder: Path, postgres: Postgres | None, jetstream: JetStream | None, stack: AsyncExitStack
) -> Node:
    wire, database = None, f"sqlite:///{folder}/tidings.db"
    if postgres is not None:
        wire = await stack.enter_async_context(Wire(postgres.port))
        database = postgres.through(wire.port)
    node = Node(f"node{number}", folder, env_of(database, jetstream.url if jetstream else ""), wire)
    stack.push_async_callback(_ended, node)
    return node


async def _ended(node: Node) -> None:
    node.child.go_on()
    await node.child.end()


async def _begin(made: World, stack: AsyncExitStack) -> None:
    await made.nodes[0].start()  # the tables are there
    await asyncio.gather(*(node.start() for node in made.nodes[1:]))
    await made.asked.listen()
    await made.all_ready()
    for name in ("ana", "rui"):
        agent = Agent(name, made.front, made.ledger, made.asked)
        await agent.signs_in(await sign_in_link(made.folder, made.nodes[0].child.env, name))
        made.agents.append(agent)
    weighing = asyncio.create_task(_weigh(made))
    stack.callback(weighing.cancel)


async def _weigh(made: World) -> None:
    while True:
        for node in made.nodes:
            if weight := node.child.megabytes():
                sample = Weighed(node=node.name, life=node.child.born, at=now(), megabytes=weight)
                made.ledger.weighed.append(sample)
        await asyncio.sleep(WEIGH_EVERY)
