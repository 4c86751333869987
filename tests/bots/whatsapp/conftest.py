"""A look-alike of WhatsApp and a channel that talks to it."""

from collections.abc import AsyncIterator

import pytest

from bots.whatsapp.channel import WhatsApp
from bots.whatsapp.settings import Settings
from tests.bots.whatsapp.sections import CUSTOMER, section
from tests.providers.whatsapp import WhatsAppLookAlike


@pytest.fixture
async def meta() -> AsyncIterator[WhatsAppLookAlike]:
    look_alike = WhatsAppLookAlike()
    await look_alike.start()
    look_alike.last_said[CUSTOMER] = look_alike.clock()
    yield look_alike
    await look_alike.stop()


@pytest.fixture
def settings(meta: WhatsAppLookAlike) -> Settings:
    return Settings.model_validate(section(meta))


@pytest.fixture
async def channel(settings: Settings) -> AsyncIterator[WhatsApp]:
    opened = WhatsApp(settings, "whatsapp")
    yield opened
    await opened.stop()
