"""How often a customer's joins were answered, on both databases."""

from datetime import UTC, datetime, timedelta

from storage import joins
from storage.tables import deliveries
from tests.storage.keeping import Home, said

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_answers_to_joins_are_counted_by_message_since_an_instant(home: Home) -> None:
    await home.keep(*(said(number) for number in range(1, 5)), said(5, address="tel:+34600000005"))
    found = await home.rows("SELECT id, conversation_id FROM messages ORDER BY id")
    (one, here), (two, _), (three, _), (four, _), (other, there) = found
    rows = [
        ("join:sms:SM1", here, "sms", one, NOON),
        ("join:sms:SM1:1", here, "sms", one, NOON),  # the second part of the same answer
        ("join:sms:SM2", here, "sms", two, NOON + HOUR),
        ("join:sms:SM3", there, "sms", other, NOON + HOUR),
        ("join:wa:SM4", here, "wa", three, NOON + HOUR),
        ("joined:SM5", here, "sms", four, NOON + HOUR),
    ]
    async with home.database.writing() as connection:
        for number, (key, conversation, lane, message, at) in enumerate(rows, 1):
            await connection.execute(
                deliveries.insert().values(
                    id=number, lane=lane, kind="message", conversation_id=conversation, message_id=message,
                    key=key, state="sent", owed_at=at, due_at=at,
                )
            )  # fmt: skip
    async with home.database.reading() as connection:
        assert await joins.answered(connection, "sms", here, NOON) == 2
        assert await joins.answered(connection, "sms", here, NOON + HOUR) == 1
        assert await joins.answered(connection, "sms", there + 1, NOON) == 0
