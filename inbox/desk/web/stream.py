"""What one tab shows, sent as fragments by the page's own templates when they changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from aiohttp import web

from inbox.desk.web import asking
from inbox.desk.web.pages import flat
from inbox.desk.web.parts import row_view
from inbox.desk.web.promise_views import view_of
from inbox.desk.web.site import Visit
from inbox.live import Change
from storage import agents, desk, promises, sessions
from storage.database import Connection
from storage.desk import View
from storage.instants import to_micros

TAIL = 30
SAID = "m-"


@dataclass(slots=True, kw_only=True)
class Stream:
    """What one tab shows and was sent; an event is `{part, rev, place, html}`, newer revs are larger."""

    visit: Visit
    response: web.StreamResponse
    view: View
    open_id: int
    pane: str = "conversation"
    _sent: dict[str, str] = field(default_factory=dict)
    _rev: int = 0

    async def everything(self) -> None:
        """Send every part that the tab shows: after this it has missed nothing."""
        self._sent.clear()
        visit = self._now()
        async with visit.app.database.reading() as connection:
            listed = await asking.the_list(visit, connection, self.view)
            rows = [*listed.waiting, *listed.going]
            for one in rows:
                await self._part(one.part, "replace", self._row(visit, one))
            await self._event("list", {"ids": [one.part for one in rows]})
            await self._counts(visit, connection)
            if self.open_id:
                await self._conversation(visit, connection)

    async def show(self, changes: Iterable[Change]) -> bool:
        """Send what these changes made different; False once the session has ended, which is said instead."""
        changes = list(changes)
        if not await self._holds():
            await self._event("out", {})
            return False
        if any(change.kind == "gap" for change in changes):
            await self.everything()
            return True
        visit = self._now()
        facts = [change for change in changes if change.kind not in ("typing", "draft", "promise")]
        async with visit.app.database.reading() as connection:
            for change in changes:
                await self._writing(visit, connection, change)
                await self._reminder(visit, connection, change)
            for conversation_id in dict.fromkeys(change.conversation_id for change in facts):
                await self._changed(visit, connection, conversation_id)
            if facts:
                await self._counts(visit, connection)
        return True

    async def beat(self) -> bool:
        """Say that the line holds; False once the session has ended, which is said too."""
        holds = await self._holds()
        await self._event("beat" if holds else "out", {})
        return holds

    async def _holds(self) -> bool:
        visit = self._now()
        async with visit.app.database.reading() as connection:
            return await sessions.holds(connection, visit.mark, now=visit.now)

    async def _changed(self, visit: Visit, connection: Connection, conversation_id: int) -> None:
        row = await desk.row(connection, conversation_id)
        if row is None:
            return
        part = f"row-{conversation_id}"
        if row.group is not None and row.within(self.view, visit.agent):
            one = row_view(row, visit.app.channels, visit.reader)
            await self._part(part, "replace", self._row(visit, one))
        else:
            by = f" by {row.owner_name}" if row.owner_name and row.owner_id != visit.agent.id else ""
            gone = f"Resolved{by}" if row.group is None else f"With {row.owner_name or 'nobody'}"
            await self._part(part, "remove", gone)
        if conversation_id == self.open_id:
            await self._conversation(visit, connection)

    async def _conversation(self, visit: Visit, connection: Connection) -> None:
        shown = await asking.the_conversation(visit, connection, self.open_id)
        if shown is None:
            return
        values: dict[str, Any] = {**flat(shown), "view": self.view, "pane": self.pane}
        values["teams"] = visit.app.policies.now.teams
        for part in ("head", "side", "window", "strip"):
            await self._part(part, "replace", visit.part(f"parts/{part}.html", **values))
        for one in shown.log[-TAIL:]:
            html = visit.part("parts/entry.html", one=one, view=self.view)
            await self._part(one.part, "append", html)
        for part in _gone(self._sent, [one.part for one in shown.log]):
            await self._part(part, "replace", f'<li id="{part}" data-part="{part}" hidden></li>')

    async def _counts(self, visit: Visit, connection: Connection) -> None:
        counts = await desk.counts(connection, visit.agent)
        here = await desk.count_waiting(connection, self.view, visit.agent)
        html = visit.part("parts/counts.html", counts={**counts, "here": here})
        await self._part("counts", "words", html)

    async def _writing(self, visit: Visit, connection: Connection, change: Change) -> None:
        if change.kind not in ("typing", "draft") or change.conversation_id != self.open_id:
            return
        if change.kind == "typing" and change.agent_id:
            return  # one of us, of whom the draft tells
        if change.kind == "typing":
            await self._event("typing", {"text": "The customer is writing"})
        elif change.agent_id != visit.agent.id:
            agent = await agents.one(connection, change.agent_id)
            await self._event(
                "typing", {"text": f"{agent.name if agent else 'A colleague'} is writing an answer"}
            )

    async def _reminder(self, visit: Visit, connection: Connection, change: Change) -> None:
        """Remind whoever looks of a promise that is theirs to keep, or to know of."""
        if change.kind != "promise" or change.agent_id != visit.agent.id:
            return
        found = await promises.named(connection, change.promise_id)
        if found is None or found.promise.state != promises.OPEN:
            return
        names = await asking.names_of(connection)
        one = view_of(found.promise, names, visit.reader, found.customer, found.team)
        html = visit.part("parts/reminder.html", one=one, view=self.view)
        await self._event("reminder", {"html": html})

    def _row(self, visit: Visit, one: Any) -> str:
        return visit.part("parts/row.html", one=one, view=self.view, chosen=self.open_id)

    def _now(self) -> Visit:
        """Return the visit at this moment."""
        return replace(self.visit, now=self.visit.app.clock())

    async def _part(self, part: str, place: str, html: str) -> None:
        if self._sent.get(part) != f"{place} {html}":
            self._sent[part] = f"{place} {html}"
            await self._event("part", {"part": part, "place": place, "html": html})

    async def _event(self, name: str, data: dict[str, Any]) -> None:
        self._rev = max(self._rev + 1, to_micros(self.visit.app.clock()))
        whole = orjson.dumps({**data, "rev": self._rev}).decode()
        await self.response.write(f"id: {self._rev}\nevent: {name}\ndata: {whole}\n\n".encode())


def _gone(sent: Iterable[str], shown: Iterable[str]) -> list[str]:
    """List the messages that a tab was sent and that are no more, as an echo of an answer of our own.

    The log of a tab only grows, so that nothing moves under a hand: what is gone is hidden in its place.
    """
    here = {part for part in shown if part.startswith(SAID)}
    first = min((int(part.removeprefix(SAID)) for part in here), default=0)
    told = (part for part in sent if part.startswith(SAID) and part not in here)
    return [part for part in told if first and int(part.removeprefix(SAID)) > first]
