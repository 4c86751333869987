"""Who may be compared with whom in reports: nobody who became one with another."""

from sqlalchemy import ColumnElement, and_, select

from storage.tables import customers, merges


def is_alone() -> ColumnElement[bool]:
    """Say of a customer that they are one unit: not merged into another, and nobody into them."""
    into = select(merges.c.id).where(merges.c.survivor_id == customers.c.id, merges.c.undone_at.is_(None))
    return and_(customers.c.merged_into.is_(None), ~into.correlate(customers).exists())
