"""What a batch becomes in the rows, on both databases."""

import pytest

from bots.channel import Attachment
from storage import attachments, conversations, customers, hooks, messages
from tests.storage.keeping import (
    NOON,
    WITH_SLACK,
    Home,
    at,
    changed,
    consented,
    heard,
    hook,
    said,
    sent_answer,
)


async def test_an_address_never_seen_makes_a_customer_and_a_conversation(home: Home) -> None:
    kept = await home.keep(said(1, "Olá", sender_name="Maria", language="pt"))
    assert kept.messages == 1
    async with home.database.reading() as connection:
        address = await customers.by_address(connection, "telegram:42")
        assert address is not None
        customer = await customers.one(connection, address.customer_id)
        conversation = await conversations.going_on(connection, address.customer_id)
        assert customer is not None
        assert (customer.name, customer.language) == ("Maria", "pt")
        assert conversation is not None
        assert (conversation.state, conversation.team, conversation.unread) == ("open", "support", 1)
        assert conversation.waiting_since == NOON
        log = await messages.log(connection, conversation.id)
        assert [(one.text, one.direction) for one in log] == [("Olá", "in")]


async def test_a_known_address_finds_its_customer_and_the_conversation_that_goes_on(home: Home) -> None:
    await home.keep(said(1))
    await home.keep(said(2, minutes=3), said(3, "last words", minutes=4))
    assert await home.rows("SELECT count(*) FROM customers") == [(1,)]
    rows = await home.rows("SELECT unread, last_text, waiting_since FROM conversations")
    assert [(unread, text) for unread, text, _ in rows] == [(3, "last words")]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
async def test_the_same_message_twice_is_one_message(home: Home, together: bool) -> None:
    if together:
        kept = await home.keep(said(1), said(1), said(2))
        assert (kept.messages, kept.duplicates["telegram"]) == (2, 1)
    else:
        await home.keep(said(1))
        kept = await home.keep(said(1), said(2))
        assert (kept.messages, kept.duplicates["telegram"]) == (1, 1)
    assert await home.rows("SELECT count(*) FROM messages") == [(2,)]
    assert await home.rows("SELECT unread FROM conversations") == [(2,)]


async def test_all_customers_of_a_batch_get_their_own_conversation(home: Home) -> None:
    await home.keep(*(said(1, who=f"telegram:{n}") for n in range(50)))
    assert await home.rows("SELECT count(*), count(DISTINCT customer_id) FROM conversations") == [(50, 50)]


RESOLVED = [
    pytest.param(71 * 60, "reopened", 1, id="71 hours later: reopened"),
    pytest.param(73 * 60, "opened", 2, id="73 hours later: a new one that names the old"),
]


@pytest.mark.parametrize(("minutes", "kind", "count"), RESOLVED)
async def test_words_after_resolving_reopen_or_begin_by_the_rule(
    home: Home, minutes: int, kind: str, count: int
) -> None:
    await home.keep(said(1))
    [(first,)] = await home.rows("SELECT id FROM conversations")
    async with home.database.writing() as connection:
        await conversations.change(connection, first, state="resolved", resolved_at=NOON, waiting_since=None)
    await home.keep(said(2, minutes=minutes))
    rows = await home.rows("SELECT state, previous_id FROM conversations ORDER BY id")
    assert len(rows) == count
    assert rows[-1][0] == "open"
    assert rows[-1][1] == (first if count == 2 else None)
    assert (await home.rows("SELECT kind FROM happenings ORDER BY id"))[-1] == (kind,)


async def test_the_customers_words_wake_what_was_set_aside(home: Home) -> None:
    await home.keep(said(1))
    [(key,)] = await home.rows("SELECT id FROM conversations")
    async with home.database.writing() as connection:
        await conversations.change(connection, key, state="snoozed", snoozed_until=at(600))
    await home.keep(said(2, minutes=5))
    assert await home.rows("SELECT state, snoozed_until FROM conversations") == [("open", None)]


async def test_an_edit_changes_the_text_and_keeps_the_old(home: Home) -> None:
    await home.keep(said(1, "befor"))
    await home.keep(changed(1, "edited", "before"))
    assert await home.rows("SELECT text, text_before FROM messages") == [("before", "befor")]


async def test_an_older_edit_that_comes_late_changes_nothing(home: Home) -> None:
    await home.keep(said(1, "one"))
    await home.keep(changed(1, "edited", "three", minutes=3))
    await home.keep(changed(1, "edited", "two", minutes=2))
    assert await home.rows("SELECT text FROM messages") == [("three",)]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
async def test_an_edit_that_overtakes_its_message_is_the_message(home: Home, together: bool) -> None:
    if together:
        await home.keep(changed(1, "edited", "new words"), said(1, "old words"))
    else:
        await home.keep(changed(1, "edited", "new words"))
        await home.keep(said(1, "old words"))
    assert await home.rows("SELECT text FROM messages") == [("new words",)]


async def test_a_deletion_is_marked_and_the_text_stays_with_us(home: Home) -> None:
    await home.keep(said(1, "oops"))
    await home.keep(changed(1, "deleted"))
    [(text, deleted)] = await home.rows("SELECT text, deleted_at FROM messages")
    assert text == "oops"
    assert deleted is not None


RECEIPTS = [
    pytest.param(["sent", "delivered", "read"], "read", id="in order"),
    pytest.param(["read", "delivered", "sent"], "read", id="backwards"),
    pytest.param(["delivered", "failed"], "delivered", id="a failure after the arrival is ignored"),
    pytest.param(["failed"], "failed", id="a failure"),
    pytest.param(["failed", "delivered"], "delivered", id="arrived after all"),
    pytest.param(["delivered", "delivered"], "delivered", id="twice"),
]


@pytest.mark.parametrize(("statuses", "result"), RECEIPTS)
async def test_receipts_only_move_forward(home: Home, statuses: list[str], result: str) -> None:
    await home.keep(said(1))
    message = await sent_answer(home, "9:1")
    for minute, status in enumerate(statuses):
        await home.keep(heard("9:1", status, minute))
    async with home.database.reading() as connection:
        found = await messages.one(connection, message)
    assert found is not None
    assert found.status == result


async def test_a_receipt_that_comes_before_its_message_waits_for_it(home: Home) -> None:
    await home.keep(said(1))
    await home.keep(heard("9:1", "delivered"))
    message = await sent_answer(home, "9:1")
    async with home.database.reading() as connection:
        found = await messages.one(connection, message)
    assert found is not None
    assert found.status == "delivered"
    assert await home.rows("SELECT count(*) FROM early_receipts") == [(0,)]


async def test_a_message_in_parts_is_as_far_as_its_last_part(home: Home) -> None:
    await home.keep(said(1))
    message = await sent_answer(home, "9:1", "9:2")
    await home.keep(heard("9:1", "read"))
    assert await home.rows(f"SELECT status FROM messages WHERE id = {message}") == [("sent",)]
    await home.keep(heard("9:2", "delivered"))
    assert await home.rows(f"SELECT status FROM messages WHERE id = {message}") == [("delivered",)]
    await home.keep(heard("9:2", "read"))
    assert await home.rows(f"SELECT status FROM messages WHERE id = {message}") == [("read",)]


async def test_stop_and_start_are_recorded_once_each_and_in_time(home: Home) -> None:
    await home.keep(said(1))
    await home.keep(consented("stop", 5))
    await home.keep(consented("stop", 5))
    await home.keep(consented("start", 3))
    [(stopped,)] = await home.rows("SELECT stopped_at FROM addresses")
    assert stopped is not None, "a start from before the stop does not undo it"
    await home.keep(consented("start", 7))
    assert await home.rows("SELECT stopped_at FROM addresses") == [(None,)]
    assert await home.rows("SELECT count(*) FROM consents") == [(3,)]
    assert await home.rows("SELECT kind FROM happenings ORDER BY id") == [
        ("opened",),
        ("stopped",),
        ("started",),
        ("started",),
    ]


async def test_attachments_are_owed_and_places_are_kept_at_once(home: Home) -> None:
    files = (
        Attachment(kind="image", ref="file-1", content_type="image/jpeg", size=10),
        Attachment(kind="location", latitude=38.7, longitude=-9.1),
    )
    kept = await home.keep(said(1, attachments=files))
    assert kept.files == 2
    async with home.database.reading() as connection:
        owed = await attachments.owed(connection, at(1), 10, share=10)
    assert [one.ref for one in owed] == ["file-1"]
    assert await home.rows("SELECT state FROM attachments ORDER BY position") == [("owed",), ("kept",)]


async def test_slack_is_owed_each_message_in_order_and_one_card(home: Home) -> None:
    await home.keep(said(1), said(2), rules=WITH_SLACK)
    await home.keep(said(3), rules=WITH_SLACK)
    posts = await home.rows("SELECT kind, state FROM deliveries WHERE lane = 'slack' ORDER BY id")
    assert posts == [("message", "ready"), ("message", "queued"), ("message", "queued")]
    cards = await home.rows("SELECT kind, state FROM deliveries WHERE lane = 'slack-cards'")
    assert cards == [("card", "ready")]


async def test_the_journal_keeps_what_came(home: Home) -> None:
    await home.keep(hook(7), said(1))
    async with home.database.reading() as connection:
        row = await hooks.one(connection, 7)
    assert row is not None
    assert (row.channel, row.body, row.state) == ("telegram", b"{}", "applied")
    assert row.headers == {"content-type": "application/json"}


HOSTILE = [
    pytest.param("a\x00b", "a\ufffdb", id="NUL"),
    pytest.param("a\ud800b", "a\ufffdb", id="lone surrogate"),
    pytest.param("\u202egnitirw tfel-ot-thgir", "\u202egnitirw tfel-ot-thgir", id="right-to-left mark"),
    pytest.param("🎉" * 3, "🎉" * 3, id="only emoji"),
    pytest.param("x" * 100_000, "x" * 100_000, id="100 kB"),
    pytest.param("'; DROP TABLE messages; --", "'; DROP TABLE messages; --", id="SQL"),
]


@pytest.mark.parametrize(("text", "kept"), HOSTILE)
async def test_any_text_is_kept_whole(home: Home, text: str, kept: str) -> None:
    await home.keep(said(1, text, sender_name=text[:100]))
    assert await home.rows("SELECT text FROM messages") == [(kept,)]


async def test_a_batch_that_cannot_be_kept_leaves_nothing(home: Home) -> None:
    spoiled = said(2)
    spoiled.sent_at = "yesterday"  # type: ignore[assignment]
    with pytest.raises(TypeError):
        await home.keep(hook(1), said(1), spoiled)
    assert await home.rows("SELECT count(*) FROM messages") == [(0,)]
    assert await home.rows("SELECT count(*) FROM hooks") == [(0,)]
    assert (await home.keep(said(1))).messages == 1
