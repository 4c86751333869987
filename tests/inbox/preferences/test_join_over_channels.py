"""The code leaves over the channel whose address was typed, through the real clients of the providers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from config.joining import JoinKnobs
from tests.bots.whatsapp.sections import template
from tests.inbox.touches.over_channels import House, house, until

TEMPLATES = [template("birthday", "en", body="Happy birthday, {{name}}!", category="MARKETING")]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[House]:
    """Run a house that texts and mails for real, with its form."""
    async with house(tmp_path, TEMPLATES, []) as made:
        made.app.settings = made.app.settings.model_copy(update={"join": JoinKnobs(form=True)})
        yield made


async def texts(place: House) -> list[str]:
    return [one.body for one in place.twilio.sent]


async def mails(place: House) -> list[str]:
    return [one.text for one in place.mail.state.sent]


@pytest.mark.parametrize(
    ("typed", "address", "read"),
    [
        ("+351 912 345 678", "tel:+351912345678", texts),
        ("ana@customer.example", "mailto:ana@customer.example", mails),
    ],
    ids=["by text", "by mail"],
)
async def test_a_code_comes_and_allows_what_was_ticked(
    place: House, typed: str, address: str, read: Any
) -> None:
    async with ClientSession(place.here) as visitor:
        async with visitor.get("/join") as answer:
            [form] = re.findall(r'name="form" value="([^"]+)"', await answer.text())
        data = {"form": form, "where": typed, "allow birthday": "yes"}
        async with visitor.post("/join", data=data) as answer:
            assert answer.status == 200
            page = answer.url

        async def came() -> bool:
            return bool(await read(place))

        await until(came)
        [message] = await read(place)
        code, why = message.strip().split("\n", 1)
        assert why.startswith("If you asked for messages from Casa Oliva")
        async with visitor.post(page.path_qs, data={"code": code}) as answer:
            assert "holds from now on" in await answer.text()
    said = "SELECT address, word, subject, source FROM consents JOIN addresses ON addresses.id = address_id"
    assert await place.rows(said) == [(address, "yes", "birthday", "form")]
    assert len(await read(place)) == 1
    assert [one.mail["Subject"] for one in place.mail.state.sent] in ([], ["Your code for Casa Oliva"])
