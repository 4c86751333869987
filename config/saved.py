"""Saved replies as they are written, and what the desk asks when a matter ends."""

import re
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from config.spans import Duration, Spoken, Word

LONGEST_REASON: Final = 75  # characters, what a choice in Slack may hold
RESOLVE_REASONS: Final = (
    "Question answered",
    "Order settled",
    "Refund or return",
    "Complaint settled",
    "Passed on elsewhere",
    "No answer from the customer",
    "Not for us",
)
QUESTION: Final = MappingProxyType(
    {
        "en": "How was our help? Answer with a number from 1 (bad) to 5 (good).",
        "pt": "Como foi a nossa ajuda? Responda com um número de 1 (má) a 5 (boa).",
        "es": "¿Qué tal nuestra ayuda? Responda con un número del 1 (mala) al 5 (buena).",
    }
)
THANKS: Final = MappingProxyType(
    {
        "en": "Thank you for writing to us.",
        "pt": "Agradecemos o seu contacto.",
        "es": "Gracias por escribirnos.",
        "fr": "Merci de nous avoir écrit.",
        "de": "Vielen Dank für Ihre Nachricht.",
        "it": "Grazie per averci scritto.",
    }
)
AWAY: Final = MappingProxyType(
    {
        "en": "Thank you for writing. We are closed at the moment."
        "{% if opens %} We will answer from {{ opens }}.{% endif %}",
        "pt": "Agradecemos a sua mensagem. De momento estamos fechados."
        "{% if opens %} Respondemos a partir de {{ opens }}.{% endif %}",
        "es": "Gracias por su mensaje. En este momento está cerrado."
        "{% if opens %} Responderemos a partir de {{ opens }}.{% endif %}",
    }
)
TO: Final = re.compile(r"me|(agent|team):([a-z0-9][a-z0-9_-]{0,63})")
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]


class SavedEntry(BaseModel):
    """Words that are said often, and what else is done when they are sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Word = Field(description="A short word in small letters that never changes, like 'where-is-it'.")
    title: str = Field(
        min_length=1, max_length=75, description="What agents search for, at most 75 characters."
    )
    texts: dict[Spoken, str] = Field(
        description="The words by language, like texts.en; {{ name }} and the like are filled in.",
    )
    tags: tuple[str, ...] = Field(default=(), description="Tags that the conversation gets.")
    assign: str = Field(
        default="",
        pattern=rf"^({TO.pattern})?$",
        description="Who has it afterwards: 'me', 'agent:<key>' or 'team:<key>'.",
    )
    snooze: Duration | None = Field(
        default=None, description="How long it is set aside afterwards, like '2d'."
    )
    resolve: str = Field(default="", description="One of resolve_reasons: it is resolved afterwards.")
    teams: tuple[Word, ...] = Field(default=(), description="The teams that see it; leave out for all.")

    @property
    def then(self) -> dict[str, object]:
        """What else it does, in the shape of the table `saved_replies`; *snooze* is in seconds."""
        said: dict[str, object] = {"tags": list(self.tags), "assign": self.assign, "resolve": self.resolve}
        said["snooze"] = int(self.snooze.total_seconds()) if self.snooze else None
        return {name: value for name, value in said.items() if value}

    def text(self, language: str, fallback: str = "en") -> tuple[str, str]:
        """Find (language, text) for a customer: their language, else *fallback*, else the first there is."""
        for tongue in (language, language.partition("-")[0], fallback, fallback.partition("-")[0]):
            if tongue in self.texts:
                return tongue, self.texts[tongue]
        return next(iter(self.texts.items()))


class DeskKnobs(BaseModel):
    """What agents choose from and what customers are asked when a matter ends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolve_reasons: tuple[Reason, ...] = Field(
        default=RESOLVE_REASONS,
        description="Why a matter can end, as agents say.",
    )
    satisfaction: bool = Field(
        default=True, description="Whether agents may ask how it was when they resolve."
    )
    question: dict[Spoken, str] = Field(
        default_factory=lambda: dict(QUESTION),
        description="How it is asked, by language; a number from 1 to 5 answers it.",
    )
    thanks: dict[Spoken, str] = Field(
        default_factory=lambda: dict(THANKS),
        description="What is said by language to who is thanked when their matter ends.",
    )


LONGEST_SNOOZE: Final = timedelta(days=90)
