"""The widget on somebody else's page, under that page's strict policy, in a real browser."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from tests.browser import browser, context_of, sideways, violations  # noqa: F401
from tests.inbox.chat.house import SITE_SECRET, House, house

HOST_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Shop</h1><p><button id="buy">Buy</button></p></main>
<script src="{chat}/chat/widget.js" async {more}></script></body></html>"""


class Shop:
    """Another site, on another origin, whose policy lets in the chat's script and frame and nothing else."""

    def __init__(self) -> None:
        self.origin = ""
        self.chat = ""
        self.more = ""

    async def page(self, _: web.Request) -> web.Response:
        policy = f"default-src 'none'; script-src {self.chat}; frame-src {self.chat}; base-uri 'none'"
        html = HOST_PAGE.format(chat=self.chat, more=self.more)
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})


@asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    opened = Shop()
    site = web.Application()
    site.router.add_get("/", opened.page)
    runner = web.AppRunner(site)
    await runner.setup()
    listening = web.TCPSite(runner, "localhost", 0)
    await listening.start()
    opened.origin = f"http://localhost:{runner.addresses[0][1]}"
    yield opened
    await runner.cleanup()


@pytest.fixture
async def seller() -> AsyncIterator[Shop]:
    async with shop() as opened:
        yield opened


@pytest.fixture
async def here(tmp_path: Path, seller: Shop) -> AsyncIterator[House]:
    async with house(tmp_path, sites=[seller.origin]) as built:
        seller.chat = built.url
        yield built


@pytest.fixture
async def page(browser: Browser, seller: Shop, here: House) -> AsyncIterator[Page]:  # noqa: F811
    """The other site's page; any complaint of its policy fails the test."""
    context = await context_of(browser, base_url=seller.origin)
    opened = await context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if "Security" in said.text else None)
    await opened.goto("/")
    yield opened
    await context.close()
    assert wrong == []


async def opened(page: Page) -> None:
    await page.get_by_role("button", name="Write to us").click()


async def write(page: Page, text: str) -> None:
    frame = page.frame_locator("iframe")
    await frame.get_by_label("Your message").fill(text)
    await frame.get_by_label("Your message").press("Enter")
    await expect(frame.locator("#talk .after:visible").last).to_have_text("Sent")


async def test_it_waits_to_be_pressed_and_loads_nothing_before(page: Page) -> None:
    button = page.get_by_role("button", name="Write to us")
    await expect(button).to_be_visible()
    assert await button.evaluate("one => [one.offsetWidth, one.offsetHeight]") == [56, 56]
    await expect(page.locator("iframe")).to_have_count(0)
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_it_opens_takes_words_and_closes_with_the_focus_returned(page: Page, here: House) -> None:
    await opened(page)
    dialog = page.get_by_role("dialog", name="Chat")
    await expect(dialog).to_be_visible()
    box = await dialog.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (380, 640)
    written = page.frame_locator("iframe").get_by_label("Your message")
    await expect(written).to_be_focused()
    await write(page, "Could you keep it for me?")
    assert await here.said() == ["Could you keep it for me?"]
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("button", name="Write to us")).to_be_focused()
    await opened(page)
    await page.frame_locator("iframe").get_by_role("button", name="Close the chat").click()
    await expect(dialog).to_be_hidden()
    await page.get_by_role("button", name="Buy").click()


async def test_an_answer_to_a_closed_widget_is_counted_and_peeks_once(page: Page, here: House) -> None:
    await opened(page)
    await write(page, "Hello")
    await page.keyboard.press("Escape")
    await here.reply("<b>Yes</b>, until Friday.")
    peek = page.get_by_role("status", name="New message")
    await expect(peek).to_contain_text("<b>Yes</b>, until Friday.")
    await expect(peek).to_contain_text("Inés Molina")
    await expect(page.get_by_role("button", name="Write to us, 1 new message")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert await here.statuses() != ["read"]
    await page.get_by_role("button", name="Hide this message").click()
    await expect(peek).to_be_hidden()
    await page.reload()
    await expect(page.get_by_role("button", name="Write to us, 1 new message")).to_be_visible()
    await expect(peek).to_be_hidden()
    await here.reply("And Saturday.")
    await expect(peek).to_contain_text("And Saturday.")
    await page.get_by_role("button", name="Write to us, 2 new messages").click()
    await expect(page.frame_locator("iframe").get_by_text("And Saturday.")).to_be_visible()
    with here.live.subscribe() as changes:
        while await here.statuses() != ["read", "read"]:
            await anext(changes)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Write to us", exact=True)).to_be_visible()


async def test_after_a_reload_the_conversation_goes_on(page: Page, here: House) -> None:
    await opened(page)
    await write(page, "Hello")
    await page.reload()
    await expect(page.locator("iframe")).to_have_count(1)
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await here.reply("Still here")
    await expect(page.get_by_role("button", name="Write to us, 1 new message")).to_be_visible()
    await page.get_by_role("button", name="Write to us, 1 new message").click()
    await expect(page.frame_locator("iframe").locator("#talk .bubble")).to_have_text(["Hello", "Still here"])


async def test_a_site_that_is_not_listed_gets_no_chat(
    browser: Browser,  # noqa: F811
    here: House,
) -> None:
    async with shop() as stranger:
        stranger.chat = here.url
        context = await context_of(browser, base_url=stranger.origin)
        page = await context.new_page()
        await page.goto("/")
        async with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            await opened(page)
        await expect(page.frame_locator("iframe").get_by_label("Your message")).to_have_count(0)
        await context.close()


async def test_a_customer_proved_by_the_site_is_known(
    browser: Browser,  # noqa: F811
    here: House,
    seller: Shop,
) -> None:
    proof = hmac.new(SITE_SECRET.encode(), b"lucia", hashlib.sha256).hexdigest()
    seller.more = f'data-customer="lucia" data-proof="{proof}" data-lang="es"'
    for expected in (["Hola"], ["Hola", "Hola"]):
        context = await context_of(browser, base_url=seller.origin)
        page = await context.new_page()
        await page.goto("/")
        await page.get_by_role("button", name="Escríbanos").click()
        frame = page.frame_locator("iframe")
        await frame.get_by_label("Su mensaje").fill("Hola")
        await frame.get_by_label("Su mensaje").press("Enter")
        await expect(frame.locator("#talk .bubble")).to_have_text(expected)
        await expect(frame.locator("#talk .after:visible").last).to_have_text("Enviado")
        await context.close()


async def test_it_steps_aside_for_what_has_the_focus(page: Page) -> None:
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("#buy { position: fixed; right: 20px; bottom: 20px; }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    launcher = page.get_by_role("button", name="Write to us")
    await page.locator("#buy").focus()
    box = await launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_it_is_accessible_and_fills_a_phone(
    browser: Browser,  # noqa: F811
    here: House,
    seller: Shop,
    width: int,
    scheme: str,
) -> None:
    context = await context_of(
        browser,
        base_url=seller.origin,
        width=width,
        height=844,
        scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    await page.goto("/")
    await opened(page)
    await write(page, "Is the jug coming back?")
    await here.reply("That is the last one this year.")
    await expect(page.frame_locator("iframe").locator("#talk .bubble")).to_have_count(2)
    assert await violations(page) == []
    assert await sideways(page) == 0
    box = await page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == ((390, 844) if width == 390 else (380, 640))
    await page.frame_locator("iframe").get_by_role("button", name="Close the chat").click()
    await here.reply("I will write on Friday.")
    await expect(page.get_by_role("status", name="New message")).to_be_visible()
    assert await violations(page) == []
    await context.close()
