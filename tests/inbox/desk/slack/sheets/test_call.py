"""Calling from Slack: the number, what speaks against it, whose phone rings, and what became of it."""

import asyncio
from datetime import timedelta
from typing import Any

from bots.channel import Called, Receipt
from bots.errors import Refused, Uncertain
from inbox.metrics import Metrics
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.sorting import sort
from storage.batch import Batch
from storage.keep_sqlite import SqliteKeeper
from tests.inbox.desk.channels import Phone, address, give_phone, stopped, with_phone
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.sending import NUMBER, more, said, sees
from tests.providers.slack import Message

SAID = "+351 912 ··· 678"


async def numbered(desk: Bureau, *, mine: bool = True) -> tuple[Message, int, Phone]:
    """Maria has a number, there is a telephone with its outbox, and Ana has a phone of her own."""
    phone = with_phone(desk.house)
    if mine:
        for policies in (desk.house.ground.policies, desk.face.workspace.policies):
            give_phone(policies, "ana")
    card = await desk.opened()
    [(talk,)] = await desk.house.rows("SELECT id FROM conversations")
    ground = desk.house.ground
    owing = Owing(
        database=desk.house.database, live=ground.live, nudges=ground.nudges, media=desk.media,
        public_url="http://x", slack=True,
    )  # fmt: skip
    outbox = Outbox(
        lane="voice", channel=phone, owing=owing, nudges=ground.nudges, metrics=Metrics(), clock=desk.now
    )
    desk.tasks.append(asyncio.create_task(outbox.run()))
    return card, await address(desk.house, talk, NUMBER), phone


async def asked(desk: Bureau, card: Message, words: str = "rings first") -> Any:
    menu = await more(desk, card, "menu", "tidings_menu", "Call")
    await desk.ana.submits(menu, {"what": "call"})
    return await sees(desk, "tidings_call", words)


async def kept(desk: Bureau, *events: Any) -> None:
    batch = Batch()
    sort(batch, 1, "voice", events, desk.now())
    await SqliteKeeper(desk.house.database).keep(batch, desk.house.accept.applying.rules)
    desk.ring()


async def test_it_is_said_who_calls_and_afterwards_for_how_long(desk: Bureau) -> None:
    card, _, phone = await numbered(desk)
    view = await asked(desk, card)
    assert SAID in str(view.body)
    assert "+351 930 ··· 001" in str(view.body)
    await desk.ana.submits(view, {})
    await desk.until(lambda: phone.rung)
    [(agent, number, key)] = phone.rung
    assert (agent, number) == ("+351930000001", NUMBER)
    desk.ring()
    await desk.until(lambda: said(desk, f"Ana is calling {SAID}. Ana’s phone rings first."))
    lasted = timedelta(minutes=3, seconds=20)
    spoken = Called(address=NUMBER, external_id=key, sent_at=desk.now(), lasted=lasted, ours=True)
    await kept(desk, spoken)
    await desk.until(lambda: said(desk, "Ana called, 3 min 20 s"))
    assert said(desk, "Ana called, 3 min 20 s")[0].text.startswith("Ana by Phone")
    assert desk.slack.mistakes == []


async def test_a_modal_sent_twice_rings_once(desk: Bureau) -> None:
    card, _, phone = await numbered(desk)
    view = await asked(desk, card)
    await desk.ana.submits(view, {})
    view.open = True  # Slack hands it over once more
    await desk.ana.submits(view, {})
    await desk.until_row("SELECT count(*) FROM deliveries WHERE kind = 'call' AND state = 'sent'")
    assert len(phone.rung) == 1


async def test_what_speaks_against_it_stands_in_the_modal(desk: Bureau) -> None:
    card, number, phone = await numbered(desk)
    await stopped(desk.house, number)
    midnight = desk.now().replace(hour=1, minute=30) + timedelta(days=1)
    await desk.forward((midnight - desk.now()).total_seconds())
    view = await asked(desk, card)
    assert "Maria said stop at this number" in str(view.body)
    assert "01:30 at Maria’s: outside the hours in which we write to them." in str(view.body)
    await desk.ana.submits(view, {})
    await desk.until(lambda: phone.rung)


async def test_without_a_phone_of_hers_it_is_said_where_it_is_written(desk: Bureau) -> None:
    card, _, phone = await numbered(desk, mine=False)
    view = await asked(desk, card, "[[agents]]")
    assert "submit" not in view.body
    assert phone.rung == []


async def test_who_has_no_number_is_not_called(desk: Bureau) -> None:
    with_phone(desk.house)
    card = await desk.opened()
    view = await asked(desk, card, "no telephone number")
    assert "submit" not in view.body


async def test_where_nothing_rings_it_is_not_offered(desk: Bureau) -> None:
    card = await desk.opened()
    view = await more(desk, card, "menu", "tidings_menu", "Hand over")
    assert "'call'" not in str(view.body)


async def test_a_customer_who_does_not_pick_up_is_said_with_what_next(desk: Bureau) -> None:
    card, _, phone = await numbered(desk)
    await desk.ana.submits(await asked(desk, card), {})
    await desk.until(lambda: phone.rung)
    await desk.until_row("SELECT state FROM deliveries WHERE kind = 'call'", is_="sent")
    why = "The customer did not pick up."
    await kept(
        desk,
        Receipt(external_id="CA1", status="failed", sent_at=desk.now(), code="no-answer", reason=why),
    )
    await desk.until(lambda: said(desk, f"Phone: {why} Next: call again, or write."))
    [post] = said(desk, f"Phone: {why}")
    assert "[Call again]" in post.text
    assert "Send" not in post.text
    await desk.ana.clicks(post, "send_again")
    await desk.until(lambda: len(phone.rung) == 2)
    assert desk.slack.mistakes == []


async def test_a_call_of_which_no_answer_came_is_not_made_again(desk: Bureau) -> None:
    card, _, phone = await numbered(desk)
    phone.answers.append(Uncertain("no answer"))
    await desk.ana.submits(await asked(desk, card), {})
    await desk.until(lambda: said(desk, "your phone perhaps rang"))
    [post] = said(desk, "your phone perhaps rang")
    await desk.ana.clicks(post, "arrived")
    await desk.until_row("SELECT state FROM deliveries WHERE kind = 'call'", is_="sent")
    assert len(phone.rung) == 1


async def test_what_the_provider_refuses_is_said(desk: Bureau) -> None:
    card, _, phone = await numbered(desk)
    phone.answers.append(Refused("The first number to ring is no telephone number."))
    await desk.ana.submits(await asked(desk, card), {})
    await desk.until(lambda: said(desk, "The first number to ring is no telephone number. Next: call again"))
