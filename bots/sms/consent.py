"""The words by which a customer stops our texts or allows them again.

Twilio acts on its own list before we hear of it, and answers the customer itself:
https://help.twilio.com/articles/223134027 and error 23002. In the United States any
reasonable words count (47 CFR 64.1200), so what Twilio misses is honoured here.
"""

from typing import Final

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
JOIN: Final = frozenset({"join", "aderir", "unirme"})
"""Words that ask for marketing. No word that Twilio takes for START is one: it opens the way and no more."""
LONGEST: Final = 40
"""Characters: a longer text is never looked at, however much space stands around a word."""


def said(text: str, opt_out_type: str = "") -> tuple[ConsentWord, str] | None:
    """Find the consent word a message is, with the sentence that says who acted on it.

    *opt_out_type* is Twilio's verdict where Advanced Opt-Out is on; it knows words of other languages.
    """
    known = TWILIO.get(opt_out_type.strip().lower())
    if known and opt_out_type.strip().upper() in ("STOP", "START", "HELP"):
        return known, f"Twilio's opt-out list took the message as {known.upper()}."
    word = text.strip()
    if len(word) > LONGEST:
        return None
    word = " ".join(word.lower().split())
    if word in TWILIO:
        return TWILIO[word], f"The customer texted {word.upper()}, which Twilio acts on too."
    if word.rstrip(".!") in JOIN:
        return "join", f"The customer texted {word.upper()}: they ask for our messages."
    if word in OURS:
        return OURS[
            word
        ], f"The customer texted {word.upper()}, which Twilio does not know: only we act on it."
    return None
