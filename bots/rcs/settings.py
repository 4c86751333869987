"""What an operator sets for one RCS sender at Twilio."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bots.twilio_settings import TwilioSettings


class Settings(TwilioSettings):
    """One Twilio account that writes from one RCS sender."""

    sender: Annotated[str, StringConstraints(pattern=r"^rcs:[A-Za-z0-9_.-]{1,100}$")] = Field(
        description="Our RCS sender, as rcs:acme_agent.",
        json_schema_extra={
            "env": "TWILIO_RCS_SENDER",
            "where": "Twilio Console, Messaging > Senders > RCS senders: the sender's address.",
        },
    )
    rate: float = Field(default=10.0, gt=0, le=1000, description="Messages a second of the whole sender.")

    @model_validator(mode="after")
    def _has_an_account(self) -> Self:
        self.check_account()
        return self
