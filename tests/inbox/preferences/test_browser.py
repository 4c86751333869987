"""The customer's page in a real browser: without script, on a phone, in the dark, and for every eye."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import browser, context_of, sideways, violations  # noqa: F401
from tests.inbox.desk.web.house import House, house_in
from tests.inbox.preferences.house import Guest, guest

Scheme = Literal["light", "dark"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house whose clock goes, for the browser's own goes too."""
    async with house_in(tmp_path, fixed=False, business="Casa Oliva") as opened:
        yield opened


@asynccontextmanager
async def opened(
    browser: Browser,  # noqa: F811
    marta: Guest,
    *,
    width: int = 1440,
    scheme: Scheme = "light",
    scripts: bool = True,
) -> AsyncIterator[Page]:
    """Open the page; whatever its console complains of fails the test."""
    context = await context_of(
        browser, base_url=marta.house.base, width=width, scheme=scheme, scripts=scripts
    )
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    await page.goto(marta.path)
    yield page
    await context.close()
    assert [one for one in wrong if not one.startswith("Failed to load resource")] == []


@pytest.mark.parametrize(
    ("name", "language", "width", "scheme"),
    [
        ("Marta Figueiredo", "pt", 1440, "light"),
        ("Marta Figueiredo", "pt", 360, "dark"),
        ("رنا الحسيني", "en", 360, "light"),
        ("N" * 80, "es", 1440, "dark"),
    ],
    ids=["portuguese", "phone in the dark", "right to left", "long name in the dark"],
)
async def test_every_state_is_for_everybody(
    browser: Browser,  # noqa: F811
    house: House,
    name: str,
    language: str,
    width: int,
    scheme: Scheme,
) -> None:
    marta = await guest(house, name=name, language=language)
    async with opened(browser, marta, width=width, scheme=scheme) as page:
        assert await violations(page) == []
        assert await sideways(page) == 0
        for summary in await page.locator("summary").all():
            await summary.click()
        await page.locator("#day").fill("31")
        await page.locator("button[value=save]").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert await violations(page) == []
        assert await sideways(page) == 0
        for summary in await page.locator("summary").all():
            await summary.click()
        await page.locator("button[value=erase]").click()
        await expect(page.locator("button[value=keep]")).to_be_visible()
        assert await violations(page) == []
        await page.goto("/p/wrong")
        assert await violations(page) == []
        assert await sideways(page) == 0


async def test_all_is_done_by_keyboard_and_without_script(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    marta = await guest(house)
    async with opened(browser, marta, scripts=False) as page:
        box = page.get_by_role("checkbox", name="Birthday wishes by SMS ··· 408")
        await box.focus()
        await page.keyboard.press("Space")
        await page.get_by_label("Day", exact=True).fill("24")
        await page.get_by_label("Month").select_option("November")
        await page.get_by_role("button", name="Save").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Saved at")
        await expect(box).to_be_checked()
        await expect(page.get_by_label("Day", exact=True)).to_have_value("24")

        await page.get_by_text("I want no more messages").press("Enter")
        await page.get_by_role("button", name="Yes, stop everything").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Stopped at")
        await expect(box).not_to_be_checked()

        await page.get_by_role("link", name="PT").press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("O que recebe de nós, Marta")


async def test_the_first_wrong_field_has_the_focus(browser: Browser, house: House) -> None:  # noqa: F811
    marta = await guest(house)
    async with opened(browser, marta, scripts=False) as page:
        await page.get_by_label("Day", exact=True).fill("31")
        await page.get_by_label("Month").select_option("April")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_label("Day", exact=True)).to_be_focused()


async def test_to_stop_is_as_large_as_to_save(browser: Browser, house: House) -> None:  # noqa: F811
    marta = await guest(house)
    async with opened(browser, marta, width=360) as page:
        save = await page.get_by_role("button", name="Save").bounding_box()
        stop = await page.get_by_text("I want no more messages").bounding_box()
        assert save is not None
        assert stop is not None
        assert stop["height"] >= save["height"] >= 44
