"""Several acts in one transaction: what one gesture does is done whole, or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import datetime

from inbox.desk.act import Act, Ground
from inbox.desk.roles import check


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(Ground):
    """A ground on which every act is part of *outer*, which tells of all of them when it is kept."""

    outer: Act

    @asynccontextmanager
    async def act(self, now: datetime) -> AsyncIterator[Act]:
        """Go on with the outer act, at its own moment."""
        yield self.outer

    @asynccontextmanager
    async def gesture(self, now: datetime, operation: str, agent_id: int | None) -> AsyncIterator[Act]:
        """Go on with the outer gesture, whose line in the audit log stands for all; its agent may do each."""
        if self.outer.who is not None:
            check(self.outer.who, operation)
        yield self.outer


def within(ground: Ground, act: Act) -> Together:
    """Give a ground on which parts of the desk work inside *act*."""
    return Together(outer=act, **{each.name: getattr(ground, each.name) for each in fields(Ground)})
