"""Hearing what customers say about consent in their own words, before anything more is handed off."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from inbox.desk.wishing import Wishing
from inbox.leisure import Leisure
from inbox.touches.rules import Rules
from routing.consent import Heard, heard
from storage import consents, facts, heard_words
from storage.database import Connection, Database
from storage.heard_words import Words
from storage.ids import A_DAY

HEARD_TO: Final = "touches.heard_to"
PAGE: Final = 500
TOGETHER: Final = 20
AGAIN: Final = A_DAY // 17_280
"""Keys of five seconds, read again: another process may keep a message a moment after a later one."""


async def listen(
    database: Database,
    rules: Rules,
    desk: Wishing | None = None,
    now: datetime | None = None,
    *,
    leisure: Leisure | None = None,
) -> bool:
    """Hear a page of what was written since; says whether all is heard.

    A word of the lists at a phone number is a stop. Elsewhere, and any other clear wish, is a no to what
    we begin: who asks for that may still want their answer. A wish that was not a word of the lists is
    marked for an agent to look at, and the *desk* asks one. START opens a phone's address; it allows no
    marketing. The *leisure* of who listens page after page knows the rush from one page to the next.
    """
    leisure = leisure or Leisure(database.rush)
    began = leisure.begin()
    async with database.reading() as connection:
        told = await facts.told(connection, HEARD_TO) or {"to": 0, "end": False}
        to = int(told["to"])
        page = await heard_words.since(connection, to - AGAIN if told["end"] and to else to, PAGE)
    if len(page) > TOGETHER:
        await asyncio.sleep(leisure.after(began))
    found = [(one, word) async for one, word in _found(page, leisure) if word.word != "help"]
    end, last = len(page) < PAGE, page[-1].id if page else to
    if not found and last == to and told["end"] == end:
        return end
    async with database.writing() as connection:
        new = [(one, word) for one, word in found if await _record(connection, database, rules, one, word)]
        await facts.tell(connection, HEARD_TO, {"to": last, "end": end})
    if desk is None or now is None:
        return end
    for one, word in new:
        if word.review:
            await desk.wished(one.conversation_id, wording=one.text, now=now)
    return end


async def _found(page: Sequence[Words], leisure: Leisure) -> AsyncIterator[tuple[Words, Heard]]:
    """Look through a page a few at a time: hooks share the loop, and a rush is heard a little later."""
    for at in range(0, len(page), TOGETHER):
        began = leisure.begin()
        for one in page[at : at + TOGETHER]:
            if (word := heard(one.text)) is not None:
                yield one, word
        if len(page) > TOGETHER:
            await asyncio.sleep(leisure.after(began))


async def _record(connection: Connection, database: Database, rules: Rules, one: Words, heard: Heard) -> bool:
    """Write it into the ledger; says whether it was new."""
    way = rules.ways.get(one.channel)
    phone = way is not None and way.phone
    if heard.word == "start" and not phone:
        return False
    word = heard.word if phone and not heard.review else "no"
    return await consents.record(
        connection,
        database.ids,
        address_id=one.address_id,
        word=word,
        source="message",
        wording=one.text,
        at=one.received_at,
        channel=one.channel,
        external_id=one.external_id,
        review=heard.review,
    )
