"""A look-alike of Twilio and a channel that talks to it."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bots.sms.channel import SmsChannel
from bots.sms.settings import Settings
from tests.providers.twilio import TwilioLookAlike


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioLookAlike]:
    look_alike = TwilioLookAlike(service="MG" + "0" * 32)
    await look_alike.start()
    yield look_alike
    await look_alike.stop()


@pytest.fixture
def settings(twilio: TwilioLookAlike) -> Settings:
    return Settings(
        account_sid=twilio.account_sid,
        auth_token=SecretStr(twilio.auth_token),
        number=twilio.numbers[0],
        base_url=twilio.base_url,
    )


@pytest.fixture
async def channel(settings: Settings) -> AsyncIterator[SmsChannel]:
    opened = SmsChannel(settings, "sms")
    yield opened
    await opened.stop()
