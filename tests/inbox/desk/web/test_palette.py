"""The command palette: customers and what can be done here, by keyboard, and a page without script."""

import re

import pytest
from playwright.async_api import Browser, expect

from inbox.live import Change
from tests.browser import browser, violations  # noqa: F401
from tests.inbox.desk.web.house import MIN, House
from tests.inbox.desk.web.test_browser import house as house
from tests.inbox.desk.web.test_browser import signed_in


async def test_ctrl_k_finds_a_customer_whatever_the_accents(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation("João Conceição", owner="helena", tier="gold")
    await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.keyboard.press("Control+k")
        words = page.get_by_role("combobox", name="Find a customer, or something to do here")
        await expect(words).to_be_focused()
        await page.keyboard.type("conceicao joao")
        row = page.get_by_role("option", name="João Conceição")
        await expect(row).to_have_attribute("aria-selected", "true")
        await expect(words).to_have_attribute("aria-activedescendant", f"found-{key}")
        assert await violations(page) == []
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/desk/c/{key}**")
        await expect(page.locator("#who")).to_be_focused()


async def test_enter_before_the_answer_is_here_opens_what_was_typed(browser: Browser, house: House) -> None:  # noqa: F811
    await house.conversation("Marta", owner="tiago")
    key = await house.conversation("Jorge", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.keyboard.press("/")
        await page.keyboard.type("jorge")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/desk/c/{key}**")


async def test_without_words_it_shows_what_was_lately_and_what_can_be_done(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    open_now = await house.conversation("Aoife", owner="tiago")
    for number in range(9):
        last = house.app.clock() - number * MIN
        await house.conversation(f"Customer {number}", owner="tiago", last_at=last)
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{open_now}")
        await page.keyboard.press("Control+k")
        names = page.locator("#palette [role=option] .option-name")
        await expect(names).to_have_text(
            [*(f"Customer {number}" for number in range(4)), "Answer", "Write a note", "Resolve", "Set aside"]
        )
        await expect(page.locator("#palette-said")).to_have_text("8 rows")
        await page.keyboard.press("ArrowUp")
        await expect(page.get_by_role("option", name="Set aside")).to_have_attribute("aria-selected", "true")
        assert await violations(page) == []


async def test_escape_gives_the_focus_back_and_loses_nothing(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await page.locator("#reply").fill("half a sen")
        await page.keyboard.press("Control+k")
        await page.keyboard.type("zz")
        await expect(page.locator("#palette-said")).to_have_text("Nobody and nothing found for “zz”.")
        await expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await expect(page.locator("#palette")).to_be_hidden()
        await expect(page.locator("#reply")).to_be_focused()
        await expect(page.locator("#reply")).to_have_value("half a sen")


async def test_what_can_be_done_here_is_done(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await page.keyboard.press("Control+k")
        await page.keyboard.type("resol")
        await expect(page.get_by_role("option", name="Resolve")).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Enter")
        await expect(page.locator("#toast")).to_contain_text("Resolved.")
    assert (await house.row(key)).state == "resolved"


async def test_ctrl_enter_opens_another_tab_and_this_one_stays(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.keyboard.press("Control+k")
        await page.keyboard.type("marta")
        await expect(page.get_by_role("option", name="Marta")).to_have_attribute("aria-selected", "true")
        async with page.context.expect_page() as opened:
            await page.keyboard.press("Control+Enter")
        tab = await opened.value
        await tab.wait_for_url(f"**/desk/c/{key}**")
        assert re.search(r"/desk(\?|$)", page.url)
        await expect(page.locator("#palette")).to_be_hidden()


async def test_g_and_a_letter_go_to_the_places_of_the_rail(browser: Browser, house: House) -> None:  # noqa: F811
    async with signed_in(browser, house) as page:
        for letter, address in (("n", "**/desk/owed"), ("c", "**/desk/find"), ("d", "**/desk")):
            await page.locator("#page, #rows").first.focus()
            await page.keyboard.press("g")
            await page.keyboard.press(letter)
            await page.wait_for_url(address)


@pytest.mark.parametrize("scripts", [True, False], ids=["by a press", "without script"])
async def test_the_find_link_always_leads_somewhere(browser: Browser, house: House, scripts: bool) -> None:  # noqa: F811
    async with signed_in(browser, house, scripts=scripts) as page:
        await page.get_by_role("link", name="Find a customer").click()
        if scripts:
            await expect(page.get_by_role("combobox")).to_be_focused()
        else:
            await page.wait_for_url("**/desk/find")


async def test_an_agent_may_choose_that_enter_sends(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await page.locator("#reply").fill("one")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await page.get_by_role("checkbox", name="Enter sends").check()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await page.keyboard.press("r")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("two")
        await page.keyboard.press("Enter")
        await expect(page.locator("#talk [id^=m-].said-out")).to_have_count(1)
    assert [row.text for row in await house.messages(key)] == ["one\n\ntwo"]


async def test_a_colleagues_answer_that_came_while_writing_asks_once_more(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    key = await house.conversation("Marta", owner="tiago")
    await house.said(key, "seen before", "out", "helena")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        await page.locator("#reply").fill("first of mine")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#talk [id^=m-].said-out")).to_have_count(2)
        await page.locator("#reply").fill("It is on its way")
        said = await house.said(key, "I sent the lid", "out", "helena", sent_at=house.app.clock())
        house.app.live.publish(Change(kind="message", conversation_id=key, message_id=said))
        await expect(page.locator(f"#m-{said}")).to_be_visible()
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#refused")).to_contain_text(
            "A colleague answered meanwhile: “I sent the lid”"
        )
        await expect(page.locator("#reply")).to_have_value("It is on its way")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#talk [id^=m-].said-out")).to_have_count(4)
    texts = [row.text for row in await house.messages(key)]
    assert sorted(texts) == sorted(["seen before", "first of mine", "I sent the lid", "It is on its way"])
