"""When a typed reply is asked about before anything is sent: decisions over plain values."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

JUST_NOW: Final = timedelta(seconds=15)
_BROADCAST = re.compile(r"(?<![\w.])@(channel|here|everyone)\b", re.IGNORECASE)
_SLACK_LINK = re.compile(r"https?://[\w.-]*\.slack\.com/", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w+])(\+\d[\d ().-]{6,18}\d)(?!\w)")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known when an agent has typed; *parts* is how many messages it would make."""

    text: str
    agent_id: int
    now: datetime
    state: str = "open"
    owner_id: int | None = None
    owner_name: str = ""
    last_agent_id: int | None = None
    last_agent_name: str = ""
    last_answer_at: datetime | None = None
    stopped: bool = False
    safe_mode: bool = False
    moved_to: str = ""
    channel: str = ""
    parts: int = 1
    anothers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A sentence for the agent; whether it may be sent all the same, or *elsewhere*: at another address."""

    sentence: str
    sendable: bool = True
    elsewhere: bool = False


def doubt(situation: Situation) -> Doubt | None:
    """Say what must be asked before this is sent; None if nothing."""
    said = situation
    if said.stopped:
        return Doubt(
            sentence=f"Not sent: the customer said STOP on {said.channel}. Nothing goes to this address.",
            sendable=False,
            elsewhere=True,
        )
    reasons = [*_about_place(said), *_about_people(said), *_about_text(said)]
    if reasons:
        return Doubt(sentence=f"Not sent yet. {' '.join(reasons)} Send it to the customer?")
    if said.safe_mode:
        more = f" in {said.parts} parts" if said.parts > 1 else ""
        return Doubt(
            sentence=f"Safe mode: this goes to the customer over {said.channel}{more} only by [Send]."
        )
    return None


def _about_place(said: Situation) -> list[str]:
    reasons = []
    if said.moved_to:
        reasons.append(f"This conversation goes on at {said.moved_to}.")
    if said.state == "resolved":
        reasons.append("This conversation is resolved; sending reopens it.")
    return reasons


def _about_people(said: Situation) -> list[str]:
    if said.owner_id not in (None, said.agent_id):
        return [f"{said.owner_name or 'A colleague'} has this conversation."]
    answered = said.last_answer_at is not None and said.now - said.last_answer_at < JUST_NOW
    if answered and said.last_agent_id not in (None, said.agent_id):
        return [f"{said.last_agent_name or 'A colleague'} answered just now."]
    return []


def _about_text(said: Situation) -> list[str]:
    reasons = []
    if found := _BROADCAST.search(said.text):
        reasons.append(f"It says {found.group(0)}, as one writes to colleagues.")
    if _SLACK_LINK.search(said.text):
        reasons.append("It holds a link into Slack, which the customer cannot open.")
    if said.anothers:
        reasons.append(f"It holds another customer's address ({said.anothers}).")
    if said.parts > 1:
        reasons.append(f"{said.channel} needs {said.parts} messages for it.")
    return reasons


def addresses_in(text: str) -> list[str]:
    """List what looks like addresses of people in *text*, written as we keep them."""
    numbers = ["tel:+" + re.sub(r"\D", "", found) for found in _NUMBER.findall(text)]
    return [*numbers, *(f"mailto:{found.lower()}" for found in _MAIL.findall(text))][:10]
