"""What customers write runs nowhere: through every channel, to every page, in a real browser."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page
from pydantic import SecretStr
from sqlalchemy import select

from bots.webchat import WebChat
from config.settings import Settings
from inbox.app import build
from inbox.chat.visitors import COOKIE
from inbox.desk.web.guard import CSP
from inbox.preferences.links import Links
from inbox.sorting import sort
from inbox.touches.first_word import first_word
from storage.batch import Batch
from storage.tables import agents, conversations, customers
from tests.attack.injecting import CORPUS, first_words, gist, named, said
from tests.bots.contract import Case, cases
from tests.browser import context_of
from tests.databases import begin_sqlite
from tests.inbox.desk.web.house import POLICY, House

CASES = [case for case in cases() if case.real and case.kind != "voice"]
DEEP = os.environ.get("TESTS_DEPTH") == "deep"
A_PAGE = 56  # a conversation's page shows 60 messages
TRANSLATED = ("discord", "slackconnect", "email", "telegram")  # whose own markup is read, and so changes

WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
  window[name] = (...what) => { window.ran.push(name + " " + what.join()); };
}
document.addEventListener("securitypolicyviolation", (event) => {
  window.ran.push("policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});
"""
LOOK = """
() => {
  const found = [...window.ran];
  for (const one of document.querySelectorAll("*")) {
    for (const each of one.attributes) {
      if (each.name.startsWith("on")) found.push("handler: " + one.outerHTML.slice(0, 200));
      const runs = /^[\\\\s\\\\u0000-\\\\u0020]*(javascript|vbscript|data:text)/i;
      if (["href", "src", "action", "formaction", "xlink:href", "data"].includes(each.name)
          && runs.test(each.value)) found.push("address: " + one.outerHTML.slice(0, 200));
    }
  }
  const never = "script:not([src]), iframe, object, embed, base, meta[http-equiv], portal, math, xss";
  for (const one of document.querySelectorAll(never)) {
    if (!(one.matches("script[type='application/json'], script[type='importmap']")))
      found.push("element: " + one.outerHTML.slice(0, 200));
  }
  return found;
}
"""


TEXT = """
() => {
  const fields = [...document.querySelectorAll("input, textarea")];
  return [document.body.textContent, ...fields.map((one) => one.value)].join(" ");
}
"""


@dataclass(slots=True, kw_only=True)
class Watched:
    """A page that is watched: what ran, what was asked for, where it went."""

    page: Page
    base: str
    seen: list[str] = field(default_factory=list)
    visits: int = 0

    async def visit(self, path: str) -> str:
        """Open a page, wait until all that could run has; gives its text, and asserts that nothing did."""
        answer = await self.page.goto(self.base + path, wait_until="load")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        await self.page.evaluate(
            "() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"
        )
        found = self.seen + await self.page.evaluate(LOOK)
        assert found == [], (path, found[:5])
        assert self.page.url == self.base + path, "it went elsewhere"
        self.visits += 1
        return str(await self.page.evaluate(TEXT))


@asynccontextmanager
async def watched(browser: Browser, base: str) -> AsyncIterator[Watched]:
    context = await context_of(browser, base_url=base)
    await context.add_init_script(WATCH)
    page = await context.new_page()
    one = Watched(page=page, base=base)
    host = urlsplit(base).netloc

    def asked(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != host:
            one.seen.append(f"asked for {request.url}")

    def complained(message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            one.seen.append(f"console: {message.text}")

    context.on("request", asked)
    context.on("page", lambda opened: one.seen.append(f"opened {opened.url}") if opened is not page else None)
    page.on("console", complained)
    page.on("pageerror", lambda error: one.seen.append(f"error: {error}"))
    page.on("dialog", lambda dialog: one.seen.append(f"dialog {dialog.message}"))
    yield one
    await context.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with every channel, whose database is filled by what they read."""
    app = build(
        Settings(
            database=f"sqlite:///{tmp_path}/t.db",
            media_dir=tmp_path / "media",
            secret_key=SecretStr("0" * 64),
            policy=POLICY,
        )
    )
    app.channels.clear()
    app.channels.update({case.kind: case.open() for case in CASES})
    app.first_word = first_word(
        app.settings, database=app.database, channels=app.channels, live=app.live, nudges=app.nudges,
        clock=app.clock, desk=app.desk,
    )  # fmt: skip
    begin_sqlite(tmp_path / "t.db")
    await app.open()
    async with app.database.reading() as connection:
        keys = {row.key: row.id for row in await connection.execute(select(agents))}
    async with TestClient(TestServer(app.web)) as client:
        opened = House(app=app, client=client, agents=keys)
        for number, case in enumerate(CASES):
            await _filled(opened, case, number)
        yield opened
        app.live.close()
    await app.stop()


def _mine(number: int) -> Sequence[str]:
    """Choose the words of one channel: all of them, or a part that begins elsewhere for each."""
    if DEEP:
        return CORPUS
    start = number * A_PAGE % len(CORPUS)
    return [*CORPUS, *CORPUS][start : start + A_PAGE]


async def _filled(house: House, case: Case, number: int) -> None:
    """Let customers of a channel say everything, in conversations of one page each."""
    channel = house.app.channels[case.kind]
    plain, now = first_words(case, channel), datetime.now(UTC)
    labels = [label for label in case.real if said(case, channel, label, "plain words")]
    batch, count = Batch(), 0
    for at, words in enumerate(_mine(number)):
        label = plain if at % 4 or DEEP else labels[at // 4 % len(labels)]
        found = said(case, channel, label, words) or said(case, channel, plain, words)
        for event in found[:1]:
            count += 1
            one = replace(
                event,
                external_id=f"{event.external_id}-{at}",
                address=event.address + (f"{number}" if event.address.startswith("whatsapp:") else ""),
                attachments=tuple(named(file, words) for file in event.attachments),
                group="",
                also=(),
                sent_at=now,
            )
            sort(batch, house.app.database.ids.next(), case.kind, [one], now)
    assert count >= min(40, len(CORPUS)), (case.kind, count)
    applying = house.app.accept.applying
    await applying.keeper.keep(batch, applying.rules)


async def _conversations(house: House) -> dict[str, list[int]]:
    async with house.app.database.reading() as connection:
        rows = await connection.execute(select(conversations.c.channel, conversations.c.id))
        found: dict[str, list[int]] = {}
        for channel, key in rows:
            found.setdefault(channel, []).append(key)
    return found


async def _missing(house: House, conversation: int, text: str) -> list[str]:
    """List what was said in a conversation and does not stand in a page's text."""
    shown = gist(text)
    said_there = [row.text for row in await house.messages(conversation)][-50:]
    return [words for words in said_there if gist(words) not in shown]


@pytest.mark.parametrize("policy", [CSP, "default-src * 'unsafe-inline'"], ids=["our policy", "no policy"])
async def test_a_page_that_escapes_nothing_would_be_found(browser: Browser, policy: str) -> None:
    missed = []

    async def page(request: web.Request) -> web.Response:
        words = CORPUS[int(request.match_info["at"])]
        text = f"<!doctype html><body><ul><li>{words}</li></ul>"
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    site = web.Application()
    site.router.add_get("/{at}", page)
    sure = [
        at
        for at, words in enumerate(CORPUS)
        if words.startswith(("<script", "<img src=x", "<svg on", "<iframe"))
    ]
    async with TestServer(site) as server:
        for at in sure:
            async with watched(browser, str(server.make_url("")).rstrip("/")) as one:
                try:
                    await one.visit(f"/{at}")
                except AssertionError:
                    continue
                missed.append(CORPUS[at])
    assert missed == []
    assert len(sure) > 8


async def test_what_customers_say_runs_on_no_page_of_the_desk(browser: Browser, house: House) -> None:
    found = await _conversations(house)
    assert set(found) == {case.kind for case in CASES}
    async with watched(browser, house.base) as page:
        await page.page.goto(f"{house.base}/desk/sign-in?token={await house.link()}")
        await page.page.get_by_role("button", name="Sign in").click()
        await page.page.wait_for_url("**/desk")
        for kind, keys in found.items():
            for key in keys:
                text = await page.visit(f"/desk/c/{key}")
                if kind not in TRANSLATED:
                    assert await _missing(house, key, text) == [], kind
        for kind in ("email", "telegram"):
            key = found[kind][0]
            for tail in ("customer", "profile", "consent", "touches", "resolve", "saved", "merge"):
                await page.visit(f"/desk/c/{key}/{tail}")
            row = await house.row(key)
            await page.visit(f"/desk/customer/{row.customer_id}")
        for asked in ("find?q=", "audit?q=", "audit?agent="):
            await page.visit(f"/desk/{asked}" + quote("<script>alert(1)</script>"))
        for path in (
            "/desk?view=all",
            "/desk/audit",
            "/desk/owed",
            "/desk/promises",
            "/desk/me",
            "/desk/new",
            "/desk/fairness",
        ):
            await page.visit(path)
        assert page.visits >= len(CASES) + 2 * 8 + 10


async def test_what_names_and_reasons_say_runs_on_no_list(browser: Browser, house: House) -> None:
    keys = [
        await house.conversation(words, last_text=words, channel="sms")
        for words in CORPUS[:: 1 if DEEP else 3]
    ]
    for words in CORPUS[:: 1 if DEEP else 4]:
        await house.stuck(keys[0], "failed", words, reason=words)
    async with watched(browser, house.base) as page:
        await page.page.goto(f"{house.base}/desk/sign-in?token={await house.link()}")
        await page.page.get_by_role("button", name="Sign in").click()
        await page.page.wait_for_url("**/desk")
        path, pages = "/desk?view=all", 0
        while path and pages < 12:
            await page.visit(path)
            more = page.page.locator("p.more a[href*='after=']")
            path, pages = (await more.get_attribute("href") or "") if await more.count() else "", pages + 1
        assert pages >= 3
        await page.visit("/desk/owed")
        await page.visit(f"/desk/c/{keys[0]}")
        await page.visit("/desk/find?q=alert")
        await page.visit("/desk/palette?q=script")


async def test_what_customers_said_runs_on_no_page_of_theirs(browser: Browser, house: House) -> None:
    found = await _conversations(house)
    chat = house.app.channels["webchat"]
    assert isinstance(chat, WebChat)
    for words in CORPUS[:: 1 if DEEP else 6]:
        await house.said(found["webchat"][0], words, "out", "tiago", status="sent")
    async with house.app.database.reading() as connection:
        ids = [row.id for row in await connection.execute(select(customers.c.id).order_by(customers.c.id))]
    links = Links(house.app.settings.secret_keys, house.app.settings.public_url)
    async with watched(browser, house.base) as page:
        token = chat.identities.issue("v", datetime.now(UTC))
        cookie: Any = {"name": COOKIE, "value": token, "url": f"{house.base}/chat"}
        await page.page.context.add_cookies([cookie])
        text = await page.visit("/chat")
        assert "alert(1)" in text
        for customer in ids[:20]:
            await page.visit(f"/p/{links.token(customer, house.app.clock())}")


@pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])
def test_each_channel_reads_hostile_words_as_words(case: Case) -> None:
    channel = case.open()
    plain = first_words(case, channel)
    for words in CORPUS:
        events = said(case, channel, plain, words)
        if case.kind not in TRANSLATED:
            assert [gist(words) in gist(event.text) for event in events] == [True], words
