"""What became of a row that was handed over, and the codes of an answer that was lost."""

from dataclasses import dataclass, field
from typing import Final

from storage.endings import Outcome
from storage.slack_posts import SlackPost

# A lost answer: look after 2 s and again at 10 s; where nobody can look, once more after 60 s.
FIRST_LOOK, SECOND_LOOK, BLIND = "look:1", "look:2", "blind"
AFTER: Final = {FIRST_LOOK: 2.0, SECOND_LOOK: 8.0, BLIND: 60.0}


@dataclass(slots=True, kw_only=True)
class Handed:
    """What became of a row and of those that went along, and which posts now show which messages."""

    outcomes: list[Outcome] = field(default_factory=list)
    shown: list[SlackPost] = field(default_factory=list)
