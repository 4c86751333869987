"""Sending later from Slack: checked under its field, shown with the customer's clock, changed, cancelled."""

from datetime import UTC, datetime, timedelta

from tests.inbox.desk.channels import stopped
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.sending import OWED, errors, loop, more, reachable, said, seconds, sees
from tests.providers.slack.shapes import file_json

CALLBACK = "tidings_later"


def afternoon(desk: Bureau, days: int = 1) -> datetime:
    """Two in the afternoon in UTC: an hour at which anybody may be written to."""
    day = desk.now().astimezone(UTC) + timedelta(days=days)
    return day.replace(hour=14, minute=0, second=0, microsecond=0)


async def test_it_waits_on_the_card_and_leaves_once_when_it_is_due(desk: Bureau) -> None:
    card, _, _ = await reachable(desk)
    at = afternoon(desk)
    view = await more(desk, card, "later", CALLBACK, "If they write first")
    await desk.ana.submits(view, {"text": "Good afternoon!", "at": seconds(at)})
    await desk.until_row("SELECT count(*) FROM laters WHERE state = 'waiting'")
    await desk.until(lambda: said(desk, "Ana wrote “Good afternoon!”; it is sent "))
    await desk.until(lambda: "Sent later: <!date^" in card.text)
    await desk.forward((at - desk.now()).total_seconds())
    for _ in range(3):
        await loop(desk).turn()
    await desk.until_row("SELECT count(*) FROM deliveries WHERE kind = 'message' AND lane = 'paper'")
    assert await desk.sent() == ["Good afternoon!"]
    await desk.until(lambda: "Sent later" not in card.text)
    assert desk.slack.mistakes == []


async def test_a_time_that_has_passed_is_refused_under_its_field_and_the_words_stay(desk: Bureau) -> None:
    """Check 25."""
    card, _, _ = await reachable(desk)
    view = await more(desk, card, "later", CALLBACK, "If they write first")
    past = seconds(desk.now()) - 60
    wrong = errors(await desk.ana.submits(view, {"text": "hello", "at": past}))
    assert wrong == {"at": "That time has passed. Choose a time to come."}
    assert view.open
    far = seconds(desk.now() + timedelta(days=91))
    assert errors(await desk.ana.submits(view, {"text": "hello", "at": far})) == {
        "at": "At most 90 days ahead."
    }
    assert errors(await desk.ana.submits(view, {"at": seconds(afternoon(desk))})) == {
        "text": "Write something or add a file."
    }
    assert await desk.house.rows("SELECT count(*) FROM laters") == [(0,)]


async def test_the_customers_clock_is_shown_and_the_night_is_warned_of_once(desk: Bureau) -> None:
    card, _, _ = await reachable(desk)
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET zone = 'Asia/Tokyo'")
    night = afternoon(desk).replace(hour=17)  # two at night in Tokyo
    view = await more(desk, card, "later", CALLBACK, "If they write first")
    await desk.ana.clicks(view, "at", seconds(night))
    handed = await desk.ana.submits(view, {"text": "hello", "at": seconds(night)})
    assert handed.body["response_action"] == "update"
    view = await sees(desk, CALLBACK, "outside the hours")
    assert "02:00 where they are (Asia/Tokyo)" in str(view.body)
    assert "hello" in str(view.body)
    await desk.ana.submits(view)
    await desk.until_row("SELECT count(*) FROM laters WHERE state = 'waiting'")


async def test_it_is_changed_and_cancelled_from_the_thread(desk: Bureau) -> None:
    card, _, number = await reachable(desk)
    at = afternoon(desk)
    view = await more(desk, card, "later", CALLBACK, "If they write first")
    await desk.ana.submits(view, {"text": "hello", "at": seconds(at)})
    await desk.until(lambda: said(desk, "[Edit] [Cancel]"))
    post = said(desk, "[Edit] [Cancel]")[0]
    await desk.ana.clicks(post, "later_edit")
    view = await sees(desk, CALLBACK, "Do not send it at all")
    assert "hello" in str(view.body)
    await desk.ana.submits(view, {"text": "good day", "if": "send", "to": str(number)})
    await desk.until_row("SELECT text FROM laters", is_="good day")
    assert await desk.house.rows("SELECT if_they_write, address_id FROM laters") == [("send", number)]
    await desk.ana.clicks(post, "later_cancel")
    await desk.until_row("SELECT state FROM laters", is_="cancelled")
    await desk.until(lambda: said(desk, "Ana cancelled what was to be sent"))
    await desk.until(lambda: "[Edit]" not in post.text)
    assert desk.slack.mistakes == []


async def test_what_may_not_go_when_it_is_due_is_told_to_its_writer_in_the_thread(desk: Bureau) -> None:
    card, talk, _ = await reachable(desk)
    at = afternoon(desk)
    view = await more(desk, card, "later", CALLBACK, "If they write first")
    await desk.ana.submits(view, {"text": "hello", "at": seconds(at)})
    await desk.until_row("SELECT count(*) FROM laters WHERE state = 'waiting'")
    [(place,)] = await desk.house.rows(f"SELECT address_id FROM conversations WHERE id = {talk}")
    await stopped(desk.house, place)
    await desk.forward((at - desk.now()).total_seconds())
    await loop(desk).turn()
    await desk.until(lambda: said(desk, "was not, Ana: “hello”."))
    post = said(desk, "was not, Ana: “hello”.")[0]
    assert "The customer said stop at this address" in post.text
    assert desk.ana.id in str(post.blocks)
    assert await desk.house.rows(OWED) == []


async def test_the_customers_words_stop_it_and_its_writer_hears(desk: Bureau) -> None:
    card, _, _ = await reachable(desk)
    view = await more(desk, card, "later", CALLBACK, "If they write first")
    await desk.ana.submits(view, {"text": "hello", "at": seconds(afternoon(desk))})
    await desk.until_row("SELECT count(*) FROM laters WHERE state = 'waiting'")
    await desk.forward(60)
    await desk.says("found it, thanks", 2)
    await loop(desk).turn()
    await desk.until(lambda: said(desk, "Not sent, for the customer has written since: what Ana wrote for "))


async def test_files_wait_with_it(desk: Bureau) -> None:
    card, _, _ = await reachable(desk)
    shared = await desk.ana.uploads(card, "invoice.pdf", b"%PDF-1.4 invoice", text=";; for later")
    view = await more(desk, card, "later", CALLBACK, "If they write first")
    files = [file_json(desk.slack.space, one) for one in shared.files]
    await desk.ana.submits(view, {"text": "", "at": seconds(afternoon(desk)), "files": files})
    await desk.until_row("SELECT count(*) FROM laters WHERE state = 'waiting'")
    [(kept,)] = await desk.house.rows("SELECT files FROM laters")
    assert "invoice.pdf" in kept
