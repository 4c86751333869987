"""The pictures of the desk in Slack: cards, a thread, the form of each deed, App Home."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from config.saved import SavedEntry
from inbox.desk.operations import Desk
from inbox.desk.reminding import Reminding
from inbox.policies import fixed
from storage.tables import addresses, customers, orders
from tests.inbox.desk.channels import with_sms
from tests.inbox.desk.slack.bureau import Bureau, bureau
from tests.inbox.desk.slack.sending import NUMBER, more, said, sees
from tests.inbox.house import SPEC
from tests.pictures.blocks import Said, channel, home, modal, page, shoot, thread
from tests.pictures.markup import Reader
from tests.providers.slack import Message
from tests.providers.slack.state import View

TUESDAY = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)
APP = "Tidings"
CHAT = replace(SPEC, label="Web chat", kind="webchat", text_limit=4_000)
WORDS = {"en": "Hello {{ name }}, order {{ order }} left us today. You get a number to follow it."}
REPLIES = (
    SavedEntry(key="left", title="It has left", texts=WORDS, tags=("delivery",)),
    SavedEntry(key="hours", title="Opening hours", texts={"en": "We open at nine."}),
)
MARKS = {"heavy_check_mark": "✔️", "white_check_mark": "✅", "eyes": "👁"}
Opens = Callable[[Bureau, Message], Awaitable[View]]


async def _begin(desk: Bureau) -> Message:
    """Let Maria, whom we know, and Tom, whom we do not, have written; returns Maria's card."""
    policies = fixed(desk.policy.model_copy(update={"saved_replies": REPLIES}))
    desk.house.ground = replace(desk.house.ground, policies=policies)
    desk.house.desk = desk.face.workspace.desk = Desk(desk.house.ground)
    desk.face.workspace.policies = policies
    with_sms(desk.house)
    await _known(desk)
    card = await desk.opened("Good afternoon, where is my order A-1017?", who="maria")
    await desk.forward(4 * 60)
    await desk.opened("do you ship to Orkney? two of the blue bowls", who="tom")
    return card


async def _known(desk: Bureau) -> None:
    """Keep Maria of old, her order, and somebody with her number."""
    ids, before = desk.house.database.ids, TUESDAY - timedelta(days=400)
    maria, other = ids.next(), ids.next()
    known = {"name": "Maria Figueiredo", "tier": "gold", "language": "en", "zone": "Europe/Lisbon"}
    born = {"birth_month": 3, "birth_day": 4, "account_manager": "rui", "tags": ["wholesale"]}
    order = {"number": "A-1017", "total": 4_780, "currency": "EUR", "placed_at": TUESDAY - timedelta(days=3)}
    people = [{"id": maria, **known, **born}, {"id": other, "name": "M. Figueiredo"}]
    ways = [("paper", maria, "paper:maria"), ("sms", maria, NUMBER), ("sms", other, f"whatsapp:{NUMBER[4:]}")]
    async with desk.house.database.writing() as connection:
        for person in people:
            await connection.execute(customers.insert().values(**person, created_at=before))
        row = {"id": ids.next(), "customer_id": maria, "changed_at": TUESDAY}
        await connection.execute(orders.insert().values(**row, **order))
        for name, who, text in ways:
            way = {"id": ids.next(), "channel": name, "customer_id": who, "address": text}
            await connection.execute(addresses.insert().values(**way, created_at=before))


async def _goes_on(desk: Bureau, card: Message) -> None:
    """Take, answer and promise, until the promise is due."""
    await desk.ana.clicks(card, "take")
    await desk.until(lambda: said(desk, "Ana takes this"))
    answer = await desk.ana.types(card, "It left this morning, Maria. I find out where it is now.")
    await desk.until(lambda: answer.reactions)
    [(talk,)] = await desk.house.rows("SELECT c.id FROM conversations c JOIN customers p "
                                      "ON p.id = c.customer_id WHERE p.tier = 'gold'")  # fmt: skip
    [(ana,)] = await desk.house.rows("SELECT id FROM agents WHERE key = 'ana'")
    due = desk.now() + timedelta(minutes=80)
    words = "tell Maria where the parcel is"
    await desk.house.desk.promise(talk, ana, text=words, due_at=due, now=desk.now())
    await desk.ana.types(card, ";; The depot answers after three.")
    await desk.until(lambda: said(desk, "promised"))
    await desk.forward(65 * 60)
    ground = desk.house.ground
    await Reminding(ground=ground, nudges=ground.nudges, clock=desk.now, leads=dict).turn()
    desk.ring()
    await desk.until(lambda: said(desk, "[Kept]"))


def _pressed(action: str, callback: str, words: str = "") -> Opens:
    """Open a form by the card's button."""

    async def opens(desk: Bureau, card: Message) -> View:
        await desk.ana.clicks(card, action)
        return await sees(desk, callback, words)

    return opens


def _chosen(deed: str, callback: str, words: str) -> Opens:
    """Open a form by the card's menu."""

    async def opens(desk: Bureau, card: Message) -> View:
        return await more(desk, card, deed, callback, words)

    return opens


async def _saved(desk: Bureau, card: Message) -> View:
    view = await _pressed("saved", "tidings_saved", "Saved reply")(desk, card)
    await desk.ana.picks(view, "reply", "left")
    await desk.ana.clicks(view, "reply", "left")
    return await sees(desk, "tidings_saved", "Hello Maria")


async def _merge(desk: Bureau, card: Message) -> View:
    profile = await _pressed("profile", "tidings_profile", "Last conversations")(desk, card)
    await desk.ana.clicks(profile, "profile_merge")
    view = await sees(desk, "tidings_merge", "The other customer")
    [found] = await desk.ana.picks(view, "other", "figueiredo")
    await desk.ana.clicks(view, "other", found["value"])
    return await sees(desk, "tidings_merge", "Who stays")


FORMS: Sequence[tuple[str, Opens]] = (
    ("hand-over", _chosen("handover", "tidings_hand_over", "Why")),
    ("note", _chosen("note", "tidings_write_note", "Pin")),
    ("snooze", _pressed("snooze", "tidings_snooze")),
    ("promise", _pressed("promise", "tidings_promise")),
    ("resolve", _pressed("resolve", "tidings_resolve", "Reason")),
    ("saved", _saved),
    ("elsewhere", _chosen("elsewhere", "tidings_elsewhere", "SMS")),
    ("later", _chosen("later", "tidings_later", "If they write first")),
    ("profile", _pressed("profile", "tidings_profile", "Last conversations")),
    ("merge", _merge),
)


def _said(desk: Bureau, post: Message) -> Said:
    at = datetime.fromtimestamp(float(post.ts), UTC)
    ours = post.bot_id is not None
    who = APP if ours else desk.slack.space.accounts[post.user].name
    marks = [(MARKS[name], len(people)) for name, people in post.reactions.items() if name in MARKS]
    return Said(who=who, at=at, blocks=post.blocks, text=post.text, app=ours, reactions=marks)


def _reader(desk: Bureau) -> Reader:
    space = desk.slack.space
    people = {key: account.name for key, account in space.accounts.items()}
    return Reader(
        now=desk.now(), people=people, channels={one.id: one.name for one in space.channels.values()}
    )


async def _posts(desk: Bureau, card: Message, browser: Browser, pictures: Path) -> None:
    cards = [replace(_said(desk, one), replies=len(desk.thread(at))) for at, one in enumerate(desk.cards)]
    frame = channel("support", cards, _reader(desk))
    await shoot(browser, page(frame, width=680), pictures / "slack-cards.png")
    await _goes_on(desk, card)
    under = [_said(desk, one) for one in desk.thread()]
    frame = thread("support", _said(desk, card), under, _reader(desk))
    await shoot(browser, page(frame, width=680), pictures / "slack-thread.png")


async def _forms(desk: Bureau, card: Message, browser: Browser, pictures: Path) -> None:
    for name, opens in FORMS:
        view = await opens(desk, card)
        await shoot(browser, page(modal(view.body, _reader(desk)), width=520), pictures / f"slack-{name}.png")
        while (top := desk.ana.view) is not None:
            await desk.ana.closes(top)


async def _home(desk: Bureau, browser: Browser, pictures: Path) -> None:
    await desk.ana.opens_home()
    await desk.until(lambda: desk.ana.home and "Yours" in str(desk.ana.home.body))
    shown: Any = desk.ana.home
    await shoot(browser, page(home(APP, shown.body, _reader(desk)), width=680), pictures / "slack-home.png")


async def take(browser: Browser, folder: Path, pictures: Path) -> None:
    """Open a bureau in *folder*, let an afternoon go by, take its pictures into *pictures*."""
    async with bureau(folder, start=True) as desk:
        desk.house.paper.spec = CHAT
        await desk.forward((TUESDAY - desk.now()).total_seconds())
        card = await _begin(desk)
        await _posts(desk, card, browser, pictures)
        await _forms(desk, card, browser, pictures)
        await _home(desk, browser, pictures)
