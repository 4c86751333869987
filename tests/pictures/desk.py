"""The pictures of the desk and the web chat, from the running program beside its providers."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize

from tests.road.processes import until
from tests.road.town import Town, town

WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
BY_TELEGRAM = [
    (7001, "Rana", "al-Husseini", "هل يمكن تغيير عنوان التوصيل قبل يوم الخميس؟"),
    (7002, "Jorge", "Iglesias Peña", "¿A qué hora abren el sábado en la tienda de Gràcia?"),
    (7003, "美咲", "佐藤", "注文番号10477の件、ありがとうございました。"),
    (
        7004,
        "Marta",
        "Figueiredo de Vasconcelos",
        "Boa tarde. A terrina chegou com a tampa partida 😞 É a segunda vez.",
    ),
]
BY_SMS = [("+447700900142", "hi do you ship to Orkney? two of the blue bowls")]


async def _writes(place: Town, chat: int, text: str) -> None:
    first, last = next((first, last) for known, first, last, _ in BY_TELEGRAM if known == chat)
    sender = {"id": chat, "is_bot": False, "first_name": first, "last_name": last}
    await place.telegram.post("say", chat_id=chat, text=text, **{"from": sender})


async def _customers_write(place: Town) -> None:
    for chat, _, _, text in BY_TELEGRAM:
        await _writes(place, chat, text)
    for number, text in BY_SMS:
        await place.twilio.post("say", url=f"{place.url}/hooks/sms", **{"from": number}, body=text)


async def _sign_in(place: Town, page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/desk*")


async def _answer(page: Page, place: Town, words: str, answer: str, *, note: str = "") -> None:
    await page.goto(f"{place.url}/desk?view=all")
    await page.get_by_role("link", name=words).first.click()
    if note:
        await page.get_by_role("radio", name="Note").check(force=True)
        await page.locator("textarea").first.fill(note)
        await page.get_by_role("button", name="Keep note").click()
        await page.get_by_role("log").get_by_text(note).wait_for()
        await page.get_by_role("radio", name="Answer").check(force=True)
    await page.locator("textarea").first.fill(answer)
    await page.get_by_role("button", name="Send", exact=False).first.click()
    await page.get_by_role("log").get_by_text(answer).wait_for()


async def _known(page: Page) -> None:
    """Write down what we know of the customer who is open, and come back."""
    await page.get_by_role("link", name="See and change").click()
    await page.get_by_label("Tier").select_option("gold")
    await page.get_by_label("Time zone").fill("Europe/Lisbon")
    await page.get_by_label("Birthday").fill("1990-03-04")
    await page.get_by_label("Tags").fill("wholesale")
    await page.get_by_role("button", name="Keep").click()
    await page.get_by_role("link", name="Back to the conversation").click()


async def _promise(page: Page) -> None:
    """Promise something for tomorrow, by keyboard."""
    await page.locator("#log").focus()
    await page.keyboard.press("p")
    await page.keyboard.type("Nova tampa por correio")
    day = (datetime.now(UTC) + timedelta(days=1)).replace(hour=10, minute=0)
    await page.locator("#promise-due").fill(f"{day:%Y-%m-%dT%H:%M}")
    await page.locator("#promise-what").press("Enter")
    await page.locator("#side .owed").get_by_text("Nova tampa por correio").first.wait_for()
    await page.locator("#toast").wait_for(state="hidden")


async def _customer(page: Page, pictures: Path) -> None:
    """Show what we know of the customer, and everything that was said and done."""
    await page.get_by_role("link", name="See and change").click()
    await page.screenshot(path=pictures / "profile.png")
    await page.get_by_role("link", name="Everything in one order").click()
    await page.wait_for_url("**/desk/customer/*")
    await page.screenshot(path=pictures / "timeline.png")


async def _take(place: Town, browser: Browser, link: str, pictures: Path) -> None:
    customer = await (
        await browser.new_context(viewport=WIDE, locale="en-GB", reduced_motion="reduce")
    ).new_page()
    await customer.goto(f"{place.url}/chat")
    await customer.locator("textarea").fill("Is the blue bowl back? I need two, as a present.")
    await customer.locator("textarea").press("Enter")
    await _customers_write(place)
    desk = await (await browser.new_context(viewport=WIDE, reduced_motion="reduce")).new_page()
    await _sign_in(place, desk, link)
    await _answer(
        desk, place, "Is the blue bowl back?", "It is, since this morning. Shall I keep two for you?"
    )
    await customer.get_by_role("log").get_by_text("Shall I keep two").wait_for()
    await customer.locator("textarea").fill("Yes please! Could you wrap them?")
    await customer.locator("textarea").press("Enter")
    await _answer(
        desk,
        place,
        "tampa partida",
        "Lamento muito, Marta. Envio-lhe hoje uma tampa nova, sem custos.",
        note="Her lid broke in October too. No voucher this time: send the lid today.",
    )
    await desk.get_by_role("button", name="Pin").click()
    await _known(desk)
    await _writes(place, 7004, "Obrigada. E a devolução dos 18,90 €?")
    await desk.get_by_role("log").get_by_text("devolução").wait_for()
    await desk.locator("#new-order").wait_for(state="hidden")
    await desk.get_by_role("log").get_by_text("Sent").last.wait_for()
    await _promise(desk)
    await desk.screenshot(path=pictures / "desk.png")
    await customer.screenshot(path=pictures / "chat.png")
    await desk.emulate_media(color_scheme="dark")
    await desk.screenshot(path=pictures / "desk-dark.png")
    await desk.emulate_media(color_scheme="light")
    await desk.set_viewport_size(PHONE)
    await desk.screenshot(path=pictures / "desk-phone.png")
    await desk.set_viewport_size(WIDE)
    await _customer(desk, pictures)


async def take(browser: Browser, folder: Path, pictures: Path) -> None:
    """Start the town in *folder*, act the scene, take its pictures into *pictures*."""
    async with town(folder, slack=False) as place, place.tidings() as program:
        await until(lambda: asyncio.sleep(0, "sign-in?" in program.output()))
        await _take(place, browser, place.sign_in_link(program), pictures)
