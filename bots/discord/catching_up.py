"""What was said while nobody listened, read from the places we know."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final, TypeVar

from bots.discord.codes import error_of
from bots.discord.naming import snowflake
from bots.discord.places import Places
from bots.errors import ChannelError, Throttled, Unreachable, Verdict
from bots.json_body import Json, table, tables, text
from bots.provider_calls import Answer, Calls

Result = TypeVar("Result")
PAGE: Final = 100
MOST_PLACES: Final = 500
"""Places that are asked, those where something was said last; one call each, where nothing is new."""
FEW_STARTS: Final = 1
"""Session starts of a day that are left to us: the last one is not used up."""


class Missed:
    """Asks Discord's API for the gateway, and for the messages after those that were kept."""

    def __init__(self, calls: Calls, places: Places) -> None:
        """Ask by *calls* about *places*."""
        self._calls = calls
        self._places = places

    def knows(self, channel: str) -> bool:
        """Say whether anything was heard in *channel* before."""
        return any(one == channel for one, _ in self._places.spots())

    async def gateway_url(self) -> str:
        """Ask where the gateway is; raises Throttled where too many sessions were begun today."""
        body = table((await self.ask("GET", "/gateway/bot")).body)
        limit = table(body.get("session_start_limit"))
        left, reset = limit.get("remaining"), limit.get("reset_after")
        if isinstance(left, int) and left < FEW_STARTS and isinstance(reset, int | float):
            raise Throttled("Discord lets the bot begin no more sessions today.", retry_after=reset / 1000)
        if not (url := text(body.get("url"))):
            raise Unreachable("Discord did not say where its gateway is.")
        return url

    async def messages(self, stopping: asyncio.Event) -> AsyncIterator[Json]:
        """Yield what came after the last kept message of each place, in order; ends early when *stopping*."""
        for channel, spot in self._places.spots()[:MOST_PLACES]:
            async for message in self.messages_of(channel, spot.last, stopping):
                yield message

    async def messages_of(self, channel: str, last: str, stopping: asyncio.Event) -> AsyncIterator[Json]:
        """Yield what came in *channel* after *last*, in order; ends early when *stopping*."""
        while last and not stopping.is_set():
            page = await unless(stopping, self._page(channel, last, stopping)) or []
            for message in page:
                yield message
            if len(page) < PAGE:
                return
            last = page[-1]["id"]

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Make a harmless call; raises a ChannelError where it did not succeed."""
        answer = await self._calls.ask_again(method, path, **options)
        if 200 <= answer.status < 300:
            return answer
        error = error_of(answer)
        if error.verdict is Verdict.LOOK_UP:
            raise Unreachable(error.reason, code=error.code)
        raise error

    async def _page(self, channel: str, last: str, stopping: asyncio.Event) -> list[Json]:
        """Read one page, oldest first; a place that is closed to us has none."""
        while not stopping.is_set():
            try:
                path = f"/channels/{channel}/messages"
                answer = await self.ask("GET", path, params={"after": last, "limit": str(PAGE)})
            except Throttled as error:
                await _pause(stopping, min(1.0 if error.retry_after is None else error.retry_after, 60.0))
                continue
            except ChannelError as error:
                if error.verdict is Verdict.GIVE_UP and error.code != "401":
                    return []
                raise
            known = [one for one in tables(answer.body) if snowflake(one.get("id"))]
            return sorted(known, key=lambda one: int(one["id"]))
        return []


async def unless(stopping: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """Give what *work* gives, or nothing as soon as *stopping*: then it is broken off."""
    doing, stop = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        for task in (doing, stop):
            task.cancel()
        await asyncio.gather(doing, stop, return_exceptions=True)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
