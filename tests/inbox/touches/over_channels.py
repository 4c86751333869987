"""A house with real channels that talk to look-alikes, and customers whose birthday is today."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from pydantic import SecretStr

from config.filling import Source
from config.settings import Settings
from config.touch_policy import TouchKnobs
from inbox.app import App, build
from inbox.touches.preview import Shown, preview
from storage import consents
from storage.tables import addresses, customers
from tests.providers.line import LineLookAlike
from tests.providers.mail import MailServer
from tests.providers.mail.state import PASSWORD
from tests.providers.meta_page import MetaPageLookAlike
from tests.providers.twilio import TwilioLookAlike
from tests.providers.whatsapp import WhatsAppLookAlike

PUBLIC = "https://in.example"
KEY = "k" * 32
SENDER = "+15005550006"
BY_SCHEME = {"tel": "sms", "mailto": "email"}


@dataclass(slots=True, kw_only=True)
class House:
    """The house, running, and its providers."""

    app: App
    meta: WhatsAppLookAlike
    twilio: TwilioLookAlike
    mail: MailServer
    line: LineLookAlike
    page: MetaPageLookAlike

    @property
    def here(self) -> str:
        return f"http://127.0.0.1:{self.app.port}"

    async def customer(self, name: str, *places: str, wrote: str = "", **more: Any) -> int:
        """Add somebody whose birthday is today, allowed at *places*; at *wrote* they just said something.

        A place is an address, its channel before it where more than one has its scheme: `tw=whatsapp:+351…`.
        """
        now = self.app.clock()
        zone = where_it_is_one(now)
        today, ago = now.astimezone(ZoneInfo(zone)).date(), now - timedelta(days=30)
        ids = self.app.database.ids
        key = ids.next()
        born = {"birth_month": today.month, "birth_day": today.day, "birthday_at": ago}
        person = {"id": key, "name": name, "zone": zone, "created_at": ago, **born, **more}
        async with self.app.database.writing() as connection:
            await connection.execute(customers.insert().values(**person))
            for place in places:
                channel, _, address = place.rpartition("=")
                scheme = address.partition(":")[0]
                where = ids.next()
                at: dict[str, Any] = {"id": where, "customer_id": key, "address": address, "created_at": ago}
                last = now - timedelta(minutes=1) if address == wrote else ago
                at |= {"channel": channel or BY_SCHEME.get(scheme, scheme), "last_in_at": last}
                await connection.execute(addresses.insert().values(**at))
                await consents.record(connection, ids, address_id=where, word="yes", source="form", at=ago)
        return key

    async def begins(self) -> None:
        """Plan and send what is due."""
        self.app.first_word.loop.plan_soon()

    async def foreseen(self) -> list[Shown]:
        """Look at today as the preview shows it, once the templates are known."""
        now = self.app.clock()
        today = now.astimezone(ZoneInfo(where_it_is_one(now))).date()
        rules = self.app.first_word.current.rules
        return [one async for page in preview(self.app.database, rules, today, today, now) for one in page]

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.app.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]

    async def mailed(self) -> None:
        """Wait until a mail is handed over."""

        async def handed() -> bool:
            self.app.first_word.loop.plan_soon()
            return bool(self.mail.state.sent)

        await until(handed)

    async def ended(self) -> tuple[str, str, str]:
        """Wait until the only touch is sent or over; gives its channel, state and reason."""

        async def over() -> bool:
            self.app.first_word.loop.plan_soon()
            states = await self.rows("SELECT state FROM touches")
            return bool(states) and states[0][0] in ("sent", "failed", "suppressed", "expired", "unknown")

        await until(over)
        [row] = await self.rows("SELECT channel, state, reason FROM touches")
        return row


def where_it_is_one(now: datetime) -> str:
    """Name a zone in which it is one in the afternoon: every hour that matters is allowed."""
    ahead = 13 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the house has done something; the test's own time-out ends it."""
    while not await found():
        await asyncio.sleep(0.02)


@asynccontextmanager
async def house(
    folder: Path, templates: list[Any], contents: list[Any], touches: str = ""
) -> AsyncIterator[House]:
    """Run it with WhatsApp's *templates* and Twilio's *contents*; *touches* are your own touches.toml."""
    meta, line = WhatsAppLookAlike(), LineLookAlike()
    twilio = TwilioLookAlike(numbers=(SENDER, f"whatsapp:{SENDER}"))
    page = MetaPageLookAlike(kind="page")
    meta.templates, twilio.contents = templates, contents
    async with MailServer() as mail:
        for one in (meta, twilio, line, page):
            await one.start()
        app = build(_settings(folder, meta, twilio, mail, line, page, touches))
        await app.start()

        async def learnt() -> bool:
            app.first_word.loop.plan_soon()
            return bool(app.first_word.current.rules.ways["whatsapp"].templates)

        await until(learnt)
        try:
            yield House(app=app, meta=meta, twilio=twilio, mail=mail, line=line, page=page)
        finally:
            await app.stop()
            for one in (meta, twilio, line, page):
                await one.stop()


def _settings(
    folder: Path,
    meta: WhatsAppLookAlike,
    twilio: TwilioLookAlike,
    mail: MailServer,
    line: LineLookAlike,
    page: MetaPageLookAlike,
    touches: str,
) -> Settings:
    env = {
        "WHATSAPP_ACCESS_TOKEN": meta.token,
        "WHATSAPP_PHONE_NUMBER_ID": meta.number_id,
        "WHATSAPP_APP_SECRET": meta.app_secret,
        "WHATSAPP_VERIFY_TOKEN": meta.verify_token,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": meta.account_id,
        "TWILIO_ACCOUNT_SID": twilio.account_sid,
        "TWILIO_AUTH_TOKEN": twilio.auth_token,
        "TWILIO_NUMBER": SENDER,
        "TW_TWILIO_WHATSAPP_NUMBER": SENDER,
        "TW_TWILIO_ACCOUNT_SID": twilio.account_sid,
        "TW_TWILIO_AUTH_TOKEN": twilio.auth_token,
        "EMAIL_PASSWORD": PASSWORD,
        "LINE_CHANNEL_SECRET": line.secret,
        "LINE_CHANNEL_ACCESS_TOKEN": line.token,
        "MESSENGER_APP_SECRET": page.secret,
        "MESSENGER_VERIFY_TOKEN": "a word of our own",
        "MESSENGER_PAGE_TOKEN": page.token,
        "TIDINGS_SECRET_KEY": KEY,
    }
    own = folder / "touches.toml"
    own.write_text(touches)
    at = {"base_url": twilio.base_url}
    about = {"app_id": page.app_id, "account_id": page.account_id, "base_url": page.base_url}
    lined = {"api_url": line.base_url, "data_url": line.base_url}
    return Settings(
        database=f"sqlite:///{folder / 'tidings.db'}",
        media_dir=folder / "media",
        secret_file=folder / "secret",
        secret_key=SecretStr(KEY),
        public_url=PUBLIC,
        business="Casa Oliva",
        port=0,
        channels={
            "whatsapp": {"base_url": meta.base_url},
            "tw": {"kind": "twilio_whatsapp", "content_url": twilio.base_url, **at},
            "email": {"address": mail.login, "rate": 100.0, **mail.settings},
            "sms": {"rate": 100.0, **at},
            "line": lined,
            "messenger": {**about, "human_agent": True},
            "letters": {"folder": folder / "letters", "sender": ("Casa Oliva", "Rua 1", "1000-001 Lisboa")},
        },
        touches=TouchKnobs(on=("birthday",), zone="Europe/Lisbon", file=own if touches else None),
        source=Source(env=env),
    )


async def one_click(here: str, link: str) -> int:
    """Post what a mail program posts, without a cookie and not following on; gives the status (RFC 8058)."""
    data = {"List-Unsubscribe": "One-Click"}
    async with (
        ClientSession() as session,
        session.post(link.replace(PUBLIC, here), data=data, allow_redirects=False) as answer,
    ):
        return answer.status
