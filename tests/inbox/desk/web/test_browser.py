"""Claims proved in a real browser: by keyboard alone, on a phone, without script, and for every eye."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from inbox.live import Change
from tests.browser import browser, context_of, sideways, signed_in_by, violations  # noqa: F401
from tests.inbox.desk.web.house import MIN, House, house_in

Scheme = Literal["light", "dark"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house whose clock goes, for the browser's own goes too."""
    async with house_in(tmp_path, fixed=False) as opened:
        yield opened


@asynccontextmanager
async def signed_in(
    browser: Browser,  # noqa: F811
    house: House,
    *,
    width: int = 1440,
    height: int = 900,
    scheme: Scheme = "light",
    scripts: bool = True,
) -> AsyncIterator[Page]:
    """Sign Tiago in by a link; whatever the page's console complains of fails the test."""
    context = await context_of(
        browser, base_url=house.base, width=width, height=height, scheme=scheme, scripts=scripts
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await signed_in_by(page, await house.link())
    yield page
    await context.close()
    assert [one for one in complaints if not one.startswith("Failed to load resource")] == []


async def filled(house: House) -> int:
    """Fill a desk with every kind of row and line; returns the conversation that has them."""
    now = house.app.clock()
    key = await house.conversation(
        "Marta Figueiredo de Vasconcelos e Albuquerque",
        owner="tiago",
        tier="platinum",
        language="pt",
        unread=2,
        waiting_since=now - 30 * MIN,
    )
    said = await house.said(key, "A tampa chegou partida 😞 " + "x" * 80)
    await house.attach(said, data=b"%PDF-1.4", name="fatura " + "9" * 60 + ".pdf")
    await house.attach(said, "location", state="kept", latitude=41.4, longitude=2.17)
    await house.attach(said, "image", state="refused", name="x.png", reason="too large")
    await house.happened(key, "assigned", "tiago", to="Tiago Ramos", reasons=["fewest open"])
    await house.said(key, "send the lid", "note", "helena")
    await house.said(key, "Lamento", "out", "tiago", status="read", status_at=now, text_before="Lamneto")
    await house.stuck(key, "failed", "E a fatura?", "the customer blocked this bot")
    await house.stuck(key, "perhaps", "Bom dia")
    await house.said(key, "هل يمكن تغيير عنوان التوصيل؟")
    for name, tier, channel in (
        ("رنا الحسيني", "gold", "telegram"),
        ("N" * 60, "lead", "sms"),
        ("", "", "sms"),
    ):
        await house.conversation(
            name, tier=tier, channel=channel, owner="tiago", unread=12, last_text="y" * 90
        )
    await house.conversation("Camila", state="snoozed", owner="tiago", snoozed_until=now + 900 * MIN)
    return key


async def test_an_agents_hour_by_keyboard_alone(browser: Browser, house: House) -> None:  # noqa: F811
    now = house.app.clock()
    first = await house.conversation("Jorge", owner="tiago", waiting_since=now - 20 * MIN)
    await house.said(first, "¿A qué hora abren?")
    second = await house.conversation("Aoife", owner="tiago", waiting_since=now - 10 * MIN)
    await house.said(second, "hello")
    async with signed_in(browser, house) as page:
        await page.keyboard.press("j")
        await expect(page.get_by_role("link", name="Jorge")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/desk/c/{first}**")
        await expect(page.locator("#who")).to_be_focused()
        await page.keyboard.press("r")
        await page.keyboard.type("A las diez, también el sábado.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#talk .said-out .words")).to_have_text("A las diez, también el sábado.")
        await expect(page.locator("#talk [id^=m-].said-out")).to_have_count(1)
        await expect(page.locator("#talk [id^=k-]")).to_have_count(0)
        await expect(page.locator("#reply")).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await page.keyboard.type("asks about Saturdays")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#talk [id^=m-].aside-note .words")).to_have_text("asks about Saturdays")
        await page.keyboard.press("Escape")
        await page.keyboard.press("e")
        await page.wait_for_url(f"**/desk/c/{second}**")
        await expect(page.get_by_role("link", name="Aoife").first).to_be_focused()
        await expect(page.locator("#toast")).to_contain_text("Resolved. Next: Aoife")
        await page.keyboard.press("z")
        await page.wait_for_url(f"**/desk/c/{first}**")
        await page.keyboard.press("h")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/desk/c/{second}**")
        await page.keyboard.press("u")
        await page.wait_for_url("**/desk?**")
    assert [row.direction for row in await house.messages(first)] == ["in", "out", "note"]
    assert (await house.row(first)).state == "snoozed"
    assert (await house.row(second)).unread == 1


async def test_panes_menus_and_letters_by_key(browser: Browser, house: House) -> None:  # noqa: F811
    first = await house.conversation("Jorge", owner="tiago", waiting_since=house.app.clock() - 20 * MIN)
    second = await house.conversation("Aoife", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{first}")
        await page.keyboard.press("Alt+ArrowDown")
        await page.wait_for_url(f"**/desk/c/{second}**")
        await page.keyboard.press("Alt+ArrowUp")
        await page.wait_for_url(f"**/desk/c/{first}**")
        await page.keyboard.press("a")
        await expect(page.locator("#to-wide")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.locator("#give > summary")).to_be_focused()
        await page.locator("#log").focus()
        await page.keyboard.press("F6")
        await expect(page.locator("#reply")).to_be_focused()
        await page.keyboard.type("just letters: e h u")
        await expect(page.locator("#reply")).to_have_value("just letters: e h u")
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await expect(page.locator("#keys")).to_be_visible()
        await page.locator("#letters").uncheck()
        await page.keyboard.press("Escape")
        await page.keyboard.press("e")
        await expect(page.locator("#keys")).to_be_hidden()
    assert (await house.row(first)).state == "open", "letters can be turned off"


async def test_a_draft_survives_a_reload_in_its_mode(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation(owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await page.locator("#reply").fill("Tem raz")
        await expect(page.locator("#kept")).to_contain_text("Draft kept")
        await page.get_by_role("radio", name="Note").check()
        await page.locator("#reply").fill("calm")
        await expect(page.locator("#kept")).to_contain_text("Draft kept")
        await page.reload()
        await expect(page.locator("#reply")).to_have_value("Tem raz")
        await page.get_by_role("radio", name="Note").check()
        await expect(page.locator("#reply")).to_have_value("calm")
        await expect(page.get_by_role("button", name="Keep note")).to_be_visible()


async def test_live_words_neither_steal_focus_nor_move_the_log(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation("Marta", owner="tiago", waiting_since=house.app.clock() - 20 * MIN)
    for number in range(40):
        await house.said(key, f"line {number}\nand more", sent_at=house.app.clock() - (60 - number) * MIN)
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        await page.locator("#reply").fill("half a sen")
        await page.evaluate("document.getElementById('log').scrollTop = -700")
        before = await page.locator("#talk .words", has_text="line 20").bounding_box()
        for number in range(25):
            message = await house.said(key, f"new {number}", sent_at=house.app.clock())
            change = Change(kind="message", conversation_id=key, message_id=message)
            house.app.live.publish(change)
        await expect(page.locator("#talk .words", has_text="new 24")).to_have_count(1)
        await expect(page.locator("#new-words")).to_have_text("25 new messages")
        after = await page.locator("#talk .words", has_text="line 20").bounding_box()
        assert before
        assert after
        assert abs(before["y"] - after["y"]) < 2
        await expect(page.locator("#reply")).to_be_focused()
        await expect(page.locator("#reply")).to_have_value("half a sen")
        await page.locator("#new-words").click()
        await expect(page.locator("#talk .words", has_text="new 24")).to_be_in_viewport()


async def test_the_list_does_not_move_under_a_hand(browser: Browser, house: House) -> None:  # noqa: F811
    now = house.app.clock()
    for name, since in (("First", 30), ("Second", 20)):
        await house.conversation(name, owner="tiago", waiting_since=now - since * MIN)
    async with signed_in(browser, house) as page:
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        await page.get_by_role("link", name="Second").hover()
        third = await house.conversation("Third", owner="tiago", waiting_since=now - 40 * MIN)
        house.app.live.publish(Change(kind="conversation", conversation_id=third))
        await expect(page.locator("#new-order")).to_be_visible()
        await expect(page.locator("#group-waiting .row-name")).to_have_text(["First", "Second", "Third"])
        await page.locator("#new-order").click()
        await expect(page.locator("#group-waiting .row-name")).to_have_text(["Third", "First", "Second"])
        await page.mouse.move(900, 400)
        await expect(page).to_have_title("(3) Conversations · Tidings")


async def test_a_lost_connection_is_said_and_answers_leave_when_it_is_back(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    key = await house.conversation(owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        await page.route("**/answer", lambda route: route.abort("internetdisconnected"))
        await page.locator("#reply").fill("Bom dia")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#talk .after")).to_contain_text("Waits for the connection")
        assert await house.messages(key) == []
        await page.unroute("**/answer")
        await page.evaluate("dispatchEvent(new Event('offline'))")
        await expect(page.locator("#offline")).to_contain_text("No connection since")
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.locator("#offline")).to_contain_text("Back, up to date")
        await expect(page.locator("#talk [id^=m-].said-out")).to_have_count(1)
    assert [row.text for row in await house.messages(key)] == ["Bom dia"]


async def test_a_new_line_is_believed_also_after_the_clock_was_put_back(
    browser: Browser,  # noqa: F811
    house: House,
) -> None:
    key = await house.conversation("Marta", owner="tiago")
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        before = house.app.clock()
        house.app.clock = lambda: before - timedelta(hours=1)
        await page.evaluate("dispatchEvent(new Event('offline'))")
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.locator("#offline")).to_contain_text("Back, up to date")
        await house.app.desk.resolve(key, house.agents["tiago"], now=house.app.clock())
        await expect(page.locator("#head").get_by_role("button", name="Open again")).to_be_visible()


async def test_the_desk_works_without_script(browser: Browser, house: House) -> None:  # noqa: F811
    key = await house.conversation("Marta", owner="tiago")
    await house.said(key, "hello")
    async with signed_in(browser, house, scripts=False) as page:
        await page.get_by_role("link", name="Marta").click()
        await page.locator("#reply").fill("Bom dia")
        await page.get_by_role("button", name="Send", exact=False).first.click()
        await expect(page.locator("#talk .said-out .words")).to_have_text("Bom dia")
        await page.locator("#give > summary").click()
        await page.locator("#to-wide").select_option(label="Helena Prates")
        await page.get_by_role("button", name="Give", exact=True).click()
        await expect(page.locator("#toast")).to_contain_text("Given on.")
        await page.get_by_role("button", name="Resolve").click()
        await expect(page.locator("#toast")).to_contain_text("Resolved.")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.locator("#who")).to_contain_text("Marta")
    assert (await house.row(key)).state == "open"


@pytest.mark.parametrize("width", [390, 360])
async def test_a_phone_has_one_pane_an_address_and_never_scrolls_sideways(
    browser: Browser,  # noqa: F811
    house: House,
    width: int,
) -> None:
    key = await filled(house)
    async with signed_in(browser, house, width=width, height=780) as page:
        assert await sideways(page) == 0
        await expect(page.locator(".conversation")).to_be_hidden()
        await page.get_by_role("link", name="Marta").first.click()
        await page.wait_for_url(f"**/desk/c/{key}**")
        await expect(page.locator(".list")).to_be_hidden()
        assert await sideways(page) == 0
        await page.locator("#more > summary").click()
        assert await sideways(page) == 0
        await page.keyboard.press("Escape")
        await page.locator("#who a").click()
        await page.wait_for_url(f"**/desk/c/{key}/customer**")
        await expect(page.locator("#side")).to_be_visible()
        assert await sideways(page) == 0
        await page.go_back()
        await page.get_by_role("link", name="Back to conversations").click()
        await page.wait_for_url("**/desk?view=mine")
        for path in ("/desk/owed", "/desk/find?q=a", "/desk/sign-in"):
            await page.goto(path)
            assert await sideways(page) == 0, path


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_axe_finds_nothing_on_any_page(
    browser: Browser,  # noqa: F811
    house: House,
    width: int,
    scheme: Scheme,
) -> None:
    key = await filled(house)
    async with signed_in(browser, house, width=width, scheme=scheme) as page:
        found = {}
        for path in (
            *("/desk", "/desk?view=unassigned", f"/desk/c/{key}", f"/desk/c/{key}/customer"),
            *("/desk/owed", "/desk/find?q=a", f"/desk/find?q={'z' * 9}", "/desk/sign-in"),
            "/desk/sign-in?token=used",
        ):
            await page.goto(path)
            found[path] = await violations(page)
        await page.goto(f"/desk/c/{key}")
        await page.locator("#more > summary").click()
        found["menu"] = await violations(page)
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        found["note"] = await violations(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


async def test_hostile_words_do_nothing_in_a_browser(browser: Browser, house: House) -> None:  # noqa: F811
    words = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    key = await house.conversation(words, owner="tiago", last_text=words)
    await house.said(key, words, sender_name=words)
    async with signed_in(browser, house) as page:
        await page.goto(f"/desk/c/{key}")
        await expect(page.locator("#live-state")).to_have_text("Up to date")
        message = await house.said(key, words)
        house.app.live.publish(Change(kind="message", conversation_id=key, message_id=message))
        await expect(page.locator("#talk .words")).to_have_count(2)
        await expect(page.locator("#talk .words").last).to_have_text(words)
        assert await page.locator("#talk img, #talk script").count() == 0
        assert "owned" not in (await page.title()).split("·")[-1]
