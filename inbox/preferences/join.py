"""The public page that says how to opt in: by a text, in the chat, with a person. It takes no numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import phonenumbers

from bots.channel import Channel
from config.touch_policy import Subject
from inbox.preferences.join_words import WORDS, words
from inbox.preferences.matrix import said


def told(channels: Mapping[str, Channel], subjects: Sequence[Subject], language: str) -> dict[str, Any]:
    """Gather what the page says in *language*; a number is shown only where one takes texts."""
    texts = [one for one in channels.values() if one.spec.kind == "sms"]
    number = next((found for one in texts if (found := number_of(one))), "")
    join, stop = WORDS[language]
    return {
        "join": words(language),
        "texts": bool(texts),
        "number": number,
        "shown": shown(number),
        "word": join,
        "stop": stop,
        "chat": any(one.spec.kind == "webchat" for one in channels.values()),
        "subjects": [
            (said(one.label, language), said(one.hint, language)) for one in subjects if one.marketing
        ],
    }


def number_of(channel: Channel) -> str:
    """Give the number that takes texts, no secret; none for a messaging service or a name that only sends."""
    number = str(getattr(getattr(channel, "settings", None), "number", ""))
    return number if number.removeprefix("+").isdigit() else ""


def shown(number: str) -> str:
    """Write a number for people: +351 912 345 408; a short code as it is."""
    try:
        whole = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(whole, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
