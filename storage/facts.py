"""Questions about single facts of the house, kept by name."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import facts


async def tell(connection: AsyncConnection, name: str, value: Any) -> None:
    """Keep *value*, anything JSON can say, under *name* in place of what was there."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    said = insert(facts).values(name=name, value=value)
    await connection.execute(
        said.on_conflict_do_update(index_elements=[facts.c.name], set_={"value": said.excluded.value})
    )


async def told(connection: AsyncConnection, name: str) -> Any:
    """Say what is kept under *name*; None where nothing is."""
    return (await connection.execute(select(facts.c.value).where(facts.c.name == name))).scalar_one_or_none()
