"""What calls with a key were answered, to say the same again to who calls again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import api_answers

KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a call was answered; *asked* is a hash of the call."""

    asked: str
    status: int
    answer: Any


async def known(connection: AsyncConnection, key: str) -> Answered | None:
    """Find what the call with *key* was answered."""
    row = (await connection.execute(select(api_answers).where(api_answers.c.key == key))).one_or_none()
    return None if row is None else Answered(asked=row.asked, status=row.status, answer=row.answer)


async def keep(connection: AsyncConnection, key: str, answered: Answered, now: datetime) -> None:
    """Remember an answer, and forget those that are a month old."""
    await connection.execute(delete(api_answers).where(api_answers.c.at < now - KEPT))
    values = {"key": key, "asked": answered.asked, "status": answered.status, "answer": answered.answer}
    await connection.execute(api_answers.insert().values(**values, at=now))
