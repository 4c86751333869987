"""The words by which a customer stops our messages over Twilio or allows them again.

Twilio acts on its own list before we hear of it, and answers the customer itself:
https://help.twilio.com/articles/223134027 and error 23002. In the United States any
reasonable words count (47 CFR 64.1200), so what Twilio misses is honoured here.
"""

from typing import Final

from bots import consent_words
from bots.channel import ConsentWord

TWILIO: Final[dict[str, ConsentWord]] = {
    "stop": "stop",
    "stopall": "stop",
    "unsubscribe": "stop",
    "cancel": "stop",
    "end": "stop",
    "quit": "stop",
    "revoke": "stop",
    "optout": "stop",
    "start": "start",
    "yes": "start",
    "unstop": "start",
    "help": "help",
    "info": "help",
}
OURS: Final[dict[str, ConsentWord]] = {
    "opt out": "stop",
    "opt-out": "stop",
    **{word + mark: meaning for word, meaning in TWILIO.items() if meaning == "stop" for mark in ".!"},
}
UNKNOWN: Final = "which Twilio does not know: only we act on it."
LONGEST: Final = 24
"""Characters: a longer text is never looked at; no word of any language is as long."""


def said(text: str, opt_out_type: str = "") -> tuple[ConsentWord, str] | None:
    """Find the consent word a message is, with the sentence that says who acted on it.

    *opt_out_type* is Twilio's verdict where Advanced Opt-Out is on; it knows words of other languages.
    """
    known = by_twilio(opt_out_type) if opt_out_type else None
    if known is not None:
        return known
    word = text.strip()
    if len(word) > LONGEST:
        return None
    word = " ".join(word.lower().split())
    if word in TWILIO:
        return TWILIO[word], f"The customer texted {word.upper()}, which Twilio acts on too."
    if word in OURS:
        return OURS[word], f"The customer texted {word.upper()}, {UNKNOWN}"
    found = consent_words.said(word)
    if found is not None and found[0] == "stop":
        return "stop", f"The customer texted {consent_words.written(word)}, {UNKNOWN}"
    return found


def by_twilio(opt_out_type: str) -> tuple[ConsentWord, str] | None:
    """Say what Twilio's Advanced Opt-Out took a message for, if it did."""
    word = opt_out_type.strip().upper()
    if word not in ("STOP", "START", "HELP"):
        return None
    return TWILIO[word.lower()], f"Twilio's opt-out list took the message as {word}."
