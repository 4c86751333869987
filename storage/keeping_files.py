"""Files of what a batch keeps: fetched later, by who is told to."""

from collections.abc import Generator, Mapping
from typing import Any

from storage.batch import Aside, Ask, Keeping, Said, storable
from storage.instants import to_micros

Plan = Generator[Ask, list[Any], None]


def keep_files(work: Keeping, files: Mapping[int, Said | Aside]) -> Plan:
    """Keep the attachments of messages, by the messages' keys."""
    rows = [
        _file(work, key, at, file, to_micros(one.received_at))
        for key, one in files.items()
        for at, file in enumerate(one.attachments)
    ]
    if rows:
        work.kept.files += len(rows)
        yield Ask("keep_attachments", rows, many=True)


def _file(work: Keeping, message: int, position: int, file: Any, now: int) -> tuple[Any, ...]:
    """Make the row of an attachment; a place has nothing to fetch and is kept at once."""
    names = (storable(file.ref), storable(file.name), storable(file.content_type))
    where = (file.size, file.latitude, file.longitude)
    return (
        work.ids.next(),
        message,
        position,
        file.kind,
        *names,
        *where,
        "owed" if file.ref else "kept",
        now,
    )
