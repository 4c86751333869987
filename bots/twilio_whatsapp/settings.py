"""What an operator sets for one WhatsApp sender at Twilio."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bots.twilio_settings import URL_PATTERN, TwilioSettings

ContentSid = Annotated[str, StringConstraints(pattern=r"^HX[0-9a-fA-F]{32}$")]


class Settings(TwilioSettings):
    """One Twilio account that writes from one WhatsApp number."""

    number: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")] = Field(
        description="Our WhatsApp number, as +34600123456.",
        json_schema_extra={
            "env": "TWILIO_WHATSAPP_NUMBER",
            "where": "Twilio Console, Messaging > Senders > WhatsApp senders.",
        },
    )
    templates: dict[str, dict[str, ContentSid]] = Field(
        default_factory=dict,
        description="Approved templates by language, then name: HX and 32 digits; they win over Twilio's.",
    )
    learn_templates: bool = Field(
        default=True, description="Whether the account's approved templates are asked for at Twilio."
    )
    templates_minutes: float = Field(
        default=30.0, gt=0, description="How often the approved templates are asked for, in minutes."
    )
    retry_seconds: float = Field(
        default=5.0, gt=0, description="First wait after templates did not come, in seconds; it doubles."
    )
    rate: float = Field(default=80.0, gt=0, le=1000, description="Messages a second of the whole sender.")
    content_url: Annotated[str, StringConstraints(pattern=URL_PATTERN)] = Field(
        default="https://content.twilio.com",
        description="Twilio's Content API, without a path; a look-alike's in tests.",
    )

    @model_validator(mode="after")
    def _has_an_account(self) -> Self:
        self.check_account()
        return self
