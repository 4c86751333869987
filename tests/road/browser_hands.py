"""An agent's hands at the desk in a browser, their eyes, and the customer's phone."""

import sqlite3
from typing import Any

from playwright.async_api import Page, expect

from tests.road.processes import until
from tests.road.town import Town

PHONE = "+447700900142"


class Hands:
    """One agent before one page of the town's desk."""

    def __init__(self, place: Town, page: Page) -> None:
        self.place = place
        self.page = page

    def rows(self, sql: str) -> list[Any]:
        with sqlite3.connect(f"file:{self.place.folder}/var/tidings.db?mode=ro", uri=True) as connection:
            return connection.execute(sql).fetchall()

    async def row(self, sql: str, *, is_: Any) -> None:
        async def found() -> bool:
            return bool(self.rows(sql) == [is_])

        await until(found)

    async def got(self, words: str, *, by: str = "sms") -> None:
        async def there() -> bool:
            sent = await (self.place.twilio if by == "sms" else self.place.telegram).get("sent")
            return any(words in one["body" if by == "sms" else "text"] for one in sent)

        await until(there)

    async def says(self, body: str) -> None:
        hook = f"{self.place.url}/hooks/sms"
        heard = await self.place.twilio.post("say", url=hook, **{"from": PHONE}, body=body)
        assert heard["status"] == 200, heard

    async def shows(self, words: str) -> None:
        await expect(self.page.get_by_role("log")).to_contain_text(words)

    async def toast(self, words: str) -> None:
        await expect(self.page.locator("#toast")).to_contain_text(words)

    async def lives(self) -> None:
        await expect(self.page.locator("#live-state")).to_have_text("Up to date")

    async def presses(self, key: str) -> None:
        """Press a key of the desk's, with the log in focus."""
        await self.lives()
        await self.page.locator("#log").focus()
        await self.page.keyboard.press(key)
