"""A load of prepared requests over keep-alive connections, cheap enough not to be what is measured."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Request = bytes


@dataclass(slots=True)
class Result:
    """What a round of load saw: answers by status, and how long each took, in seconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.statuses.get(200, 0) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that *share* of the requests stayed under."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


class _Connection(asyncio.Protocol):
    """Sends the next request when the last was answered, or when its time has come."""

    def __init__(self, requests: Iterator[Request], result: Result) -> None:
        self.requests, self.result = requests, result
        self.began = 0.0
        self.buffer = b""
        self.idle: asyncio.Event = asyncio.Event()
        self.transport: asyncio.Transport | None = None
        self.greedy = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.idle.set()

    def send(self, due: float | None = None) -> None:
        """Send one; *due* is when it should have left, so that waiting for us counts too."""
        assert self.transport is not None
        self.idle.clear()
        self.began = due if due is not None else time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
            elif line.lower() == b"transfer-encoding: chunked" and not body.endswith(b"0\r\n\r\n"):
                return
        if len(body) < length:
            return
        self.buffer = b""
        status = int(head[9:12])
        self.result.statuses[status] = self.result.statuses.get(status, 0) + 1
        self.result.latencies.append(time.perf_counter() - self.began)
        if self.greedy:
            self.send()
        else:
            self.idle.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.greedy = False
        self.idle.set()


async def _connect(port: int, count: int, requests: Iterator[Request], result: Result) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Connection(requests, result), "127.0.0.1", port)
        for _ in range(count)
    ]
    return [protocol for _, protocol in made]


async def flood(port: int, requests: Iterator[Request], *, connections: int, seconds: float) -> Result:
    """Send as fast as answers come, for *seconds*."""
    result = Result()
    open_ones = await _connect(port, connections, requests, result)
    began = time.perf_counter()
    for one in open_ones:
        one.send()
    await asyncio.sleep(seconds)
    result.seconds = time.perf_counter() - began
    counted = dict(result.statuses)
    for one in open_ones:
        one.greedy = False
    await asyncio.gather(*(asyncio.wait_for(one.idle.wait(), 10) for one in open_ones))
    result.statuses = counted
    for one in open_ones:
        assert one.transport is not None
        one.transport.close()
    return result


async def steady(
    port: int,
    requests: Iterator[Request],
    *,
    rate: float,
    connections: int,
    seconds: float,
    clock: Callable[[], float] = time.perf_counter,
) -> Result:
    """Send *rate* requests a second; a request that finds no free connection waits, and that counts."""
    result = Result()
    open_ones = await _connect(port, connections, requests, result)
    for one in open_ones:
        one.greedy = False
    began = clock()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        if (wait := due - clock()) > 0:
            await asyncio.sleep(wait)
        one = open_ones[number % connections]
        await one.idle.wait()
        one.send(due)
    await asyncio.gather(*(asyncio.wait_for(one.idle.wait(), 10) for one in open_ones))
    result.seconds = clock() - began
    for one in open_ones:
        assert one.transport is not None
        one.transport.close()
    return result
