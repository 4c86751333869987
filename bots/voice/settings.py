"""What an operator sets for one telephone number at Twilio."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bots.twilio_settings import TwilioSettings

E164 = r"^\+[1-9][0-9]{6,14}$"
Number = Annotated[str, StringConstraints(pattern=E164)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class Settings(TwilioSettings):
    """One number that customers ring and that they see when we do."""

    number: Annotated[str, StringConstraints(pattern=E164)] = Field(
        description="Our telephone number, as +34600123456.",
        json_schema_extra={
            "env": "TWILIO_VOICE_NUMBER",
            "where": "Twilio Console, Phone Numbers > Manage > Active numbers: one that has Voice.",
        },
    )
    ring: tuple[Number, ...] = Field(
        default=(),
        max_length=10,
        description="Telephones that ring together when a customer calls; with none, voicemail answers.",
    )
    ring_seconds: int = Field(
        default=20,
        ge=5,
        le=120,
        description="Seconds that a phone rings; fewer than before its own mailbox answers.",
    )
    voicemail_seconds: int = Field(
        default=180, ge=10, le=3600, description="The longest message a caller may leave, in seconds."
    )
    transcribe: bool = Field(
        default=False, description="Whether Twilio writes down what callers say; it knows English only."
    )
    language: Language = Field(
        default="en", description="The language for agents, and for callers whose own we have no words in."
    )
    greetings: dict[Language, Words] = Field(
        default_factory=dict,
        description="What callers hear before the tone, by language as in pt or pt-BR, in place of ours.",
    )
    press_to_call: bool = Field(
        default=False,
        description="Whether agents press a key before their customer is rung, as no mailbox of theirs can.",
    )
    rate: float = Field(default=1.0, gt=0, le=100, description="Calls a second that we begin.")

    @model_validator(mode="after")
    def _has_an_account(self) -> Self:
        self.check_account()
        return self
