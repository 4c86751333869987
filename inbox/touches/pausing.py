"""Pausing all touches, and the sign of a database that is not the one we knew."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from storage import facts, touch_marks
from storage.database import Connection, Database

PAUSED: Final = "touches.paused"
INSTANCE: Final = "touches.instance"
CHANGED: Final = "instance_changed_confirm_before_sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why touches wait: *reason* is a word of routing.reasons, *why* what the one who paused says."""

    by: str
    at: datetime
    why: str = ""
    reason: str = "paused"


async def pause(connection: Connection, pause: Pause) -> None:
    """Let every touch wait from now on."""
    told = {"by": pause.by, "at": pause.at.isoformat(), "why": pause.why, "reason": pause.reason}
    await facts.tell(connection, PAUSED, told)


async def resume(connection: Connection, by: str, now: datetime) -> bool:
    """Let touches go again; says whether they waited."""
    was = await paused(connection)
    await facts.tell(connection, PAUSED, {"by": by, "at": now.isoformat(), "over": True})
    return was is not None


async def paused(connection: Connection) -> Pause | None:
    """Say why touches wait, if they do."""
    told = await facts.told(connection, PAUSED)
    if not told or told.get("over"):
        return None
    at = datetime.fromisoformat(told["at"])
    return Pause(by=told["by"], at=at, why=told.get("why", ""), reason=told.get("reason", "paused"))


class Instance:
    """Knows this database again, by a file beside the secret.

    The database has a name of its own, and the file remembers it with the last step that a touch went
    out by. Another name is a copy, a step the database does not know is a backup: it forgot what was sent.
    """

    def __init__(self, path: Path) -> None:
        """Keep the file at *path*."""
        self._path = path
        self._mark = 0

    async def is_known(self, database: Database) -> bool:
        """Whether this is the database we knew; a new one gets its name."""
        kept = self._read()
        async with database.writing() as connection:
            told = await facts.told(connection, INSTANCE)
            system = await touch_marks.system(connection)
            mark = await touch_marks.last_step(connection)
            if told is None:
                told = {"name": secrets.token_hex(8), "system": system}
                await facts.tell(connection, INSTANCE, told)
                new = mark == 0
            else:
                # Where many machines share a server its own number tells a copy; a file alone cannot.
                new = bool(system) and not kept
        same = kept.get("name") == told["name"] and int(kept.get("mark", 0)) <= mark
        known = told.get("system") == system and (same or new)
        if known:
            self._write(told["name"], mark)
        return known

    async def trust(self, database: Database) -> None:
        """Take this database for ours from now on."""
        async with database.writing() as connection:
            system = await touch_marks.system(connection)
            told = {"name": secrets.token_hex(8), "system": system}
            await facts.tell(connection, INSTANCE, told)
            self._write(told["name"], await touch_marks.last_step(connection))

    async def went_out(self, database: Database) -> None:
        """Remember the last step by which a touch went out."""
        async with database.reading() as connection:
            told = await facts.told(connection, INSTANCE)
            mark = await touch_marks.last_step(connection)
        if told is not None and mark > self._mark:
            self._write(told["name"], mark)

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, name: str, mark: int) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        made.write_text(json.dumps({"name": name, "mark": mark}), "utf-8")
        made.replace(self._path)
        self._mark = mark
