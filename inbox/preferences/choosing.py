"""What a customer's choices become: words in the ledger of consent, and facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from config.touch_policy import Subject
from inbox.preferences.form import Fields, Wish
from inbox.preferences.matrix import Matrix, is_on
from inbox.preferences.words import Words
from storage import consents, customers
from storage.database import Connection
from storage.ids import Ids
from storage.preferences import Known

SOURCE: Final = "preference page"
TICK: Final = "allow "
AFTER: Final = timedelta(microseconds=1)  # of a yes and a no at one instant the no counts


async def save(
    connection: Connection, ids: Ids, known: Known, matrix: Matrix, fields: Fields, made: Wish, now: datetime
) -> None:
    """Record each box that was changed on the page, with the label that was read, and set the facts.

    A page that was opened long ago changes only what was touched on it.
    """
    before = set(fields.get("was", "").split())
    for box in matrix.boxes:
        ticked = TICK + box.name in fields
        address = box.column.address
        if address is None or ticked == (box.name in before) or ticked == box.on:
            continue
        await consents.record(
            connection,
            ids,
            address_id=address.id,
            word="yes" if ticked else "no",
            subject=box.subject.key,
            source=SOURCE,
            wording=box.label,
            at=now,
        )
    if made.facts:
        await customers.change(connection, known.customer.id, **made.facts)


async def stop_everything(
    connection: Connection,
    ids: Ids,
    known: Known,
    subjects: Sequence[Subject],
    wording: str,
    now: datetime,
    source: str = SOURCE,
) -> None:
    """Refuse all marketing at every address, and at all apps of its number, whoever has them.

    Service that they still get, as the wording says, is written down as theirs: a no to marketing
    ends whatever was allowed before.
    """
    everywhere = [
        key for one in known.addresses for key in await consents.same_number(connection, one.address, one.id)
    ]
    for key in dict.fromkeys(everywhere):
        await consents.record(
            connection, ids, address_id=key, word="no", source=source, wording=wording, at=now
        )
    for one in known.addresses:
        for subject in subjects:
            if subject.marketing or subject.always or not is_on(known, one.id, subject):
                continue
            await consents.record(
                connection,
                ids,
                address_id=one.id,
                word="yes",
                subject=subject.key,
                source=source,
                wording=wording,
                at=now + AFTER,
            )


def stop_wording(speech: Words) -> str:
    """Give what stands on the button and above it."""
    return f"{speech['stop_button']}. {speech['stop_hint']}"
