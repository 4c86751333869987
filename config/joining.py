"""What the operator decides about the page on which anybody may ask for our messages."""

from pydantic import BaseModel, ConfigDict, Field

from config.spans import Country, Whole


class JoinKnobs(BaseModel):
    """The section [join] of the configuration: whether /join has a form, and whom it may reach."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: bool = Field(
        default=False, description="Whether a number or a mailbox can be typed at /join, to be sent a code."
    )
    countries: tuple[Country, ...] = Field(
        default=(),
        description="Whose numbers are sent one, like ['PT', 'ES']; the account's country if there is none.",
    )
    a_day: Whole = Field(
        default=200, ge=1, le=100_000, description="How many codes leave in any 24 hours, to all together."
    )
