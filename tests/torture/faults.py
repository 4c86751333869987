"""What can go wrong, one small function each: it harms, lets the load feel it, heals, and says what it did.

The dice are the world's, so that a seed chooses the same harms; when each byte flies is never the same twice.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.providers.faults import Fault as Upset
from tests.torture.ledger import now
from tests.torture.nodes import FAKETIME, Node
from tests.torture.proxy import Wire
from tests.torture.servers import until
from tests.torture.world import World

LEASE_SECONDS = 3.0
TURN_SECONDS = 20.0  # three seconds for each write of the node that waits or is under way
STREAM = "tidings-hooks"
WRITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND state = 'idle in transaction' AND client_port = ANY($1::int[])
"""
Do = Callable[[World], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A harm and what it needs: *nodes* of them at least, a *journal* of NATS, PostgreSQL, a small *disk*.

    Hooks *may fail*, though not where a *journal takes* them meanwhile. One that is *named_only* is known
    to break a promise (docs/faults.md) and is tried where it is asked for.
    """

    do: Do
    nodes: int = 1
    journal: bool = False
    postgres: bool = False
    disk: str = ""
    hooks_may_fail: bool = True
    journal_takes: bool = False
    named_only: bool = False

    def why_not(self, world: World) -> str:
        """Say what is missing for it; empty where nothing is."""
        if len(world.nodes) < self.nodes:
            return f"it needs {self.nodes} nodes"
        if self.journal and world.jetstream is None:
            return "it needs NATS"
        if self.postgres and world.postgres is None:
            return "it needs PostgreSQL"
        if self.disk and self.disk not in world.disks:
            return "it needs a small disk of its own, which only root mounts (--disks)"
        if self.do is clock_jump and not FAKETIME.exists():
            return "libfaketime is not installed"
        return ""


async def kill_node(world: World) -> str:
    """kill -9 of any node at any moment; it comes back."""
    node = world.dice.choice(world.nodes)
    await _wait(world, 0.2, 2)
    await node.child.kill()
    await _wait(world, 0.5, 6)
    await node.start()
    return node.name


async def kill_all(world: World) -> str:
    """kill -9 of every node at once."""
    await _wait(world, 0.2, 2)
    await asyncio.gather(*(node.child.kill() for node in world.nodes))
    await _wait(world, 0.2, 2)
    await asyncio.gather(*(node.start() for node in world.nodes))
    return "every node"


async def kill_postgres(world: World) -> str:
    """kill -9 of PostgreSQL, and its restart."""
    assert world.postgres is not None
    await _wait(world, 0.2, 1)
    await world.postgres.kill()
    away = await _wait(world, 0.2, 8)
    await world.postgres.start()
    return f"away for {away:.1f} s"


async def kill_nats(world: World) -> str:
    """kill -9 of one server of the JetStream that does not lead."""
    assert world.jetstream is not None
    leader = await world.jetstream.leader(STREAM)
    server = world.dice.choice([one for one in world.jetstream.servers if one is not leader])
    await server.child.kill()
    await _wait(world, 1, 6)
    await server.child.start()
    await world.jetstream.ready()
    return server.name


async def kill_leader(world: World) -> str:
    """kill -9 of the server that leads the stream."""
    assert world.jetstream is not None
    leader = await world.jetstream.leader(STREAM)
    assert leader is not None, f"nobody leads the stream {STREAM!r}"
    await leader.child.kill()
    await _wait(world, 4, 10, at_least=4)  # another is chosen meanwhile
    await leader.child.start()
    await world.jetstream.ready()
    return leader.name


async def no_quorum(world: World) -> str:
    """kill -9 of two of three servers: the stream takes nothing until one is back."""
    assert world.jetstream is not None
    servers = world.dice.sample(world.jetstream.servers, 2)
    await asyncio.gather(*(one.child.kill() for one in servers))
    seconds = await _wait(world, 2, 12)
    await asyncio.gather(*(one.child.start() for one in servers))
    await world.jetstream.ready()
    return f"{' and '.join(one.name for one in servers)} for {seconds:.1f} s"


async def both_away(world: World) -> str:
    """PostgreSQL dies while hooks come in, then two of three NATS; the database comes back before them."""
    assert world.jetstream is not None
    assert world.postgres is not None
    await world.postgres.kill()
    await _wait(world, 1, 3)
    servers = world.dice.sample(world.jetstream.servers, 2)
    await asyncio.gather(*(one.child.kill() for one in servers))
    await world.postgres.start()
    seconds = await _wait(world, 2, 10)
    await asyncio.gather(*(one.child.start() for one in servers))
    await world.jetstream.ready()
    return f"{' and '.join(one.name for one in servers)} for {seconds:.1f} s"


async def stall_database(world: World) -> str:
    """The wire between a node and PostgreSQL holds every byte; connections stay open."""
    node, wire = _wired(world)
    wire.stall()
    seconds = await _wait(world, 1, 12)
    wire.heal()
    return f"{node} for {seconds:.1f} s"


async def cut_database(world: World) -> str:
    """The wire between a node and PostgreSQL is cut."""
    node, wire = _wired(world)
    wire.cut()
    seconds = await _wait(world, 0.5, 8)
    wire.heal()
    return f"{node} for {seconds:.1f} s"


async def stall_writer(world: World) -> str:
    """A node is cut off in the middle of a write, while it has the turn that all writers wait for."""
    node, wire = _wired(world)

    async def caught() -> bool:
        wire.stall()
        [(writing,)] = await world.asked.rows(WRITING, wire.places)
        if not writing:
            wire.heal()
            await _wait(world, 0, 0.05)
        return bool(writing)

    async def let_go() -> bool:
        [(writing,)] = await world.asked.rows(WRITING, wire.places)
        return not writing

    try:
        await until(caught, f"{node} writes")
        began = now()
        await until(let_go, f"others write though {node} has the turn and is away", TURN_SECONDS)
        seconds = now() - began
        await _wait(world, 1, 4)
    finally:
        wire.heal()
    return f"{node}, free after {seconds:.1f} s"


async def pause_node(world: World) -> str:
    """SIGSTOP of a node for longer than its leases, then SIGCONT."""
    node = world.dice.choice(world.nodes)
    node.child.pause()
    seconds = await _wait(world, LEASE_SECONDS + 2, LEASE_SECONDS + 8, at_least=LEASE_SECONDS + 1)
    node.child.go_on()
    return f"{node.name} for {seconds:.1f} s"


async def clock_jump(world: World) -> str:
    """One node's clock jumps an hour ahead, then an hour back, while it runs."""
    node = world.dice.choice(world.nodes)
    await _replaced(world, node, fake=True)
    first = world.dice.choice((3600, -3600))
    for seconds in (first, -first, 0):
        node.set_clock(seconds)
        await _wait(world, 2, 4)
    await _replaced(world, node, fake=False)
    return f"{node.name}, {first:+d} s first"


async def slow_provider(world: World) -> str:
    """A provider answers late, some of it later than we wait."""
    channel, where = world.dice.choice((("telegram", "sendMessage"), ("sms", "Messages.json")))
    world.providers.suffer(channel, Upset(kind="slow", where=where, times=3, seconds=9))
    world.providers.suffer(channel, Upset(kind="slow", where=where, times=20, seconds=1))
    await _wait(world, 6, 9)
    world.providers.heal()
    return channel


async def dropped_answers(world: World) -> str:
    """A provider takes the request and the answer is lost on the way."""
    times = world.dice.randint(3, 8)
    for channel, where in (("telegram", "sendMessage"), ("sms", "Messages.json")):
        world.providers.suffer(channel, Upset(kind="drop_after", where=where, times=times))
    await _wait(world, 4, 6)
    world.providers.heal()
    return f"up to {times} of each"


async def storm(world: World) -> str:
    """Every hook comes five times, shuffled, over all nodes."""
    before = world.hooks.copies
    world.hooks.storm = True
    await _wait(world, 3, 6)
    world.hooks.storm = False
    return f"{world.hooks.copies - before} copies"


async def deploy(world: World) -> str:
    """Each node is ended in order and started again, one after the other, under load."""
    for node in world.nodes:
        code = await node.child.end(signal.SIGTERM)
        assert code == 0, f"{node.name} ended with {code}"
        await node.start()
        await world.all_ready()
    return f"{len(world.nodes)} nodes"


async def full_postgres(world: World) -> str:
    """The disk of PostgreSQL is full, and has room again; what gave up meanwhile is started again."""
    assert world.postgres is not None
    disk = world.disks["postgres"]
    written = disk.fill()
    await _wait(world, 3, 8)
    disk.empty()
    await world.postgres.start()
    return f"{written // 1_000_000} MB of ballast"


async def full_journal(world: World) -> str:
    """The disk of one NATS server is full; its store has given up, so that it is started again."""
    assert world.jetstream is not None
    disk, server = world.disks["nats1"], world.jetstream.servers[0]
    written = disk.fill()
    await _wait(world, 3, 8)
    disk.empty()
    await server.child.end()
    await server.child.start()
    await world.jetstream.ready()
    return f"{written // 1_000_000} MB of ballast"


FAULTS: Mapping[str, Fault] = {
    "kill-node": Fault(do=kill_node),
    "kill-all": Fault(do=kill_all),
    "kill-postgres": Fault(do=kill_postgres, postgres=True, journal_takes=True),
    "kill-nats": Fault(do=kill_nats, journal=True),
    "kill-leader": Fault(do=kill_leader, journal=True),
    "no-quorum": Fault(do=no_quorum, journal=True),
    "both-away": Fault(do=both_away, journal=True, postgres=True, named_only=True),
    "stall-database": Fault(do=stall_database, postgres=True, journal_takes=True),
    "stall-writer": Fault(do=stall_writer, postgres=True, journal_takes=True),
    "cut-database": Fault(do=cut_database, postgres=True, journal_takes=True),
    "pause-node": Fault(do=pause_node),
    "clock-jump": Fault(do=clock_jump),
    "slow-provider": Fault(do=slow_provider, hooks_may_fail=False),
    "dropped-answers": Fault(do=dropped_answers, hooks_may_fail=False),
    "storm": Fault(do=storm, hooks_may_fail=False),
    "deploy": Fault(do=deploy, nodes=2, hooks_may_fail=False),
    "full-postgres": Fault(do=full_postgres, postgres=True, disk="postgres", journal_takes=True),
    "full-journal": Fault(do=full_journal, journal=True, disk="nats1"),
}

ALL = [name for name, fault in FAULTS.items() if not fault.named_only]


async def _wait(world: World, least: float, most: float, *, at_least: float = 0.0) -> float:
    seconds = max(at_least, world.dice.uniform(least, most) * world.shape.haste)
    await asyncio.sleep(seconds)
    return seconds


def _wired(world: World) -> tuple[str, Wire]:
    node = world.dice.choice(world.nodes)
    assert node.wire is not None
    return node.name, node.wire


async def _replaced(world: World, node: Node, *, fake: bool) -> None:
    await node.child.end(signal.SIGTERM)
    await node.start(fake=fake)
    await world.all_ready()
