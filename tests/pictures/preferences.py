"""The picture of a customer's own page: what they get, over what, at which hours."""

from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, ViewportSize

from storage import consents
from tests.inbox.desk.web.house import house_in
from tests.inbox.preferences.house import guest

WIDE: ViewportSize = {"width": 1180, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


async def take(browser: Browser, folder: Path, pictures: Path) -> None:
    """Open a house with one customer in *folder* and take the picture of their page."""
    async with house_in(folder, fixed=False, business="Casa Oliva") as house:
        marta = await guest(house, birth_month=11, birth_day=24, quiet_from=21 * 60, quiet_until=9 * 60)
        database, at = house.app.database, house.app.clock() - timedelta(days=30)
        async with database.writing() as connection:
            for subject in ("birthday", "after_delivery"):
                await consents.record(
                    connection, database.ids, address_id=marta.telegram, word="yes", subject=subject,
                    source="page", at=at,
                )  # fmt: skip
        for name, size in (("preferences", WIDE), ("preferences-phone", PHONE)):
            context = await browser.new_context(
                viewport=size, reduced_motion="reduce", base_url=house.base, locale="en-GB"
            )
            page = await context.new_page()
            await page.goto(marta.path)
            await page.screenshot(path=pictures / f"{name}.png", full_page=name == "preferences")
            await context.close()
