"""What an operator sets for one SMS account."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bots.twilio_settings import AccountSid, AuthToken, TwilioSettings


class Settings(TwilioSettings):
    """One Twilio account that sends from one number or one messaging service."""

    account_sid: AccountSid
    auth_token: AuthToken
    number: Annotated[
        str, StringConstraints(pattern=r"^(|\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9 ]{1,11})$")
    ] = Field(
        default="",
        description="Our sender: a number as +34600123456, a short code or a name of up to 11 letters.",
        json_schema_extra={
            "env": "TWILIO_NUMBER",
            "where": "Twilio Console, Phone Numbers > Manage > Active numbers.",
            "needed": True,
        },
    )
    messaging_service: Annotated[str, StringConstraints(pattern=r"^(|MG[0-9a-fA-F]{32})$")] = Field(
        default="",
        description="The messaging service to send through instead of one number: MG and 32 digits.",
        json_schema_extra={"where": "Twilio Console, Messaging > Services."},
    )
    rate: float = Field(
        default=1.0,
        gt=0,
        le=1000,
        description="Messages a second: 1 for a long code, 3 toll-free, 100 short code.",
    )

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if not self.number and not self.messaging_service:
            raise ValueError("set number (TWILIO_NUMBER) or messaging_service: texts need a sender")
        return self
