"""Bolt's ear: every payload is journalled before Slack is told that we have it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from inbox.desk.slack import approval_posts, modals, reading
from inbox.desk.slack.calls import SlackError
from inbox.desk.slack.deeds import Clicked, Submitted
from inbox.desk.slack.submissions import Submissions
from inbox.desk.slack.workspace import Workspace, log

Payload = Mapping[str, Any]
Keep = Callable[[Payload], Awaitable[None]]
Ack = Callable[..., Awaitable[Any]]

ANYTHING = re.compile(r".*", re.DOTALL)
OPENS: Mapping[str, Callable[[Clicked], Mapping[str, Any]]] = {
    "snooze": lambda deed: modals.snooze(deed.value, deed.spoken.partition(". ")[0]),
    "resolve": lambda deed: modals.resolve(deed.value, deed.spoken.partition(". ")[0]),
    "touch_edit": approval_posts.edit,
}
SLOW = "Slack was slow: press again."


class Hearing:
    """Takes payloads from HTTP and sockets alike. Bolt checks signatures, answers and forgets."""

    def __init__(self, workspace: Workspace, submissions: Submissions, keep: Keep) -> None:
        """Hand what must not be lost to *keep*, which returns once it is committed."""
        self._workspace, self._submissions, self._keep = workspace, submissions, keep
        self._opening: set[asyncio.Task[None]] = set()
        self.bolt = AsyncApp(
            client=workspace.calls.client,
            signing_secret=workspace.settings.signing_secret.get_secret_value(),
            authorize=_authorizing(workspace),
            # Bolt's own test also drops a reply that is told through our card (message_replied).
            ignoring_self_events_enabled=False,
        )
        self._listen()

    def _listen(self) -> None:
        bolt = self.bolt
        # Bolt acknowledges events before their listeners run, so they are journalled in a middleware.
        bolt.middleware(self._journalled)
        bolt.event(ANYTHING)(_nothing)
        bolt.action(ANYTHING)(self._pressed)
        bolt.view(ANYTHING)(self._submitted)
        bolt.view_closed(ANYTHING)(_acked)
        bolt.shortcut(ANYTHING)(self._kept_and_acked)
        bolt.options(ANYTHING)(_no_options)
        bolt.command(ANYTHING)(_acked)

    async def _journalled(self, body: Payload, next: Callable[[], Awaitable[Any]]) -> Any:
        echo = reading.echo(body, self._workspace.bot_id)
        if body.get("type") == "event_callback" and not echo:
            await self._keep(body)
        return await next()

    async def _kept_and_acked(self, body: Payload, ack: Ack) -> None:
        await self._keep(body)
        await ack()

    async def _pressed(self, body: Payload, ack: Ack) -> None:
        """A button that opens a modal changes nothing yet, and its trigger is good for 3 s: no database."""
        deed = reading.read(body)
        if isinstance(deed, Clicked) and deed.action in OPENS:
            task = asyncio.create_task(self._open(deed))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        elif isinstance(deed, Clicked):
            await self._keep(body)
        await ack()

    async def _open(self, deed: Clicked) -> None:
        view = OPENS[deed.action](deed)
        try:
            await self._workspace.calls.ask("views.open", trigger_id=deed.trigger_id, view=view)
        except SlackError as error:
            log.warning("slack modal not opened", error=str(error))
            here = (deed.slack_channel, deed.thread_ts, deed.slack_id)
            await self._workspace.whisper(*here, SLOW)

    async def _submitted(self, body: Payload, ack: Ack) -> None:
        deed = reading.read(body)
        wrong = await self._submissions.wrong(deed) if isinstance(deed, Submitted) else None
        if wrong is not None:
            await ack(**wrong)
            return
        await self._keep(body)
        await ack()

    async def close(self) -> None:
        """Let the modals that are being opened open."""
        if self._opening:
            await asyncio.wait(self._opening, timeout=2)


def _authorizing(workspace: Workspace) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Tell Bolt who we are without asking Slack; Bolt calls it by the names of its arguments."""

    async def authorized() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=workspace.team_id,
            bot_user_id=workspace.bot_user,
            bot_id=workspace.bot_id,
            bot_token=workspace.settings.bot_token.get_secret_value(),
        )

    return authorized


async def _nothing() -> None:
    """What an event means is read from the journal."""


async def _acked(ack: Ack) -> None:
    await ack()


async def _no_options(ack: Ack) -> None:
    await ack(options=[])
