"""A message from each channel reaches an agent, and the answer gets back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.browser import browser  # noqa: F401
from tests.road.processes import Program, until
from tests.road.town import Town, town

MARIA = 7001
PHONE = "+447700900142"


@pytest.fixture
async def slack_town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=True) as made:
        yield made


@pytest.fixture
async def plain_town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=False) as made:
        yield made


async def _thread(place: Town, words: str) -> dict[str, Any]:
    """Wait for *words* in the team's Slack channel; returns the post that holds them."""
    slack = place.slack
    assert slack is not None

    async def found() -> dict[str, Any] | None:
        posts = await slack.get(f"posts?channel={place.slack_channel}")
        for post in posts:
            root = post.get("thread_ts") or post["ts"]
            inside = await slack.get(f"posts?channel={place.slack_channel}&thread_ts={root}")
            for one in inside:
                if words in one["text"] and one["ts"] != root:
                    return dict(one)
        return None

    return dict(await until(found))


async def _answer_in_slack(place: Town, post: dict[str, Any], text: str) -> None:
    assert place.slack is not None
    where = {"channel": place.slack_channel, "ts": post["ts"]}
    await place.slack.post(f"people/{place.ana}/types", where=where, text=text)


async def _say_by_sms(place: Town, body: str) -> None:
    heard = await place.twilio.post("say", url=f"{place.url}/hooks/sms", **{"from": PHONE}, body=body)
    assert heard["status"] == 200, heard


@pytest.mark.timeout(120)
async def test_telegram_and_sms_are_answered_from_slack(slack_town: Town) -> None:
    place = slack_town
    assert place.slack is not None
    async with place.tidings() as program:
        await place.telegram.post("say", chat_id=MARIA, text="where is my order A-1017?")
        post = await _thread(place, "where is my order A-1017?")
        await _answer_in_slack(place, post, "It left this morning.")
        sent = await until(lambda: place.telegram.get("sent"))
        assert [one["text"] for one in sent] == ["It left this morning."]

        await _say_by_sms(place, "do you ship to Orkney?")
        post = await _thread(place, "do you ship to Orkney?")
        await _answer_in_slack(place, post, "Yes, on Fridays.")
        sms = await until(lambda: place.twilio.get("sent"))
        assert [(one["to"], one["body"]) for one in sms] == [(PHONE, "Yes, on Fridays.")]
        assert await place.twilio.get("replies") == [], "the hook's own answer is never sent as a text"
        assert await place.slack.get("mistakes") == []
        assert "LOOKALIKE" not in program.output(), "the token stays out of the logs"
        assert await program.end() == 0


async def _signed_in(place: Town, program: Program, browser: Browser) -> Page:  # noqa: F811
    page = await (await browser.new_context()).new_page()
    await page.goto(place.sign_in_link(program))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/desk*")
    return page


async def _answer_at_the_desk(page: Page, place: Town, words: str, answer: str) -> None:
    await page.goto(f"{place.url}/desk?view=all")
    await page.get_by_role("link", name=words).first.click()
    await page.locator("textarea").first.fill(answer)
    await page.get_by_role("button", name="Send", exact=False).first.click()
    await page.get_by_role("log").locator(".bubble").get_by_text(answer).wait_for()


@pytest.mark.timeout(120)
async def test_web_chat_telegram_and_sms_are_answered_from_the_browser(
    plain_town: Town,
    browser: Browser,  # noqa: F811
) -> None:
    place = plain_town
    async with place.tidings() as program:
        desk = await _signed_in(place, program, browser)
        customer = await (await browser.new_context()).new_page()
        await customer.goto(f"{place.url}/chat")
        await customer.locator("textarea").fill("is the blue bowl back?")
        await customer.locator("textarea").press("Enter")
        await _answer_at_the_desk(desk, place, "is the blue bowl back?", "On 2 December.")
        await customer.get_by_role("log").get_by_text("On 2 December.").wait_for()

        await place.telegram.post("say", chat_id=MARIA, text="hello from Telegram")
        await _answer_at_the_desk(desk, place, "hello from Telegram", "Hello, Telegram.")
        sent = await until(lambda: place.telegram.get("sent"))
        assert [one["text"] for one in sent] == ["Hello, Telegram."]

        await _say_by_sms(place, "hello from a phone")
        await _answer_at_the_desk(desk, place, "hello from a phone", "Hello, phone.")
        sms = await until(lambda: place.twilio.get("sent"))
        assert [one["body"] for one in sms] == ["Hello, phone."]
        assert await program.end() == 0
