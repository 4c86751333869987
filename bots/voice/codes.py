"""Twilio's error codes of calls, beside those of all its channels.

Source: https://www.twilio.com/docs/api/errors
"""

from typing import Final

from bots.errors import Misconfigured, Refused, Throttled
from bots.twilio_codes import COMMON, LATER, NUMBER, OPERATOR, Codes

AGENT: Final = "Look at the agent's number in the settings."

CODES: Final[Codes] = {
    **COMMON,
    10004: (Throttled, f"Too many of our calls are under way. {LATER}"),
    12100: (Misconfigured, f"Twilio does not understand what is to happen on the line. {OPERATOR}"),
    21201: (Refused, f"There is no number to ring first. {AGENT}"),
    21205: (Misconfigured, f"Twilio cannot use our public address for its call-backs. {OPERATOR}"),
    21210: (Misconfigured, f"Our telephone number is not ours at Twilio. {OPERATOR}"),
    21211: (Refused, f"The first number to ring is none that Twilio can reach. {AGENT}"),
    21213: (Misconfigured, f"No telephone number of ours is set. {OPERATOR}"),
    21214: (Refused, f"The first number to ring cannot be reached. {AGENT}"),
    21215: (Misconfigured, f"Our account may not call this country. {OPERATOR}"),
    21216: (Misconfigured, f"Our account may not call this number. {OPERATOR}"),
    21217: (Refused, f"The first number to ring is no telephone number. {AGENT}"),
    21219: (Misconfigured, f"A trial account may only call verified numbers. {OPERATOR}"),
    13224: (Refused, f"The customer's number is not one that can be called. {NUMBER}"),
    13227: (Misconfigured, f"Our account may not call this country. {OPERATOR}"),
}
