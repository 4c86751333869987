"""Telling a provider where we are, until it has heard."""

import asyncio
from functools import partial

import structlog

from bots.channel import Channel
from bots.errors import ChannelError, Verdict
from inbox import backoff
from inbox.accept import Accept

log = structlog.get_logger()


async def begin(name: str, channel: Channel, hooks_url: str, accept: Accept) -> None:
    """Start the channel called *name*; a provider that cannot be reached is asked again, the rest goes on."""
    tries = 0
    while True:
        try:
            await channel.start(hooks_url, partial(accept.keep, name))
            log.info("channel started", channel=name)
            return
        except ChannelError as error:
            log.error("channel not started", channel=name, error=type(error).__name__, reason=error.reason)
            if error.verdict is Verdict.GIVE_UP:
                return
        except Exception:
            log.exception("channel not started", channel=name)
        tries += 1
        await asyncio.sleep(backoff.pause(tries).total_seconds())
