"""What Slack tells again, after a kill -9 or a double click, is done once."""

from collections.abc import Awaitable, Callable

import pytest

from tests.inbox.desk.slack.bureau import Bureau, begin, face
from tests.inbox.desk.slack.sending import more, sees
from tests.providers.slack import Message

Gesture = Callable[[Bureau, Message], Awaitable[None]]


async def hands_over(desk: Bureau, card: Message) -> None:
    view = await more(desk, card, "handover", "tidings_hand_over", "Your colleague")
    [rui] = await desk.ana.picks(view, "to", "rui")
    await desk.ana.submits(view, {"to": rui["value"], "why": "knows it"})


async def snoozes(desk: Bureau, card: Message) -> None:
    await desk.ana.clicks(card, "snooze")
    await desk.ana.submits(await sees(desk, "tidings_snooze"), {"when": "tomorrow"})


async def gives_back(desk: Bureau, card: Message) -> None:
    await desk.until(lambda: "'give_back'" in str(card.blocks))
    await desk.ana.clicks(card, "give_back")


def types(text: str) -> Gesture:
    async def typed(desk: Bureau, card: Message) -> None:
        await desk.ana.types(card, text.format(rui=desk.rui.id))

    return typed


@pytest.mark.parametrize(
    ("gesture", "kind"),
    [
        pytest.param(hands_over, "handed_over", id="the modal Hand over"),
        pytest.param(snoozes, "snoozed", id="the modal Snooze"),
        pytest.param(gives_back, "given_back", id="the button Give back"),
        pytest.param(types("!give <@{rui}> knows it"), "handed_over", id="!give @rui"),
        pytest.param(types("!give"), "given_back", id="!give"),
        pytest.param(types("!snooze 2h"), "snoozed", id="!snooze"),
        pytest.param(types("!resolve"), "resolved", id="!resolve"),
    ],
)
async def test_a_gesture_of_the_journal_that_is_read_again_is_done_once(
    desk: Bureau, gesture: Gesture, kind: str
) -> None:
    card = await desk.opened()
    [(talk,)] = await desk.house.rows("SELECT id FROM conversations")
    ana, rui = desk.house.agents["ana"], desk.house.agents["rui"]
    await desk.house.desk.take(talk, ana, now=desk.now())
    desk.ring()
    await gesture(desk, card)
    told = f"SELECT count(*) FROM happenings WHERE kind = '{kind}'"
    await desk.until_row(told)
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    await desk.face.stop()
    if kind == "resolved":
        await desk.house.desk.reopen(talk, rui, now=desk.now())
    await desk.house.desk.take(talk, rui, now=desk.now(), over=True)
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE hooks SET state = 'waiting' WHERE channel = 'slack'")
    desk.face = face(desk)
    await begin(desk)
    await desk.until_row("SELECT count(*) FROM hooks WHERE channel = 'slack' AND state = 'waiting'", is_=0)
    assert await desk.house.rows(told) == [(1,)]
    assert await desk.house.rows("SELECT owner_id FROM conversations") == [(rui,)], "it stays who has it now"


async def test_a_double_click_on_give_back_takes_it_from_nobody(desk: Bureau) -> None:
    card = await desk.opened()
    [(talk,)] = await desk.house.rows("SELECT id FROM conversations")
    ana, rui = desk.house.agents["ana"], desk.house.agents["rui"]
    await desk.house.desk.take(talk, ana, now=desk.now())
    desk.ring()
    await desk.until(lambda: "'give_back'" in str(card.blocks))
    seen = [dict(block) for block in card.blocks]
    await desk.ana.clicks(card, "give_back")
    await desk.until_row("SELECT owner_id IS NULL FROM conversations")
    await desk.house.desk.take(talk, rui, now=desk.now())
    card.blocks = seen  # the second click came before the card was drawn anew
    await desk.ana.clicks(card, "give_back")
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    assert await desk.house.rows("SELECT owner_id FROM conversations") == [(rui,)]
