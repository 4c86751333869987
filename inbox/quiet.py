"""Answers to what we began that make no work: thanks, and a stop, which is acted on elsewhere."""

from routing.consent import heard
from routing.thanks import is_thanks


def is_quiet(text: str) -> bool:
    """Whether words ask for nothing; a wish to stop in other words is for an agent to read."""
    if is_thanks(text):
        return True
    word = heard(text)
    return word is not None and word.word == "stop" and not word.review
