"""Twilio's error codes of all its channels: what each means to us, and the sentence for an agent.

Source: https://www.twilio.com/docs/api/errors
"""

from collections.abc import Mapping
from typing import Final

from bots.errors import ChannelError, Misconfigured, OptedOut, Refused, Throttled, Unreachable

NUMBER: Final = "Look at the number in the customer's card."
OPERATOR: Final = "Ask whoever runs this inbox to look at the Twilio account."
LATER: Final = "Try again later."

Codes = Mapping[int, tuple[type[ChannelError], str]]
"""What each code means."""

COMMON: Final[Codes] = {
    # What Twilio says at once.
    20003: (Misconfigured, f"Twilio does not accept our account or its token. {OPERATOR}"),
    20008: (Misconfigured, f"These are Twilio's test credentials; they send nothing. {OPERATOR}"),
    20404: (Misconfigured, f"Twilio does not know this account. {OPERATOR}"),
    20429: (Throttled, "Twilio asks us to slow down."),
    20503: (Unreachable, "Twilio is not available at the moment."),
    21211: (Refused, f"This is not a telephone number that Twilio can reach. {NUMBER}"),
    21212: (Misconfigured, f"Our own sender number is not valid. {OPERATOR}"),
    21214: (Refused, f"This telephone number cannot be reached. {NUMBER}"),
    21217: (Refused, f"This is not a telephone number. {NUMBER}"),
    21408: (Misconfigured, f"Our account may not send to this country. {OPERATOR}"),
    21601: (Misconfigured, f"Our sender number cannot send messages. {OPERATOR}"),
    21602: (Refused, "There is nothing to send: write some words or add a file."),
    21603: (Misconfigured, f"No sender number is set. {OPERATOR}"),
    21604: (Refused, f"The customer's number is missing. {NUMBER}"),
    21606: (Misconfigured, f"Our sender number is not ours or cannot send messages. {OPERATOR}"),
    21608: (Misconfigured, f"A trial account may only write to verified numbers. {OPERATOR}"),
    21609: (Misconfigured, f"Twilio cannot use our public address for its call-backs. {OPERATOR}"),
    21610: (OptedOut, "The customer texted STOP. They must text START before we may write again."),
    21611: (Throttled, "Our number has too many messages waiting at Twilio."),
    21612: (Refused, f"Our number cannot reach this customer's network. {NUMBER}"),
    21617: (Refused, "The text is longer than 1600 characters. Send it in two messages."),
    21619: (Refused, "There is nothing to send: write some words or add a file."),
    21620: (Refused, "Twilio cannot fetch the file that goes with this message."),
    21701: (Misconfigured, f"The messaging service does not exist. {OPERATOR}"),
    21702: (Misconfigured, f"The messaging service is not set up. {OPERATOR}"),
    21703: (Misconfigured, f"The messaging service has no numbers. {OPERATOR}"),
    21704: (Misconfigured, f"The messaging service has no number for this. {OPERATOR}"),
    21705: (Misconfigured, f"The messaging service is not ours. {OPERATOR}"),
    # What a call-back says later.
    30001: (Throttled, f"Too many messages were waiting at Twilio. {LATER}"),
    30002: (Misconfigured, f"Our Twilio account is suspended. {OPERATOR}"),
    30003: (Refused, f"The phone is switched off or out of reach. {LATER}"),
    30004: (Refused, "The customer or their network blocks our messages."),
    30005: (Refused, f"The number is unknown or no longer in use. {NUMBER}"),
    30006: (Refused, f"This is a landline or a network that takes no texts. {NUMBER}"),
    30007: (Refused, "The network filtered the message as spam. Do not send the same words again."),
    30008: (Refused, f"The network did not say why it failed. {LATER}"),
    30010: (Misconfigured, f"The message costs more than our account allows. {OPERATOR}"),
    30017: (Throttled, f"The customer's network is congested. {LATER}"),
    30410: (Refused, f"The customer's network did not answer in time. {LATER}"),
}


def sentence(codes: Codes, code: str, words: str = "") -> str:
    """Say in a sentence why a message failed; *words* are the provider's own, used for unknown codes."""
    if code.isdecimal() and int(code) in codes:
        return codes[int(code)][1]
    if words:
        return f"Twilio says: {words.rstrip('.')}."
    return f"Twilio gave the code {code} and no reason." if code else "Twilio gave no reason."
