"""Modals that are slow, that stood open while others worked, or that are not for who opened them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from inbox.desk.slack import again
from inbox.desk.slack.people import People
from inbox.desk.slack.sheets.sheet import Opening
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.sending import errors
from tests.providers.slack import Fault, Message, Person, View


async def filled(desk: Bureau, who: Person, words: str) -> View:
    """Wait for a modal that holds these words."""
    await desk.until(lambda: who.view is not None and words in str(who.view.body))
    return await who.sees_view()


async def menu(desk: Bureau, who: Person, card: Message) -> View:
    await who.shortcut("tidings_menu", card)
    return await filled(desk, who, "What to do")


async def test_what_the_menu_cannot_open_is_said_under_the_choice(desk: Bureau) -> None:
    view = await menu(desk, desk.rui, await desk.opened())
    wrong = errors(await desk.rui.submits(view, {"what": "merge"}))
    assert wrong == {"what": "Customers are merged by a lead or an admin. Ask one of them."}


async def test_a_modal_never_stays_at_loading_where_slack_does_not_say_who_asks(desk: Bureau) -> None:
    card = await desk.opened()
    desk.slack.fault("users.info", Fault.refuses("fatal_error", times=9))
    await desk.ana.clicks(card, "resolve")
    await filled(desk, desk.ana, "close this and press again")


async def test_a_check_that_takes_too_long_says_so_and_the_modal_stays(
    desk: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "snooze")
    view = await desk.ana.sees_view("tidings_snooze")
    monkeypatch.setattr("inbox.desk.slack.hearing.SOON", 0.0)
    wrong = errors(await desk.ana.submits(view, {"when": "hour"}))
    assert wrong == {"when": "That took too long, and nothing was done. Send it once more."}
    assert view.open
    monkeypatch.undo()
    await desk.ana.submits(view, {"when": "hour"})
    await desk.until_row("SELECT state FROM conversations", is_="snoozed")


async def test_a_check_that_cannot_ask_slack_who_it_is_says_so(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "snooze")
    view = await desk.ana.sees_view("tidings_snooze")
    desk.slack.fault("users.info", Fault.refuses("fatal_error"))
    assert "Send it once more" in errors(await desk.ana.submits(view, {"when": "hour"}))["when"]
    assert view.open


async def test_beside_what_only_they_see_words_come_by_its_own_address(desk: Bureau) -> None:
    await desk.opened()
    await desk.ana.slash("/tidings customer maria", channel=desk.fallback)
    shown = await desk.ana.sees("Profile")
    desk.slack.fault("chat.postEphemeral", Fault.refuses("channel_not_found", times=9))
    desk.slack.fault("views.open", Fault.refuses("expired_trigger_id"))
    await desk.ana.clicks(shown, "profile")
    await desk.ana.sees("press again")


async def test_a_refused_answer_to_a_question_is_said_by_its_own_address(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "hello @channel")
    asked = await desk.ana.sees("@channel")
    await desk.house.rows("SELECT 1")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE slack_asks SET state = 'withdrawn'")
    desk.slack.fault("chat.postEphemeral", Fault.refuses("channel_not_found", times=9))
    await desk.ana.clicks(asked, "ask_send")
    await desk.ana.sees("it was taken back")


async def test_where_a_modal_opens_nothing_is_said_to_be_searched_for(
    desk: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.desk.slack.hearing.SOON", 0.0)
    await desk.ana.slash("/tidings new", channel=desk.fallback)
    await desk.ana.sees_view("tidings_new")
    await desk.until(lambda: not [one for one in desk.ana.ephemerals if "Searching" in one.text])


@pytest.mark.parametrize(
    ("spoken", "whom"),
    [
        ("Maria on WhatsApp, gold, waiting since 10:02, nobody has it. Last: hi", "Maria on WhatsApp"),
        ("Dr. Maria Silva on SMS, waiting, nobody has it.", "Dr. Maria Silva on SMS"),
        ("Silva, Maria on SMS, Ana has it.", "Silva, Maria on SMS"),
        ("Something else. And more", "Something else"),
    ],
)
def test_a_modal_says_whom_it_concerns_whatever_stands_in_the_name(spoken: str, whom: str) -> None:
    made: dict[str, Any] = {"action": "snooze", "slack_id": "U1", "team_of_author": "T1", "trigger_id": "1"}
    assert Opening(spoken=spoken, **made).whom == whom


async def test_who_did_what_could_not_be_applied_is_told(
    desk: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "snooze")
    view = await desk.ana.sees_view("tidings_snooze")

    async def broken(*_: object, **__: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(desk.face.workspace.desk, "snooze", broken)
    await desk.ana.submits(view, {"when": "hour"})
    await desk.until_row("SELECT count(*) FROM hooks WHERE state = 'failed'")
    await desk.until(lambda: [post for post in direct(desk) if "do it once more" in post])


def direct(desk: Bureau) -> list[str]:
    """What was written to Ana alone."""
    calls = desk.slack.called("chat.postMessage")
    return [str(call.arguments.get("text")) for call in calls if call.arguments.get("channel") == desk.ana.id]


@pytest.mark.parametrize("shortcut", ["tidings_send", "tidings_menu"])
async def test_a_shortcut_where_the_app_is_not_is_answered_by_its_own_address(
    desk: Bureau, shortcut: str
) -> None:
    await desk.opened()
    stray = await desk.ana.types(desk.fallback, "lunch?")
    desk.slack.fault("chat.postEphemeral", Fault.refuses("not_in_channel", times=9))
    desk.slack.fault("views.open", Fault.refuses("expired_trigger_id"))
    await desk.ana.shortcut(shortcut, stray)
    await desk.ana.sees("in no conversation" if shortcut == "tidings_send" else "press again")


async def test_words_kept_from_a_message_are_plain(desk: Bureau) -> None:
    card = await desk.opened()
    said = await desk.ana.types(card, ";; Tom &amp; <https://shop.example|the shop>")
    await desk.until_row(f"SELECT count(*) FROM slack_posts WHERE ts = '{said.ts}'")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("DELETE FROM slack_posts WHERE ts = ?", (said.ts,))
    await desk.ana.shortcut("tidings_note", said)
    view = await filled(desk, desk.ana, "By when")
    assert "&amp;" not in str(view.body)
    assert "<https" not in str(view.body)


@contextmanager
def without_rows(desk: Bureau) -> Iterator[None]:
    """Let the database refuse what modals ask, as one that lost its tables; all else goes on."""

    async def asked(*_: object) -> None:
        async with desk.house.database.reading() as connection:
            await connection.exec_driver_sql("SELECT * FROM gone")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(People, "of_view", asked)
        yield


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        pytest.param("button", "Note for the team", id="a button of the card"),
        pytest.param("tidings_menu", "What to do", id="a shortcut, by the place of its message"),
        pytest.param("tidings_note", "what a nice day", id="a shortcut, with its words"),
    ],
)
async def test_a_modal_that_no_rows_fill_says_so_and_tries_again(
    desk: Bureau, opens: str, words: str
) -> None:
    card = await desk.opened()
    said = await desk.ana.types(card, ";; what a nice day")
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    with without_rows(desk):
        if opens == "button":
            await desk.ana.clicks(card, "resolve")
        else:
            await desk.ana.shortcut(opens, said)
        view = await filled(desk, desk.ana, "Our database did not answer")
        shown = len(desk.slack.called("views.update"))
        await desk.ana.clicks(view, "try_again")
        await desk.until(lambda: len(desk.slack.called("views.update")) >= shown + 2)
        view = await filled(desk, desk.ana, "Our database did not answer")
    await desk.ana.clicks(view, "try_again")
    await filled(desk, desk.ana, words)
    assert desk.slack.mistakes == []


async def test_what_is_too_long_to_be_carried_is_to_be_pressed_again() -> None:
    made: dict[str, Any] = {"slack_id": "U1", "team_of_author": "T1", "trigger_id": "1"}
    view = again.offer("c", "Title", Opening(action="saved_new", value="x" * 2_000, **made))
    assert "Close this and press again." in str(view["blocks"])
    assert "try_again" not in str(view["blocks"])


async def test_a_check_without_rows_says_so_and_the_modal_stays(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "snooze")
    view = await desk.ana.sees_view("tidings_snooze")
    with without_rows(desk):
        wrong = errors(await desk.ana.submits(view, {"when": "hour"}))
    assert wrong == {"when": "Our database did not answer, and nothing was done. Send it once more."}
    assert view.open
    await desk.ana.submits(view, {"when": "hour"})
    await desk.until_row("SELECT state FROM conversations", is_="snoozed")


async def test_a_press_and_a_search_in_a_modal_without_rows_are_answered(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "saved")
    view = await filled(desk, desk.ana, "Which")
    with without_rows(desk):
        assert await desk.ana.picks(view, "reply", "") == []
    await desk.ana.shortcut("tidings_new")
    view = await filled(desk, desk.ana, "A customer we know")
    [maria] = await desk.ana.picks(view, "who", "maria")
    with without_rows(desk):
        await desk.ana.clicks(view, "who", maria["value"])
        await desk.until(lambda: [post for post in direct(desk) if "Our database did not answer" in post])
