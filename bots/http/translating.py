"""A script's events as the house's own, one function for each type."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from mimetypes import guess_type
from typing import Any, Final

from bots.channel import (
    Attachment,
    Called,
    CallMissed,
    ConsentChanged,
    Deleted,
    Echoed,
    Edited,
    Event,
    MessageIn,
    Reacted,
    Receipt,
    Typing,
)
from bots.http.events import (
    CalledSaid,
    CallMissedSaid,
    ConsentSaid,
    DeletedSaid,
    EchoedSaid,
    EditedSaid,
    File,
    MessageSaid,
    ReactedSaid,
    ReceiptSaid,
    TypingSaid,
)
from bots.media_types import kind_of


def _message(said: MessageSaid, sent_at: datetime) -> Event:
    return MessageIn(
        address=said.address,
        external_id=said.external_id,
        text=said.text,
        also=said.also,
        subject=said.subject,
        attachments=_files(said.attachments),
        sent_at=sent_at,
        sender_name=said.sender_name,
        language=said.language,
        reply_to=said.reply_to,
        group=said.group,
        raw=said.raw,
    )


def _echoed(said: EchoedSaid, sent_at: datetime) -> Event:
    return Echoed(
        address=said.address,
        external_id=said.external_id,
        text=said.text,
        attachments=_files(said.attachments),
        sent_at=sent_at,
    )


def _edited(said: EditedSaid, sent_at: datetime) -> Event:
    return Edited(address=said.address, external_id=said.external_id, text=said.text, sent_at=sent_at)


def _deleted(said: DeletedSaid, sent_at: datetime) -> Event:
    return Deleted(address=said.address, external_id=said.external_id, sent_at=sent_at)


def _reacted(said: ReactedSaid, sent_at: datetime) -> Event:
    return Reacted(address=said.address, external_id=said.external_id, emoji=said.emoji, sent_at=sent_at)


def _receipt(said: ReceiptSaid, sent_at: datetime) -> Event:
    failed = said.status == "failed"
    return Receipt(
        external_id=said.external_id,
        status=said.status,
        sent_at=sent_at,
        up_to=said.up_to,
        address=said.address,
        code=said.code if failed else "",
        reason=(said.reason or "The provider could not deliver it.") if failed else "",
    )


def _consent(said: ConsentSaid, sent_at: datetime) -> Event:
    return ConsentChanged(
        address=said.address,
        external_id=said.external_id,
        word=said.word,
        source=said.source or "The provider says so.",
        sent_at=sent_at,
        wording=said.wording,
        marketing=said.marketing,
    )


def _call_missed(said: CallMissedSaid, sent_at: datetime) -> Event:
    rang = None if said.rang is None else timedelta(seconds=said.rang)
    return CallMissed(address=said.address, external_id=said.external_id, sent_at=sent_at, rang=rang)


def _called(said: CalledSaid, sent_at: datetime) -> Event:
    lasted = timedelta(seconds=said.lasted)
    return Called(
        address=said.address, external_id=said.external_id, sent_at=sent_at, lasted=lasted, ours=said.ours
    )


def _typing(said: TypingSaid, sent_at: datetime) -> Event:
    return Typing(address=said.address, sent_at=sent_at)


def _files(files: Sequence[File]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            kind=file.kind or kind_of(file.content_type or _guessed(file)),
            ref=file.url,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            latitude=file.latitude,
            longitude=file.longitude,
        )
        for file in files
    )


def _guessed(file: File) -> str:
    """Guess a file's type by the ending of its name or web address."""
    return guess_type(file.name or file.url.partition("?")[0])[0] or ""


TRANSLATIONS: Final[dict[type, Callable[[Any, datetime], Event]]] = {
    MessageSaid: _message,
    EditedSaid: _edited,
    DeletedSaid: _deleted,
    ReactedSaid: _reacted,
    EchoedSaid: _echoed,
    ReceiptSaid: _receipt,
    ConsentSaid: _consent,
    CallMissedSaid: _call_missed,
    CalledSaid: _called,
    TypingSaid: _typing,
}
