"""Slack Connect on trial, against the look-alike that the desk is tried with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.bots.contract import Case
from tests.bots.slackconnect.hooks import (
    BOT_TOKEN,
    SECTION,
    SIGNING,
    changed,
    deleted,
    envelope,
    forged,
    hook_of,
    reacted,
    written,
)
from tests.bots.slackconnect.provider import Shared, shared

PLACE = "C0000000001"
FILE = {
    "id": "F1",
    "name": "a.png",
    "mimetype": "image/png",
    "size": 3,
    "url_private": "https://files.slack.com/a",
}


@asynccontextmanager
async def provider() -> AsyncIterator[Shared]:
    async with shared() as one:
        assert one.channel == PLACE
        yield one


CASE = Case(
    kind="slackconnect",
    section=SECTION,
    secrets=(SIGNING, BOT_TOKEN, SECTION["secret_key"]),
    sign=hook_of,
    forge=forged,
    real={
        "message": envelope(written()),
        "reply with a file": envelope(
            written(
                "<https://x.example|x> &amp;",
                thread_ts="1772366000.000001",
                subtype="file_share",
                files=[FILE],
            )
        ),
        "edited": envelope(changed("Olá!", "Olá")),
        "deleted": envelope(deleted()),
        "reacted": envelope(reacted()),
        "verification": b'{"type":"url_verification","challenge":"abc","token":"x"}',
    },
    batch=None,
    unknown=envelope({"type": "channel_archive", "channel": PLACE}),
    address=f"slackconnect:T0THEIRS/U0ANA/{PLACE}",
    send_path="chat.postMessage",
    provider=provider,
    without={
        "batch": "Slack posts one event at a time",
        "statuses": "Slack says nothing of what became of a message",
        "opt out": "nobody can opt out of a Slack channel but by leaving it, which refuses nothing",
    },
)
