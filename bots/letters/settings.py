"""What an operator sets for letters."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

Line = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class Settings(BaseModel):
    """Where letters are written, on which paper, for which envelope, and from whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(
        description="Where letters are put, one PDF each; whoever prints them takes them away.",
        json_schema_extra={"env": "TIDINGS_LETTERS_FOLDER", "where": "a folder that tidings may write to"},
    )
    sender: tuple[Line, ...] = Field(
        min_length=2, max_length=6, description="Our return address: name, street, town, one line each."
    )
    paper: Literal["a4", "letter"] = Field(default="a4", description="A4, or US Letter.")
    window: Literal["din5008b", "din5008a", "us10"] = Field(
        default="din5008b",
        description="The envelope's window: DIN 5008 form B or A, or a US #10 envelope.",
    )
    place: str = Field(default="", max_length=60, description="The town before the date, as in: Porto.")
    language: str = Field(default="en", description="The date's language where the customer's is not known.")
    zone: str = Field(default="UTC", description="The time zone whose date a letter bears.")
    letterhead: tuple[Line, ...] = Field(
        default=(), max_length=6, description="Lines at the top right: telephone, e-mail, web address."
    )
    footer: tuple[Line, ...] = Field(
        default=(), max_length=3, description="Small lines at the foot of the first page."
    )
    fold_marks: bool = Field(default=True, description="Short lines at the left edge where to fold.")
    font_size: float = Field(default=11.0, ge=8, le=16, description="Points.")
    rate: float = Field(default=1.0, gt=0, le=100, description="Letters a second.")

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{zone!r} is no time zone; write it as Europe/Lisbon") from None
        return zone

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, language: str) -> str:
        if not is_language(language):
            raise ValueError(f"{language!r} is no language; write it as pt or pt-BR")
        return language


def is_language(tag: str) -> bool:
    """Say whether dates can be written in the language *tag*."""
    try:
        Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return False
    return True
