"""The servers and the wire do what the faults need of them, by themselves."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import nats
import pytest

from tests.torture.proxy import Wire
from tests.torture.run import chosen
from tests.torture.servers import JetStream, Postgres, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[Postgres]:
    made = Postgres(tmp_path)
    try:
        await made.make()
        yield made
    finally:
        await made.end()


async def test_postgresql_keeps_what_it_committed_over_a_kill(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.url)
    await connection.execute("CREATE TABLE one (n int)")
    await connection.execute("INSERT INTO one VALUES (1)")
    assert await connection.fetchval("SHOW fsync") == "on"
    await postgres.kill()
    await postgres.start()
    again = await asyncpg.connect(postgres.url)
    assert await again.fetchval("SELECT n FROM one") == 1
    await again.close()
    connection.terminate()


async def test_a_wire_stalls_heals_and_is_cut(postgres: Postgres) -> None:
    async with Wire(postgres.port) as wire:
        connection = await asyncpg.connect(postgres.through(wire.port))
        wire.stall()
        held = asyncio.ensure_future(connection.fetchval("SELECT 2"))
        done, _ = await asyncio.wait({held}, timeout=0.2)
        assert not done
        wire.heal()
        assert await held == 2
        wire.cut()
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await connection.fetchval("SELECT 3")
        with pytest.raises((OSError, asyncpg.PostgresError)):
            await asyncpg.connect(postgres.through(wire.port))
        wire.heal()
        again = await asyncpg.connect(postgres.through(wire.port))
        assert await again.fetchval("SELECT 4") == 4
        await again.close()


async def test_three_nats_are_one_jetstream_and_another_leads_when_the_leader_is_killed(
    tmp_path: Path,
) -> None:
    together = JetStream(tmp_path)
    try:
        await together.start()
        client = await nats.connect([f"nats://127.0.0.1:{one.port}" for one in together.servers])
        await client.jetstream().add_stream(name="told", subjects=["told"], num_replicas=3)
        leader = await together.leader("told")
        assert leader is not None
        await leader.child.kill()
        sent = 0
        while sent < 3:
            try:
                await client.jetstream().publish("told", b"still", timeout=2)
                sent += 1
            except (nats.errors.Error, TimeoutError):
                continue
        after = await together.leader("told")
        assert after is not None
        assert after is not leader
        await leader.child.start()
        await together.ready()
        await client.close()
    finally:
        await together.end()


def test_a_seed_chooses_the_same_faults_and_each_before_any_again() -> None:
    names = ["a", "b", "c", "d"]

    def first(seed: int) -> list[str]:
        endless = chosen(seed, names)
        return [next(endless) for _ in range(8)]

    assert first(7) == first(7)
    assert sorted(first(7)[:4]) == sorted(first(7)[4:]) == names
    assert len({tuple(first(seed)) for seed in range(10)}) > 1
