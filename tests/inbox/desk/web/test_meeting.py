"""The link to a video meeting comes into the answer, in the customer's language; nothing is sent yet."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from config.calls import CallKnobs
from inbox.policies import Policies
from tests.browser import browser  # noqa: F401
from tests.inbox.desk.web.house import House, house_in
from tests.inbox.desk.web.test_browser import signed_in

LINK = re.compile(r"https://meet\.example\.com/(\d+)/([0-9a-f]{24})")
SENT = "SELECT count(*) FROM deliveries"


def meets(policies: Policies) -> None:
    calls = CallKnobs(meeting_url="https://meet.example.com/{conversation}/{room}")
    policies._take(policies.now.model_copy(update={"calls": calls}))


async def test_it_stands_behind_what_was_written_in_their_language(desk: House) -> None:
    meets(desk.app.policies)
    talk = await desk.conversation(language="pt")
    assert 'id="meeting"' in await desk.page(f"/desk/c/{talk}")
    answer = await desk.post(f"/desk/c/{talk}/meeting", text="Olá, Marta.", mode="answer")
    assert answer.status == 303
    page = await desk.page(answer.headers["Location"])
    assert "Olá, Marta.\nAqui está o link para a nossa videochamada: https://meet.example.com/" in page
    assert "read it over, then send" in page
    assert LINK.search(page)
    assert [one.direction for one in await desk.messages(talk)] == []


async def test_each_is_a_room_of_its_own(desk: House) -> None:
    meets(desk.app.policies)
    talk = await desk.conversation()
    rooms = set()
    for _ in range(2):
        await desk.post(f"/desk/c/{talk}/meeting", text="", mode="answer")
        found = LINK.search(await desk.page(f"/desk/c/{talk}"))
        assert found
        assert found[1] == str(talk)
        rooms.add(found[2])
    assert len(rooms) == 2


async def test_a_note_that_was_begun_stays_a_note(desk: House) -> None:
    meets(desk.app.policies)
    talk = await desk.conversation()
    await desk.post(f"/desk/c/{talk}/meeting", text="likes tea", mode="note")
    page = await desk.page(f"/desk/c/{talk}")
    assert 'data-note="likes tea"' in page
    assert 'data-answer="Here is the link' in page


async def test_without_a_place_to_meet_it_is_not_offered_and_says_where_to_write_one(desk: House) -> None:
    talk = await desk.conversation()
    assert 'id="meeting"' not in await desk.page(f"/desk/c/{talk}")
    answer = await desk.post(f"/desk/c/{talk}/meeting", text="", mode="answer")
    assert answer.status == 409
    assert "meeting_url under [calls]" in await answer.text()
    assert (await desk.post("/desk/c/1/meeting", text="", mode="answer")).status == 404


@pytest.fixture
async def going(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house whose clock goes, for the browser's own goes too."""
    async with house_in(tmp_path, fixed=False) as opened:
        yield opened


async def test_in_a_browser_it_comes_into_the_box_at_once(
    browser: Browser,  # noqa: F811
    going: House,
) -> None:
    meets(going.app.policies)
    talk = await going.conversation(owner="tiago")
    async with signed_in(browser, going) as page:
        await page.goto(f"{going.base}/desk/c/{talk}")
        await page.locator("#reply").fill("Good day.")
        await page.locator("#meeting").click()
        box = page.locator("#reply")
        await expect(box).to_have_value(re.compile(rf"^Good day\.\nHere is the link .*{LINK.pattern}$"))
        assert await going.messages(talk) == []
        await page.locator("#composer .button-main").first.click()
        await expect(page.locator("#talk .said-out .words")).to_contain_text("https://meet.example.com/")
