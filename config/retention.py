"""How long what was said and done is kept; nothing is let go of unless the operator says so."""

from pydantic import BaseModel, ConfigDict, Field


class RetentionKnobs(BaseModel):
    """What goes by age, in days; 0 keeps it for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages_days: int = Field(
        default=0, ge=0, description="How long after it was resolved a conversation keeps its words, in days."
    )
    files_days: int = Field(
        default=0, ge=0, description="How long after it was resolved a conversation keeps its files, in days."
    )
    audit_days: int = Field(
        default=0, ge=0, description="How long the audit log keeps its lines, in days; 0 keeps them for ever."
    )


def soonest(*days: int) -> int:
    """Say which of these numbers of days ends first, where 0 is for ever."""
    return min((each for each in days if each), default=0)
