"""Saved replies in Slack: searched for, filled in, edited, sent with all they do; new ones are kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from config.saved import SavedEntry
from inbox.desk.operations import Desk
from inbox.policies import fixed
from tests.inbox.desk.slack.bureau import Bureau, begin, bureau, face
from tests.inbox.desk.slack.sending import OWED, errors, more, said, sees

REPLIES = (
    SavedEntry(
        key="where",
        title="Where is my order?",
        texts={"en": "Hello {{ name }}, {{ order }} is on its way.", "pt": "Olá {{ name }}."},
        tags=("order",),
        resolve="Question answered",
    ),
    SavedEntry(key="hours", title="Opening hours", texts={"en": "We open at nine."}),
    SavedEntry(key="bill", title="An order's bill", texts={"en": "Here it is."}, teams=("billing",)),
)


def talking(desk: Bureau) -> None:
    """Let the house have these saved replies."""
    policies = fixed(desk.policy.model_copy(update={"saved_replies": REPLIES}))
    desk.house.ground = replace(desk.house.ground, policies=policies)
    desk.house.desk = desk.face.workspace.desk = Desk(desk.house.ground)
    desk.face.workspace.policies = policies


async def test_it_is_found_filled_in_edited_and_sent_with_what_it_does(desk: Bureau) -> None:
    talking(desk)
    card = await desk.opened()
    await desk.ana.clicks(card, "saved")
    view = await sees(desk, "tidings_saved")
    assert "Maria" in str(view.body)
    found = await desk.ana.picks(view, "reply", "ORDER")
    assert [one["text"]["text"] for one in found] == ["Where is my order?"]
    await desk.ana.clicks(view, "reply", "where")
    view = await sees(desk, "tidings_saved", "Hello Maria, [[order]] is on its way.")
    assert "Nobody knows [[order]]" in str(view.body)
    assert "Tag: order" in str(view.body)
    block = "text.where"
    assert "Fill in [[order]]" in errors(await desk.ana.submits(view))[block]
    assert await desk.house.rows(OWED) == []
    await desk.ana.submits(view, {block: "Hello Maria, A-7 is on its way."})
    await desk.until_row("SELECT state FROM conversations", is_="resolved")
    assert await desk.house.rows(OWED) == [("paper", "Hello Maria, A-7 is on its way.")]
    assert await desk.house.rows("SELECT tags FROM routed") == [('["order"]',)]
    await desk.until(lambda: said(desk, "Hello Maria, A-7") and said(desk, "Ana tagged this order."))
    assert desk.slack.mistakes == []


async def test_another_choice_brings_its_own_words_and_what_is_unticked_is_not_done(desk: Bureau) -> None:
    talking(desk)
    card = await desk.opened()
    await desk.ana.clicks(card, "saved")
    view = await sees(desk, "tidings_saved")
    await desk.ana.picks(view, "reply", "")
    await desk.ana.clicks(view, "reply", "hours")
    view = await sees(desk, "tidings_saved", "We open at nine.")
    await desk.ana.picks(view, "reply", "where")
    await desk.ana.clicks(view, "reply", "where")
    view = await sees(desk, "tidings_saved", "Hello Maria")
    await desk.ana.submits(view, {"text.where": "Hello Maria.", "then": ["tags"]})
    await desk.until_row("SELECT count(*) FROM routed")
    assert await desk.house.rows("SELECT state FROM conversations") == [("open",)]


async def test_an_open_promise_is_said_before_anything_is_sent(desk: Bureau) -> None:
    talking(desk)
    card = await desk.opened()
    [(talk, ana)] = await desk.house.rows(
        "SELECT c.id, a.id FROM conversations c, agents a WHERE a.key = 'ana'"
    )
    due = desk.now() + timedelta(days=1)
    await desk.house.desk.promise(talk, ana, text="call back", due_at=due, now=desk.now())
    await desk.ana.clicks(card, "saved")
    view = await sees(desk, "tidings_saved")
    await desk.ana.picks(view, "reply", "where")
    await desk.ana.clicks(view, "reply", "where")
    view = await sees(desk, "tidings_saved", "Hello Maria")
    handed = await desk.ana.submits(view, {"text.where": "Hello Maria."})
    assert "“call back” is promised" in errors(handed)["then"]
    assert await desk.house.rows(OWED) == []


async def test_a_closed_window_is_said_honestly(tmp_path: Path) -> None:
    async with bureau(tmp_path, spec={"window": timedelta(minutes=5)}) as desk:
        talking(desk)
        card = await desk.opened()
        await desk.forward(600)
        await desk.ana.clicks(card, "saved")
        view = await sees(desk, "tidings_saved")
        await desk.ana.picks(view, "reply", "hours")
        await desk.ana.clicks(view, "reply", "hours")
        view = await sees(desk, "tidings_saved", "Only an approved template could leave")
        wrong = errors(await desk.ana.submits(view))
        assert "no longer carries" in wrong["text.hours"]
        assert await desk.house.rows(OWED) == []


async def test_new_words_are_kept_from_slack_and_found_at_once(desk: Bureau) -> None:
    talking(desk)
    card = await desk.opened()
    await desk.ana.clicks(card, "saved")
    view = await sees(desk, "tidings_saved")
    await desk.ana.clicks(view, "saved_new")
    form = await sees(desk, "tidings_saved_new", "Who sees it")
    given = {"title": "Parking", "language": "en", "text": "Park at {{ place }}."}
    assert "no variable 'place'" in errors(await desk.ana.submits(form, given))["text"]
    assert "like en" in errors(await desk.ana.submits(form, given | {"language": "English"}))["language"]
    right = {
        "title": "Parking",
        "text": "Park behind, {{ name }}.",
        "tags": "parking, place",
        "then": "s:86400",
    }
    await desk.ana.submits(form, right)
    await desk.until_row("SELECT count(*) FROM saved_replies")
    [(then, made_by)] = await desk.house.rows(
        'SELECT r."then", a.key FROM saved_replies r JOIN agents a ON a.id = r.made_by'
    )
    assert ('"parking", "place"' in then, '"snooze": 86400' in then, made_by) == (True, True, "ana")
    await desk.ana.sees("“Parking” is kept among the saved replies.")
    found = await desk.ana.picks(view, "reply", "park")
    assert [one["text"]["text"] for one in found] == ["Parking"]
    assert desk.slack.mistakes == []


async def test_tags_are_set_from_the_menu_and_stand_on_the_card(desk: Bureau) -> None:
    card = await desk.opened()
    view = await more(desk, card, "menu", "tidings_menu", "What to do")
    await desk.ana.submits(view, {"what": "tag"})
    view = await sees(desk, "tidings_tags", "With commas between them.")
    assert "40 characters" in errors(await desk.ana.submits(view, {"tags": "x" * 41}))["tags"]
    await desk.ana.submits(view, {"tags": "refund, vip"})
    await desk.until(lambda: "Tags: refund, vip." in card.text)
    view = await more(desk, card, "menu", "tidings_menu", "What to do")
    await desk.ana.submits(view, {"what": "tag"})
    view = await sees(desk, "tidings_tags", "refund, vip")
    await desk.ana.submits(view, {"tags": "vip, late"})
    await desk.until_row("SELECT tags FROM routed", is_='["vip", "late"]')
    await desk.until(lambda: said(desk, "refund off"))


async def test_a_gesture_applied_again_after_a_start_sends_once(desk: Bureau) -> None:
    talking(desk)
    card = await desk.opened()
    await desk.ana.clicks(card, "saved")
    view = await sees(desk, "tidings_saved")
    await desk.ana.picks(view, "reply", "hours")
    await desk.ana.clicks(view, "reply", "hours")
    view = await sees(desk, "tidings_saved", "We open at nine.")
    await desk.ana.submits(view)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'paper' AND kind = 'message'")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(
            "UPDATE hooks SET state = 'waiting' WHERE url LIKE '%view_submission'"
        )
    await desk.face.stop()
    desk.face = face(desk)
    talking(desk)
    await begin(desk)
    await desk.until_row("SELECT count(*) FROM hooks WHERE state = 'waiting'", is_=0)
    assert len(await desk.house.rows(OWED)) == 1


async def test_who_neither_made_it_nor_leads_is_offered_no_button_to_give_it_up(desk: Bureau) -> None:
    talking(desk)
    card = await desk.opened()
    ana, rui = desk.house.agents["ana"], desk.house.agents["rui"]
    for who, title in ((ana, "Parking"), (rui, "Taxi")):
        await desk.house.desk.save_reply(who, title=title, texts={"en": f"{title}."}, now=desk.now())
    offered = {}
    for key in ("parking", "taxi", "hours"):
        for person in (desk.ana, desk.rui):
            await person.clicks(card, "saved")
            await desk.until(lambda: person.view is not None and "Which" in str(person.view.body))  # noqa: B023
            assert person.view is not None
            await person.picks(person.view, "reply", "")
            await person.clicks(person.view, "reply", key)
            await desk.until(lambda: "As the customer reads it" in str(person.view and person.view.body))  # noqa: B023
            offered[key, person.id] = "saved_drop" in str(person.view.body)
    assert [key for key, there in offered.items() if there] == [
        ("parking", desk.ana.id),
        ("taxi", desk.ana.id),
        ("taxi", desk.rui.id),
    ], "who made it, and leads; the configuration's stand in its file"
