"""The page that says how to opt in: three ways that prove who asks, in three languages; its form is apart."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from bots.sms import Settings, open_channel
from inbox.preferences.join import number_of, shown
from tests.browser import browser, context_of, sideways, violations  # noqa: F401
from tests.inbox.desk.web.house import House, house_in


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house whose clock goes, for the browser's own goes too."""
    async with house_in(tmp_path, fixed=False, business="Casa Oliva") as opened:
        yield opened


def sms(number: str = "+351300505870", service: str = "") -> Settings:
    told = {"account_sid": "AC" + "0" * 32, "auth_token": "not for the page", "number": number}
    return Settings.model_validate(told | {"messaging_service": service})


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ["Text JOIN to +351 300 505 870", "sms:+351300505870?body=JOIN", "STOP ends it", "Birthday"]),
        ("pt", ["Envie ADERIR para +351 300 505 870", "?body=ADERIR", "PARAR termina tudo", "Parabéns"]),
        ("es", ["Envíe UNIRME al +351 300 505 870", "?body=UNIRME", "BAJA lo termina", "Felicitaciones"]),
    ],
)
async def test_it_says_the_ways_in_each_language(house: House, language: str, says: list[str]) -> None:
    house.app.channels["sms"] = open_channel(sms(), "sms")
    page = await house.page(f"/join?lang={language}")
    assert [one for one in says if one not in page] == []
    assert f'<html lang="{language}">' in page
    assert f'href="/chat?lang={language}"' in page
    assert "<form" not in page
    assert "<input" not in page
    assert "not for the page" not in page


@pytest.mark.parametrize(
    ("settings", "number"),
    [
        (sms(), "+351300505870"),
        (sms("12345"), "12345"),
        (sms("CasaOliva"), ""),
        (sms("", "MG" + "0" * 32), ""),
    ],
    ids=["number", "short code", "a name that only sends", "messaging service"],
)
def test_only_a_number_that_takes_texts_is_shown(settings: Settings, number: str) -> None:
    assert number_of(open_channel(settings, "sms")) == number
    assert shown("12345") == "12345"


async def test_without_texts_and_chat_a_person_is_left(house: House) -> None:
    for name in [name for name, one in house.app.channels.items() if one.spec.kind in ("sms", "webchat")]:
        del house.app.channels[name]
    page = await house.page("/join?lang=en")
    assert "With a person" in page
    assert "By text message" not in page
    assert "/chat" not in page


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1440, "dark"), ("pt", 360, "dark"), ("es", 360, "light")]
)
async def test_it_is_for_everybody(
    browser: Browser,  # noqa: F811
    house: House,
    language: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    house.app.channels["sms"] = open_channel(sms(), "sms")
    context = await context_of(browser, base_url=house.base, width=width, scheme=scheme)
    page = await context.new_page()
    await page.goto(f"/join?lang={language}")
    assert await violations(page) == []
    assert await sideways(page) == 0
    await context.close()
