"""Faults on request, shared by every look-alike provider: one middleware and a control route."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

from aiohttp import web

FaultKind = Literal["throttle", "status", "html", "slow", "drop_after", "drop_before"]
Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
HTML = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next *times* requests whose path contains *where*.

    throttle: 429, the provider's own body with *retry_after* seconds. status: *status*, plain text.
    html: *status*, an HTML page. slow: taken, answered after *seconds*. drop_after: taken, then the
    connection is cut. drop_before: cut, not taken. *skip* requests pass unharmed first.
    """

    kind: FaultKind
    where: str = ""
    times: int = 1
    skip: int = 0
    status: int = 500
    retry_after: int = 1
    seconds: float = 3600.0


class Faults:
    """The switchboard: what is asked for, what is still to come, how many were met."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.met: list[FaultKind] = []

    def add(self, fault: Fault) -> None:
        """Put *fault* behind those that wait."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Forget every fault that waits."""
        self.waiting.clear()

    def take(self, path: str) -> Fault | None:
        """Use up one turn of the first fault that is meant for *path*."""
        for place, fault in enumerate(self.waiting):
            if fault.where not in path:
                continue
            if fault.skip:
                self.waiting[place] = replace(fault, skip=fault.skip - 1)
                return None
            if fault.times <= 1:
                del self.waiting[place]
            else:
                self.waiting[place] = replace(fault, times=fault.times - 1)
            self.met.append(fault.kind)
            return fault
        return None

    def middleware(
        self, throttled: Callable[[Fault], web.Response]
    ) -> Callable[..., Awaitable[web.StreamResponse]]:
        """Build the aiohttp middleware; *throttled* gives the provider's own 429. /_control is spared."""

        @web.middleware
        async def meet(request: web.Request, handler: Handle) -> web.StreamResponse:
            spared = request.path.startswith("/_control")
            fault = None if spared else self.take(request.path)
            if fault is None:
                return await handler(request)
            return await suffer(fault, request, handler, throttled)

        return meet

    def routes(self) -> list[web.RouteDef]:
        """Serve /_control/faults: GET what waits and was met, POST one fault, DELETE them all."""

        async def show(_: web.Request) -> web.Response:
            return web.json_response({"waiting": [asdict(fault) for fault in self.waiting], "met": self.met})

        async def add(request: web.Request) -> web.Response:
            self.add(Fault(**await request.json()))
            return web.json_response({})

        async def clear(_: web.Request) -> web.Response:
            self.clear()
            return web.json_response({})

        path = "/_control/faults"
        return [web.get(path, show), web.post(path, add), web.delete(path, clear)]


async def suffer(
    fault: Fault, request: web.Request, handle: Handle, throttled: Callable[[Fault], web.Response]
) -> web.StreamResponse:
    """Do what *fault* says with one request."""
    match fault.kind:
        case "throttle":
            return throttled(fault)
        case "status":
            return web.Response(status=fault.status, text="fault on request")
        case "html":
            return web.Response(status=fault.status, text=HTML, content_type="text/html")
        case "slow":
            response = await handle(request)
            await asyncio.sleep(fault.seconds)
            return response
        case "drop_after":
            await handle(request)
        case "drop_before":
            pass
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
