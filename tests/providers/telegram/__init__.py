"""A look-alike of Telegram's Bot API: one bot, its customers, webhooks, long polling, files, faults."""

from tests.providers.telegram.server import TelegramServer
from tests.providers.telegram.state import Refusal, TelegramState

__all__ = ["Refusal", "TelegramServer", "TelegramState"]
