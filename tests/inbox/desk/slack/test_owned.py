"""The face of a node that owned the workspace and does no more: it hears, and begins from the rows."""

import asyncio
from pathlib import Path
from typing import Any

from storage.database import Database
from storage.leases import Lease
from tests.inbox.desk.slack.bureau import Bureau, begin, bureau


def _heard(desk: Bureau, number: int) -> dict[str, Any]:
    event = {
        "type": "message",
        "channel": "C9",
        "user": "U9",
        "text": "hm",
        "ts": f"{number}.1",
    }
    return {"type": "event_callback", "event_id": f"Ev{number}", "event": event}


def _lost(desk: Bureau) -> Database:
    """Give the database under a lease."""
    return desk.house.database.under(Lease(name="slack", owner="us", epoch=1))


async def test_who_owned_the_workspace_writes_under_no_lease_of_before(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False) as desk:
        desk.face.owned(_lost(desk))
        assert desk.face.workspace.database.lease is not None
        await begin(desk)
        await desk.face.stop()
        assert desk.face.workspace.database is desk.house.database


async def test_what_is_heard_while_nobody_applies_here_waits_in_the_rows_alone(tmp_path: Path) -> None:
    async with bureau(tmp_path) as desk:
        await desk.opened()
        await desk.face.stop()
        await desk.face.working.keep(_heard(desk, 1))
        assert desk.face.working._waiting == {}, "another node applies it"
        assert await desk.house.rows("SELECT state FROM hooks WHERE url = 'slack:event_callback'") == [
            ("waiting",)
        ]
        await begin(desk)
        await desk.until_row("SELECT state FROM hooks WHERE url = 'slack:event_callback'", is_="applied")


async def test_what_is_in_hand_when_stopping_is_cut_short_goes_on_under_no_lease(tmp_path: Path) -> None:
    async with bureau(tmp_path) as desk:
        await desk.opened()
        endless = asyncio.create_task(asyncio.Event().wait())
        desk.face.lane._in_hand[0] = endless  # type: ignore[assignment]
        stopping = asyncio.create_task(desk.face.stop())
        async with asyncio.timeout(10):
            while desk.face.sockets and not stopping.done() and not desk.face._tasks[0].done():
                await asyncio.sleep(0.01)
        stopping.cancel()
        await asyncio.gather(stopping, endless, return_exceptions=True)
        assert endless.cancelled()
        assert desk.face.lane._in_hand == {}
        assert not desk.face.runs
