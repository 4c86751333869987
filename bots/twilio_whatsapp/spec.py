"""What WhatsApp over Twilio can do.

Sources: https://www.twilio.com/docs/whatsapp/api (media, window) and
https://www.twilio.com/docs/messaging/api/message-resource (length).
"""

from datetime import timedelta
from typing import Final

from bots.channel import Closing, Spec

MEGABYTE: Final = 1_000_000
LARGEST_FILE: Final = 16 * MEGABYTE

THIS_ONE: Final = timedelta(0)
"""The failure is definite for the message at hand and closes nothing."""

CLOSES: Final = {
    "21211": Closing(reason="no_such_number"),
    "21614": Closing(reason="undeliverable"),
    "63003": Closing(reason="no_such_number"),
    "63014": Closing(reason="blocked"),
    "63024": Closing(reason="undeliverable", for_=timedelta(days=30)),  # no WhatsApp, an old one, or no terms
    "63033": Closing(reason="blocked"),
    "63049": Closing(reason="per_user_limit", for_=timedelta(days=1)),  # enough marketing lately
    "63032": Closing(reason="per_user_limit", for_=timedelta(days=7)),  # in an experiment without marketing
    "21610": Closing(reason="opted_out", for_=THIS_ONE),  # what they allow says so from now on
    "63016": Closing(reason="window_closed", for_=THIS_ONE),
    "21655": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "21656": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "63027": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "63028": Closing(reason="template_not_sendable", for_=THIS_ONE),
}
"""What Twilio calls a customer whom WhatsApp does not reach, or a message that it does not take."""

SPEC = Spec(
    kind="twilio_whatsapp",
    label="WhatsApp",
    mark="wa",
    scheme="whatsapp",
    text_limit=1600,  # of Twilio's Body, though WhatsApp itself takes 4096: longer ones are refused (21617)
    # No caption_limit: under a document or a sound Twilio hands on no words, so they go by themselves.
    media_sizes={
        "image": 5 * MEGABYTE,
        "audio": LARGEST_FILE,
        "voice": LARGEST_FILE,
        "video": LARGEST_FILE,
        "document": LARGEST_FILE,
        "contact": LARGEST_FILE,
    },
    rate=80.0,
    rate_per_address=1 / 6,
    burst_per_address=45,  # as Meta: borrowed from the minutes after them
    window=timedelta(hours=24),
    margin=timedelta(seconds=60),
    receipts=True,
    reads=True,
    looks_up=True,
    phone=True,
    templates={},
    no_marketing_to=("US",),  # since April 2025; the other countries of +1 get them
    closes=CLOSES,
    formats=True,
)
