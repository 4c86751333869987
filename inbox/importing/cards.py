"""Birthdays from a file of vCards, for customers who are known already."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from inbox.importing.birthdays import Shared, born, doubted
from inbox.importing.carrying import loads
from inbox.importing.customers import EMAIL, Refused, Row, birth_of
from inbox.importing.dates import Evidence, Order
from inbox.importing.forgotten import Forgotten
from inbox.importing.keeping import Keeping
from inbox.importing.numbers import e164
from inbox.importing.opening import Unreadable, encoding_of
from inbox.importing.seen import Seen
from inbox.importing.sifting import sifted, unseen
from inbox.importing.vcards import BETWEEN, HEADING, Card, cards
from inbox.importing.whole import Asked
from inbox.importing.writing import RefusedFile
from storage.database import Database
from storage.importing import Arriving


async def keep_birthdays(database: Database, asked: Asked, now: datetime) -> Counter[str]:
    """Keep the birthdays of those among the cards whom we know by number or e-mail address.

    Says how many became what. Raises Unreadable, Undecided or what storage says.
    """
    today = now.astimezone(ZoneInfo(asked.zone)).date()
    encoding = asked.encoding or encoding_of(asked.path)
    seen_dates, shared = Evidence(), Shared()
    for card in _cards(asked, encoding):
        if card.birthday:
            seen_dates.see(card.birthday, card.line)
    order: Order = asked.dates or seen_dates.order()
    for card in _cards(asked, encoding):
        if card.birthday:
            shared.see(born(card.birthday, order, today))
    suspicious = shared.suspicious()

    def read(cells: Sequence[str]) -> Row:
        _, phones, emails, birthday = cells
        if not birthday:
            raise Refused("The card has no birthday.")
        notices: list[str] = []
        addresses = _addresses(phones, emails, asked, notices)
        if not addresses:
            raise Refused(" ".join(["The card has no number and no e-mail address.", *notices]))
        told = doubted(born(birthday, order, today), suspicious)
        if told.fault:
            notices.append(f"{told.fault}: {told.words}")
        one = Arriving(addresses=addresses, birthday=birth_of(told))
        return Row(arriving=one, keys=[address for address, _ in addresses], notices=notices)

    with Seen() as seen, RefusedFile(asked.path, HEADING) as refused:
        keeping = Keeping(
            database=database,
            refused=refused,
            now=now,
            source=asked.path.name,
            forgotten=Forgotten(secrets=asked.secrets),
            dry=asked.dry,
            bulk=not asked.same_day,
            adding=False,
        )
        rows = ((card.line, card.cells) for card in _cards(asked, encoding))
        await keeping.customers(loads(sifted(rows, read, len(HEADING), seen, unseen)))
        keeping.tally["file"] = int(refused.is_there)
    return keeping.tally


def _addresses(phones: str, emails: str, asked: Asked, notices: list[str]) -> list[tuple[str, str]]:
    """Write the card's numbers and e-mail addresses as addresses, once each."""
    found: dict[str, str] = {}
    for written in filter(None, phones.split(BETWEEN)):
        if number := e164(written, asked.region):
            found[f"tel:{number}"] = asked.channels.get("tel", "")
        else:
            notices.append(f"{written!r} is no phone number.")
    for written in filter(None, emails.split(BETWEEN)):
        if EMAIL.fullmatch(tidy := written.lower()):
            found[f"mailto:{tidy}"] = asked.channels.get("mailto", "")
    return list(found.items())


def _cards(asked: Asked, encoding: str) -> Iterator[Card]:
    try:
        with asked.path.open(encoding=encoding, newline="") as lines:
            yield from cards(lines)
    except (OSError, LookupError, UnicodeError) as error:
        raise Unreadable(f"{asked.path} cannot be read: {error}.") from error
