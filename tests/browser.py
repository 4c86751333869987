"""A real browser for the tests: the Chromium that is installed, driven by Playwright.

A test module takes the fixtures by importing them:
`from tests.browser import browser  # noqa: F401`.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

# The first has no windows to draw, and opens a page in half the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-breakpad",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)

# Only what is wrong is brought back: all that axe found right is twenty times as long.
LOOK = "() => axe.run({resultTypes: ['violations']}).then((found) => found.violations)"

expect.set_options(timeout=20_000)  # milliseconds: a busy machine is slow


def chromium() -> Path | None:
    """Find an installed Chromium, or None."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def flags() -> list[str]:
    """What Chromium is started with: no talk of its own, and no sandbox for root, who cannot have one."""
    rootless = not hasattr(os, "geteuid") or os.geteuid() != 0
    return [*QUIET] if rootless else [*QUIET, "--no-sandbox"]


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Start a browser; skips where none is installed."""
    executable = chromium()
    if executable is None:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)} is installed")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=executable, headless=True, args=flags(), chromium_sandbox=False
        )
        yield started
        await started.close()


class Lasting:
    """The browser of one worker, started again if a test took it down."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._stack = AsyncExitStack()
        self._browser: Browser | None = None

    async def browser(self) -> Browser:
        """Give the running browser."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = await self._stack.enter_async_context(launched())
        return self._browser

    async def close(self) -> None:
        """End every browser that was started."""
        await self._stack.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lasting_browser() -> AsyncIterator[Lasting]:
    """The browser of this worker: starting one costs more than most tests do."""
    lasting = Lasting()
    yield lasting
    await lasting.close()


@pytest.fixture
async def browser(lasting_browser: Lasting) -> AsyncIterator[Browser]:
    """A browser without visitors: what a test opened is closed behind it.

    A test with it runs on the loop that lasts as long as the browser: see `tests/conftest.py`.
    """
    running = await lasting_browser.browser()
    yield running
    for context in [*running.contexts]:
        await context.close()


async def context_of(
    browser: Browser,
    *,
    base_url: str,
    width: int = 1440,
    height: int = 900,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> BrowserContext:
    """Open a fresh visitor: *width* × *height* in CSS pixels, its own cookies, scripts on or off."""
    context = await browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        java_script_enabled=scripts,
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(10_000)
    return context


async def signed_in_by(page: Page, token: str) -> None:
    """Give the visitor an agent's session for the *token* of a link, as the page of the link would."""
    answer = await page.context.request.post(
        "/desk/sign-in", form={"token": token}, headers={"Sec-Fetch-Site": "same-origin"}, max_redirects=0
    )
    assert answer.status == 303, await answer.text()
    await page.goto("/desk")


async def violations(page: Page) -> list[str]:
    """List what axe finds wrong with the page as it stands: rule, impact and the first places.

    axe is let in by the browser's own debugger, so the page's CSP stays in force.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found: Any = await page.evaluate(LOOK)
    return [_told(one) for one in found]


def _told(one: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:160] for node in one["nodes"][:4])
    return f"{one['id']} ({one['impact']}): {one['help']}: {places}"


async def sideways(page: Page) -> int:
    """By how many CSS pixels the page scrolls sideways; 0 is right."""
    overflow: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return overflow
