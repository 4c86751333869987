"""Rules as they are written: when a conversation is meant, then who gets it and what is said."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.openings import Opening
from config.spans import Duration, Heard, Spoken, Whole, Word, Zone

Stage = Literal["prospect", "new", "regular", "lapsed"]


class WhenEntry(BaseModel):
    """What a rule asks for: every part that is written must hold; one of each part's words is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: tuple[Word, ...] | None = Field(default=None, description="Channels or kinds of channel.")
    languages: tuple[Heard, ...] | None = Field(
        default=None, description="Languages, like 'pt'; '' is a language that nobody could tell."
    )
    words: tuple[Annotated[str, Field(min_length=2, max_length=80)], ...] | None = Field(
        default=None,
        description="Whole words or phrases of what the customer said; case and accents do not count.",
    )
    tiers: tuple[Word, ...] | None = Field(default=None, description="Places in the pyramid.")
    tags: tuple[str, ...] | None = Field(default=None, description="Tags of the customer.")
    stages: tuple[Stage, ...] | None = Field(
        default=None, description="Where they are with us: prospect, new, regular or lapsed."
    )
    teams: tuple[Word, ...] | None = Field(default=None, description="The team it waits in already.")
    within: tuple[Opening, ...] | None = Field(
        default=None, description="Only in these hours, like ['mon-fri 9:00-18:00']."
    )
    outside: tuple[Opening, ...] | None = Field(
        default=None, description="Only outside these hours, like ['mon-fri 9:00-18:00']."
    )
    within_team: Word | None = Field(default=None, description="Only while this team is open.")
    outside_team: Word | None = Field(default=None, description="Only while this team is closed.")
    zone: Zone | None = Field(
        default=None, description="The zone of within and outside; left out, the first team's."
    )


class RuleEntry(BaseModel):
    """Who gets what is meant; the first rule that matches holds, and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Word = Field(description="A short word in small letters that never changes, like 'refunds'.")
    when: WhenEntry = Field(default=WhenEntry(), description="[rules.when]: what it asks for.")
    team: Word | None = Field(default=None, description="The team that gets it; left out, it stays.")
    priority: Whole = Field(
        default=0, ge=-100, le=100, description="The higher, the sooner, within the same tier."
    )
    tags: tuple[str, ...] = Field(default=(), description="Tags that the conversation gets.")
    skill: str = Field(default="", max_length=64, description="The skill that an agent needs for it.")
    reply: dict[Spoken, str] = Field(
        default_factory=dict, description="An answer of our own by language, said once, like reply.en."
    )
    patience: Duration | None = Field(
        default=None, description="How long it waits for the account manager; left out, [answering] says."
    )
    reassign_after: Duration | None = Field(
        default=None, description="Open time without an answer until another gets it; left out, the team's."
    )
