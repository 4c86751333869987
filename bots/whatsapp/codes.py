"""WhatsApp's error codes as a table: what each means to us, and the sentence for an agent.

Source: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from typing import Final

from bots.errors import MarketingStopped, Misconfigured, Refused, Throttled, Unreachable, WindowClosed
from bots.meta_errors import OPERATOR, Codes

TEMPLATE: Final = "Ask whoever looks after the templates at Meta."
NUMBER: Final = "Look at the number in the customer's card."

NO_MARKETING: Final = "131050"
"""The customer stopped marketing messages of ours; answers still reach them."""

CODES: Final[Codes] = {
    "33": (Misconfigured, f"Our WhatsApp number was deleted at Meta. {OPERATOR}"),
    "131000": (Unreachable, "WhatsApp failed to send it and does not say why."),
    "131005": (Misconfigured, f"Our Meta app may not send messages. {OPERATOR}"),
    "131008": (Refused, "WhatsApp misses a part of the message."),
    "131009": (Refused, "WhatsApp does not accept a part of the message."),
    "131016": (Unreachable, "WhatsApp is not available at the moment."),
    "131021": (Refused, f"This is our own number. {NUMBER}"),
    "131026": (
        Refused,
        "WhatsApp cannot deliver here: the number has none, an old one, or did not accept its terms.",
    ),
    "131030": (Misconfigured, f"A test number may only write to those on its list. {OPERATOR}"),
    "131031": (Misconfigured, f"Meta has locked our WhatsApp account. {OPERATOR}"),
    "131037": (Misconfigured, f"Meta has not approved our number's display name. {OPERATOR}"),
    "131042": (Misconfigured, f"Meta cannot charge our account for this message. {OPERATOR}"),
    "131045": (Misconfigured, f"Our number is not registered at Meta. {OPERATOR}"),
    "131047": (
        WindowClosed,
        "The customer last wrote more than 24 hours ago. Only an approved template may be sent now.",
    ),
    "131048": (Throttled, "WhatsApp slows us down: too many customers blocked or reported our messages."),
    "131049": (
        Refused,
        "WhatsApp holds this back: the customer had enough marketing lately. Wait a day, or let them write.",
    ),
    NO_MARKETING: (MarketingStopped, "The customer stopped marketing messages of ours in WhatsApp."),
    "131051": (Refused, "WhatsApp does not know this kind of message."),
    "131052": (Refused, "WhatsApp could not fetch the file that the customer sent."),
    "131053": (Refused, "WhatsApp could not take the file. Send it in another format."),
    "131056": (Throttled, "Too many messages went to this customer within seconds."),
    "131057": (Unreachable, "Our WhatsApp account is in maintenance."),
    "131062": (Refused, "This kind of message needs the customer's number, which WhatsApp does not show us."),
    "130429": (Throttled, "Our number sends more than WhatsApp takes in a second."),
    "130472": (Refused, "WhatsApp delivers no marketing to this customer: their number is in an experiment."),
    "130497": (Refused, "Our WhatsApp account may not write to customers in this country."),
    "132000": (Refused, f"The template has another number of variables. {TEMPLATE}"),
    "132001": (Refused, f"The template does not exist in this language, or is not approved. {TEMPLATE}"),
    "132005": (Refused, "With its variables filled in the template is too long."),
    "132007": (Refused, f"The template's words break WhatsApp's policy. {TEMPLATE}"),
    "132012": (Refused, f"A variable of the template has the wrong format. {TEMPLATE}"),
    "132015": (Refused, f"WhatsApp has paused the template, since customers disliked it. {TEMPLATE}"),
    "132016": (Refused, f"WhatsApp has disabled the template for good. {TEMPLATE}"),
    "132018": (Refused, f"A variable of the template is not allowed as it is written. {TEMPLATE}"),
    "133010": (Misconfigured, f"Our number is not registered at Meta. {OPERATOR}"),
    "133016": (Throttled, "Our number was registered too often; Meta asks to wait."),
}
