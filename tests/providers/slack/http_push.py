"""Events, gestures and commands over HTTP: signed v0, answered in 3 s, events retried until 2xx."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.providers.slack.state import Handed, Json

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike

ANSWER_SECONDS = 3
RETRY_SECONDS = (3.0, 60.0, 300.0)  # docs.slack.dev/apis/events-api: nearly at once, 1 and 5 minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Where the app listens over HTTP."""

    events: str
    interactivity: str
    commands: str
    options: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One HTTP request made to the app and how it ended; `reason` is the next retry's reason."""

    url: str
    headers: dict[str, str]
    status: int
    reason: str


class Pusher:
    """Posts to the app. `skew` shifts the signed time, `secret` may be a wrong one."""

    def __init__(self, slack: "SlackLookAlike") -> None:
        self.slack = slack
        self.skew = 0.0
        self.secret = ""
        self.retry_seconds: tuple[float, ...] = RETRY_SECONDS
        self.pushes: list[Push] = []
        self._session: ClientSession | None = None

    async def event(self, to: Subscription, raw: bytes) -> Handed:
        """Deliver an event until it is taken, refused for good, or all retries are spent."""
        handed, push = await self._post(to.events, raw, "application/json", {})
        for number, seconds in enumerate(self.retry_seconds, 1):
            if handed.ok or push.headers.get("X-Slack-No-Retry") == "1":
                break
            await self.slack.clock.sleep(seconds)
            retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": push.reason}
            handed, push = await self._post(to.events, raw, "application/json", retry)
        return handed

    async def gesture(self, to: Subscription, kind: str, payload: Json) -> Handed:
        """Deliver a click, a submission, a suggestion (form field `payload`) or a command (plain form)."""
        form = payload if kind == "command" else {"payload": json.dumps(payload)}
        url = {"command": to.commands, "block_suggestion": to.options}.get(kind, to.interactivity)
        return (await self._post(url, urlencode(form).encode(), "application/x-www-form-urlencoded", {}))[0]

    async def json(self, url: str, body: Json) -> Handed:
        """One signed JSON request outside the events, such as url_verification."""
        return (await self._post(url, json.dumps(body).encode(), "application/json", {}))[0]

    async def close(self) -> None:
        """Close the connections to the app."""
        if self._session is not None:
            await self._session.close()

    def _signed(self, raw: bytes) -> dict[str, str]:
        # The wall, not the look-alike's clock: the app's own check reads the wall.
        stamp = str(int(time.time() + self.skew))
        secret = (self.secret or self.slack.signing_secret).encode()
        mac = hmac.new(secret, b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}

    async def _post(
        self, url: str, raw: bytes, content_type: str, retry: dict[str, str]
    ) -> tuple[Handed, Push]:
        headers = {"Content-Type": content_type, **self._signed(raw), **retry}
        asked = asyncio.create_task(self._ask(url, raw, headers))
        late = asyncio.create_task(self.slack.clock.sleep(ANSWER_SECONDS))
        try:
            await asyncio.wait({asked, late}, return_when=asyncio.FIRST_COMPLETED)
            status, body, answered, reason = asked.result() if asked.done() else (0, None, {}, "http_timeout")
        finally:
            asked.cancel()
            late.cancel()
        push = Push(url=url, headers={**headers, **answered}, status=status, reason=reason)
        self.pushes.append(push)
        self.slack.space.touch()
        return Handed(status=status, body=body), push

    async def _ask(
        self, url: str, raw: bytes, headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, str], str]:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=None))
        try:
            async with self._session.post(url, data=raw, headers=headers, allow_redirects=False) as answer:
                text = await answer.text()
                body = json.loads(text) if answer.content_type == "application/json" and text else text
                kept = {k: v for k, v in answer.headers.items() if k == "X-Slack-No-Retry"}
                return answer.status, body, kept, "http_error"
        except (ClientError, OSError):
            return 0, None, {}, "connection_failed"
