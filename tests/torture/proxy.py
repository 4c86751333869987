"""A wire between a node and a server: it can stall, be cut, and heal."""

import asyncio
import contextlib
import socket
import struct
from typing import Literal, Self

CHUNK = 65_536
ABORT = struct.pack("ii", 1, 0)  # close by a reset, not in order


class Wire:
    """`async with Wire(port) as wire`: what comes to `wire.port` goes on to *port* of this machine."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = 0
        self.state: Literal["whole", "stalled", "cut"] = "whole"
        self._flows = asyncio.Event()
        self._flows.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self._reset()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    @property
    def places(self) -> list[int]:
        """The ports by which the server knows what comes over this wire."""
        return [end.get_extra_info("sockname")[1] for end in self._ends]

    def stall(self) -> None:
        """Hold every byte from now on; connections stay open, new ones are taken and hear nothing."""
        self.state = "stalled"
        self._flows.clear()

    def cut(self) -> None:
        """Reset every connection, and each new one."""
        self.state = "cut"
        self._flows.set()
        self._reset()

    def heal(self) -> None:
        """Let everything through again; what was held goes on."""
        self.state = "whole"
        self._flows.set()

    def _reset(self) -> None:
        for end in list(self._ends):
            _abort(end)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._work.add(task)
        try:
            await self._joins(reader, writer)
        finally:
            self._work.discard(task)

    async def _joins(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        await self._flows.wait()
        if self.state == "cut":
            self._ends.discard(writer)
            _abort(writer)
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            self._ends.discard(writer)
            _abort(writer)
            return
        self._ends.add(back)
        halves = [asyncio.ensure_future(self._pours(*pair)) for pair in ((reader, back), (there, writer))]
        try:
            await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for half in halves:
                half.cancel()
            for end in (writer, back):
                self._ends.discard(end)
                end.close()

    async def _pours(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    if writer.transport is not None:
        writer.transport.abort()
