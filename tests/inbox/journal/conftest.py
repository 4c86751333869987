"""A JetStream for a worker's tests, and a house on PostgreSQL that keeps its hooks in it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from inbox.journal.owning import Owning
from inbox.journal.server import DEAD, HOOKS, Server
from inbox.journal.stream import Stream
from inbox.journal.wire import PARTITIONS
from storage.database import Database
from storage.leases import Leases
from tests.databases import _copied, dropped
from tests.inbox.house import House, make_house
from tests.torture.servers import JetStream, missing


@pytest.fixture(scope="session")
def jetstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JetStream]:
    """One server; its loop is its own, as tests have theirs."""
    if why := missing():
        pytest.skip(why)
    with asyncio.Runner() as runner:
        servers = JetStream(tmp_path_factory.mktemp("nats"), count=1)
        runner.run(servers.start())
        yield servers
        runner.run(servers.servers[0].child.end(signal.SIGTERM))


@dataclass(slots=True)
class Streamed:
    """A house whose journal is a stream."""

    house: House
    server: Server
    stream: Stream

    async def owner(self, name: str) -> Database:
        """Take the lease *name* as somebody new, from whoever has it; gives the database under it."""
        leases = Leases(self.house.database.url, f"owner of {name} {id(object())}")
        await leases.declare([name])
        async with self.house.database.writing() as connection:
            await connection.exec_driver_sql("UPDATE leases SET until = 0")
        [lease] = await leases.take([name], 1, 30)
        await leases.close()
        return self.house.database.under(lease)

    async def owning(self, partition: int) -> Owning:
        """Make who applies a partition from now on."""
        return Owning(
            partition=partition,
            server=self.server,
            applying=self.house.accept.applying,
            channels=self.house.accept.channels,
            database=await self.owner(f"apply/{partition}"),
        )

    @asynccontextmanager
    async def applying(self) -> AsyncIterator[None]:
        """Own every partition until the block ends."""
        owners = [await self.owning(number) for number in range(PARTITIONS)]
        tasks = [asyncio.create_task(one.run()) for one in owners]
        try:
            yield
        finally:
            for one in owners:
                await one.stop()
            await asyncio.wait_for(asyncio.gather(*tasks), 10)

    async def texts(self) -> list[str]:
        """What was said, in the order it was kept."""
        return [row[0] for row in await self.house.rows("SELECT text FROM messages ORDER BY id")]

    async def until_kept(self, count: int) -> None:
        """Wait until so many messages are there."""
        async with asyncio.timeout(20):
            while len(await self.texts()) < count:
                await asyncio.sleep(0.02)


@pytest.fixture
async def streamed(postgres_url: str, jetstream: JetStream, tmp_path: Path) -> AsyncIterator[Streamed]:
    """A house with streams of its own."""
    url = await _copied(postgres_url)
    house = await make_house(url)
    server = Server(jetstream.url)
    await server.open()
    house.accept.journal = stream = Stream(house.accept.applying, server)
    yield Streamed(house, server, stream)
    for name in (HOOKS, DEAD):
        await server.stream.delete_stream(name)
    await house.accept.close()
    await house.database.close()
    await dropped(url)
