"""What a mail server's refusals mean, as sentences for an agent.

Source: RFC 3463 and https://www.iana.org/assignments/smtp-enhanced-status-codes.
"""

import re
from typing import Final

LOOK: Final = "Look at the address in the customer's card."
OPERATOR: Final = "Ask whoever runs this inbox to look at the mail server."

SENTENCES: Final[dict[str, str]] = {
    "5.1.0": f"The customer's mail server does not take this address. {LOOK}",
    "5.1.1": f"There is no such mailbox at the customer's mail server. {LOOK}",
    "5.1.2": f"The domain of the customer's address takes no mail. {LOOK}",
    "5.1.3": f"The customer's mail server says that this is no address. {LOOK}",
    "5.1.6": "The customer's mailbox has moved and left no new address.",
    "5.1.8": f"The customer's mail server does not take our own address. {OPERATOR}",
    "5.1.10": "The domain of the customer's address says that it takes no mail.",
    "5.2.0": "The customer's mailbox takes no mail.",
    "5.2.1": "The customer's mailbox is switched off.",
    "5.2.2": "The customer's mailbox is full.",
    "4.2.2": "The customer's mailbox is full.",
    "5.2.3": "The mail is larger than the customer's mailbox takes: leave files out.",
    "5.3.4": "The mail is larger than the mail server takes: leave files out.",
    "5.4.1": "The customer's mail server did not answer.",
    "5.4.4": f"No mail server can be found for the customer's address. {LOOK}",
    "5.4.6": "The mail went round in circles.",
    "4.4.1": "The customer's mail server did not answer for days.",
    "4.4.7": "The customer's mail server did not take the mail for days.",
    "5.6.1": "The customer's mail server does not take this kind of file.",
    "5.7.0": f"The mail was refused by a rule of a mail server. {OPERATOR}",
    "5.7.1": f"The mail was refused by a rule of a mail server. {OPERATOR}",
    "5.7.23": f"The customer's mail server says that we may not send for our own domain (SPF). {OPERATOR}",
    "5.7.25": f"The customer's mail server does not know our mail server's name. {OPERATOR}",
    "5.7.26": f"The customer's mail server says that our mail is not signed as our own (DMARC). {OPERATOR}",
}
LONGEST: Final = 300


def sentence(code: str, said: str) -> str:
    """Say in words what *code* is, with what the server *said* where the code alone does not tell."""
    known = SENTENCES.get(code, "")
    words = re.sub(r"^(\d{3}[ -])?([245]\.\d+\.\d+ ?)?", "", said).strip()[:LONGEST].rstrip(" .")
    if known and not code.startswith("5.7"):
        return known
    if not words:
        return known or f"The mail could not be delivered{f' ({code})' if code else ''}."
    return f"{known} It said: {words}." if known else f"The mail server refused the mail: {words}."
