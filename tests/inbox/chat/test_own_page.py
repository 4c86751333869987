"""Who writes in the chat can choose there what they get: by a link to their own page, without sign-in."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from storage.tables import allowances, consents
from tests.browser import browser, context_of, sideways, violations  # noqa: F401
from tests.inbox.chat.house import House, house
from tests.inbox.chat.test_widget import shop

LABEL = "What you get from us"
BIRTHDAY = "Birthday wishes by Web chat. One message a year"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


async def rows(here: House, table: Any) -> list[Any]:
    async with here.database.reading() as connection:
        return list((await connection.execute(select(table))).all())


async def write(page: Any, text: str = "Good morning") -> None:
    await page.get_by_label("Your message").fill(text)
    await page.get_by_label("Your message").press("Enter")
    await expect(page.locator("#talk .bubble")).to_have_text([text])


async def allow_birthday(page: Page, here: House) -> None:
    """Tick the birthday and save; the ledger holds who said what, where and when."""
    before = datetime.now(UTC)
    await page.get_by_label(BIRTHDAY).check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved")
    await expect(page.get_by_label(BIRTHDAY)).to_be_checked()
    [said] = await rows(here, consents)
    assert (said.word, said.subject, said.source) == ("yes", "birthday", "preference page")
    assert (said.wording, said.channel) == (BIRTHDAY, "webchat")
    assert before <= said.at <= datetime.now(UTC)
    [held] = await rows(here, allowances)
    assert (held.subject, held.allowed, held.consent_id) == ("birthday", True, said.id)


async def test_a_visitor_who_wrote_allows_a_subject_on_their_own_page(
    browser: Browser,  # noqa: F811
    here: House,
) -> None:
    context = await context_of(browser, base_url=here.url)
    page = await context.new_page()
    await page.goto("/chat?lang=en")
    await expect(page.get_by_label("Your message")).to_be_visible()
    await expect(page.locator("#own")).to_be_hidden()
    await write(page)
    await page.get_by_role("link", name=LABEL).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(LABEL)
    await allow_birthday(page, here)
    await context.close()


async def test_it_needs_no_script(browser: Browser, here: House) -> None:  # noqa: F811
    context = await context_of(browser, base_url=here.url, scripts=False)
    page = await context.new_page()
    await page.goto("/chat?lang=en")
    assert await page.locator("#own").is_hidden(), "nobody knows them yet"
    await page.locator("#write").fill("Good morning")
    await page.locator("#form button[type=submit]").click()
    await page.get_by_role("link", name=LABEL).click()
    await allow_birthday(page, here)
    await context.close()


async def test_the_widget_opens_it_in_a_tab_of_its_own(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
) -> None:
    async with shop() as seller, house(tmp_path, sites=[seller.origin]) as here:
        seller.chat = here.url
        context = await context_of(browser, base_url=seller.origin)
        page = await context.new_page()
        await page.goto("/")
        await page.get_by_role("button", name="Write to us").click()
        inside = page.frame_locator("iframe")
        await write(inside)
        async with context.expect_page() as opened:
            await inside.get_by_role("link", name=LABEL).click()
        await allow_birthday(await opened.value, here)
        await expect(inside.get_by_label("Your message")).to_be_visible()
        await context.close()


# Each language once; the longest words at the narrowest width, each width and scheme among them.
@pytest.mark.parametrize(
    ("language", "label", "width", "scheme"),
    [
        ("en", LABEL, 1440, "dark"),
        ("pt", "O que recebe de nós", 360, "dark"),
        ("es", "Lo que recibe de nosotros", 360, "light"),
    ],
)
async def test_the_link_is_quiet_and_for_everybody(
    browser: Browser,  # noqa: F811
    here: House,
    language: str,
    label: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    context = await context_of(browser, base_url=here.url, width=width, scheme=scheme)
    page = await context.new_page()
    await page.goto(f"/chat?lang={language}")
    await page.locator("#write").fill("1")
    await page.locator("#write").press("Enter")
    link = page.get_by_role("link", name=label)
    await expect(link).to_be_visible()
    box = await link.bounding_box()
    assert box is not None
    assert box["height"] >= 24, "a thumb finds it"
    assert await violations(page) == []
    assert await sideways(page) == 0
    await context.close()
