"""The pictures of touches in Slack: the week's digest, a question about a touch, its words in a modal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from inbox.touches.rules import Rules, rules_of
from storage.tables import messages, orders
from tests.inbox.desk.slack.bureau import Bureau, bureau, start
from tests.inbox.desk.slack.touching import customer, planned
from tests.inbox.house import SPEC
from tests.inbox.touches.world import BIRTHDAY, DELIVERED, book
from tests.pictures.blocks import Said, channel, direct, modal, page, shoot
from tests.pictures.markup import Reader
from tests.providers.slack import Message
from tests.storage import touching

MONDAY = datetime(2026, 11, 23, 9, 1, tzinfo=UTC)  # Lisbon's winter is UTC
DAY = timedelta(days=1)
APP = "Tidings"
BY_SMS = replace(SPEC, label="SMS", kind="sms", text_limit=1_600)
WENT_OUT = {  # by day of the week
    "birthday": (5, 3, 6, 4, 7, 2, 4),
    "after_delivery": (9, 12, 8, 11, 14, 3, 2),
}
NOT_SENT = (
    ("suppressed", "no_consent", 6),
    ("cancelled", "customer_wrote_first", 4),
    ("expired", "daily_cap", 2),
    ("cancelled", "order_returned", 1),
)
OF_ANA: Sequence[tuple[str, str, int, bool]] = (  # name, tier, days from Monday, whether they allow it
    ("Marta Figueiredo", "platinum", 1, True),
    ("João Pedro Carvalho", "gold", 2, True),
    ("Guadalupe Ramírez", "gold", 4, False),
    ("佐藤 美咲", "platinum", 5, True),
)
COMING = (4, 2, 5, 3, 6, 1, 3)


def _rules() -> Rules:
    """Birthday and after delivery by text, from Lisbon."""
    made = rules_of(book(), {"paper": BY_SMS}, team="support", reopen_within=timedelta(hours=72))
    touches = {kind.key: kind for kind in (BIRTHDAY, DELIVERED)}
    return replace(made, touches=touches, limits=replace(made.limits, channels=("paper",)))


async def _last_week(desk: Bureau) -> None:
    """Let touches have gone out, some of them answered, and others not have been sent."""
    ids, number = desk.house.database.ids, 0
    for kind, counts in WENT_OUT.items():
        for day, count in enumerate(counts):
            at = MONDAY - timedelta(days=7 - day, hours=-1)
            for _ in range(count):
                number += 1
                who = await customer(desk, f"customer {number}")
                talk, _, _ = await touching.touched(
                    desk.house.database, *who, at, channel="paper", kind=kind, text="Hello!"
                )
                if number % 4 == 0:
                    await _answers(desk, ids.next(), talk, at + timedelta(minutes=20))
    for state, reason, count in NOT_SENT:
        for _ in range(count):
            number += 1
            at = MONDAY - 3 * DAY
            who = await customer(desk, f"customer {number}")
            await planned(desk, who, at, state=state, reason=reason, ended_at=at)


async def _answers(desk: Bureau, key: int, talk: int, at: datetime) -> None:
    said: dict[str, Any] = {"id": key, "conversation_id": talk, "direction": "in", "channel": "paper"}
    async with desk.house.database.writing() as connection:
        row = {**said, "external_id": f"p{key}", "text": "Thank you!", "sent_at": at, "received_at": at}
        await connection.execute(messages.insert().values(**row))


async def _this_week(desk: Bureau) -> None:
    """Let birthdays and deliveries come, and a complaint be open."""
    for day, count in enumerate(COMING):
        for number in range(count):
            on = MONDAY + day * DAY
            await customer(desk, f"guest {day} {number}", birth_month=on.month, birth_day=on.day)
    for name, tier, day, allow in OF_ANA:
        on = MONDAY + day * DAY
        born = {"birth_month": on.month, "birth_day": on.day}
        key, _ = await customer(desk, name, allow=allow, tier=tier, account_manager="ana", **born)
        await _order(desk, key, placed_at=MONDAY - (40 + 31 * day) * DAY)
    for number, ago in enumerate((3, 3, 2, 2, 2, 1, 1)):
        key, _ = await customer(desk, f"buyer {number}")
        delivered = MONDAY - ago * DAY + timedelta(hours=2)
        await _order(desk, key, placed_at=delivered - 3 * DAY, delivered_at=delivered)
    held = await customer(desk, "Rafael Nunes")
    await planned(desk, held, MONDAY, state="held", reason="open_complaint")


async def _order(desk: Bureau, who: int, **times: datetime) -> None:
    ids = desk.house.database.ids
    order = {"id": ids.next(), "customer_id": who, "number": f"A{ids.next()}", "changed_at": MONDAY}
    async with desk.house.database.writing() as connection:
        await connection.execute(orders.insert().values(**order, **times))


async def _digest(desk: Bureau, browser: Browser, pictures: Path) -> None:
    await _last_week(desk)
    await _this_week(desk)
    await start(desk.face)
    await desk.face.touched.turn()
    await desk.until(lambda: desk.posts and _direct(desk))
    reader = _reader(desk)
    week = channel("support", [_said(one) for one in desk.posts], reader)
    own = direct(APP, [_said(one) for one in _direct(desk)], reader)
    await shoot(browser, page(week, width=680), pictures / "slack-digest.png")
    await shoot(browser, page(own, width=680), pictures / "slack-birthdays.png")


async def _approval(desk: Bureau, browser: Browser, pictures: Path) -> None:
    asked = {"approval": "asked"}
    emily = await customer(desk, "Emily Whitcombe", tier="platinum", zone="America/New_York")
    due = MONDAY + DAY + timedelta(hours=5, minutes=59)
    await planned(desk, emily, due, zone="America/New_York", **asked)
    kofi = await customer(desk, "Kofi Mensah", tier="gold", language="en", zone="Europe/Lisbon")
    await planned(desk, kofi, MONDAY + DAY + timedelta(minutes=59), **asked)
    desk.ring()
    await desk.until(lambda: len(desk.posts) == 2)  # the digest was told before they were planned
    first = next(one for one in desk.posts if "Kofi" in one.text)
    await desk.ana.clicks(first, "touch_approve")
    await desk.until(lambda: "Approved by Ana" in first.text)
    open_one = next(one for one in desk.posts if "Emily" in one.text)
    said = [_said(one) for one in desk.posts]
    await shoot(
        browser, page(channel("support", said, _reader(desk)), width=680), pictures / "slack-approval.png"
    )
    await desk.ana.clicks(open_one, "touch_edit")
    view = await desk.ana.sees_view("tidings_touch_edit")
    await shoot(browser, page(modal(view.body, _reader(desk)), width=520), pictures / "slack-edit.png")


def _direct(desk: Bureau) -> list[Message]:
    places = (one for one in desk.slack.space.channels.values() if one.direct)
    return [message for place in places for message in place.messages.values()]


def _said(post: Message) -> Said:
    at = datetime.fromtimestamp(float(post.ts), UTC)
    return Said(who=APP, at=at, blocks=post.blocks, text=post.text, app=True)


def _reader(desk: Bureau) -> Reader:
    space = desk.slack.space
    files = {key: one.content for key, one in space.files.items() if one.content}
    people = {key: account.name for key, account in space.accounts.items()}
    names = {one.id: one.name for one in space.channels.values()}
    return Reader(now=desk.now(), people=people, channels=names, files=files)


async def take(browser: Browser, folder: Path, pictures: Path) -> None:
    """Open a bureau for each scene in *folder* and take its pictures into *pictures*."""
    for scene in (_digest, _approval):
        own = folder / scene.__name__.strip("_")
        own.mkdir()
        async with bureau(own, rules=_rules(), start=False) as desk:
            desk.house.paper.spec = BY_SMS
            desk.slack.clock.advance((MONDAY - desk.now()).total_seconds())
            if scene is _approval:
                await start(desk.face)
                await desk.face.touched.turn()
            await scene(desk, browser, pictures)
