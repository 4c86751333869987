"""The pages of touches in a real browser: for every eye, by keyboard, on a phone, without script."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from storage.tables import messages, touches
from tests.browser import browser, context_of, sideways, signed_in_by, violations  # noqa: F401
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.desk.web.touches.town import crowd, message_of, plan_today, settle, touch, town_in

ADDRESSES = (
    "/desk/touches",
    "/desk/touches?day=2026-11-27",
    "/desk/touches/kinds",
    "/desk/touches/wording",
    "/desk/touches/report",
    "/desk/touches/once",
)


async def page_of(
    browser: Browser,  # noqa: F811
    house: House,
    *,
    width: int = 1440,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> Page:
    context = await context_of(browser, base_url=house.base, width=width, scheme=scheme, scripts=scripts)
    page = await context.new_page()
    await signed_in_by(page, await house.link())
    return page


async def filled(house: House) -> tuple[int, int]:
    """Plan a day and give it every state; returns a customer and a conversation with a touch."""
    people = await crowd(house)
    await plan_today(house)
    async with house.app.database.reading() as connection:
        rows = (await connection.execute(touches.select().order_by(touches.c.due_at))).all()
    states = ("sent", "held", "deferred", "unknown", "cancelled", "control", "expired", "failed")
    for state, row in zip(states, rows, strict=False):
        approval = "asked" if state == "held" else ""
        await settle(house, row.id, state, reason="", approval=approval, handed_at=NOW)
    who, address = people[0]
    said = await message_of(
        house, who, address, "Parabéns, Marta!", at=NOW, status="read", answer="Obrigada!"
    )
    key = await touch(house, who, address, text="Parabéns, Marta!", language="pt", period="x")
    await settle(house, key, "sent", message_id=said, handed_at=NOW)
    for number, (customer, one) in enumerate(people[:12]):
        state = "control" if number % 3 else "sent"
        other = await touch(house, customer, one, kind="overdue", period="r", state=state)
        await settle(house, other, state, handed_at=None if state == "control" else NOW, ended_at=NOW)
    await house.post("/desk/touches/pause", why="stocktaking")
    return who, said


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
async def test_nothing_is_in_anybodys_way(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    async with town_in(tmp_path) as house:
        who, _ = await filled(house)
        page = await page_of(browser, house, width=width, scheme=scheme)
        for address in (*ADDRESSES, f"/desk/c/{who}/touches"):
            await page.goto(address)
            for menu in await page.locator(".figures-in > summary").all():
                await menu.click()
            assert await violations(page) == [], f"{address} {scheme} {width}"
            assert await sideways(page) == 0, f"{address} {width}"


async def test_nothing_scrolls_sideways_at_the_floor(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    async with town_in(tmp_path) as house:
        who, _ = await filled(house)
        page = await page_of(browser, house, width=360)
        for address in (*ADDRESSES, f"/desk/c/{who}/touches"):
            await page.goto(address)
            assert await sideways(page) == 0, address


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without script"])
async def test_a_touch_is_reworded_held_and_let_go_by_keyboard(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
    scripts: bool,
) -> None:
    async with town_in(tmp_path) as house:
        await crowd(house, 4)
        await plan_today(house)
        page = await page_of(browser, house, scripts=scripts)
        await page.goto("/desk/touches?state=planned")
        first = page.locator("tr[id^=t-]").first
        name = await first.locator("bdi").inner_text()
        decide = first.locator("summary")
        await decide.focus()
        await page.keyboard.press("Enter")
        await first.get_by_label("Text for this customer").fill("Tudo de bom!")
        await first.get_by_role("button", name="Keep this text").press("Enter")
        row = page.locator("tr[id^=t-]", has_text=name)
        await expect(row.locator(".exact")).to_have_text("Tudo de bom!")
        await row.locator("summary").press("Enter")
        await row.get_by_role("button", name="Hold").press("Enter")
        await page.goto("/desk/touches?state=held")
        row = page.locator("tr[id^=t-]", has_text=name)
        await expect(row).to_contain_text("An agent holds this one.")
        await row.locator("summary").press("Enter")
        await row.get_by_role("button", name="Let go").press("Enter")
        await expect(page.locator(".toast")).to_contain_text("Let go.")


async def test_a_one_off_is_made_and_approved_without_script(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    async with town_in(tmp_path) as house:
        await crowd(house, 6)
        page = await page_of(browser, house, scripts=False)
        await page.goto("/desk/touches/once")
        await page.get_by_label("Name, for agents").fill("Spring plates")
        await page.get_by_label("Day", exact=True).fill("2026-11-25")
        await page.get_by_label("Hour on their clock").fill("03:00")
        await page.get_by_label("English", exact=True).fill("The spring plates are here.")
        await page.get_by_role("button", name="Keep as a draft").click()
        await expect(page.locator("#wrong-at")).to_contain_text("outside the allowed hours")
        await expect(page.get_by_label("English", exact=True)).to_have_value("The spring plates are here.")
        await expect(page.locator('[aria-invalid="true"]')).to_have_count(1)
        await page.get_by_label("Hour on their clock").fill("11:00")
        await page.get_by_role("button", name="Keep as a draft").click()
        await expect(page.locator(".people")).to_contain_text("The spring plates are here.")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator(".toast")).to_contain_text("Approved.")


async def test_a_conversation_shows_the_touch_and_the_strip(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    async with town_in(tmp_path) as house:
        _, said = await filled(house)
        (talk,) = {row.conversation_id for row in await house_messages(house, said)}
        page = await page_of(browser, house)
        await page.goto(f"/desk/c/{talk}")
        await expect(page.locator("#strip")).to_contain_text("birthday is today.")
        await expect(page.locator(".aside-touch")).to_contain_text("Parabéns, Marta!")
        await page.locator("#more summary").click()
        await page.get_by_role("button", name="A complaint is open").click()
        await expect(page.locator("#strip")).to_contain_text("The touch went out. A complaint is open:")
        assert await violations(page) == []
        await page.keyboard.press("g")
        await page.keyboard.press("t")
        await page.wait_for_url("**/desk/touches")


async def house_messages(house: House, message: int) -> list[Any]:
    async with house.app.database.reading() as connection:
        return list((await connection.execute(messages.select().where(messages.c.id == message))).all())
