"""What hooks become when they come early, late, twice or together."""

import itertools
from typing import Any

import pytest

from bots.channel import Attachment
from storage import deciding, endings, queues
from storage.batch import Batch
from storage.database import Database
from storage.keep_postgres import PostgresKeeper
from storage.touch_outcomes import RANK
from tests.storage.keeping import (
    NOON,
    RULES,
    WITH_SLACK,
    Home,
    at,
    changed,
    consented,
    heard,
    owing,
    said,
    sent_answer,
)

PHOTO = Attachment(kind="image", ref="file-1", content_type="image/jpeg", size=10)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
@pytest.mark.parametrize("first", ["message", "change"])
async def test_a_deletion_and_a_reaction_hold_whichever_comes_first(
    home: Home, together: bool, first: str
) -> None:
    facts: list[list[Any]] = [
        [said(1, "oops")],
        [changed(1, "deleted", minutes=2), changed(1, "reacted", "👍", minutes=1)],
    ]
    if first == "change":
        facts.reverse()
    for batch in [[*facts[0], *facts[1]]] if together else facts:
        await home.keep(*batch)
    [(text, deleted, reaction)] = await home.rows("SELECT text, deleted_at, reaction FROM messages")
    assert (text, reaction) == ("oops", "👍")
    assert deleted is not None


async def test_a_message_that_its_edit_overtook_brings_its_files_and_names(home: Home) -> None:
    await home.keep(changed(1, "edited", "new words"))
    for _ in range(2):
        await home.keep(said(1, "old words", attachments=(PHOTO,), sender_name="Maria", reply_to="7"))
    rows = await home.rows(
        "SELECT text, text_before, sender_name, reply_to, sent_at < edited_at FROM messages"
    )
    assert rows == [("new words", "old words", "Maria", "7", True)]
    assert await home.rows("SELECT ref FROM attachments") == [("file-1",)]
    assert await home.rows("SELECT count(*) FROM conversations") == [(1,)]


EDITS = list(itertools.permutations([2, 3, 4]))


@pytest.mark.parametrize("order", EDITS, ids=str)
async def test_the_last_edit_wins_within_a_batch_too(home: Home, order: tuple[int, ...]) -> None:
    await home.keep(said(1, "one"), *(changed(1, "edited", f"edit {n}", minutes=n) for n in order))
    [(text, edited)] = await home.rows("SELECT text, edited_at FROM messages")
    assert text == "edit 4"
    assert edited is not None


async def test_two_edits_of_the_same_second_end_as_the_later_one(home: Home) -> None:
    await home.keep(said(1, "one"))
    await home.keep(changed(1, "edited", "two"))
    await home.keep(changed(1, "edited", "three"))
    assert await home.rows("SELECT text, text_before FROM messages") == [("three", "two")]


async def test_a_batch_keeps_the_order_of_a_customer_who_writes_on_two_channels(home: Home) -> None:
    await home.keep(said(1))
    async with home.database.writing() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO addresses (id, customer_id, address, channel, created_at) "
            "SELECT 5, id, 'tel:+1', 'sms', 0 FROM customers"
        )
    await home.keep(said(2), said(3, who="tel:+1", channel="sms"), said(4))
    rows = await home.rows("SELECT text FROM messages ORDER BY id")
    assert [text for (text,) in rows] == [f"message {n}" for n in (1, 2, 3, 4)]
    assert await home.rows("SELECT channel, last_text FROM conversations") == [("telegram", "message 4")]


async def test_a_customer_without_a_name_gets_it_from_their_first_words(home: Home) -> None:
    await home.keep(consented("start"))
    await home.keep(said(1, sender_name="Maria", language="pt"))
    await home.keep(said(2, sender_name="Somebody else"))
    assert await home.rows("SELECT name, language FROM customers") == [("Maria", "pt")]


WORDS = [("start", 3), ("stop", 5), ("start", 7), ("stop", 9)]
CONSENTS = [
    pytest.param(order, last, together, id=f"{[WORDS[n] for n in order]}{' together' if together else ''}")
    for last in (2, 3, 4)
    for order in itertools.permutations(range(last))
    if last < 4 or order[0] == 3
    for together in (True, False)
]


@pytest.mark.parametrize(("order", "last", "together"), CONSENTS)
async def test_the_customers_last_word_on_consent_counts(
    home: Home, order: tuple[int, ...], last: int, together: bool
) -> None:
    facts = [consented(*WORDS[n]) for n in order]
    for batch in [facts] if together else [[fact] for fact in facts]:
        await home.keep(*batch)
    [(stopped,)] = await home.rows("SELECT stopped_at FROM addresses")
    assert (stopped is not None) == (WORDS[last - 1][0] == "stop")


async def test_a_change_known_to_slack_never_holds_up_what_comes_behind_it(home: Home) -> None:
    await home.keep(said(1), said(2), rules=WITH_SLACK)
    await home.keep(changed(1, "edited", "new"), rules=WITH_SLACK)
    async with home.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET state = 'sent'")
    again, fresh = changed(1, "edited", "new"), changed(2, "edited", "news")
    await home.keep(again, fresh, rules=WITH_SLACK)
    rows = await home.rows("SELECT kind, state FROM deliveries WHERE lane = 'slack' ORDER BY id")
    assert rows[2:] == [("edited", "sent"), ("edited", "ready")]


async def test_a_card_that_is_being_drawn_is_drawn_again_for_news(home: Home) -> None:
    await home.keep(said(1), rules=WITH_SLACK)
    async with home.database.writing() as connection:
        await queues.claim(connection, "slack-cards", at(1), 1)
    await home.keep(said(2), rules=WITH_SLACK)
    rows = await home.rows("SELECT state FROM deliveries WHERE lane = 'slack-cards' ORDER BY id")
    assert rows == [("sending",), ("queued",)]


async def test_a_failed_part_keeps_its_reason_when_another_part_arrives(home: Home) -> None:
    await home.keep(said(1))
    await sent_answer(home, "9:1", "9:2")
    await home.keep(
        heard("9:1", "failed", 1, "no such number"), heard("9:2", "delivered", 2), rules=WITH_SLACK
    )
    await home.keep(heard("9:2", "read", 3), rules=WITH_SLACK)
    rows = await home.rows("SELECT status, reason FROM messages WHERE direction = 'out'")
    assert rows == [("failed", "no such number")]
    assert await home.rows("SELECT count(*) FROM deliveries WHERE kind = 'failure'") == [(1,)]


async def test_a_touch_that_fails_late_makes_no_work_in_slack(home: Home) -> None:
    await home.keep(said(1))
    await sent_answer(home, "9:1")
    async with home.database.writing() as connection:
        await connection.exec_driver_sql(f"UPDATE deliveries SET rank = {RANK} WHERE lane = 'telegram'")
    await home.keep(heard("9:1", "failed", 1, "no such number"), rules=WITH_SLACK)
    assert await home.rows("SELECT status FROM messages WHERE direction = 'out'") == [("failed",)]
    assert await home.rows("SELECT kind FROM deliveries WHERE lane LIKE 'slack%'") == []


async def test_a_message_that_fails_a_second_time_is_marked_a_second_time(home: Home) -> None:
    await home.keep(said(1))
    await sent_answer(home, "9:1")
    await home.keep(heard("9:1", "failed", 1), rules=WITH_SLACK)
    [(delivery,)] = await home.rows("SELECT id FROM deliveries WHERE external_id = '9:1'")
    async with home.database.writing() as connection:
        await deciding.send_again(connection, delivery, at(2))
        [row] = await queues.claim(connection, "telegram", at(2), 1)
        outcome = endings.Outcome(id=row.id, state="sent", external_id="9:2")
        await endings.end(connection, [outcome], at(2))
    await home.keep(heard("9:2", "failed", 3), rules=WITH_SLACK)
    assert await home.rows("SELECT count(*) FROM deliveries WHERE kind = 'mark'") == [(2,)]


async def test_a_late_receipt_of_the_first_try_does_not_end_the_second(home: Home) -> None:
    await home.keep(said(1))
    await sent_answer(home, "9:1")
    await home.keep(heard("9:1", "failed", 1))
    [(delivery,)] = await home.rows("SELECT id FROM deliveries WHERE external_id = '9:1'")
    async with home.database.writing() as connection:
        await deciding.send_again(connection, delivery, at(2))
    await home.keep(heard("9:1", "failed", 1))
    assert await home.rows("SELECT state FROM deliveries") == [("ready",)]


async def test_receipts_for_what_we_never_sent_are_forgotten_after_a_week(home: Home) -> None:
    await home.keep(heard("elsewhere:1", "delivered"))
    async with home.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE early_receipts SET id = 1")
    await home.keep(heard("elsewhere:2", "delivered"))
    assert await home.rows("SELECT external_id FROM early_receipts") == [("elsewhere:2",)]


async def test_a_replayed_hook_does_not_set_a_conversation_back(home: Home) -> None:
    await home.keep(said(2, minutes=60))
    await home.keep(said(1, minutes=0))
    [(since, last)] = await home.rows("SELECT last_in_at, last_at FROM conversations")
    assert since == last
    [(first,)] = await home.rows("SELECT received_at FROM messages ORDER BY received_at DESC LIMIT 1")
    assert last == first


async def test_keys_go_on_where_they_were_after_the_clock_stepped_back(database: Database) -> None:
    database.ids.after(2**62)
    first = database.ids.next()
    assert 2**62 < first < database.ids.next()


async def test_what_another_node_keeps_next_stands_behind_though_the_first_one_s_clock_was_ahead(
    home: Home,
) -> None:
    if home.database.dialect == "sqlite":
        pytest.skip("one process owns a SQLite file")
    home.database.ids.after(2**62)
    await home.keep(said(1))
    other = Database(home.database.url.render_as_string(hide_password=False))
    keeper = PostgresKeeper(other)
    for number in (2, 3):
        await keeper.keep(Batch(said=[said(number)]), RULES)
        await home.keep(said(10 + number))
    await keeper.close()
    await other.close()
    texts = await home.rows("SELECT text FROM messages ORDER BY id")
    assert [text for (text,) in texts] == [f"message {number}" for number in (1, 2, 12, 3, 13)]


async def test_owing_the_same_twice_owes_it_once_and_holds_nothing_up(home: Home) -> None:
    await home.keep(said(1))
    [(conversation,)] = await home.rows("SELECT id FROM conversations")
    for keys in (["a"], ["a", "b"]):
        async with home.database.writing() as connection:
            owed = [owing(conversation, key) for key in keys]
            await queues.owe(connection, home.database.ids, owed, NOON)
    rows = await home.rows("SELECT key, state FROM deliveries ORDER BY id")
    assert rows == [("a", "ready"), ("b", "queued")]
