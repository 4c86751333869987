"""What a mail says: a customer's words, what became of ours, or nothing that anybody should answer.

Sources: RFC 5322 (headers), RFC 2045 to 2049 (parts).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from bots.channel import Attachment, ConsentChanged, ConsentWord, Event, Hook, MessageIn, Reading
from bots.consent_words import said
from bots.email.files import File
from bots.email.folding import fold
from bots.email.headers import Mail, addresses, header, identifiers, parsed, plain, spelled, when
from bots.email.markup import text_of
from bots.email.notices import report_of, robot, unsubscribes
from bots.email.parts import Taken, take_apart
from bots.email.senders import customer, passed, shown
from bots.email.settings import Settings
from bots.errors import Malformed
from bots.marks import plain as plain_words

UID: Final = "x-imap-uid"
"""Our header of a hook: uidvalidity:uid, where the mail lies in the mailbox."""
ARRIVED: Final = "x-imap-internaldate"
"""Our header of a hook: when the mail server took the mail, as ISO 8601."""
WHOLE: Final = "text"
"""In place of a part's number in an attachment's ref: all the words of the mail."""
WHOLE_NAME: Final = "whole message.txt"
LONGEST_TEXT: Final = 100_000
SHOWN_RAW: Final = ("From", "Reply-To", "To", "Cc", "Date", "Message-ID", "In-Reply-To", "References")
STOP_WORDS: Final = 2
"""Words of a mail that says no more than "unsubscribe me"."""
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A mail's words: the *whole*, what is *shown* of it, and whether anything was left out of that."""

    whole: str
    shown: str
    folded: bool


def read(hook: Hook, settings: Settings) -> Reading:
    """Translate one mail; raises Malformed where it has no sender."""
    mail = parsed(hook.body)
    if not mail.keys():
        raise Malformed("This is no mail: it has no headers.")
    arrived = arrival(mail, hook)
    report = report_of(mail, arrived)
    if report is not None:
        receipts, name = report
        return Reading(events=receipts, skipped=() if receipts else (name,))
    taken = take_apart(mail)
    words = words_of(taken)
    stop = unsubscribes(mail, settings, words.shown)
    if not stop and (name := robot(mail, settings)):
        return Reading(skipped=(name,))
    shown_name, address = customer(mail, settings)
    if not address:
        raise Malformed("The mail does not say who sent it.")
    if stop and address in settings.ours:
        return Reading(skipped=("own mail",))
    external_id = identifier(mail, hook.body)
    changed = _changed(stop, address, external_id, words, arrived, passed(mail, settings.authserv_id))
    if stop and not _talks(mail, settings, words.shown):
        return Reading(events=changed)
    message = MessageIn(
        address=f"mailto:{address}",
        external_id=external_id,
        also=() if spelled(address) == address else (f"mailto:{spelled(address)}",),
        text=shown(words.shown, mail, settings.authserv_id),
        subject=header(mail, "Subject")[:500],
        attachments=files(taken, words, hook.headers.get(UID, "")),
        sent_at=arrived,
        sender_name=shown_name[:200],
        language=_language(mail),
        reply_to=answered(mail),
        raw=_raw(mail, hook, words),
    )
    return Reading(events=(message, *changed))


def words_of(taken: Taken) -> Words:
    """Join a mail's texts, HTML as text, and fold away what is quoted and signed."""
    pieces = [text_of(text) if kind == "html" else text for kind, text in taken.texts]
    whole = "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip())
    if taken.cut or len(whole) > LONGEST_TEXT:
        return Words(whole=whole, shown=fold(whole[:LONGEST_TEXT])[0], folded=True)
    shown, folded = fold(whole)
    return Words(whole=whole, shown=shown, folded=folded)


def identifier(mail: Mail, body: bytes) -> str:
    """Give the Message-ID without its brackets, or a name made of the mail where it has none."""
    found = identifiers(mail, "Message-ID")
    if found:
        return found[0]
    bare = plain(mail, "Message-ID").strip("<> ")
    return bare[:900].replace(" ", "") if bare else f"none:{sha256(body).hexdigest()[:40]}"


def answered(mail: Mail) -> str:
    """Name the mail that this one answers."""
    return next(iter(identifiers(mail, "In-Reply-To") or identifiers(mail, "References")[::-1]), "")


def arrival(mail: Mail, hook: Hook) -> datetime:
    """Say when the mail came: as our server noted it; else as its sender wrote, if that is credible."""
    noted = hook.headers.get(ARRIVED, "")
    try:
        found = datetime.fromisoformat(noted) if noted else None
    except ValueError:
        found = None
    if found is not None and found.tzinfo is not None:
        return found.astimezone(UTC)
    dated = when(plain(mail, "Date"))
    if dated is not None and hook.received_at - timedelta(days=30) < dated <= hook.received_at:
        return dated
    return hook.received_at


def files(taken: Taken, words: Words, place: str) -> tuple[Attachment, ...]:
    """List what came with the words, and the whole of them where some were folded away."""
    found = [_attachment(one, place) for one in taken.files]
    if words.folded:
        ref = f"{place}:{WHOLE}:" if place else ""
        found.append(Attachment(kind="document", ref=ref, name=WHOLE_NAME, content_type="text/plain"))
    return tuple(found)


def _attachment(one: File, place: str) -> Attachment:
    ref = f"{place}:{one.number}:{one.encoding}" if place else ""
    return Attachment(kind=one.kind, ref=ref, name=one.name, content_type=one.content_type, size=one.size)


def _changed(
    stop: str, address: str, external_id: str, words: Words, at: datetime, certain: bool
) -> tuple[Event, ...]:
    """Find what the customer says of our messages; a yes counts of a proven sender only, a stop of any.

    By e-mail a stop is of marketing: an answer to who writes to us is none.
    """
    found: tuple[ConsentWord, str] | None = ("stop", stop) if stop else _said(plain_words(words.shown))
    if found is None or (not certain and found[0] != "stop"):
        return ()
    word, source = found
    return (
        ConsentChanged(
            address=f"mailto:{address}",
            external_id=external_id,
            word=word,
            source=source,
            sent_at=at,
            wording=words.shown[:200],
            marketing=word == "stop",
        ),
    )


def _talks(mail: Mail, settings: Settings, text: str) -> bool:
    """Whether a mail that is a stop was written to us as well: then an agent reads it."""
    return settings.address.lower() in addresses(mail, "To", "Cc") and len(text.split()) > STOP_WORDS


def _said(text: str) -> tuple[ConsentWord, str] | None:
    """Find the consent word that a mail is; a stop may have a greeting or a name in paragraphs under it."""
    found = said(text) or said(text.strip().partition("\n\n")[0])
    return found if found is not None and (found[0] == "stop" or said(text) is not None) else None


def _language(mail: Mail) -> str:
    said_so = plain(mail, "Content-Language").partition(",")[0].strip()
    return said_so if LANGUAGE.fullmatch(said_so) else ""


def _raw(mail: Mail, hook: Hook, words: Words) -> dict[str, Any]:
    shown = {name: header(mail, name) for name in SHOWN_RAW if name in mail}
    to = sorted(addresses(mail, "To", "Cc"))[:50]
    return {"headers": shown, "to": to, "imap": hook.headers.get(UID, ""), "folded": words.folded}
