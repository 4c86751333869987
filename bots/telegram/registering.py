"""How updates come to us: by webhook, or by long polling where we have no public address."""

import hashlib
import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr
from telegram import Bot

from bots.telegram.reading import UPDATES
from bots.telegram.settings import Settings


def webhook_secrets(settings: Settings) -> list[str]:
    """List the secrets that Telegram may repeat, the newest first: the operator's, or made from the token."""
    given = (settings.webhook_secret, settings.old_webhook_secret)
    made = [_made(token) for token in (settings.token, settings.old_token) if token is not None]
    known = [one.get_secret_value() for one in given if one is not None]
    return [*known, *made[1:]] if settings.webhook_secret is not None else [made[0], *known, *made[1:]]


def _made(token: SecretStr) -> str:
    return hmac.new(token.get_secret_value().encode(), b"telegram webhook", hashlib.sha256).hexdigest()


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
