"""Nudges and live changes between nodes, over core NATS: losing one costs time and nothing else."""

import asyncio
from dataclasses import astuple
from typing import Any, Final

import nats.errors
import orjson
import structlog
from nats.aio.msg import Msg

from inbox.journal.server import Away, Server
from inbox.live import BACKLOG, Change, Live
from inbox.nudges import Nudges

SUBJECT: Final = "tidings.bells"

log = structlog.get_logger()


class Bells:
    """Passes on what this node tells, all of a moment in one message, and tells what others passed on."""

    def __init__(self, server: Server, live: Live, nudges: Nudges) -> None:
        """Join *live* and *nudges* to those of the other nodes, once opened."""
        self._server = server
        self._live = live
        self._nudges = nudges
        self._rung: set[str] = set()
        self._changed: list[Change] = []
        self._sending: asyncio.Task[None] | None = None
        self._untold = False

    async def open(self) -> None:
        """Listen to the others and let them hear us."""
        await self._server.client.subscribe(SUBJECT, cb=self._heard)
        self._server.again = self._again
        self._live.relay = self._change
        self._nudges.relay = self._ring

    def close(self) -> None:
        """Pass nothing on any more."""
        self._live.relay = self._nudges.relay = None
        self._server.again = lambda: None

    def _again(self) -> None:
        """Say that something may have been missed: here, and by the others where they were not told."""
        gap = Change(kind="gap")
        self._live.tell(gap)
        if self._untold:
            self._untold = False
            self._change(gap)

    def _ring(self, name: str) -> None:
        self._rung.add(name)
        self._soon()

    def _change(self, change: Change) -> None:
        self._changed.append(change)
        self._soon()

    def _soon(self) -> None:
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._send())

    async def _send(self) -> None:
        while self._rung or self._changed:
            rung, changed = sorted(self._rung), self._changed
            self._rung, self._changed = set(), []
            if len(changed) > BACKLOG:  # more than a listener holds, and in the end than a message does
                changed = [Change(kind="gap")]
            told = orjson.dumps({"rung": rung, "changed": [astuple(change) for change in changed]})
            try:
                await self._server.client.publish(SUBJECT, told)
            except (nats.errors.Error, Away, OSError) as error:
                self._untold = True
                log.info("other nodes were not told", error=type(error).__name__)

    async def _heard(self, message: Msg) -> None:
        told: dict[str, Any] = orjson.loads(message.data)
        for name in told["rung"]:
            self._nudges.ring(name)
        for kind, conversation_id, message_id, agent_id, promise_id in told["changed"]:
            self._live.tell(
                Change(
                    kind=kind,
                    conversation_id=conversation_id,
                    message_id=message_id,
                    agent_id=agent_id,
                    promise_id=promise_id,
                )
            )
