"""A look-alike of Twilio and a channel that talks to it."""

from collections.abc import AsyncIterator

import pytest

from bots.twilio_whatsapp.channel import TwilioWhatsApp
from bots.twilio_whatsapp.settings import Settings
from tests.providers.twilio import TwilioLookAlike

NUMBER = "+15005550006"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioLookAlike]:
    look_alike = TwilioLookAlike(numbers=[f"whatsapp:{NUMBER}"])
    await look_alike.start()
    yield look_alike
    await look_alike.stop()


@pytest.fixture
def settings(twilio: TwilioLookAlike) -> Settings:
    return Settings.model_validate(
        {
            "account_sid": twilio.account_sid,
            "auth_token": twilio.auth_token,
            "number": NUMBER,
            "base_url": twilio.base_url,
            "content_url": twilio.base_url,
            "retry_seconds": 0.01,
        }
    )


@pytest.fixture
async def channel(settings: Settings) -> AsyncIterator[TwilioWhatsApp]:
    opened = TwilioWhatsApp(settings, "twilio_whatsapp")
    yield opened
    await opened.stop()
