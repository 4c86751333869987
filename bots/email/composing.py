"""Our messages as mails.

Sources: RFC 5322 §3.6.4 (References), RFC 8058 (List-Unsubscribe-Post), RFC 3834 (Auto-Submitted),
RFC 8098 (Disposition-Notification-To).
"""

import mimetypes
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from hmac import new
from typing import Final

from bots.channel import MediaOut, MessageOut
from bots.email.headers import mailbox, tidy
from bots.email.notices import OUR_ID
from bots.email.settings import ADDRESS, Settings
from bots.errors import Refused
from bots.marks import plain, to_html

MOST_REFERENCES: Final = 20
MESSAGE_ID: Final = re.compile(r"[!-;=?A-~]{1,300}@[!-;=?A-Z\\^-~\[\]]{1,300}")
ANSWER: Final = re.compile(r"^\s*(re|aw|sv|antw|rv|odp|ref)\s*(\[\d+\])?\s*[:：]", re.IGNORECASE)
LINK: Final = re.compile(r"""https?://(?:(?!&(?:lt|gt|quot|\#)|[.,;:!?)]+(?:\s|<|$))[^\s<>"'])+""")
"""A link in words that are escaped already, without the stop after it."""
LONGEST_SUBJECT: Final = 200
BASE64: Final = 1.37
"""How much larger a file is on the way."""


def message_id(settings: Settings, key: str) -> str:
    """Name the mail of the delivery *key*: the same on every try, and nothing that a stranger can guess."""
    secret = settings.secret_key.get_secret_value().encode()
    name = new(secret, f"email: message id of {key}".encode(), sha256).hexdigest()[:40]
    return f"tidings.{name}@{settings.our_domain}"


def compose(message: MessageOut, settings: Settings, now: datetime) -> EmailMessage:
    """Write the mail, text beside HTML, then the files; raises Refused for what cannot be sent.

    Reads the files: call it in a thread.
    """
    if not message.text.strip() and not message.media:
        raise Refused("There is nothing to send: write some words or add a file.")
    size = sum(medium.size for medium in message.media) * BASE64 + 3 * len(
        message.text.encode("utf-8", "replace")
    )
    if size > settings.total_bytes:
        most = settings.total_bytes / BASE64 / 1_000_000
        raise Refused(f"The files are larger than {most:.0f} MB together.", code="5.3.4")
    mail = EmailMessage(policy=SMTP)
    for name, value in headers(message, settings, now).items():
        mail[name] = value
    text = clean(message.text)
    mail.set_content(plain(text) + "\n", charset="utf-8", cte=_way(text))
    mail.add_alternative(_page(text), subtype="html", charset="utf-8", cte="quoted-printable")
    for medium in message.media:
        _attach(mail, medium)
    return mail


def headers(message: MessageOut, settings: Settings, now: datetime) -> dict[str, str]:
    """Make the mail's headers: who, to whom, what it answers, and how to be rid of such mails."""
    own = f"<{message_id(settings, message.key)}>"
    made = {
        "From": str(Address(display_name=tidy(settings.name), addr_spec=settings.address)),
        "To": recipient(message.address),
        "Subject": subject(message, settings),
        "Date": format_datetime(now),
        "Message-ID": own,
        OUR_ID: own,
    }
    references = [
        one for one in dict.fromkeys((*message.thread, message.reply_to)) if MESSAGE_ID.fullmatch(one)
    ]
    if len(references) > MOST_REFERENCES:  # the first names the matter, the last are what is answered
        references = [references[0], *references[1 - MOST_REFERENCES :]]
    if references:
        answered = message.reply_to if message.reply_to in references else references[-1]
        made["In-Reply-To"] = f"<{answered}>"
        made["References"] = " ".join(f"<{one}>" for one in references)
    if message.unsubscribe:
        ways = [f"<{message.unsubscribe}>"]
        if settings.unsubscribe_address:
            ways.append(f"<mailto:{settings.unsubscribe_address}?subject=unsubscribe>")
        made["List-Unsubscribe"] = ", ".join(ways)
        if message.unsubscribe.startswith("https://"):
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if not message.by_agent:
        made["Auto-Submitted"] = "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
    if settings.ask_read and message.by_agent:
        made["Disposition-Notification-To"] = settings.address
    return made


def recipient(address: str) -> str:
    """Give the address that SMTP takes, its domain in ASCII; raises Refused where there is none."""
    if not address.startswith("mailto:"):
        raise Refused("This customer did not write by e-mail; the channel cannot reach them there.")
    to = mailbox(address.removeprefix("mailto:"))
    if not ADDRESS.fullmatch(to):
        raise Refused("This is not an e-mail address that can be written to.", code="5.1.3")
    return to


def subject(message: MessageOut, settings: Settings) -> str:
    """Give the matter's subject, with "Re:" once where it is an answer."""
    matter = tidy(message.subject)[:LONGEST_SUBJECT].strip()
    if not matter:
        return tidy(settings.subject) or "A message for you"
    if not (message.reply_to or message.thread) or ANSWER.match(matter):
        return matter
    return f"Re: {matter}"


def clean(text: str) -> str:
    """Take out what no mail can carry: control characters and halves of a pair."""
    known = text.encode("utf-8", "replace").decode()
    return "".join(letter for letter in known if letter >= " " or letter in "\n\t")


def _page(text: str) -> str:
    body = LINK.sub(r'<a href="\g<0>">\g<0></a>', to_html(text, breaks=True))
    style = "font-family:sans-serif;font-size:15px;line-height:1.5"
    return f'<!DOCTYPE html>\n<html><body><div style="{style}">{body}</div></body></html>\n'


def _way(text: str) -> str:
    """Choose how a text is encoded: as it is where every server on the way leaves it so."""
    easy = text.isascii() and all(len(line) < 900 for line in text.split("\n"))
    return "7bit" if easy else "quoted-printable"


def _attach(mail: EmailMessage, medium: MediaOut) -> None:
    kind = medium.content_type or mimetypes.guess_type(medium.name)[0] or ""
    main, _, sub = kind.partition(";")[0].strip().lower().partition("/")
    if (
        not re.fullmatch(r"[a-z]+", main)
        or not re.fullmatch(r"[a-z0-9.+-]+", sub)
        or main in ("multipart", "message")
    ):
        main, sub = "application", "octet-stream"
    try:
        content = medium.path.read_bytes()
    except OSError as error:
        raise Refused(f"The file {medium.name} is gone.") from error
    mail.add_attachment(content, maintype=main, subtype=sub, filename=tidy(medium.name)[:150] or "file")
