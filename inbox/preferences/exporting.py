"""Everything of one customer in one file: JSON for machines, a page for people, and their files."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from inbox.bucket import Away
from inbox.media import MediaStore
from inbox.preferences.copying import copy_of
from storage import copies
from storage.copies import FileKept
from storage.database import Database

README: Final = """\
Everything that is kept of one customer, as of {at}.

data.json        all of it, for machines: who they are, their addresses, what they allow and when they said
                 so, conversations with every message, orders, promises, ratings, messages of ours, and who
                 of us saw and changed what. Instants are UTC.
conversations.html  the conversations, to be read.
files/           what was sent with messages, each named by its number in data.json.

Notes that agents wrote to each other are here too: they are about the customer.
Not here: keys and secrets of ours, and where agents were when they looked.
{missing}"""
NAMELESS: Final = re.compile(r"[^\w.-]+")
PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Conversations</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}
p{{white-space:pre-wrap;overflow-wrap:anywhere}}small{{color:#555}}</style></head><body>
<h1>{name}</h1>{talks}</body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """Writes what is kept of customers of one house."""

    database: Database
    media: MediaStore

    async def write(self, customer_id: int, path: Path, now: datetime) -> None:
        """Write the ZIP file of a customer at *path*; what cannot be fetched is named in its README."""
        async with self.database.reading() as connection:
            told = await copy_of(connection, customer_id, now, internal=True)
            told |= await copies.beside(connection, customer_id)
            kept = await copies.files(connection, customer_id)
        with ZipFile(path, "w", ZIP_DEFLATED) as made:
            missing = [one.id for one in kept if not await self._file(made, one)]
            body = json.dumps(told, ensure_ascii=False, indent=2, default=str)
            await asyncio.to_thread(made.writestr, "data.json", body)
            made.writestr("conversations.html", page(told))
            why = f"\nFiles that could not be fetched: {missing}\n" if missing else ""
            made.writestr("README.txt", README.format(at=now.isoformat(), missing=why))

    async def _file(self, made: ZipFile, one: FileKept) -> bool:
        try:
            there = await self.media.here(one.path)
            await asyncio.to_thread(made.write, there, named(one), ZIP_STORED)
        except (Away, OSError, ValueError):
            return False
        return True


def named(one: FileKept) -> str:
    """Name a file so that it can lie in any folder."""
    return f"files/{one.id}-{NAMELESS.sub('_', one.name).strip('._')[-80:] or 'file'}"


def page(told: Mapping[str, Any]) -> str:
    """Write the conversations as a page, in which nothing that was said is markup."""
    who = escape(str(told["customer"].get("name") or "Customer"))
    return PAGE.format(name=who, talks="".join(_talk(one, told["agents"]) for one in told["conversations"]))


def _talk(one: Mapping[str, Any], agents: Mapping[int, str]) -> str:
    said = "".join(_said(line, agents) for line in one["messages"])
    return f"<h2>{escape(str(one['channel']))}, {escape(str(one['opened_at']))}</h2>{said}"


def _said(line: Mapping[str, Any], agents: Mapping[int, str]) -> str:
    who = {"in": line["sender_name"] or "Customer", "note": f"Note, {agents.get(line['agent_id'], '')}"}
    by = who.get(line["direction"]) or agents.get(line["agent_id"], "") or "We"
    files: Sequence[Mapping[str, Any]] = line["files"]
    listed = ", ".join(f"{file['id']} {file['name']}".strip() for file in files)
    attached = f"<br><small>Files: {escape(listed)}</small>" if files else ""
    head = f"<small>{escape(str(line['sent_at']))} · {escape(by)}</small>"
    return f"<p>{head}<br>{escape(line['text'])}{attached}</p>"
