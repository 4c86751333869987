"""Safe mode in Slack: typing waits for Send, and the shortcut says where it would go."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.inbox.desk.slack.bureau import Bureau, bureau


@pytest.mark.parametrize("by", ["team", "agent", "conversation"])
async def test_typing_waits_for_send_and_two_clicks_send_once(tmp_path: Path, by: str) -> None:
    """Check 18."""
    async with bureau(tmp_path, of_team={"safe_mode": by == "team"}) as desk:
        card = await desk.opened()
        ana, now = desk.house.agents["ana"], desk.now()
        [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
        if by != "team":
            whose = {"of_agent": ana} if by == "agent" else {"conversation_id": conversation}
            await desk.house.desk.set_safe_mode(ana, on=True, now=now, **whose)
        typed = await desk.ana.types(card, "hello")
        ask = await desk.ana.sees("Safe mode")
        await desk.until(lambda: "memo" in typed.reactions)
        assert desk.house.paper.sent == []
        await desk.ana.clicks(ask, "ask_send")
        await desk.ana.clicks(ask, "ask_send")
        assert await desk.sent() == ["hello"]
        await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
        assert len(desk.house.paper.sent) == 1


async def test_it_is_switched_in_the_menu_and_the_card_says_so(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "more", "More…")
    await desk.until(lambda: desk.ana.view is not None and "Safe mode on" in str(desk.ana.view.body))
    assert desk.ana.view is not None
    await desk.ana.submits(desk.ana.view, {"what": "safe_on"})
    await desk.until(lambda: "only by Send" in str(card.blocks))
    await desk.until(lambda: [post for post in desk.thread() if "switches safe mode on" in post.text])


async def test_send_to_the_customer_says_channel_address_window_and_length(tmp_path: Path) -> None:
    spec = {"kind": "sms", "label": "SMS", "window": timedelta(hours=24), "text_limit": 1600}
    async with bureau(tmp_path, spec=spec, safe_mode=True) as desk:
        card = await desk.opened()
        typed = await desk.ana.types(card, "olá ção " * 12)
        await desk.ana.sees("Safe mode")
        await desk.ana.shortcut("tidings_send", typed)
        offer = await desk.ana.sees("goes over SMS to maria, open until")
        assert "in 2 SMS" in offer.text
        await desk.ana.clicks(offer, "ask_send")
        assert len(await desk.sent()) == 1


async def test_a_note_may_be_sent_after_all_by_the_shortcut_and_once(desk: Bureau) -> None:
    card = await desk.opened()
    note = await desk.ana.types(card, ";; it comes today")
    await desk.until_row("SELECT count(*) FROM messages WHERE direction = 'note'")
    await desk.ana.shortcut("tidings_send", note)
    offer = await desk.ana.sees("goes over Paper")
    await desk.ana.clicks(offer, "ask_send")
    await desk.ana.clicks(offer, "ask_send")
    assert await desk.sent() == ["it comes today"]
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    assert len(desk.house.paper.sent) == 1


async def test_a_customers_message_is_nothing_to_send(desk: Bureau) -> None:
    await desk.opened()
    await desk.ana.shortcut("tidings_send", desk.thread()[0])
    await desk.ana.sees("nothing here that waits")


async def test_the_teams_own_hold_is_what_a_reply_waits(tmp_path: Path) -> None:
    async with bureau(tmp_path, hold_seconds=0, of_team={"hold_seconds": 20.0}) as desk:
        card = await desk.opened()
        await desk.ana.types(card, "hello")
        await desk.until_row("SELECT count(*) FROM messages WHERE text = 'hello'")
        assert desk.house.paper.sent == []
        await desk.forward(30)
        assert await desk.sent() == ["hello"]
