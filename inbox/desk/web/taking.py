"""Everything of a customer taken away as one file, a customer erased, and the receipt of it."""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from aiohttp import web

from inbox.desk.errors import DeskError, NotThere
from inbox.desk.web import pages
from inbox.desk.web.forms import Form
from inbox.desk.web.site import Visit
from inbox.preferences.erasing import Wish
from inbox.preferences.exporting import Exporter
from inbox.preferences.receipts import shown
from storage import desk_log, slack_forgetting

CHUNK: Final = 1 << 16
WORD: Final = "ERASE"


async def export(visit: Visit) -> web.StreamResponse:
    """Give a customer's ZIP file; it is made on the disk and gone when it was sent."""
    key = int(visit.request.match_info["id"])
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
    if about is None or about.customer.erased_at is not None:
        return await pages.problem(visit)
    with tempfile.TemporaryDirectory(prefix="tidings-") as folder:
        path = Path(folder) / "customer.zip"
        made = Exporter(database=visit.app.database, media=visit.app.media)
        await made.write(about.customer.id, path, visit.now)
        name = f'attachment; filename="customer-{about.customer.id}.zip"'
        response = web.StreamResponse(headers={"Content-Disposition": name})
        response.content_type = "application/zip"
        response.content_length = path.stat().st_size
        await response.prepare(visit.request)
        if visit.request.method == "HEAD":  # what came behind the head would be read as the next answer
            return response
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                await response.write(chunk)
    return response


async def erase(visit: Visit, key: int, form: Form) -> str:
    """Erase the customer of a conversation at once and for good, where the word was written."""
    if form.text("sure").strip() != WORD:
        raise DeskError(f"Nothing was erased: write {WORD} into the field to say that it is meant.")
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
    if about is None or about.customer.erased_at is not None:
        raise NotThere("There is no such customer.")
    agent = visit.agent
    wish = Wish(who="agent", name=agent.key, agent_id=agent.id, face="browser", ip=visit.ip)
    done = await visit.app.eraser.erase(about.customer.id, visit.now, wish)
    visit.app.nudges.nudge(slack_forgetting.LANE)
    return f"/desk/receipt/{done.receipt.id}"


async def receipt(visit: Visit) -> web.StreamResponse:
    """Show the receipt of an erasure, and whether it is what was written then."""
    async with visit.app.database.reading() as connection:
        found = await shown(connection, int(visit.request.match_info["id"]))
    if found is None:
        return await pages.problem(visit, 404, "This receipt is not here", "Its number may be wrong.")
    return await pages.plain(visit, "receipt.html", "audit", found=found)
