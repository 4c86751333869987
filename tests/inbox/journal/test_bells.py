"""What one node tells, the others hear: nudges and live changes over a real NATS, and never an echo."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import nats.errors
import pytest

from inbox.journal.bells import Bells
from inbox.journal.server import Server
from inbox.live import Change, Live
from inbox.nudges import Nudges
from tests.torture.servers import JetStream


@dataclass(slots=True)
class Node:
    server: Server
    live: Live
    nudges: Nudges
    bells: Bells


@pytest.fixture
async def nodes(jetstream: JetStream) -> AsyncIterator[list[Node]]:
    made = []
    for _ in range(3):
        server, live, nudges = Server(jetstream.url), Live(), Nudges()
        await server.open()
        bells = Bells(server, live, nudges)
        await bells.open()
        await server.client.flush()
        made.append(Node(server, live, nudges, bells))
    yield made
    for node in made:
        node.bells.close()
        await node.server.close()


async def test_a_nudge_wakes_the_loop_on_whichever_node_it_runs(nodes: list[Node]) -> None:
    waits = [asyncio.create_task(node.nudges.wait("assign", 10)) for node in nodes]
    await asyncio.sleep(0)
    nodes[0].nudges.nudge("assign")
    assert await asyncio.gather(*waits) == [True, True, True]


async def test_a_change_is_told_to_pages_of_every_node_once_and_in_order(nodes: list[Node]) -> None:
    changes = [Change(kind="message", conversation_id=n, message_id=n, agent_id=1) for n in range(50)]
    with nodes[0].live.subscribe() as own, nodes[2].live.subscribe() as far:
        for change in changes:
            nodes[0].live.publish(change)
        async with asyncio.timeout(10):
            assert [await anext(far) for _ in changes] == changes
            assert [await anext(own) for _ in changes] == changes
        nodes[2].live.publish(Change(kind="gap"))
        async with asyncio.timeout(10):
            assert await anext(own) == Change(kind="gap"), "nothing came back to who told it"


async def test_a_node_that_closed_tells_and_hears_no_more_of_itself(nodes: list[Node]) -> None:
    nodes[1].bells.close()
    nodes[1].nudges.nudge("assign")
    nodes[1].live.publish(Change(kind="gap"))
    assert nodes[1].live.heard is False


async def test_more_than_a_message_holds_is_told_as_a_gap_and_loses_no_nudge(nodes: list[Node]) -> None:
    waits = asyncio.create_task(nodes[1].nudges.wait("assign", 10))
    with nodes[2].live.subscribe() as far:
        for n in range(30_000):
            nodes[0].live.publish(Change(kind="message", conversation_id=n, message_id=n))
        nodes[0].nudges.nudge("assign")
        async with asyncio.timeout(10):
            assert await anext(far) == Change(kind="gap")
    assert await waits


async def _cut(node: Node) -> None:
    """Break the connection under a node, as a server that ends does."""
    transport = node.server.client._transport
    assert transport is not None
    transport._io_writer.transport.abort()  # type: ignore[attr-defined]


async def test_pages_are_told_of_a_gap_when_the_servers_are_there_again(nodes: list[Node]) -> None:
    with nodes[0].live.subscribe() as cut, nodes[2].live.subscribe() as whole:
        await _cut(nodes[0])
        async with asyncio.timeout(20):
            assert await anext(cut) == Change(kind="gap")
        change = Change(kind="message", conversation_id=1, message_id=1)
        nodes[1].live.publish(change)
        async with asyncio.timeout(10):
            assert await anext(whole) == change, "who missed nothing is told of no gap"
            assert await anext(cut) == change, "and who was cut off hears as before"


async def test_what_others_could_not_be_told_is_a_gap_for_them_too(
    nodes: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise nats.errors.OutboundBufferLimitError

    client = nodes[0].server.client
    with nodes[2].live.subscribe() as far:
        with monkeypatch.context() as patch:
            patch.setattr(client, "publish", full)
            nodes[0].live.publish(Change(kind="message", conversation_id=1, message_id=1))
            assert nodes[0].bells._sending is not None
            await nodes[0].bells._sending
        await _cut(nodes[0])
        async with asyncio.timeout(20):
            assert await anext(far) == Change(kind="gap")
