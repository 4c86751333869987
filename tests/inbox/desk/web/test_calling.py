"""Calling from the browser, and hearing what callers left."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.async_api import Browser, expect

from bots.channel import Channel
from tests.browser import browser, violations  # noqa: F401
from tests.inbox.desk.channels import PHONE, give_phone
from tests.inbox.desk.web.house import MIN, House, Quiet, house_in
from tests.inbox.desk.web.test_browser import Scheme, signed_in

RUNG = "SELECT key, json_extract(data, '$.agent') FROM deliveries WHERE kind = 'call'"


async def numbered(desk: House, **values: Any) -> int:
    """Marta writes by SMS, and there is a telephone."""
    desk.app.channels["voice"] = cast(Channel, Quiet(spec=PHONE))
    return await desk.conversation(channel="sms", address="tel:+351912345678", **values)


async def rung(desk: House) -> list[tuple[str, str]]:
    async with desk.app.database.reading() as connection:
        return [tuple(row) for row in await connection.exec_driver_sql(RUNG)]


async def test_the_head_leads_to_the_page_and_the_page_rings(desk: House) -> None:
    talk = await numbered(desk)
    give_phone(desk.app.policies, "tiago")
    assert f'href="/desk/c/{talk}/call"' in await desk.page(f"/desk/c/{talk}")
    page = await desk.page(f"/desk/c/{talk}/call")
    assert "+351 912 ··· 678" in page
    assert "Your phone, +351 930 ··· 001, rings first." in page
    answer = await desk.post(f"/desk/c/{talk}/call", key="g")
    assert answer.status == 303
    assert "done=called" in answer.headers["Location"]
    await desk.post(f"/desk/c/{talk}/call", key="g")
    [(_, mine)] = await rung(desk)
    assert mine == "+351930000001"
    page = await desk.page(f"/desk/c/{talk}")
    assert "Tiago Ramos is calling +351 912 ··· 678." in page
    assert "Sending" not in page


async def test_at_night_and_after_a_stop_it_is_said_before(desk: House) -> None:
    talk = await numbered(desk, zone="Pacific/Auckland", stopped_at=desk.app.clock() - MIN)
    give_phone(desk.app.policies, "tiago")
    desk.app.clock = lambda: datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    page = await desk.page(f"/desk/c/{talk}/call")
    assert "Marta Figueiredo said stop at this number" in page
    assert "It is 01:00 at Marta Figueiredo’s: outside the hours" in page


async def test_without_a_phone_of_ones_own_the_page_says_where_it_is_written(desk: House) -> None:
    talk = await numbered(desk)
    page = await desk.page(f"/desk/c/{talk}/call")
    assert "[[agents]]" in page
    assert 'action="/desk/c' not in page
    answer = await desk.post(f"/desk/c/{talk}/call", key="g")
    assert answer.status == 409
    assert await rung(desk) == []


async def test_where_nothing_rings_nothing_is_offered(desk: House) -> None:
    talk = await desk.conversation(channel="sms", address="tel:+351912345678")
    assert "/call" not in await desk.page(f"/desk/c/{talk}")
    assert "no telephone number" in await desk.page(f"/desk/c/{talk}/call")
    assert (await desk.post("/desk/c/1/call", key="g")).status == 404
    await desk.page("/desk/c/1/call", 404)


async def test_a_call_that_failed_is_called_again_and_never_sent_elsewhere(desk: House) -> None:
    talk = await numbered(desk)
    why = "The customer did not pick up."
    await desk.said(talk, "Tiago is calling.", "out", "tiago", nature="call", status="failed", reason=why)
    page = await desk.page(f"/desk/c/{talk}")
    assert why in page
    assert "Call again" in page
    assert "Send again" not in page


async def test_a_voicemail_is_heard_on_the_page(desk: House) -> None:
    talk = await numbered(desk)
    message = await desk.said(talk, "")
    sound = await desk.attach(message, "voice", b"ID3\x04", name="voicemail.mp3", content_type="audio/mpeg")
    page = await desk.page(f"/desk/c/{talk}")
    assert f'<audio class="sound" controls preload="none" src="/media/{sound}?s=' in page
    link = page.partition("<audio")[2].partition('src="')[2].partition('"')[0]
    answer = await desk.client.get(link.replace("&amp;", "&"))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert "inline" in answer.headers["Content-Disposition"]
    assert await answer.read() == b"ID3\x04"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_is_for_every_eye_and_called_by_keyboard_alone(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
    scheme: Scheme,
) -> None:
    async with house_in(tmp_path, fixed=False) as house:
        talk = await numbered(house, stopped_at=house.app.clock() - MIN)
        give_phone(house.app.policies, "tiago")
        async with signed_in(browser, house, scheme=scheme) as page:
            await page.goto(f"{house.base}/desk/c/{talk}")
            assert await violations(page) == []
            await page.locator("#call").click()
            assert await violations(page) == []
            await page.keyboard.press("Enter")
            await expect(page.locator("#talk")).to_contain_text("Tiago Ramos is calling")
            assert len(await rung(house)) == 1


async def test_calls_and_voicemail_stand_in_the_timeline(desk: House) -> None:
    talk = await numbered(desk)
    number = (await desk.row(talk)).customer_id
    async with desk.app.database.writing() as connection:
        await connection.exec_driver_sql(f"UPDATE conversations SET channel = 'voice' WHERE id = {talk:d}")
    await desk.said(talk, "Missed call, rang 20 s")
    left = await desk.said(talk, "")
    await desk.attach(left, "voice", b"ID3\x04", name="voicemail.mp3", content_type="audio/mpeg")
    await desk.said(talk, "They called, 2 min 5 s", nature="call")
    await desk.said(
        talk, "Tiago Ramos is calling.", "out", "tiago", nature="call", status="failed", reason="Busy."
    )
    await desk.said(talk, "Tiago Ramos called, 3 min 20 s", "out", "tiago", nature="call")
    page = await desk.page(f"/desk/customer/{number}")
    for line in (
        "<b>Missed call, rang 20 s</b>",
        "<b>Marta Figueiredo left a voicemail</b>",
        "<b>Marta Figueiredo called, 2 min 5 s</b>",
        "<b>Tiago Ramos is calling.</b>",
        "Not called",
        "Busy.",
        "<b>Tiago Ramos called, 3 min 20 s</b>",
    ):
        assert line in page
    assert page.count("<audio") == 1
