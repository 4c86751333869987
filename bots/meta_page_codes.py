"""Errors of the Send API of Messenger and Instagram, and of comments, as a table.

Sources: https://developers.facebook.com/docs/messenger-platform/error-codes and
https://developers.facebook.com/docs/graph-api/reference/page/messages.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bots.channel import Closing
from bots.errors import Misconfigured, Refused, Uncertain, Unreachable, WindowClosed
from bots.meta_errors import OPERATOR, Codes

CLOSED: Final = "The customer's last words are too long ago: Meta takes no free text any more."
NOBODY: Final = "Meta knows nobody at this address (any more)."
AWAY: Final = "This person takes no messages from us at the moment: they blocked us or left."
LARGE: Final = "The file is larger than Meta takes. Send a smaller one."

CODES: Final[Codes] = {
    # "The messages are all sent successfully, but the endpoint returns an error", says the page of code 1.
    "1": (Uncertain, "Meta said that something went wrong, which may be true of its answer only."),
    "1200": (Unreachable, "Meta could not send the message for the moment."),
    "10/2018065": (WindowClosed, CLOSED),
    "10/2018278": (WindowClosed, CLOSED),
    "10/2534022": (WindowClosed, CLOSED),
    "10/2018108": (Refused, AWAY),
    "551": (Refused, AWAY),
    "551/1545041": (Refused, AWAY),
    "200/1545041": (Refused, AWAY),
    "100/33": (Refused, "What this answers is gone, or Meta does not show it to our app."),
    "100/2018001": (Refused, NOBODY),
    "100/2534014": (Refused, NOBODY),
    "100/2018109": (Refused, LARGE),
    "4/2018109": (Refused, LARGE),
    "36000": (Refused, LARGE),
    "2022": (Misconfigured, f"Meta has stopped our account's messages for a while. {OPERATOR}"),
    "10900": (Refused, "This comment was answered privately already; Meta allows it once."),
    "10903": (
        Refused,
        "Meta takes no private answer to this comment: seven days passed, or they allow none.",
    ),
    "10904": (Misconfigured, f"Messages are switched off in our page's settings. {OPERATOR}"),
}

CLOSES: Final[Mapping[str, Closing]] = {
    "551": Closing(reason="blocked"),
    "551/1545041": Closing(reason="blocked"),
    "200/1545041": Closing(reason="blocked"),
    "10/2018108": Closing(reason="blocked"),
    "100/2018001": Closing(reason="no_such_address"),
    "100/2534014": Closing(reason="no_such_address"),
    "10/2018065": Closing(reason="window_closed", for_=timedelta(0)),
    "10/2018278": Closing(reason="window_closed", for_=timedelta(0)),
    "10/2534022": Closing(reason="window_closed", for_=timedelta(0)),
}
"""Which of them say that an address cannot be reached, or not by this message."""
