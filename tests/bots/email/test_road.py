"""The look-alike as a process of its own, told by its control API."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bots.channel import MessageOut
from bots.errors import Refused
from tests.bots.email.mails import SECRET, channel
from tests.bots.email.test_sending import OUT
from tests.bots.email.test_watching import Keeper

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def told() -> AsyncIterator[dict[str, Any]]:
    """Run it; gives what it says of itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.providers.mail",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ},
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_a_mail_in_and_its_answer_out(told: dict[str, Any]) -> None:
    us = channel(
        address=told["address"],
        password=told["password"],
        secret_key=SECRET,
        imap_host="127.0.0.1",
        imap_port=told["imap_port"],
        imap_security="none",
        smtp_host="127.0.0.1",
        smtp_port=told["smtp_port"],
        smtp_security="none",
    )
    keeper = Keeper(us)
    control = told["base_url"] + "/_control"
    async with ClientSession() as session:
        await us.start("", keeper)
        mail = {"from": "Ann <ann@customer.example>", "subject": "An order", "text": "Where is it?"}
        async with session.post(f"{control}/deliver", json=mail) as response:
            assert await response.json() == {"uid": 1}
        await keeper.until(lambda: keeper.texts == ["Where is it?"])
        (said,) = keeper.messages
        sent = await us.send(
            MessageOut(
                key="reply:1:1",
                address=said.address,
                text="On its way",
                owed_at=OUT.owed_at,
                by_agent=True,
                subject=said.subject,
                thread=(said.external_id,),
                reply_to=said.external_id,
            )
        )
        async with session.get(f"{control}/sent") as response:
            (seen,) = await response.json()
        assert (seen["subject"], seen["to"]) == ("Re: An order", ["ann@customer.example"])
        assert seen["in_reply_to"] == f"<{said.external_id}>"
        assert seen["text"].strip() == "On its way"
        async with session.post(
            f"{control}/refuse", json={"address": "ann@customer.example", "reply": "550 5.1.1 no"}
        ):
            pass
        with pytest.raises(Refused):
            await us.send(OUT)
        bounce = {"message_id": sent.external_id, "status": "5.2.2", "said": "552 5.2.2 full"}
        async with session.post(f"{control}/bounce", json=bounce) as response:
            assert response.status == 200
        await us.stop()
        async with session.get(f"{control}/mailbox") as response:
            assert [one["uid"] for one in await response.json()] == [1, 2]
