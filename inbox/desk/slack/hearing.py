"""Bolt's ear: every payload is journalled before Slack is told that we have it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from inbox.desk.slack import approval_posts, reading
from inbox.desk.slack.calls import SlackError
from inbox.desk.slack.deeds import Asked, Chosen, Clicked, Commanded, Pressed, Submitted
from inbox.desk.slack.opening import Openings
from inbox.desk.slack.posts import Post, sentence
from inbox.desk.slack.responding import respond
from inbox.desk.slack.sheets import BY_ACTION
from inbox.desk.slack.sheets.sheet import opening_of
from inbox.desk.slack.slash import Slash, opens
from inbox.desk.slack.submissions import Submissions, late
from inbox.desk.slack.workspace import Workspace, log

Payload = Mapping[str, Any]
Keep = Callable[[Payload], Awaitable[None]]
Ack = Callable[..., Awaitable[Any]]
T = TypeVar("T")

ANYTHING = re.compile(r".*", re.DOTALL)
SOON = 2.0  # seconds in which Slack is answered, which waits three
LATER = "Searching…"
SLOW = "Slack did not answer in time: type it again."


class Hearing:
    """Takes payloads from HTTP and sockets alike. Bolt answers and forgets."""

    def __init__(
        self, workspace: Workspace, submissions: Submissions, openings: Openings, slash: Slash, keep: Keep
    ) -> None:
        """Hand what must not be lost to *keep*, which returns once it is committed."""
        self._workspace, self._submissions, self._keep = workspace, submissions, keep
        self._openings, self._slash = openings, slash
        self._asides: set[asyncio.Task[Any]] = set()
        self.bolt = AsyncApp(
            name="tidings",  # else it reads its caller's source, which takes longer than all the rest
            client=workspace.calls.client,
            request_verification_enabled=False,  # the door has checked: it knows the secret before, too
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
        bolt.shortcut(ANYTHING)(self._chosen)
        bolt.options(ANYTHING)(self._searched)
        bolt.command(ANYTHING)(self._commanded)

    async def _journalled(self, body: Payload, next: Callable[[], Awaitable[Any]]) -> Any:
        echo = reading.echo(body, self._workspace.bot_id)
        if body.get("type") == "event_callback" and not echo:
            await self._keep(body)
        return await next()

    async def _chosen(self, body: Payload, ack: Ack) -> None:
        """A shortcut opens a modal, or is a deed of its own."""
        deed = reading.read(body)
        if isinstance(deed, Chosen) and deed.callback in BY_ACTION:
            self._aside(self._openings.open(opening_of(deed)))
        else:
            await self._keep(body)
        await ack()

    async def _pressed(self, body: Payload, ack: Ack) -> None:
        """A button that opens a modal changes nothing yet, and its trigger is good for 3 s: no database."""
        deed = reading.read(body)
        match deed:
            case Clicked(action="touch_edit"):
                self._aside(self._edit(deed))
            case Clicked() | Pressed() if opening_of(deed).action in BY_ACTION:
                self._aside(self._openings.open(opening_of(deed)))
            case Pressed(kind="modal"):
                self._aside(self._openings.pressed(deed))
            case Clicked() | Pressed():
                await self._keep(body)
        await ack()

    async def _edit(self, deed: Clicked) -> None:
        view = approval_posts.edit(deed)
        try:
            await self._workspace.calls.ask("views.open", trigger_id=deed.trigger_id, view=view)
        except SlackError as error:
            log.warning("slack modal not opened", error=str(error))
            here = (deed.slack_channel, deed.thread_ts, deed.slack_id)
            await self._workspace.whisper(*here, "Slack was slow: press again.")

    async def _searched(self, body: Payload, ack: Ack) -> None:
        deed = reading.read(body)
        found = await self._in_time(self._openings.options(deed), []) if isinstance(deed, Asked) else []
        await ack(options=found)

    async def _commanded(self, body: Payload, ack: Ack) -> None:
        """Answer at once what can be; the rest by the command's response_url."""
        deed = reading.read(body)
        if not isinstance(deed, Commanded):
            await ack()
            return
        if opens(deed):  # a modal says all there is to say
            self._aside(self._answer(deed))
            await ack()
            return
        work = asyncio.create_task(self._answer(deed))
        done, _ = await asyncio.wait([work], timeout=SOON)
        if done:
            post = work.result()
            await ack(text=post.text, blocks=post.blocks or None)
            return
        await ack(text=LATER)
        self._aside(self._answered_later(deed, work))

    async def _answer(self, deed: Commanded) -> Post:
        try:
            return await self._slash.answer(deed)
        except SlackError as error:
            log.warning("slack command not answered", error=str(error))
            return sentence(SLOW)

    async def _answered_later(self, deed: Commanded, work: "asyncio.Task[Post]") -> None:
        post = await work
        body = {"replace_original": True, "text": post.text, "blocks": post.blocks}
        await respond(self._workspace, deed.response_url, body)

    async def _in_time(self, work: Coroutine[Any, Any, T], late: T) -> T:
        """Wait for what Slack is to be answered; *late* is the answer where it takes too long."""
        task = asyncio.create_task(work)
        done, _ = await asyncio.wait([task], timeout=SOON)
        if done:
            return task.result()
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
        return late

    def _aside(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _submitted(self, body: Payload, ack: Ack) -> None:
        deed = reading.read(body)
        wrong = None
        if isinstance(deed, Submitted):
            wrong = await self._in_time(self._submissions.wrong(deed), late(deed))
        if wrong is not None:
            await ack(**wrong)
            return
        await self._keep(body)
        await ack()

    async def close(self) -> None:
        """Let the modals that are being opened open."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=2)


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
