"""Answering over another channel from Slack: from the card, a failure, and under what could not be sent."""

from dataclasses import replace
from datetime import timedelta

from bots.errors import Refused
from tests.inbox.desk.channels import stopped
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.sending import OWED, errors, more, reachable, said, sees


async def test_it_is_sent_from_the_card_and_both_places_say_so(desk: Bureau) -> None:
    card, talk, _ = await reachable(desk)
    view = await more(desk, card, "elsewhere", "tidings_elsewhere", "SMS")
    assert "Maria" in str(view.body)
    await desk.ana.submits(view, {"text": "I answer by SMS."})
    await desk.until_row("SELECT lane FROM deliveries WHERE text = 'I answer by SMS.'", is_="sms")
    await desk.until(lambda: said(desk, "Ana answered over SMS.") and said(desk, "I answer by SMS."))
    assert "SMS" in said(desk, "I answer by SMS.")[0].text
    [(channel,)] = await desk.house.rows(f"SELECT channel FROM conversations WHERE id = {talk}")
    assert channel == "paper"
    assert desk.slack.mistakes == []


async def test_what_cannot_be_reached_is_shown_with_its_reason_and_not_offered(desk: Bureau) -> None:
    card, _, number = await reachable(desk)
    await stopped(desk.house, number)
    view = await more(desk, card, "elsewhere", "tidings_elsewhere", "said stop")
    assert "submit" not in view.body
    assert "no other address" in str(view.body)


async def test_an_address_that_closes_while_the_modal_is_open_is_refused_under_its_field(
    desk: Bureau,
) -> None:
    card, _, number = await reachable(desk)
    view = await more(desk, card, "elsewhere", "tidings_elsewhere", "SMS")
    assert errors(await desk.ana.submits(view, {})) == {"text": "Write something or add a file."}
    await stopped(desk.house, number)
    assert "said stop" in errors(await desk.ana.submits(view, {"text": "hello"}))["to"]
    assert await desk.house.rows(OWED) == []


async def test_what_is_typed_to_who_said_stop_is_offered_to_their_other_addresses(desk: Bureau) -> None:
    """Check 34."""
    card, talk, number = await reachable(desk)
    [(place,)] = await desk.house.rows(f"SELECT address_id FROM conversations WHERE id = {talk}")
    await stopped(desk.house, place)
    typed = await desk.ana.types(card, "your order is on its way")
    seen = await desk.ana.sees("said STOP")
    assert await desk.house.rows(OWED) == []
    assert "[Send to SMS" in seen.text
    assert "ask_send" not in str(seen.blocks)
    await desk.ana.clicks(seen, "elsewhere_0")
    view = await sees(desk, "tidings_elsewhere", "your order is on its way")
    await desk.ana.submits(view)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'sms'")
    assert await desk.house.rows(OWED) == [("sms", "your order is on its way")]
    await desk.until_row("SELECT state FROM slack_asks", is_="sent")
    await desk.ana.clicks(seen, "elsewhere_0")  # pressed once more: it was sent already
    again = await sees(desk, "tidings_elsewhere", "your order is on its way")
    await desk.ana.submits(again)
    await desk.ana.sees("sent already")
    assert len(await desk.house.rows(OWED)) == 1
    assert typed.ts
    assert number
    assert desk.slack.mistakes == []


async def test_without_another_address_the_reason_stands_alone(desk: Bureau) -> None:
    """Check 34."""
    card, talk, number = await reachable(desk)
    await stopped(desk.house, number)
    [(place,)] = await desk.house.rows(f"SELECT address_id FROM conversations WHERE id = {talk}")
    await stopped(desk.house, place)
    await desk.ana.types(card, "your order is on its way")
    seen = await desk.ana.sees("said STOP")
    assert "elsewhere" not in str(seen.blocks)
    assert await desk.house.rows(OWED) == []


async def test_what_failed_is_sent_elsewhere_from_its_post(desk: Bureau) -> None:
    card, _, _ = await reachable(desk)
    desk.house.paper.answers.append(Refused("outside", code="9"))
    await desk.ana.types(card, "it is on its way")
    await desk.until(lambda: said(desk, "[Send on another channel]"))
    await desk.ana.clicks(said(desk, "[Send on another channel]")[0], "elsewhere")
    view = await sees(desk, "tidings_elsewhere", "it is on its way")
    await desk.ana.submits(view)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'sms'")
    assert (await desk.house.rows(OWED))[-1] == ("sms", "it is on its way")


async def test_a_window_that_is_over_is_said_and_other_ways_offered(desk: Bureau) -> None:
    card, _, _ = await reachable(desk)

    desk.house.paper.spec = replace(desk.house.paper.spec, window=timedelta(minutes=5))
    await desk.forward(600)
    await desk.ana.types(card, "your order is on its way")
    seen = await desk.ana.sees("no longer carries")
    assert "[Send to SMS" in seen.text
    assert await desk.house.rows(OWED) == []
