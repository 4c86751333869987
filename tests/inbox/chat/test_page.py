"""The customer's page in a real browser: words go out once and in order, and answers come in."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import APIResponse, Browser, BrowserContext, FilePayload, Page, Route, expect

from inbox.live import Change
from tests.browser import browser, context_of, sideways, violations  # noqa: F401
from tests.inbox.chat.house import House, house, now
from tests.inbox.chat.test_routes import PNG


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    ways = [
        {"kind": "telegram", "label": "Telegram", "href": "https://t.me/casa_oliva_bot"},
        {"kind": "sms", "label": "SMS", "href": "sms:+34600123456", "hint": "in the day"},
    ]
    async with house(tmp_path, ways=ways, file_bytes=100_000) as built:
        yield built


@pytest.fixture
async def context(browser: Browser, here: House) -> AsyncIterator[BrowserContext]:  # noqa: F811
    opened = await context_of(browser, base_url=here.url)
    yield opened
    await opened.close()


@pytest.fixture
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """The open chat; any complaint of the CSP or of a script fails the test."""
    opened = await context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if "Security" in said.text else None)
    await opened.goto("/chat")
    yield opened
    assert wrong == []


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Your message").fill(text)
    await page.get_by_label("Your message").press("Enter")


def file(name: str, kind: str, body: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": body}


async def shown(page: Page, *texts: str) -> None:
    await expect(page.locator("#talk .bubble")).to_have_text(list(texts))


async def marked(page: Page, word: str) -> None:
    await expect(page.locator("#talk .after:visible").last).to_have_text(word)


async def test_two_messages_and_an_answer_stay_after_a_reload(page: Page, here: House) -> None:
    await write(page, "Is the jug coming back?")
    await marked(page, "Sent")
    await write(page, "It says one left")
    await shown(page, "Is the jug coming back?", "It says one left")
    await marked(page, "Sent")
    await here.reply("That is the last one.")
    await shown(page, "Is the jug coming back?", "It says one left", "That is the last one.")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Inés Molina, Casa Oliva")
    assert await here.said() == ["Is the jug coming back?", "It says one left"]
    await page.reload()
    await shown(page, "Is the jug coming back?", "It says one left", "That is the last one.")


async def test_formatting_is_seen_and_nothing_in_it_can_run(page: Page, here: House) -> None:
    await write(page, "Is it *there*?")
    await marked(page, "Sent")
    await here.reply(
        "*Only <img src=x onerror=alert(1)> one_ _left_*, ~two~ `a*b*` https://x.test/_a_\n```\n<b>\ny\n```\nok"
    )
    bubble = page.locator("#talk .said-in .bubble")
    await expect(bubble).to_have_count(1)
    for reloaded in (False, True):
        if reloaded:
            await page.reload()
        await expect(bubble.locator("strong").first).to_have_text("Only <img src=x onerror=alert(1)> one_ ")
        await expect(bubble.locator("strong em")).to_have_text("left")
        await expect(bubble.locator("s")).to_have_text("two")
        await expect(bubble.locator("code")).to_have_text("a*b*")
        await expect(bubble.locator("pre")).to_have_text("<b>\ny")
        await expect(bubble.get_by_role("link")).to_have_attribute("href", "https://x.test/_a_")
        assert await bubble.locator("img, b, script").count() == 0
        assert await bubble.evaluate("one => one.lastChild.textContent") == "ok"


async def test_what_is_written_without_a_connection_goes_out_once_and_in_order(
    page: Page, context: BrowserContext, here: House
) -> None:
    await write(page, "First")
    await marked(page, "Sent")
    await context.set_offline(True)
    await expect(page.locator("#offline")).to_contain_text("No connection since")
    for text in ("Second", "Third", "Fourth"):
        await write(page, text)
    await marked(page, "Waiting for the connection")
    assert await here.said() == ["First"]
    await context.set_offline(False)
    await expect(page.locator("#offline")).to_be_hidden()
    await marked(page, "Sent")
    await shown(page, "First", "Second", "Third", "Fourth")
    assert await here.said() == ["First", "Second", "Third", "Fourth"]


async def test_what_waits_survives_a_reload(page: Page, context: BrowserContext, here: House) -> None:
    await page.route("**/hooks/webchat", lambda route: route.abort())
    await write(page, "Kept here")
    await marked(page, "Waiting for the connection")
    await page.reload()
    await shown(page, "Kept here")
    await page.unroute("**/hooks/webchat")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await marked(page, "Sent")
    await shown(page, "Kept here")
    assert await here.said() == ["Kept here"]


async def test_a_message_whose_answer_was_lost_is_there_once(page: Page, here: House) -> None:
    lost: list[APIResponse] = []

    async def lose(route: Route) -> None:
        if not lost and '"message"' in (route.request.post_data or ""):
            lost.append(await route.fetch())
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/hooks/webchat", lose)
    await write(page, "Only once")
    await marked(page, "Sent")
    await shown(page, "Only once")
    assert len(lost) == 1
    assert await here.said() == ["Only once"]


async def test_a_draft_survives_a_reload(page: Page) -> None:
    await page.get_by_label("Your message").fill("Half a sent")
    await page.reload()
    await expect(page.get_by_label("Your message")).to_have_value("Half a sent")


async def test_an_answer_is_marked_read_once_it_was_in_sight(page: Page, here: House) -> None:
    await write(page, "Hello")
    await marked(page, "Sent")
    await here.reply("Good afternoon")
    await shown(page, "Hello", "Good afternoon")
    with here.live.subscribe() as changes:
        while await here.statuses() != ["read"]:
            await anext(changes)


async def test_that_we_read_and_write_is_shown(page: Page, here: House) -> None:
    await write(page, "Hello")
    await marked(page, "Sent")
    conversation, agent = await here.conversation(), await here.agent()
    here.live.publish(Change(kind="typing", conversation_id=conversation, agent_id=agent))
    await expect(page.locator("#typing")).to_be_visible()
    await expect(page.get_by_role("status").first).to_have_text("Inés Molina is writing")
    await here.desk.read_up_to(conversation, agent, now=now())
    await marked(page, "Read")


async def test_that_the_customer_writes_is_told(page: Page, here: House) -> None:
    await write(page, "Hello")
    await marked(page, "Sent")
    with here.live.subscribe() as changes:
        await page.get_by_label("Your message").press_sequentially("An")
        while (await anext(changes)).kind != "typing":
            pass


async def test_what_an_agent_writes_cannot_run(page: Page, here: House) -> None:
    evil = '<img src=x onerror="window.ran=1"><script>window.ran=1</script> javascript:alert(1) https://a.example/?q="x'
    await write(page, "Hello")
    await marked(page, "Sent")
    await here.reply(evil)
    await shown(page, "Hello", evil)
    assert await page.evaluate("window.ran") is None
    link = page.locator("#talk .bubble a")
    await expect(link).to_have_attribute("href", "https://a.example/?q=")
    await expect(link).to_have_attribute("rel", re.compile("noopener nofollow"))


async def test_files_are_added_removed_refused_and_sent(page: Page, here: House) -> None:
    picker = page.locator("#picker")
    picture = file("cup.png", "image/png", PNG)
    await picker.set_input_files([picture])
    await expect(page.locator("#tray")).to_contain_text("cup.png")
    await page.get_by_role("button", name="Remove cup.png").click()
    await expect(page.locator("#tray")).to_be_hidden()
    large = file("film.mp4", "video/mp4", bytes(100_001))
    await picker.set_input_files([large])
    await expect(page.get_by_role("alert")).to_have_text(
        "film.mp4 has 100 kB; a file may have 100 kB at most."
    )
    program = file("a.exe", "application/x-msdownload", b"MZ" + bytes(99))
    await picker.set_input_files([program])
    await expect(page.get_by_role("alert")).to_contain_text("a.exe cannot be sent here")
    await picker.set_input_files([picture])
    await expect(page.locator("#tray")).to_contain_text("0.1 kB")
    await page.get_by_role("button", name="Send").click()
    photo = page.get_by_role("img", name="cup.png")
    await expect(photo).to_be_visible()
    await expect(photo).to_have_js_property("complete", True)
    await expect(photo).to_have_js_property("naturalWidth", 1)


async def test_a_file_can_be_dropped_and_pasted(page: Page) -> None:
    for kind in ("drop", "paste"):
        await page.evaluate(
            """(kind) => {
              const data = new DataTransfer();
              data.items.add(new File(["two bowls"], `${kind}.txt`, { type: "text/plain" }));
              const rest = { bubbles: true, cancelable: true };
              const told = kind === "drop" ? new DragEvent("drop", { dataTransfer: data, ...rest })
                : new ClipboardEvent("paste", { clipboardData: data, ...rest });
              document.getElementById("write").dispatchEvent(told);
            }""",
            kind,
        )
        await expect(page.locator("#tray")).to_contain_text(f"{kind}.txt")


async def test_the_log_is_not_moved_under_the_reader(page: Page, here: House) -> None:
    for number in range(1, 25):
        await write(page, f"Line {number}")
    await expect(page.locator("#talk .bubble")).to_have_count(24)
    await marked(page, "Sent")
    log = page.get_by_role("log")
    await log.evaluate("log => { log.scrollTop = -400; }")
    target = page.get_by_text("Line 12", exact=True)
    before = await target.evaluate("one => one.getBoundingClientRect().top")
    await page.get_by_label("Your message").fill("I am writing")
    for text in ("One", "Two"):
        await here.reply(text)
    jump = page.get_by_role("button", name="2 new messages")
    await expect(jump).to_be_visible()
    after = await target.evaluate("one => one.getBoundingClientRect().top")
    assert abs(after - before) <= 1
    await expect(page.get_by_label("Your message")).to_be_focused()
    await expect(page.get_by_label("Your message")).to_have_value("I am writing")
    await jump.click()
    await expect(page.get_by_text("Two", exact=True)).to_be_in_viewport()
    await expect(jump).to_be_hidden()


async def test_earlier_messages_are_shown_on_request(page: Page, here: House) -> None:
    for number in range(60):
        await page.evaluate(
            "text => { const box = window.write; box.value = text; box.form.requestSubmit(); }",
            f"n{number}",
        )
    await expect(page.locator("#talk .bubble")).to_have_count(60)
    await marked(page, "Sent")
    await page.reload()
    await expect(page.locator("#talk .bubble")).to_have_count(50)
    await page.get_by_role("button", name="Show earlier messages").click()
    await shown(page, *[f"n{number}" for number in range(60)])


async def test_a_message_too_long_is_told_and_not_cut(page: Page, here: House) -> None:
    await write(page, "a" * 10_001)
    await expect(page.get_by_role("alert")).to_contain_text("10001 characters")
    await expect(page.get_by_label("Your message")).to_have_value("a" * 10_001)
    assert await page.locator("#talk .bubble").count() == 0


async def test_two_tabs_of_one_visitor_show_the_same(page: Page, context: BrowserContext) -> None:
    other = await context.new_page()
    await other.goto("/chat")
    await write(page, "From the first")
    await shown(other, "From the first")


HARD = [
    "🙂👩‍👩‍👧‍👦",
    "مرحباً، طلبي رقم 10519 لم يصل بعد.",
    "שלום, האם זה זמין?",
    "こんにちは。お皿はありますか？",
    "DonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftX",
    "A line\nand another\n\nand https://oliva.example/a/very/long/address/that/does/not/end/anywhere/soon?at=all",
]


# Layout changes with the width, colours with the scheme, neither with the other: two pairs see all.
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
async def test_the_page_is_accessible_and_never_scrolls_sideways(
    browser: Browser,  # noqa: F811
    here: House,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    context = await context_of(browser, base_url=here.url, width=width, height=844, scheme=scheme)
    page = await context.new_page()
    await page.goto("/chat?lang=en")
    for text in HARD:
        await page.get_by_label("Your message").fill(text)
        await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#talk .bubble")).to_have_count(len(HARD))
    await marked(page, "Sent")
    await here.reply("Yes: dishwasher and microwave. What it does not stand is the oven.")
    await expect(page.locator("#talk .bubble")).to_have_count(len(HARD) + 1)
    assert await sideways(page) == 0
    assert await violations(page) == []
    await context.set_offline(True)
    await expect(page.locator("#offline")).to_be_visible()
    assert await violations(page) == []
    await context.close()


async def test_the_empty_page_is_accessible_in_each_language(
    browser: Browser,  # noqa: F811
    here: House,
) -> None:
    context = await context_of(browser, base_url=here.url, width=390)
    page = await context.new_page()
    await page.goto("/chat")
    for language in ("PT", "ES", "EN"):
        await page.get_by_role("link", name=language).click()
        await expect(page.locator("html")).to_have_attribute("lang", language.lower())
        await expect(page.locator("#blank")).to_be_visible()
        assert await violations(page) == []
    await context.close()


async def test_it_works_without_script(browser: Browser, here: House) -> None:  # noqa: F811
    context = await context_of(browser, base_url=here.url, scripts=False, width=390, height=844)
    page = await context.new_page()
    await page.goto("/chat")
    await page.get_by_label("Your message").fill("Is anybody there?")
    picture = file("cup.png", "image/png", PNG)
    await page.locator('input[name="file"]').set_input_files([picture])
    await page.get_by_role("button", name="Send").click()
    said = page.locator("noscript .bubble")  # Playwright's search by text leaves noscript out
    await expect(said).to_have_text(["Is anybody there?"])
    assert await here.said() == ["Is anybody there?"]
    with here.live.subscribe() as changes:
        await here.reply("A person is.")
        while await here.statuses() != ["sent"]:
            await anext(changes)
    await page.locator("noscript a.button").click()
    await expect(said).to_have_text(["Is anybody there?", "A person is."])
    await expect(page.locator("noscript .file")).to_contain_text("cup.png")
    assert await sideways(page) == 0
    await context.close()


async def test_what_was_said_in_a_long_absence_is_all_there(
    page: Page, context: BrowserContext, here: House
) -> None:
    await write(page, "Hello")
    await expect(page.locator("#talk .said")).to_have_attribute("data-id", re.compile(r"^\d{15,}$"))
    await context.set_offline(True)
    await expect(page.locator("#offline")).to_be_visible()
    for number in range(120):
        await here.reply(f"n{number}")
    with here.live.subscribe() as changes:
        while await here.statuses() != ["sent"] * 120:
            await anext(changes)
    await context.set_offline(False)
    await shown(page, "Hello", *[f"n{number}" for number in range(120)])


async def test_focus_words_and_place_stay_while_answers_pour_in(page: Page, here: House) -> None:
    for number in range(20):
        await write(page, f"Line {number}")
    await expect(page.locator("#talk .bubble")).to_have_count(20)
    await marked(page, "Sent")
    log, written = page.get_by_role("log"), page.get_by_label("Your message")
    await log.evaluate("log => { log.scrollTop = -300; }")
    await written.press_sequentially("Half a sen")
    await written.evaluate("box => box.setSelectionRange(2, 6)")
    top = await page.get_by_text("Line 9", exact=True).evaluate("one => one.getBoundingClientRect().top")
    for number in range(50):
        await here.reply(f"Answer {number}")
    await expect(page.locator("#talk .bubble")).to_have_count(70)
    await expect(written).to_be_focused()
    assert await written.evaluate("box => [box.value, box.selectionStart, box.selectionEnd]") == [
        "Half a sen",
        2,
        6,
    ]
    now_at = await page.get_by_text("Line 9", exact=True).evaluate("one => one.getBoundingClientRect().top")
    assert abs(now_at - top) <= 1
    await expect(page.get_by_role("button", name="50 new messages")).to_be_visible()
