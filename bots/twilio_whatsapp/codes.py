"""Twilio's error codes of WhatsApp, beside those of all its channels.

Source: https://www.twilio.com/docs/api/errors
"""

from typing import Final

from bots.errors import Misconfigured, OptedOut, Refused, Throttled, Unreachable, WindowClosed
from bots.twilio_codes import COMMON, LATER, NUMBER, OPERATOR, Codes

TEMPLATE: Final = "Ask whoever looks after the templates at Twilio."

CODES: Final[Codes] = {
    **COMMON,
    21610: (OptedOut, "The customer asked us to stop. They must write START before we may write again."),
    21655: (Refused, f"Twilio does not know this template. {TEMPLATE}"),
    21656: (Refused, f"The values for the template are not what it needs. {TEMPLATE}"),
    21910: (Misconfigured, f"Our sender is not a WhatsApp number. {OPERATOR}"),
    63001: (Misconfigured, f"WhatsApp does not accept our sender's account. {OPERATOR}"),
    63003: (Refused, f"There is no WhatsApp at this number. {NUMBER}"),
    63005: (Refused, "WhatsApp does not accept what the message holds."),
    63007: (Misconfigured, f"Our WhatsApp sender does not exist at Twilio. {OPERATOR}"),
    63008: (Misconfigured, f"Our WhatsApp sender is not set up correctly. {OPERATOR}"),
    63009: (Unreachable, f"WhatsApp gave Twilio an error. {LATER}"),
    63010: (Unreachable, f"Twilio had an error with WhatsApp. {LATER}"),
    63012: (Unreachable, f"WhatsApp is not available at the moment. {LATER}"),
    63013: (Refused, "WhatsApp refused the message, since it is against its rules."),
    63014: (Refused, "The customer blocked us on WhatsApp."),
    63015: (
        Refused,
        "The customer has not joined our WhatsApp sandbox: they must send its words first.",
    ),
    63016: (
        WindowClosed,
        "The customer last wrote more than 24 hours ago: send a template.",
    ),
    63017: (Throttled, "We have sent too much over WhatsApp in a short time."),
    63018: (Throttled, "Our WhatsApp sender has reached its rate."),
    63019: (Refused, "WhatsApp could not fetch the file that goes with this message."),
    63020: (Misconfigured, f"WhatsApp has not been accepted for our Facebook business. {OPERATOR}"),
    63021: (Refused, "WhatsApp does not accept what the message holds."),
    63024: (Refused, f"WhatsApp does not reach this customer. {NUMBER}"),
    63027: (Refused, f"The template does not exist in this language, or is not approved. {TEMPLATE}"),
    63028: (Refused, f"The template has another number of values. {TEMPLATE}"),
    63031: (Refused, "This is our own WhatsApp number: a message cannot go from it to itself."),
    63032: (Refused, "WhatsApp does not let us write to this customer, and does not say why."),
    63033: (Refused, "The customer blocked us on WhatsApp."),
    63038: (Throttled, "Our account has reached its messages of the day. It can send again tomorrow."),
    63049: (
        Refused,
        "Meta chose not to deliver this marketing message. Do not send it again.",
    ),
    63051: (Misconfigured, f"WhatsApp has restricted our account. {OPERATOR}"),
}
