"""Twilio's error codes that only text messages know, beside those of all its channels.

Source: https://www.twilio.com/docs/api/errors
"""

from typing import Final

from bots.errors import Misconfigured, Refused, Throttled
from bots.twilio_codes import COMMON, NUMBER, OPERATOR, Codes

CODES: Final[Codes] = {
    **COMMON,
    21614: (Refused, f"This number is not a mobile number. {NUMBER}"),
    21623: (Refused, "There are more than ten files. Send them in two messages."),
    21635: (Refused, f"This is a landline; it takes no texts. {NUMBER}"),
    30011: (Refused, "The customer's network takes no pictures or files. Send words only."),
    30018: (Misconfigured, f"The destination wants our sender to be registered. {OPERATOR}"),
    30019: (Refused, "The files are too large for the customer's network. Send smaller ones."),
    30022: (Throttled, "Our number has reached its rate in the United States."),
    30023: (Throttled, "Our number has reached its daily limit. It can send again tomorrow."),
    30024: (Misconfigured, f"Our sender is not set up for this network. {OPERATOR}"),
    30027: (Throttled, "Our brand has reached its daily limit. It can send again tomorrow."),
    30032: (Misconfigured, f"Our toll-free number is not verified. {OPERATOR}"),
    30034: (Misconfigured, f"Our number is not registered for texting in the United States. {OPERATOR}"),
    14107: (Throttled, "Too many messages went between these two numbers within seconds."),
}
