"""Asking each provider with our credentials who we are: what `tidings check --live` adds to the report."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from bots.channel import Channel
from bots.errors import ChannelError
from config.errors import Mistake
from config.settings import Settings
from inbox.channels import accounts, open_channel, settings_of
from inbox.findings import Finding
from inbox.logs import Redaction, secrets_of
from inbox.secret import with_any_secret

WAIT: Final = 10.0


async def ask(settings: Settings, wait: float = WAIT) -> list[Finding]:
    """Ask the providers of all channels that are on at once, *wait* seconds each at most.

    A channel that lacks something is not asked: the report says so already. Nobody's secret is in an answer.
    """
    keyed = with_any_secret(settings)
    channels: dict[str, Channel] = {}
    secrets = list(secrets_of(keyed))
    for account in accounts(settings):
        with suppress(Mistake):
            secrets += secrets_of(settings_of(account, keyed))
            channels[account.name] = open_channel(account, keyed)
    return await asked(channels, Redaction(secrets), wait)


async def asked(channels: Mapping[str, Channel], hidden: Redaction, wait: float = WAIT) -> list[Finding]:
    """Ask these channels who they are, and close them; *hidden* takes secrets out of what they answer."""
    answers = await asyncio.gather(
        *(_who(channel, wait) for channel in channels.values()), return_exceptions=True
    )
    await asyncio.gather(*(_close(channel, wait) for channel in channels.values()), return_exceptions=True)
    return [_finding(name, answer, hidden, wait) for name, answer in zip(channels, answers, strict=True)]


async def _who(channel: Channel, wait: float) -> str:
    async with asyncio.timeout(wait):
        return await channel.who()


async def _close(channel: Channel, wait: float) -> None:
    async with asyncio.timeout(wait):
        await channel.stop()


def _finding(name: str, answer: str | BaseException, hidden: Redaction, wait: float) -> Finding:
    what = f"{name} live"
    match answer:
        case str():
            return Finding(what=what, state="ok", words=_line(answer, hidden))
        case ChannelError():
            return Finding(what=what, state="failed", words=_line(answer.reason, hidden))
        case TimeoutError():
            return Finding(what=what, state="failed", words=f"No answer within {wait:g} seconds.")
        case OSError():
            words = f"The provider cannot be reached: {answer.strerror or type(answer).__name__}."
            return Finding(what=what, state="failed", words=_line(words, hidden))
        case _:
            words = f"A mistake of ours while asking: {type(answer).__name__}."
            return Finding(what=what, state="failed", words=words)


def _line(words: str, hidden: Redaction) -> str:
    return " ".join(hidden.clean(words).split())[:500]
