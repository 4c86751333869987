"""The pictures of a customer's own page, what they get and where, and of /join with its form."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from playwright.async_api import Browser, ViewportSize

from bots.channel import Channel
from bots.email.spec import SPEC as MAIL
from bots.sms import Settings, open_channel
from config.joining import JoinKnobs
from config.touch_policy import TouchKnobs
from storage import consents
from tests.inbox.desk.web.house import Quiet, house_in
from tests.inbox.preferences.house import guest

WIDE: ViewportSize = {"width": 1180, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


async def take(browser: Browser, folder: Path, pictures: Path) -> None:
    """Take both, each in a house of its own under *folder*."""
    for name, scene in (("own", own), ("join", join)):
        (folder / name).mkdir()
        await scene(browser, folder / name, pictures)


async def join(browser: Browser, folder: Path, pictures: Path) -> None:
    """Open a house whose form is on, and fill it in."""
    told = {"account_sid": "AC" + "0" * 32, "auth_token": "0" * 32, "number": "+351300505870"}
    touches = TouchKnobs(country="PT", zone="Europe/Lisbon")
    async with house_in(folder, business="Casa Oliva", join=JoinKnobs(form=True), touches=touches) as house:
        house.app.channels["sms"] = open_channel(Settings.model_validate(told), "sms")
        house.app.channels["mail"] = cast(Channel, Quiet(spec=MAIL))
        context = await browser.new_context(
            viewport=WIDE, reduced_motion="reduce", base_url=house.base, locale="en-GB"
        )
        page = await context.new_page()
        await page.goto("/join")
        await page.locator("#where").fill("+351 912 345 408")
        await page.locator("[name='allow birthday']").check()
        await page.screenshot(path=pictures / "join.png", full_page=True)
        await context.close()


async def own(browser: Browser, folder: Path, pictures: Path) -> None:
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
