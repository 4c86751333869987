"""`python -m tests.pictures`: take the pictures of README and docs from the running program.

Names take only some: `python -m tests.pictures slack preferences`.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser import chromium, flags
from tests.pictures import desk, preferences, slack, slack_desk, touches

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
Scene = Callable[[Browser, Path, Path], Awaitable[None]]
SCENES: Mapping[str, Scene] = {
    "desk": desk.take,
    "touches": touches.take,
    "slack": slack.take,
    "slack_desk": slack_desk.take,
    "preferences": preferences.take,
}


async def take(names: Sequence[str]) -> None:
    """Act each scene in a folder of its own and keep its pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), headless=True, args=flags(), chromium_sandbox=False
        )
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                await SCENES[name](browser, Path(folder), PICTURES)
        await browser.close()


if __name__ == "__main__":
    wanted = sys.argv[1:] or list(SCENES)
    if unknown := set(wanted) - set(SCENES):
        sys.exit(f"no such pictures: {', '.join(sorted(unknown))}; there are {', '.join(SCENES)}")
    asyncio.run(take(wanted))
