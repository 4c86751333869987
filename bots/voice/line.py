"""One hook about a call, as the steps of `reading` see it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bots.channel import Event, Hook, Reading, Response
from bots.errors import Malformed
from bots.twilio_forms import Form
from bots.twilio_reading import first
from bots.voice.settings import Settings
from bots.voice.twiml import NOTHING

NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
HIDDEN: Final = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE as they are keyed: callers without a number."""
LONGEST: Final = 8
"""Digits of a number of seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One hook about a call: its *form*, what its address *asked* besides, and our *settings*."""

    hook: Hook
    form: Form
    asked: Mapping[str, str]
    settings: Settings

    def said(self, name: str) -> str:
        """Give the value of *name*, empty where there is none."""
        return first(self.form, name).strip()

    def needed(self, name: str) -> str:
        """Give the value of *name*; raises Malformed where there is none."""
        value = self.said(name)
        if not value:
            raise Malformed(f"The hook lacks {name}.")
        return value

    @property
    def caller(self) -> str:
        """The caller's number in E.164, empty where it is hidden or none; the address knows it too."""
        number = self.asked.get("caller") or self.said("From")
        return number if NUMBER.fullmatch(number) and number not in HIDDEN else ""

    def seconds(self, name: str) -> timedelta:
        """Give the value of *name* as a time; none where it is no number of seconds."""
        text = self.said(name)
        right = text.isascii() and text.isdecimal() and len(text) <= LONGEST
        return timedelta(seconds=int(text) if right else 0)


def told(*events: Event, answer: str = NOTHING, skipped: str = "") -> Reading:
    """Make the reading of one hook that is answered with a document."""
    response = Response(body=answer, content_type="text/xml")
    return Reading(events=events, response=response, skipped=(skipped[:64],) if skipped else ())
