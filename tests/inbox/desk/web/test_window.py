"""A channel that allows free text only for a time after the customer's last words: what the box shows."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from playwright.async_api import Browser, expect

from bots.channel import Channel
from bots.telegram.spec import SPEC
from inbox.desk.web.window import closed, open_window
from inbox.live import Change
from tests.browser import browser, violations  # noqa: F401
from tests.inbox.desk.web.house import MIN, NOW, House, Quiet
from tests.inbox.desk.web.test_browser import house as open_house
from tests.inbox.desk.web.test_browser import signed_in

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
WINDOWED = replace(SPEC, kind="whatsapp", label="WhatsApp", mark="wa", window=DAY)
house = open_house


def with_whatsapp(house: House) -> None:
    house.app.channels["wa"] = cast(Channel, Quiet(spec=WINDOWED))


@pytest.mark.parametrize(
    ("left", "words", "look"),
    [
        pytest.param(DAY - 4 * MIN, "23 h 56 min", "", id="long"),
        pytest.param(timedelta(hours=2), "2 h 0 min", "", id="two hours"),
        pytest.param(timedelta(hours=2) - MIN, "1 h 59 min", "soon", id="under two hours"),
        pytest.param(10 * MIN, "10 min", "soon", id="ten minutes"),
        pytest.param(10 * MIN - MIN / 60, "9 min", "late", id="under ten minutes"),
        pytest.param(MIN / 2, "under 1 min", "late", id="seconds"),
    ],
)
def test_the_time_left_grows_pressing(left: timedelta, words: str, look: str) -> None:
    window = open_window(WINDOWED, NOW - DAY + left, NOW)
    assert window
    assert (window.left, window.look) == (words, look)


@pytest.mark.parametrize("heard", [NOW - DAY, NOW - 3 * DAY, None], ids=["just now", "long ago", "never"])
def test_what_is_over_is_not_open(heard: object) -> None:
    assert open_window(WINDOWED, heard, NOW) is None  # type: ignore[arg-type]


def test_a_channel_without_a_window_is_open_for_ever() -> None:
    assert open_window(SPEC, NOW, NOW) is None
    assert (
        closed("WhatsApp", timedelta(hours=26))
        == "WhatsApp is closed for free text. Last words 26 hours ago."
    )


async def test_the_page_says_how_long_it_stays_open_and_the_other_channels_say_nothing(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    with_whatsapp(house)
    now = house.app.clock()
    windowed = await house.conversation("Marta", owner="tiago", channel="wa", last_in_at=now - 22.5 * HOUR)
    always = await house.conversation("Jorge", owner="tiago", channel="telegram")
    async with signed_in(browser, house, scripts=False) as page:
        await page.goto(f"/desk/c/{windowed}")
        await expect(page.locator("#window-left")).to_contain_text("1 h 29 min to answer freely")
        await expect(page.locator("#window-left")).to_have_class("window is-soon")
        await page.goto(f"/desk/c/{always}")
        await expect(page.locator("#window-left")).to_have_count(0)


async def test_it_turns_amber_then_red_then_the_reason_takes_the_boxs_place(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    with_whatsapp(house)
    begun = house.app.clock()
    key = await house.conversation("Marta", owner="tiago", channel="wa", last_in_at=begun - 21 * HOUR)
    async with signed_in(browser, house) as page:
        await page.clock.install()  # the house's own clock stays: it is not asked again
        await page.route("**/desk/live**", lambda route: route.abort())
        await page.goto(f"/desk/c/{key}")
        left, box = page.locator("#window-left"), page.locator("#reply")
        await expect(left).to_have_class("window")
        await page.clock.run_for("01:30:00")
        await expect(left).to_have_class("window is-soon")
        await page.clock.run_for("01:25:00")
        await expect(left).to_have_class("window is-late")
        await expect(box).to_be_visible()
        await page.clock.run_for("00:06:00")
        await expect(left).to_be_hidden()
        await expect(page.locator("#window-over")).to_be_visible()
        strip = page.locator("#window-over")
        await expect(strip).to_contain_text("WhatsApp is closed for free text. Last words 24 hours ago.")
        await expect(box).to_be_hidden()
        await expect(page.get_by_role("button", name="Send", exact=False)).to_have_count(0)
        assert await violations(page) == []
        await page.get_by_role("radio", name="Note").check()
        await expect(box).to_be_visible()
        await expect(strip).to_be_hidden()


async def test_the_customers_words_open_it_again_by_themselves(browser: Browser, house: House) -> None:  # noqa: F811
    with_whatsapp(house)
    key = await house.conversation(
        "Marta", owner="tiago", channel="wa", last_in_at=house.app.clock() - 26 * HOUR
    )
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        await page.get_by_role("radio", name="Answer").check()
        await expect(page.locator("#window .strip")).to_contain_text("Last words 26 hours ago.")
        await expect(page.locator("#reply")).to_be_hidden()
        assert await violations(page) == []
        said = await house.heard(key, "are you there?")
        house.app.live.publish(Change(kind="message", conversation_id=key, message_id=said))
        await expect(page.locator("#window-left")).to_contain_text("23 h 59 min")
        await expect(page.locator("#reply")).to_be_visible()


async def test_words_that_were_begun_stay_to_be_read(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    with_whatsapp(house)
    last = house.app.clock() - 26 * HOUR
    key = await house.conversation("Marta", owner="tiago", channel="wa", last_in_at=last)
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await page.evaluate(
            """key => fetch(`/desk/c/${key}/draft`, {method: "POST", body: new URLSearchParams(
                {csrf: document.body.dataset.csrf, mode: "answer", text: "It is on its way"})})""",
            str(key),
        )
        await page.reload()
        await expect(page.locator("#reply")).to_have_value("It is on its way")
        await expect(page.locator("#reply")).to_be_visible()
        await expect(page.locator("#window .strip")).to_be_visible()
        await expect(page.locator(".split")).to_be_hidden()
