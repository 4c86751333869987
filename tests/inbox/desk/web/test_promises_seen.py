"""Promises in a real browser: offered, made by keyboard, reminded of, and readable for every eye."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from inbox.live import Change
from storage import promises
from storage.promises import Promise
from tests.browser import browser, sideways, violations
from tests.inbox.desk.web.house import House
from tests.inbox.desk.web.test_browser import Scheme, house, signed_in

__all__ = ["browser", "house"]


async def owed(house: House, key: int) -> list[Promise]:
    async with house.app.database.reading() as connection:
        return await promises.open_in(connection, key)


async def promised(house: House, key: int, text: str = "New lid leaves today", minutes: int = 40) -> int:
    now = house.app.clock()
    due = now + timedelta(minutes=minutes)
    return await house.app.desk.promise(key, house.agents["tiago"], text=text, due_at=due, now=now)


async def test_an_answer_that_reads_like_a_promise_is_kept_as_one_by_a_click(
    browser: Browser,
    house: House,
) -> None:
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await page.locator("#reply").fill("I'll call you tomorrow at 10")
        await page.keyboard.press("Control+Enter")
        await page.get_by_role("button", name="Keep it as a promise").click()
        await expect(page.locator(".aside-promise")).to_contain_text("I'll call you tomorrow at 10")
    [one] = await owed(house, key)
    assert one.message_id is not None


async def test_p_opens_the_form_and_enter_promises(
    browser: Browser,
    house: House,
) -> None:
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await page.locator("#log").focus()
        await page.keyboard.press("p")
        await expect(page.locator("#promise-what")).to_be_focused()
        await page.keyboard.type("call back")
        due = house.app.clock() + timedelta(days=2)
        await page.locator("#promise-due").fill(f"{due:%Y-%m-%dT%H:%M}")
        await page.locator("#promise-what").press("Enter")
        await expect(page.locator("#toast")).to_contain_text("Promised.")
    assert [one.text for one in await owed(house, key)] == ["call back"]


async def test_a_due_promise_stays_in_view_until_it_is_kept(
    browser: Browser,
    house: House,
) -> None:
    key = await house.conversation("Marta", owner="tiago")
    one = await promised(house, key)
    told = Change(kind="promise", conversation_id=key, agent_id=house.agents["tiago"], promise_id=one)
    async with signed_in(browser, house) as page:
        await page.goto("/desk")
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        for _ in range(2):
            house.app.live.publish(told)
        await expect(page.get_by_role("alert")).to_contain_text("You promised Marta: New lid leaves today")
        await expect(page.locator(f"#reminder-{one}")).to_have_count(1)
        assert await violations(page) == []
        await page.locator(f"#reminder-{one}").get_by_role("button", name="Kept").click()
        await page.wait_for_url("**/desk/c/*")
    assert await owed(house, key) == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
async def test_pages_of_promises_are_for_every_eye(
    browser: Browser,
    house: House,
    scheme: Scheme,
    width: int,
) -> None:
    key = await house.conversation("Marta Figueiredo de Vasconcelos e Albuquerque", owner="tiago")
    await promised(house, key)
    await promised(house, key, "x" * 150, 4_000)
    async with signed_in(browser, house, width=width, scheme=scheme) as page:
        found = {}
        for path in (f"/desk/c/{key}", "/desk/promises", f"/desk/c/{key}/resolve"):
            await page.goto(path)
            assert await sideways(page) == 0, path
            found[path] = await violations(page)
        await page.goto(f"/desk/c/{key}")
        await page.locator("#promise > summary").click()
        found["form"] = await violations(page)
    assert {where: faults for where, faults in found.items() if faults} == {}


async def test_without_script_it_is_promised_kept_and_resolved(
    browser: Browser,
    house: House,
    tmp_path: Path,
) -> None:
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house, scripts=False) as page:
        await page.goto(f"/desk/c/{key}")
        await page.locator("#promise > summary").click()
        await page.locator("#promise-what").fill("call back")
        due = house.app.clock() + timedelta(days=2)
        await page.locator("#promise-due").fill(f"{due:%Y-%m-%dT%H:%M}")
        await page.get_by_role("button", name="Promise", exact=True).click()
        await page.locator("#resolve button").click()
        await page.get_by_label("It is kept").check()
        await page.get_by_role("button", name="Resolve").click()
        await page.wait_for_url("**/desk?*")
    assert (await house.row(key)).state == "resolved"
