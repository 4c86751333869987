"""One customer writes by SMS, WhatsApp, Instagram, e-mail and web chat; each is answered from Slack."""

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page

from tests.browser import browser  # noqa: F401
from tests.ports import free_port
from tests.road.processes import Program, Told, python, running, until
from tests.road.slack_hands import Hands, Json
from tests.road.town import Town, town

PHONE = "+351912345678"
MAIL = "maria@customer.example"
INSTAGRAM = "700100200300"
API = "a token of the road's own shop"
TOKEN, SECRET = "EAAG-of-the-road", "the secret of the road's app"
OPTIONS = {
    "whatsapp": ("--token", TOKEN, "--app-secret", SECRET, "--verify-token", "a word of ours"),
    "instagram": ("--token", TOKEN, "--secret", SECRET),
    "mail": (),
}
MORE = """
[channels.whatsapp]
base_url = "{whatsapp}"

[channels.instagram]
base_url = "{instagram}"
account_id = "{account}"

[channels.email]
address = "{address}"
imap_host = "127.0.0.1"
imap_port = {imap_port}
imap_security = "none"
smtp_host = "127.0.0.1"
smtp_port = {smtp_port}
smtp_security = "none"
"""


@dataclass(slots=True, kw_only=True)
class Providers:
    """The three providers that this road has besides, and what they told of themselves."""

    told: dict[str, Told] = field(default_factory=dict)
    said: dict[str, Json] = field(default_factory=dict)

    async def add(self, stack: AsyncExitStack, folder: Path, name: str, *options: str) -> None:
        """Start one and wait until it has said where it is."""
        client = await stack.enter_async_context(aiohttp.ClientSession())
        port = free_port()
        command = python(f"tests.providers.{name}", "--port", str(port), *options)
        program = await stack.enter_async_context(running(*command, folder=folder, name=name))
        self.told[name] = Told(client, port)
        await until(self.told[name].awake)
        self.said[name] = json.loads(program.output().splitlines()[0])


@dataclass(slots=True, kw_only=True)
class Road:
    """The town, the providers, and Ana at Slack."""

    place: Town
    providers: Providers

    @property
    def ana(self) -> Hands:
        """Ana's hands."""
        assert self.place.slack is not None
        return Hands(slack=self.place.slack, person=self.place.ana)

    async def card(self, words: str) -> Json:
        """Wait for the card of the conversation in which *words* were said."""

        async def found() -> Json | None:
            for card in await self.ana.posts(self.place.slack_channel):
                if card.get("thread_ts") in (None, card["ts"]):
                    path = f"posts?channel={self.place.slack_channel}&thread_ts={card['ts']}"
                    under = await self.ana.slack.get(path)
                    if any(words in one["text"] and one["ts"] != card["ts"] for one in under):
                        return dict(card)
            return None

        return dict(await until(found))

    async def merges(self, card: Json, words: str) -> None:
        """Ana sees that who said *words* is the customer of *card*."""
        rows = self.rows(
            "SELECT a.customer_id, a.address FROM messages m JOIN addresses a ON a.id = m.address_id"
            f" WHERE m.text LIKE '%{words}%'"
        )
        other, address = rows[0]
        await self.ana.menu(card, "merge")
        sheet = await self.ana.sheet("tidings_merge")
        await self.ana.picks(sheet, "other", address.partition(":")[2])
        await self.ana.chooses(sheet, "other", str(other))
        sheet = await self.ana.sheet("tidings_merge", having="Who stays")
        await self.ana.submits(sheet, {"sure": "MERGE"})

    def rows(self, sql: str) -> list[Any]:
        """Ask tidings' own file."""
        with sqlite3.connect(self.place.folder / "var" / "tidings.db") as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    providers = Providers()
    async with AsyncExitStack() as stack:
        for name in ("whatsapp", "instagram", "mail"):
            await providers.add(stack, tmp_path, name, *OPTIONS[name])
        said = providers.said
        more = MORE.format(
            whatsapp=said["whatsapp"]["base_url"],
            instagram=said["instagram"]["base_url"],
            account=said["instagram"]["account_id"],
            **{name: said["mail"][name] for name in ("address", "imap_port", "smtp_port")},
        )
        secrets = {**of_meta(said), "EMAIL_PASSWORD": said["mail"]["password"], "TIDINGS_API_TOKEN": API}
        yield Road(
            place=await stack.enter_async_context(town(tmp_path, slack=True, more=more, secrets=secrets)),
            providers=providers,
        )


def of_meta(said: dict[str, Json]) -> dict[str, str]:
    """What stands in the environment for the two that are Meta's."""
    return {
        "WHATSAPP_ACCESS_TOKEN": TOKEN,
        "WHATSAPP_APP_SECRET": SECRET,
        "WHATSAPP_VERIFY_TOKEN": "a word of ours",
        "WHATSAPP_PHONE_NUMBER_ID": said["whatsapp"]["phone_number_id"],
        "INSTAGRAM_APP_SECRET": SECRET,
        "INSTAGRAM_VERIFY_TOKEN": "a word of ours",
        "INSTAGRAM_ACCESS_TOKEN": TOKEN,
    }


async def is_known(road: Road) -> None:
    """The shop tells of its customer, by number and by e-mail address."""
    customer = {"ref": "C-1", "name": "Maria Silva", "phone": PHONE, "email": MAIL}
    headers = {"Authorization": f"Bearer {API}", "Idempotency-Key": "first"}
    url = f"{road.place.url}/api/v1/customers"
    async with road.place.client.post(url, json={"customers": [customer]}, headers=headers) as answer:
        assert answer.status in (200, 201), await answer.text()


async def by_sms(road: Road, words: str) -> None:
    heard = await road.place.twilio.post(
        "say", url=f"{road.place.url}/hooks/sms", **{"from": PHONE}, body=words
    )
    assert heard["status"] == 200, heard


async def by_mail(road: Road, words: str) -> None:
    await road.providers.told["mail"].post(
        "deliver", **{"from": f"Maria Silva <{MAIL}>"}, subject="My order", text=words
    )


async def by_whatsapp(road: Road, words: str) -> None:
    heard = await road.providers.told["whatsapp"].post(
        "say", url=f"{road.place.url}/hooks/whatsapp", **{"from": PHONE[1:]}, body=words
    )
    assert heard["status"] == 200, heard


async def by_instagram(road: Road, words: str) -> None:
    heard = await road.providers.told["instagram"].post(
        "say", url=f"{road.place.url}/hooks/instagram", **{"from": INSTAGRAM}, text=words
    )
    assert heard["status"] == 200, heard


async def sent_by(told: Told, words: str, key: str) -> Json:
    """Wait until a provider has been given *words*, and return what it was given."""

    async def found() -> Json | None:
        return next((dict(one) for one in await told.get("sent") if words in str(one[key])), None)

    return dict(await until(found))


Say = Callable[[Road, str], Awaitable[None]]


async def is_answered(road: Road, card: Json, say: Say, words: str, answer: str) -> None:
    """She writes, it stands under the *card*, and Ana answers there."""
    await say(road, words)
    await road.ana.post(road.place.slack_channel, words, under=card)
    await road.ana.types(card, answer)


@pytest.mark.timeout(180)
async def test_one_customer_is_answered_from_slack_on_five_channels(
    road: Road,
    browser: Browser,  # noqa: F811
) -> None:
    place, told = road.place, road.providers.told
    assert place.slack is not None
    async with place.tidings() as program:
        await is_known(road)
        await by_sms(road, "where is my order?")
        card = await road.card("where is my order?")
        await road.ana.types(card, "It left this morning.")
        assert (await sent_by(place.twilio, "It left this morning.", "body"))["to"] == PHONE

        await is_answered(road, card, by_mail, "I would rather have it by e-mail", "Of course, *here*.")
        mail = await sent_by(told["mail"], "Of course, here.", "text")
        assert (mail["to"], mail["subject"]) == ([MAIL], "Re: My order")
        assert mail["in_reply_to"]

        await by_whatsapp(road, "it is me, on WhatsApp")
        await road.card("it is me, on WhatsApp")
        await road.merges(card, "it is me, on WhatsApp")
        await is_answered(road, card, by_whatsapp, "are you there?", "Yes, *here* too.")
        assert (await sent_by(told["whatsapp"], "Yes, *here* too.", "body"))["to"].lstrip("+") == PHONE[1:]

        await by_instagram(road, "and this is my Instagram")
        await road.card("and this is my Instagram")
        await road.merges(card, "and this is my Instagram")
        await is_answered(road, card, by_instagram, "is this blue in stock?", "Two are left.")
        assert (await sent_by(told["instagram"], "Two are left.", "text"))["to"] == INSTAGRAM

        page = await chatting(place, browser, "hello from your own page")
        await road.card("hello from your own page")
        await road.merges(card, "hello from your own page")
        await write(page, "do you see me?")
        await road.ana.post(place.slack_channel, "do you see me?", under=card)
        await road.ana.types(card, "We see you on all five.")
        await page.get_by_role("log").get_by_text("We see you on all five.").wait_for()
        assert road.rows("SELECT count(DISTINCT customer_id), count(DISTINCT channel) FROM addresses") == [
            (1, 5)
        ]
        await all_is_well(place, program)


async def chatting(place: Town, browser: Browser, words: str) -> Page:  # noqa: F811
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{place.url}/chat")
    await write(page, words)
    return page


async def write(page: Page, words: str) -> None:
    await page.locator("textarea").fill(words)
    await page.locator("textarea").press("Enter")


async def all_is_well(place: Town, program: Program) -> None:
    assert place.slack is not None
    assert await place.slack.get("mistakes") == []
    assert "Traceback" not in program.output()
    for secret in (TOKEN, SECRET, API):
        assert secret not in program.output()
    assert await program.end() == 0
