"""What can go wrong with one call, on demand."""

import asyncio
import json
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from tests.providers.slack.state import Json

Kind = Literal["cut", "status", "error", "html", "half", "delay", "hang", "throttled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to fail; `accepted` says whether Slack carried the call out first.

    `seconds` is the delay or the Retry-After, `times` how many calls it strikes, `channel` and
    `thread_ts` narrow it to one Slack channel or thread, `after` lets so many calls pass first.
    """

    kind: Kind
    accepted: bool = False
    status: int = 500
    error: str = ""
    seconds: float = 0
    times: int = 1
    after: int = 0
    channel: str = ""
    thread_ts: str = ""

    @classmethod
    def cut_after_accepting(cls, *, times: int = 1) -> "Fault":
        """Carried out, then the connection is cut."""
        return cls(kind="cut", accepted=True, times=times)

    @classmethod
    def cut_before_accepting(cls, *, times: int = 1) -> "Fault":
        """The connection is cut and nothing was done."""
        return cls(kind="cut", times=times)

    @classmethod
    def refuses(cls, error: str, *, times: int = 1, accepted: bool = False) -> "Fault":
        """`ok: false` with this code (fatal_error may have happened: `accepted`)."""
        return cls(kind="error", error=error, times=times, accepted=accepted)

    @classmethod
    def answers(cls, status: int, *, times: int = 1, accepted: bool = False) -> "Fault":
        """An HTTP status such as 500 or 503 without JSON."""
        return cls(kind="status", status=status, times=times, accepted=accepted)

    @classmethod
    def throttled(cls, seconds: float, *, times: int = 1, channel: str = "") -> "Fault":
        """HTTP 429 with this Retry-After."""
        return cls(kind="throttled", seconds=seconds, times=times, channel=channel)

    @classmethod
    def slow(cls, seconds: float, *, accepted: bool = True) -> "Fault":
        """The right answer after so many seconds of the look-alike's clock."""
        return cls(kind="delay", seconds=seconds, accepted=accepted)


class Faults:
    """The faults waiting for their calls."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Fault, list[int]]] = []

    def add(self, method: str, fault: Fault) -> None:
        """Let this fault strike the next calls of a method (`*`: of any)."""
        self._waiting.append((method, fault, [fault.after, fault.times]))

    def clear(self) -> None:
        """Forget the faults that have not struck."""
        self._waiting.clear()

    def take(self, method: str, args: Json) -> Fault | None:
        """The fault that strikes this call."""
        for entry in self._waiting:
            name, fault, left = entry
            if name not in (method, "*") or (fault.channel and fault.channel != args.get("channel")):
                continue
            if fault.thread_ts and fault.thread_ts != args.get("thread_ts"):
                continue
            if left[0]:
                left[0] -= 1
                continue
            left[1] -= 1
            if left[1] <= 0:
                self._waiting.remove(entry)
            return fault
        return None


async def spoil(request: web.Request, fault: Fault, body: Json) -> web.StreamResponse:
    """The spoilt answer; a cut connection simply ends."""
    match fault.kind:
        case "error":
            return web.json_response({"ok": False, "error": fault.error})
        case "throttled":
            return throttled(fault.seconds)
        case "status":
            return web.Response(status=fault.status, text="upstream failure", content_type="text/html")
        case "html":
            return web.Response(text="<!DOCTYPE html><title>Slack</title>", content_type="text/html")
        case "delay":
            return web.json_response(body)
        case "hang":
            await asyncio.Event().wait()
        case "half":
            whole = json.dumps(body).encode()
            answer = web.StreamResponse(headers={"Content-Type": "application/json"})
            answer.content_length = len(whole)
            await answer.prepare(request)
            await answer.write(whole[: len(whole) // 2])
            cut(request)
            return answer
        case "cut":
            cut(request)
    return web.Response(status=500)


def cut(request: web.Request) -> None:
    """End the connection once what was written is out, without another byte."""
    if request.transport is not None:
        request.transport.close()


def throttled(seconds: float) -> web.Response:
    """HTTP 429 as Slack sends it."""
    return web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(int(seconds))}
    )
