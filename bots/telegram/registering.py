"""How updates come to us: by webhook, or by long polling where we have no public address."""

import hashlib
import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from telegram import Bot

from bots.telegram.reading import UPDATES
from bots.telegram.settings import Settings


def webhook_secret(settings: Settings) -> str:
    """Return the secret that Telegram repeats: the operator's, or one made from the token."""
    if settings.webhook_secret is not None:
        return settings.webhook_secret.get_secret_value()
    token = settings.token.get_secret_value().encode()
    return hmac.new(token, b"telegram webhook", hashlib.sha256).hexdigest()


def by_hook(settings: Settings, url: str) -> bool:
    """Say whether Telegram is to call *url*."""
    return settings.delivery == "webhook" or (settings.delivery == "auto" and is_public(url))


def is_public(url: str) -> bool:
    """Say whether *url* is https at a host that others can see, as far as its name tells."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return True


async def register_once(bot: Bot, url: str, secret: str) -> None:
    """Check the token, then set the webhook *url*, or take it away if empty; nothing pending is dropped."""
    await bot.initialize()
    if url:
        await bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES)
    else:
        await bot.delete_webhook()
