"""What the operator decides about calls: a text back to who rang in vain, and where we meet by video."""

import re
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config.spans import Duration

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
PLACES: Final = ("conversation", "room")
LONGEST: Final = 400  # characters


def _meeting(address: str) -> str:
    if not address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    told = PLACEHOLDER.sub("x", address)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or re.search(r"[\s{}]", told):
        raise ValueError("a meeting is at an address like 'https://meet.example.com/{room}'")
    if "{" in parts.netloc:
        raise ValueError("the name of the machine is always the same: placeholders stand behind it")
    for name in PLACEHOLDER.findall(address):
        if name not in PLACES:
            raise ValueError(f"there is no placeholder {{{name}}}: there are {{conversation}} and {{room}}")
    return address


class CallKnobs(BaseModel):
    """What becomes of missed calls, and the address of video meetings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text_back: bool = Field(
        default=False, description="Whether who rang in vain gets one text, where a phone channel is on."
    )
    text_back_after: Duration = Field(
        default=timedelta(minutes=1),
        description="How long we wait for them to ring again or to be called back, like '1m'.",
    )
    text_back_within: Duration = Field(
        default=timedelta(hours=12),
        le=timedelta(days=3),
        description="How late the text may be, where the night comes between, like '12h'.",
    )
    text_back_every: Duration = Field(
        default=timedelta(hours=12),
        ge=timedelta(minutes=1),
        description="How long a caller gets no second one, like '12h'.",
    )
    meeting_url: Annotated[str, AfterValidator(_meeting)] = Field(
        default="",
        max_length=LONGEST,
        description="Where we meet by video: {room} is a word nobody can guess, {conversation} its number.",
    )

    def meeting(self, conversation_id: int, room: str) -> str:
        """Write the address of a meeting; "" where there is none. *room* is new for each."""
        told = {"conversation": str(conversation_id), "room": room}
        return PLACEHOLDER.sub(lambda found: told[found[1]], self.meeting_url)
