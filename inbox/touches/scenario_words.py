"""How instants and birthdays are written in a scenario, as pydantic types."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from config.spans import Whole


def _when(written: object) -> datetime:
    if isinstance(written, datetime):
        return written
    if not isinstance(written, str):
        raise ValueError("an instant is written like '2027-03-01T10:00:00Z'")
    try:
        instant = datetime.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"{written!r} is no instant; write '2027-03-01T10:00:00Z'") from error
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)


def _birthday(written: object) -> object:
    """Read 1990-03-02, --03-02, 03-02 or an object into month, day and year."""
    if not isinstance(written, str):
        return written
    parts = written.removeprefix("--").split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) not in (2, 3):
        raise ValueError("a birthday is written '1990-03-02', or '--03-02' without a year")
    numbers = [int(part) for part in parts]
    return {"year": numbers[0] if len(parts) == 3 else None, "month": numbers[-2], "day": numbers[-1]}


def _is_on_a_calendar(birthday: "BirthdayPart") -> "BirthdayPart":
    if birthday.day is not None:
        datetime(birthday.year or 2000, birthday.month, birthday.day, tzinfo=UTC)
    return birthday


class Part(BaseModel):
    """What every part is: known fields only."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class BirthdayPart(Part):
    """A birthday; the year may be unknown."""

    month: Whole = Field(ge=1, le=12, description="1 to 12.")
    day: Whole | None = Field(default=None, ge=1, le=31, description="1 to 31; leave out if unknown.")
    year: Whole | None = Field(default=None, ge=1, le=9999, description="Leave out if unknown.")


When = Annotated[datetime, BeforeValidator(_when)]
BirthdayWritten = Annotated[BirthdayPart, BeforeValidator(_birthday), AfterValidator(_is_on_a_calendar)]
