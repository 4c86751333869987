"""What people did and saw, written into the audit log: names and counts, never a customer's words."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from config.policy import Policy
from storage import audit, facts
from storage.audit import Line
from storage.database import Connection, Database, StorageFull
from storage.ids import Ids
from storage.rows import Agent

HOUR: Final = 3600
MOST: Final = 20_000
LONGEST: Final = 300
POLICY: Final = "audit.policy"

log = structlog.get_logger()


@dataclass(slots=True)
class Seen:
    """What was written as seen in this hour, so that a page that is loaded again asks no database."""

    hour: int = 0
    marks: set[str] = field(default_factory=set)

    def knows(self, mark: str, hour: int) -> bool:
        """Whether *mark* was written in this hour by this process; begins anew with each hour."""
        if hour != self.hour or len(self.marks) >= MOST:
            self.hour, self.marks = hour, set()
        return mark in self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where somebody came in: the face, and the network's address of one of us."""

    face: str = ""
    ip: str = ""


def of_agent(
    agent: Agent,
    what: str,
    operation: str,
    now: datetime,
    door: Door,
    *,
    customer_id: int | None = None,
    conversation_id: int | None = None,
    detail: str = "",
) -> Line:
    """Make the line of something that an agent did."""
    return Line(
        at=now,
        who="agent",
        agent_id=agent.id,
        name=agent.key[:64],
        what=what,
        operation=operation,
        customer_id=customer_id,
        conversation_id=conversation_id,
        face=door.face,
        ip=door.ip[:45],
        detail=detail[:LONGEST],
    )


async def keep(connection: Connection, ids: Ids, line: Line) -> bool:
    """Write a line, in the transaction of what it tells of; what was seen, once an hour and thing."""
    return await audit.write(connection, ids, line, mark(line) if line.what == "saw" else "")


def mark(line: Line) -> str:
    """Name who saw what, by what page, in which hour."""
    thing = f"c{line.conversation_id}" if line.conversation_id else f"p{line.customer_id}"
    return f"saw:{line.agent_id}:{line.operation}:{thing}:{int(line.at.timestamp()) // HOUR}"


async def saw(database: Database, seen: Seen, line: Line) -> bool:
    """Write that somebody sees something, before they do; a second time within the hour costs nothing.

    Says whether it was the first time. Where the disk is full nothing can be written, and what is there
    can still be read: our log says so.
    """
    once, hour = mark(line), int(line.at.timestamp()) // HOUR
    if seen.knows(once, hour):
        return False
    try:
        async with database.writing() as connection:
            new = await keep(connection, database.ids, line)
    except StorageFull:
        log.error("not written into the audit log: the disk is full", agent=line.name, saw=once)
        return False
    seen.marks.add(once)
    return new


async def refused(database: Database, line: Line) -> None:
    """Write that somebody was refused, once a minute for each operation."""
    whom = line.agent_id or line.ip
    once = f"refused:{whom}:{line.operation}:{int(line.at.timestamp()) // 60}"
    try:
        async with database.writing() as connection:
            await audit.write(connection, database.ids, line, once)
    except StorageFull:
        log.error("not written into the audit log: the disk is full", agent=line.name, refused=line.operation)


async def settled(connection: Connection, ids: Ids, policy: Policy, now: datetime) -> None:
    """Write that teams, agents, roles or rules are others than when the house last looked, whoever saw it."""
    digest = hashlib.sha256(policy.model_dump_json().encode()).hexdigest()
    before = await facts.told(connection, POLICY)
    if before == digest:
        return
    await facts.tell(connection, POLICY, digest)
    if before is not None:
        line = Line(at=now, who="house", what="settings", operation="policy", detail=f"{digest[:16]}")
        await audit.write(connection, ids, line)


def named(names: Collection[str]) -> str:
    """Write names in one line."""
    return ", ".join(sorted(names))
