"""Twilio's error codes of RCS, beside those of all its channels.

Source: https://www.twilio.com/docs/api/errors
"""

from typing import Final

from bots.errors import Misconfigured, Refused, Throttled, Unreachable
from bots.twilio_codes import COMMON, LATER, NUMBER, OPERATOR, Codes

CODES: Final[Codes] = {
    **COMMON,
    21910: (Misconfigured, f"Our sender is not an RCS sender. {OPERATOR}"),
    63001: (Misconfigured, f"The network does not accept our RCS sender. {OPERATOR}"),
    63003: (Refused, f"There is no phone with RCS at this number. {NUMBER}"),
    63005: (Refused, "RCS does not accept what the message holds."),
    63007: (Misconfigured, f"Our RCS sender does not exist at Twilio. {OPERATOR}"),
    63008: (Misconfigured, f"Our RCS sender is not set up correctly. {OPERATOR}"),
    63009: (Unreachable, f"The network gave Twilio an error. {LATER}"),
    63010: (Unreachable, f"Twilio had an error with RCS. {LATER}"),
    63012: (Unreachable, f"RCS is not available at the moment. {LATER}"),
    63013: (Refused, "The network refused the message, since it is against its rules."),
    63017: (Throttled, "We have sent too much over RCS in a short time."),
    63018: (Throttled, "Our RCS sender has reached its rate."),
    63019: (Refused, "The network could not fetch the file that goes with this message."),
    63024: (Refused, f"RCS does not reach this customer. {NUMBER}"),
    63106: (Refused, "The customer's phone has no RCS. Text them instead."),
}
