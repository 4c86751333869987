"""An agent's whole day in the browser: everything is done there, without Slack."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser import browser, context_of  # noqa: F401
from tests.road.browser_hands import Hands
from tests.road.processes import Program
from tests.road.town import Town, town

MARIA = 7001
SAVED = "Hello Maria Silva, your parcel is on its way."
TALK = "conversations WHERE channel = 'sms'"
MORE = """
zone = "UTC"

[[teams]]
key = "support"
name = "Support"

[[teams]]
key = "billing"
name = "Billing"

[[saved_replies]]
key = "where"
title = "Where it is"
texts.en = "Hello {{{{ name }}}}, your parcel is on its way."

[desk]
resolve_reasons = ["Question answered", "Refund or return"]
satisfaction = true
"""


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=False, more=MORE) as made:
        yield made


class Day(Hands):
    """One day of Ana's, step after step; each step sees what came of it."""

    async def signs_in(self, program: Program) -> None:
        await self.page.goto(self.place.sign_in_link(program))
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.wait_for_url("**/desk*")
        await self.page.locator("#me-rail > summary").click()
        await self.page.get_by_role("button", name="Go away for now").click()
        await self.row("SELECT available FROM agents", is_=(0,))

    async def picks_up(self) -> None:
        await self.page.goto(f"{self.place.url}/desk?view=unassigned")
        await self.lives()
        await self.says("where is my order A-1017?")
        await self.page.get_by_role("link", name="where is my order A-1017?").click()
        await expect(self.page.locator("#head")).to_contain_text("nobody has it yet")
        await self.page.get_by_role("button", name="Take", exact=True).click()
        await expect(self.page.locator("#head")).to_contain_text("with you")
        await self.shows("You took this")

    async def notes(self) -> None:
        await self.presses("n")
        await self.page.keyboard.type("prefers mornings")
        await self.page.keyboard.press("Control+Enter")
        note = self.page.locator(".aside-note", has_text="prefers mornings")
        await note.get_by_role("button", name="Pin to the customer").click()
        await expect(self.page.locator("#side")).to_contain_text("prefers mornings")
        await self.row("SELECT count(*) FROM pins", is_=(1,))

    async def promises(self) -> None:
        await self.presses("p")
        await self.page.keyboard.type("send the tracking number")
        day = await self.page.locator("#promise-due").get_attribute("min")
        assert day is not None
        await self.page.locator("#promise-due").fill(
            re.sub(r"^\d{4}", lambda year: str(int(year[0]) + 1), day)
        )
        await self.page.locator("#promise-what").press("Enter")
        await self.toast("Promised")
        await expect(self.page.locator("#side")).to_contain_text("send the tracking number")
        await self.row("SELECT text, state FROM promises", is_=("send the tracking number", "open"))

    async def answers(self) -> None:
        await self.presses("r")
        await self.page.keyboard.type("It left this morning.")
        await self.page.keyboard.press("Control+Enter")
        await self.got("It left this morning.")
        await expect(self.page.locator(".said-out", has_text="It left this morning.")).to_contain_text("Sent")

    async def is_named(self) -> None:
        await self.page.get_by_role("link", name="See and change").click()
        await self.page.get_by_label("Name", exact=True).fill("Maria Silva")
        await self.page.get_by_role("button", name="Keep").click()
        await expect(self.page.get_by_role("status")).to_contain_text("Kept.")
        await self.row("SELECT name FROM customers", is_=("Maria Silva",))

    async def merges(self) -> None:
        sender = {"id": MARIA, "is_bot": False, "first_name": "Mary", "last_name": "Silva"}
        say = self.place.telegram.post
        await say("say", chat_id=MARIA, text="it is me, from my other phone", **{"from": sender})
        await self.row("SELECT count(*) FROM customers", is_=(2,))
        await self.page.get_by_role("link", name="Merge with another").click()
        await self.page.get_by_label("Name, number or shop number").fill("mary")
        await self.page.keyboard.press("Enter")
        await self.page.get_by_role("link", name="See both").click()
        await self.page.get_by_label("Type MERGE to merge").fill("MERGE")
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("status")).to_contain_text("one customer now")
        await self.row("SELECT count(DISTINCT customer_id) FROM addresses", is_=(1,))
        await self.page.get_by_role("link", name="Back to the conversation").click()
        await expect(self.page.locator("#side")).to_contain_text("Telegram")

    async def answers_elsewhere(self) -> None:
        await self.presses("r")
        await self.page.keyboard.type("Here is the photo of the parcel.")
        await self.page.keyboard.press("Control+Enter")
        await self.got("Here is the photo of the parcel.", by="telegram")
        await self.page.keyboard.type("The photo went to your Telegram.")
        await self.page.locator("#send-more > summary").click()
        await self.page.get_by_role("button", name="Send by SMS").click()
        await self.got("The photo went to your Telegram.")
        await self.shows("You answered over SMS")

    async def undoes(self) -> None:
        await self.page.get_by_role("link", name="See and change").click()
        await self.page.get_by_role("button", name="Undo").click()
        await expect(self.page.get_by_role("status")).to_contain_text("two customers again")
        await self.row("SELECT count(DISTINCT customer_id) FROM addresses", is_=(2,))
        await self.page.get_by_role("link", name="Back to the conversation").click()

    async def snoozes(self) -> None:
        await self.presses("h")
        await self.page.keyboard.press("Enter")
        await self.toast("Set aside.")
        await self.row("SELECT count(*) FROM conversations WHERE state = 'snoozed'", is_=(1,))
        await self.lives()
        await self.page.keyboard.press("z")
        await self.shows("Back from being set aside")
        await self.row("SELECT count(*) FROM conversations WHERE state = 'snoozed'", is_=(0,))

    async def says_again(self) -> None:
        await self.presses("r")
        await self.page.keyboard.type("/")
        await self.page.get_by_role("link", name="Where it is").click()
        await expect(self.page.get_by_label("As they would read it")).to_have_value(SAVED)
        await self.page.get_by_role("button", name="Send").click()
        await self.got(SAVED)
        await self.shows(SAVED)

    async def sends_later(self) -> None:
        await self.presses("r")
        await self.page.keyboard.type("Has it come?")
        await self.page.locator("#later > summary").click()
        at = datetime.now(UTC) + timedelta(days=2)
        await self.page.get_by_label("When, by your clock").fill(f"{at:%Y-%m-%dT14:00}")
        await self.page.get_by_role("button", name="Send later").click()
        await expect(self.page.locator("#side")).to_contain_text("Has it come?")
        await self.row("SELECT text, state FROM laters", is_=("Has it come?", "waiting"))
        await self.page.locator("#side").get_by_role("button", name="Cancel").click()
        await expect(self.page.locator("#side")).not_to_contain_text("Has it come?")
        await self.row("SELECT state FROM laters", is_=("cancelled",))

    async def hands_over(self) -> None:
        await self.presses("a")
        await self.page.locator("#to-wide").select_option("team:billing")
        await self.page.locator("#why-wide").fill("refund agreed, wait for the bank")
        await self.page.keyboard.press("Enter")
        await self.toast("Given on.")
        await self.shows("You gave this to the team Billing")
        await self.shows("refund agreed, wait for the bank")
        await self.row(f"SELECT team, owner_id FROM {TALK}", is_=("billing", None))
        await self.page.get_by_role("button", name="Take", exact=True).click()
        await expect(self.page.locator("#head")).to_contain_text("with you · Billing")

    async def resolves(self) -> None:
        await self.presses("e")
        await self.page.get_by_label("It is kept").check()
        await self.page.get_by_label("Reason").select_option("Refund or return")
        await self.page.get_by_label("Ask how it was").check()
        await self.page.get_by_role("button", name="Resolve").click()
        await self.toast("Resolved.")
        await self.got("1 (bad) to 5 (good)")
        await self.row(f"SELECT state, resolve_reason FROM {TALK}", is_=("resolved", "Refund or return"))
        await self.row("SELECT state FROM promises", is_=("kept",))

    async def is_rated(self) -> None:
        key = self.rows(f"SELECT id FROM {TALK}")[0][0]
        await self.says("5")
        await self.row("SELECT rating FROM ratings", is_=(5,))
        await self.page.goto(f"/desk/c/{key}")
        await self.shows("says how it was: 5")
        await self.row(f"SELECT state FROM {TALK}", is_=("resolved",))

    async def ends(self) -> None:
        said = "SELECT direction, channel, text FROM messages ORDER BY id"
        assert self.rows(said) == [
            ("in", "sms", "where is my order A-1017?"),
            ("note", "note", "prefers mornings"),
            ("out", "sms", "It left this morning."),
            ("in", "telegram", "it is me, from my other phone"),
            ("out", "telegram", "Here is the photo of the parcel."),
            ("out", "sms", "The photo went to your Telegram."),
            ("out", "sms", SAVED),
            ("out", "sms", "How was our help? Answer with a number from 1 (bad) to 5 (good)."),
            ("in", "sms", "5"),
        ]
        sent = [one["body"] for one in await self.place.twilio.get("sent")]
        assert len(sent) == 4, "what was cancelled never left, and nothing left twice"
        assert len(await self.place.telegram.get("sent")) == 1
        assert self.rows("SELECT count(*) FROM conversations WHERE state = 'open'") == [(1,)]


@pytest.mark.timeout(180)
async def test_a_whole_day_is_done_in_the_browser(place: Town, browser: Browser) -> None:  # noqa: F811
    context = await context_of(browser, base_url=place.url)
    async with place.tidings() as program:
        day = Day(place, await context.new_page())
        await day.signs_in(program)
        for step in (
            day.picks_up, day.notes, day.promises, day.answers, day.is_named, day.merges,
            day.answers_elsewhere, day.undoes, day.snoozes, day.says_again, day.sends_later,
            day.hands_over, day.resolves, day.is_rated, day.ends,
        ):  # fmt: skip
            await step()
        assert "Traceback" not in program.output()
        assert await program.end() == 0
