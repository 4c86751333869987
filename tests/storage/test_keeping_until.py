"""Receipts that name no message: so for all that we sent to an address until then."""

from datetime import datetime

import pytest

from storage import endings, messages, queues
from storage.batch import Heard
from storage.endings import Outcome
from storage.statuses import SENT
from tests.storage.keeping import Home, at, heard, owing, said, sent_answer
from tests.storage.test_keeping_asides import answered, under_way


def until(status: str, up_to: datetime, who: str = "telegram:42") -> Heard:
    """What the provider says of all until then."""
    return Heard(channel="telegram", external_id="", status=status, at=up_to, up_to=up_to, address=who)


async def status_of(home: Home, message: int) -> str:
    """What stands beside a message of ours."""
    async with home.database.reading() as connection:
        found = await messages.one(connection, message)
    assert found is not None
    return found.status


async def test_all_that_was_sent_until_then_is_read_and_no_more(home: Home) -> None:
    await home.keep(said(1), said(1, who="telegram:7"))
    [(first, address), (second, other)] = await home.rows(
        "SELECT id, address_id FROM conversations ORDER BY id"
    )
    keys = []
    for number, (conversation, where, minute) in enumerate(
        [(first, address, 0), (first, address, 2), (first, address, 9), (second, other, 0)]
    ):
        keys.append(home.database.ids.next())
        values = {"id": keys[-1], "conversation_id": conversation, "direction": "out", "channel": "telegram"}
        values |= {"external_id": f"ours:{keys[-1]}", "address_id": where}
        values |= {"sent_at": at(minute), "received_at": at(minute)}
        row = owing(conversation, f"key {number}", message_id=keys[-1], due_at=at(minute))
        async with home.database.writing() as connection:
            await messages.add(connection, values)
            await queues.owe(connection, home.database.ids, [row], at(minute))
            [claimed] = await queues.claim(connection, "telegram", at(minute), 1)
            outcome = Outcome(id=claimed.id, state=SENT, external_id=f"9:{number}")
            await endings.end(connection, [outcome], at(minute))
    kept = await home.keep(until("read", at(3)))
    assert [await status_of(home, key) for key in keys] == ["read", "read", "sent", "sent"]
    assert len([one for one in kept.fresh if one.kind == "status"]) == 2


FORWARD = [
    pytest.param("read", "delivered", "read", id="never back"),
    pytest.param("delivered", "read", "read", id="on"),
    pytest.param("delivered", "delivered", "delivered", id="twice"),
]


@pytest.mark.parametrize(("before", "after", "result"), FORWARD)
async def test_it_only_moves_forward(home: Home, before: str, after: str, result: str) -> None:
    await home.keep(said(1))
    message = await sent_answer(home, "9:1")
    await home.keep(heard("9:1", before))
    await home.keep(until(after, at(2)))
    assert await status_of(home, message) == result


WRITTEN = [
    pytest.param(1.02, "read", id="written a second later: it was sent before"),
    pytest.param(1.5, "sent", id="written long after: it was sent since"),
]


@pytest.mark.parametrize(("minutes", "status"), WRITTEN)
async def test_what_is_under_way_counts_if_its_answer_follows_at_once(
    home: Home, minutes: float, status: str
) -> None:
    await home.keep(said(1))
    message, delivery = await under_way(home)
    await home.keep(until("read", at(1)))
    await answered(home, delivery, "9:1", minutes)
    assert await status_of(home, message) == status
    assert await home.rows("SELECT count(*) FROM early_receipts") == [(0,)]


async def test_a_mark_for_somebody_never_seen_changes_nothing(home: Home) -> None:
    kept = await home.keep(until("read", at(1), who="telegram:999"))
    assert not kept.fresh
    assert await home.rows("SELECT count(*) FROM customers") == [(0,)]
