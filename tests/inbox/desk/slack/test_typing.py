"""What agents type, change, delete and send: once, in order, by agents only, and asked about in doubt."""

from pathlib import Path

import pytest

from tests.inbox.desk.slack.bureau import Bureau, bureau


async def test_an_event_that_comes_three_times_is_one_answer(desk: Bureau) -> None:
    card = await desk.opened()
    desk.slack.delivery.duplicate(2)
    await desk.ana.types(card, "hello")
    await desk.ana.types(card, "second")
    assert await desk.sent(2) == ["hello", "second"]
    assert await desk.house.rows("SELECT count(*) FROM messages WHERE direction = 'out'") == [(2,)]


async def test_one_gesture_seen_as_two_events_is_one_answer(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "hello", twice=True)
    await desk.ana.types(card, "end")
    assert await desk.sent(2) == ["hello", "end"]


async def test_events_out_of_order_are_answered_in_the_order_of_writing(tmp_path: Path) -> None:
    async with bureau(tmp_path, settle_seconds=0.4) as desk:
        card = await desk.opened()
        desk.slack.delivery.hold()
        for words in ("one", "two", "three"):
            await desk.ana.types(card, words)
        await desk.slack.delivery.release([2, 0, 1])
        assert await desk.sent(3) == ["one", "two", "three"]


async def test_a_reply_hinted_at_by_its_root_is_found(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "hello", as_replied=True)
    assert await desk.sent() == ["hello"]


async def test_deleting_within_the_hold_cancels(tmp_path: Path) -> None:
    async with bureau(tmp_path, hold_seconds=20) as desk:
        card = await desk.opened()
        typed = await desk.ana.types(card, "oops")
        await desk.until_row("SELECT count(*) FROM messages WHERE text = 'oops'")
        await desk.ana.deletes(typed)
        await desk.until_row("SELECT state FROM deliveries WHERE lane = 'paper'", is_="dropped")
        await desk.forward(30)
        await desk.ana.types(card, "better")
        await desk.until_row("SELECT count(*) FROM messages WHERE text = 'better'")
        await desk.forward(30)
        assert await desk.sent() == ["better"]


async def test_editing_within_the_hold_sends_the_new_words_once(tmp_path: Path) -> None:
    async with bureau(tmp_path, hold_seconds=20) as desk:
        card = await desk.opened()
        typed = await desk.ana.types(card, "tomorow")
        await desk.until_row("SELECT count(*) FROM messages WHERE text = 'tomorow'")
        await desk.ana.edits(typed, "tomorrow")
        await desk.until_row("SELECT count(*) FROM messages WHERE text = 'tomorrow'")
        assert desk.house.paper.sent == []
        await desk.forward(30)
        assert await desk.sent() == ["tomorrow"]
        assert desk.house.paper.edited == []


async def test_editing_into_a_note_within_the_hold_keeps_it_inside(tmp_path: Path) -> None:
    async with bureau(tmp_path, hold_seconds=20) as desk:
        card = await desk.opened()
        typed = await desk.ana.types(card, "he is rude")
        await desk.until_row("SELECT count(*) FROM messages WHERE text = 'he is rude'")
        await desk.ana.edits(typed, ";; he is rude")
        await desk.until_row("SELECT count(*) FROM messages WHERE direction = 'note'")
        await desk.forward(30)
        assert desk.house.paper.sent == []


async def test_an_edit_and_a_deletion_after_sending_are_carried(desk: Bureau) -> None:
    card = await desk.opened()
    typed = await desk.ana.types(card, "tomorow")
    await desk.until(lambda: "heavy_check_mark" in typed.reactions)
    await desk.ana.edits(typed, "tomorrow")
    await desk.until_row("SELECT count(*) FROM deliveries WHERE kind = 'edit' AND state = 'sent'")
    assert desk.house.paper.edited == [("sent:1", "tomorrow")]
    await desk.ana.deletes(typed)
    await desk.until_row("SELECT count(*) FROM deliveries WHERE kind = 'delete' AND state = 'sent'")
    assert desk.house.paper.deleted == ["sent:1"]


async def test_where_the_channel_cannot_edit_a_correction_is_offered(tmp_path: Path) -> None:
    async with bureau(tmp_path, spec={"edits": False, "deletes": False}) as desk:
        card = await desk.opened()
        typed = await desk.ana.types(card, "tomorow")
        await desk.until(lambda: "heavy_check_mark" in typed.reactions)
        await desk.ana.edits(typed, "tomorrow")
        offer = await desk.ana.sees("Paper cannot change")
        assert "[Send a correction]" in offer.text
        await desk.ana.clicks(offer, "ask_send")
        assert await desk.sent(2) == ["tomorow", "tomorrow"]
        await desk.ana.deletes(typed)
        await desk.ana.sees("cannot take back")


async def test_unfurls_own_cards_and_other_bots_do_nothing(desk: Bureau) -> None:
    card = await desk.opened()
    typed = await desk.ana.types(card, "see https://shop.example")
    assert await desk.sent() == ["see https://shop.example"]
    desk.slack.unfurl(typed)
    desk.slack.other_bot_posts(desk.team, "I am a bot", thread_ts=card.ts)
    await desk.ana.types(desk.team, "outside of any thread")
    elsewhere = await desk.ana.types(desk.team, "a thread of our own")
    await desk.rui.types(elsewhere, "yes")
    await desk.ana.types(card, "end")
    assert await desk.sent(2) == ["see https://shop.example", "end"]
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    assert desk.house.paper.edited == []


@pytest.mark.parametrize("kind", ["guest", "stranger", "deactivated", "nobody", "another team's"])
async def test_whoever_is_no_agent_of_the_team_is_told_so_and_nothing_is_sent(
    desk: Bureau, kind: str
) -> None:
    match kind:
        case "guest":
            person = desk.slack.add_person("Gil", email="rui@shop.example", guest=True)
        case "stranger":
            person = desk.slack.add_person("Sam", team_id="T0ELSEWHERE")
        case "deactivated":
            person = desk.rui
        case "another team's":
            person = desk.rui
            async with desk.house.database.writing() as connection:
                await connection.exec_driver_sql("UPDATE agents SET teams = '[\"sales\"]' WHERE key = 'rui'")
        case _:
            person = desk.slack.add_person("Nina")
    card = await desk.opened()
    if kind == "deactivated":
        desk.slack.change_account(desk.rui.id, deleted=True)
    await person.types(card, "let me in")
    await person.sees("Not sent.")
    await person.clicks(card, "take")
    await desk.until(lambda: len(person.ephemerals) == 2)
    await desk.until_row("SELECT count(*) FROM conversations WHERE owner_id IS NULL")
    assert desk.house.paper.sent == []


async def test_safe_mode_sends_only_by_the_button_and_only_once(tmp_path: Path) -> None:
    async with bureau(tmp_path, safe_mode=True) as desk:
        card = await desk.opened()
        typed = await desk.ana.types(card, "hello")
        ask = await desk.ana.sees("Safe mode")
        await desk.until(lambda: "memo" in typed.reactions)
        assert desk.house.paper.sent == []
        await desk.ana.clicks(ask, "ask_send")
        await desk.ana.clicks(ask, "ask_send")
        assert await desk.sent() == ["hello"]
        await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
        assert len(desk.house.paper.sent) == 1


ASKED = {
    "a colleague has it": ("Rui has this conversation", "hello"),
    "broadcast": ("as one writes to colleagues", "@channel look"),
    "slack link": ("link into Slack", "see https://shop.slack.com/archives/C1/p1"),
    "several parts": ("needs 2 messages", "word " * 30),
    "resolved": ("is resolved", "hello"),
}


@pytest.mark.parametrize("kind", ASKED)
async def test_in_doubt_the_agent_is_asked_and_may_send_all_the_same(desk: Bureau, kind: str) -> None:
    question, words = ASKED[kind]
    card = await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    if kind == "a colleague has it":
        await desk.house.desk.take(conversation, desk.house.agents["rui"], now=desk.now())
    if kind == "resolved":
        await desk.house.desk.resolve(conversation, desk.house.agents["ana"], now=desk.now())
    await desk.ana.types(card, words)
    ask = await desk.ana.sees(question)
    assert desk.house.paper.sent == []
    await desk.ana.clicks(ask, "ask_send")
    assert "".join(await desk.sent()).startswith(words[:8])


async def test_nothing_goes_to_who_said_stop(desk: Bureau) -> None:
    card = await desk.opened()
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    await desk.ana.types(card, "hello")
    ask = await desk.ana.sees("said STOP")
    assert "[Send]" not in ask.text
    await desk.ana.clicks(ask, "ask_note")
    await desk.until_row("SELECT text FROM messages WHERE direction = 'note'", is_="hello")
    assert desk.house.paper.sent == []


async def test_a_question_nobody_answers_becomes_a_post(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "@channel look")
    await desk.ana.sees("as one writes")
    await desk.forward(150)
    await desk.until(lambda: any("as one writes" in post.text for post in desk.thread()))
    post = next(post for post in desk.thread() if "as one writes" in post.text)
    assert desk.ana.id in str(post.blocks)
    await desk.ana.clicks(post, "ask_send")
    assert await desk.sent() == ["@channel look"]
    await desk.until(lambda: "Ana sent it" in post.text)


@pytest.mark.parametrize(
    ("typed", "sql", "row"),
    [
        ("!take", "SELECT owner_id IS NOT NULL FROM conversations", 1),
        ("!snooze 2h", "SELECT state FROM conversations", "snoozed"),
        ("!resolve sent it", "SELECT resolve_reason FROM conversations", "sent it"),
        ("!take", "SELECT count(*) FROM deliveries WHERE lane = 'paper'", 0),
        ("!wow that is big", "SELECT text FROM deliveries WHERE lane = 'paper'", "!wow that is big"),
    ],
)
async def test_known_words_are_done_and_others_are_text(
    desk: Bureau, typed: str, sql: str, row: object
) -> None:
    card = await desk.opened()
    await desk.ana.types(card, typed)
    await desk.until_row("SELECT count(*) FROM hooks WHERE state = 'applied'", is_=2)
    await desk.until_row(sql, is_=row)


async def test_two_agents_take_at_once_and_one_has_it(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "take")
    await desk.rui.clicks(card, "take")
    told = await desk.rui.sees("Ana has this conversation")
    await desk.rui.clicks(told, "take_over")
    await desk.until(lambda: "Rui has it" in card.text)


async def test_a_past_date_stays_in_the_modal_with_its_error(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "snooze")
    view = await desk.ana.sees_view("tidings_snooze")
    handed = await desk.ana.submits(view, {"when": "chosen", "at": 1_700_000_000})
    assert handed.body == {
        "response_action": "errors",
        "errors": {"at": "That time has passed. Choose a time to come."},
    }
    assert desk.ana.view is not None
    assert await desk.house.rows("SELECT state FROM conversations") == [("open",)]
