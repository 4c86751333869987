"""What e-mail can do, as data.

Sources: RFC 3463 and https://www.iana.org/assignments/smtp-enhanced-status-codes (enhanced status codes),
RFC 5321 §4.5.3 (limits).
"""

from datetime import timedelta
from typing import Final

from bots.channel import Closing, Spec

MEGABYTE: Final = 1_000_000
GONE: Final = Closing(reason="no_such_address")
CLOSES: Final = {
    "5.1.1": GONE,  # no such mailbox
    "5.1.2": GONE,  # no such domain
    "5.1.3": GONE,  # not an address
    "5.1.6": GONE,  # the mailbox has moved
    "5.1.10": GONE,  # the domain says that it takes no mail (RFC 7505)
    "5.2.0": Closing(reason="undeliverable", for_=timedelta(days=7)),
    "5.2.1": Closing(reason="undeliverable"),  # the mailbox is switched off
    "5.2.2": Closing(reason="undeliverable", for_=timedelta(days=3)),  # full
    "4.2.2": Closing(reason="undeliverable", for_=timedelta(days=3)),  # full, until the server gave up
    "5.4.1": Closing(reason="undeliverable", for_=timedelta(days=7)),
    "5.4.4": Closing(reason="undeliverable", for_=timedelta(days=7)),  # no route to the domain
    "4.4.1": Closing(reason="undeliverable", for_=timedelta(days=7)),
    "4.4.7": Closing(reason="undeliverable", for_=timedelta(days=7)),  # was tried for days
}
"""Which failures say that the address does not take mail; a refusal for what the mail says closes nothing."""

SPEC: Final = Spec(
    kind="email",
    label="E-mail",
    mark="mail",
    scheme="mailto",
    text_limit=100_000,
    caption_limit=100_000,
    media_sizes={
        "image": 18 * MEGABYTE,  # 25 MB on the way, where base64 adds 37 %
        "audio": 18 * MEGABYTE,
        "voice": 18 * MEGABYTE,
        "video": 18 * MEGABYTE,
        "document": 18 * MEGABYTE,
        "contact": 18 * MEGABYTE,
    },
    media_per_message=20,
    rate=2.0,
    receipts=True,
    reads=True,
    closes=CLOSES,
    formats=True,
    threads=True,
)
