"""How what happens reaches the app: signed HTTP with retries, or Socket Mode."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.providers.slack.http_push import Pusher, Subscription
from tests.providers.slack.sockets import Sockets
from tests.providers.slack.state import Handed, Json

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike

# The manifest's bot_events, as inner event types.
_SUBSCRIBED = (
    "message reaction_added reaction_removed app_home_opened member_joined_channel member_left_channel "
    "channel_archive channel_unarchive channel_rename channel_deleted channel_shared channel_id_changed "
    "group_archive group_unarchive group_rename group_deleted user_change tokens_revoked app_uninstalled"
)
EVENTS = frozenset(_SUBSCRIBED.split())


@dataclass(slots=True)
class _Wishes:
    duplicates: int = 0
    held: list[Json] | None = None
    tasks: set[asyncio.Task[Handed]] = field(default_factory=set)


class Delivery:
    """Sends events, gestures and commands to the app over whichever way it listens."""

    def __init__(self, slack: "SlackLookAlike") -> None:
        self.slack = slack
        self.pusher = Pusher(slack)
        self.sockets = Sockets(slack)
        self.subscription: Subscription | None = None
        self.events: list[Json] = []
        self._wishes = _Wishes()

    def event(self, event: Json) -> None:
        """Tell the app of an inner event, if it is subscribed to it and may see it."""
        channel = self.slack.space.channels.get(
            str(event.get("channel") or event.get("item", {}).get("channel"))
        )
        direct = event["type"] == "message" and event["channel_type"] == "im"
        if direct or event["type"] not in EVENTS:
            return
        if (
            channel
            and self.slack.space.bot_user not in channel.members
            and not event["type"].startswith("member")
        ):
            return
        envelope = self._envelope(event, shared=bool(channel and channel.shared))
        self.events.append(envelope)
        if self.subscription is None and not self.sockets.connects:
            return
        if self._wishes.held is not None:
            self._wishes.held.append(envelope)
            return
        self.send(envelope)
        for _ in range(self._wishes.duplicates):
            self.send(envelope)
        self._wishes.duplicates = 0

    def duplicate(self, times: int = 1) -> None:
        """Let the next event come so many times more, with the same event_id."""
        self._wishes.duplicates = times

    def hold(self) -> None:
        """Keep events back until `release`."""
        self._wishes.held = []

    async def release(self, order: Sequence[int] | None = None) -> None:
        """Let the held events go, one after the other, in this order (indexes) or as they came."""
        held, self._wishes.held = self._wishes.held or [], None
        for index in order if order is not None else range(len(held)):
            await self.send(held[index])

    def send(self, envelope: Json) -> "asyncio.Task[Handed]":
        """Deliver one event envelope now, with its retries, as its own task."""
        return self._task(self._event(envelope))

    async def gesture(self, kind: str, payload: Json) -> Handed:
        """Hand over a click, a submission, a suggestion or a command; one try, 3 s."""
        if self.subscription is not None:
            return await self.pusher.gesture(self.subscription, kind, payload)
        return await self.sockets.hand("slash_commands" if kind == "command" else "interactive", payload)

    async def app_rate_limited(self) -> Handed:
        """Tell the app that it got too many events this minute (HTTP only)."""
        assert self.subscription is not None, "only over HTTP"
        now = int(self.slack.clock.now())
        body = {
            "token": "verification-is-by-signature",
            "type": "app_rate_limited",
            "team_id": self.slack.team_id,
            "minute_rate_limited": now - now % 60,
            "api_app_id": self.slack.space.app_id,
        }
        return await self.pusher.json(self.subscription.events, body)

    async def ssl_check(self) -> Handed:
        """Ask the command's URL for its certificate, as Slack does now and then (HTTP only)."""
        assert self.subscription is not None, "only over HTTP"
        return await self.pusher.gesture(self.subscription, "command", {"ssl_check": "1", "token": "x"})

    async def settled(self) -> None:
        """Wait until every event was answered or given up."""
        while self._wishes.tasks:
            await asyncio.wait(self._wishes.tasks)

    async def close(self) -> None:
        """Stop every delivery and close every connection."""
        for task in list(self._wishes.tasks):
            task.cancel()
        await asyncio.gather(*self._wishes.tasks, return_exceptions=True)
        await self.sockets.close()
        await self.pusher.close()

    async def _event(self, envelope: Json) -> Handed:
        if self.subscription is not None:
            return await self.pusher.event(self.subscription, json.dumps(envelope).encode())
        return await self.sockets.event(envelope)

    def _task(self, work: Coroutine[Any, Any, Handed]) -> "asyncio.Task[Handed]":
        task = asyncio.create_task(work)
        self._wishes.tasks.add(task)
        task.add_done_callback(self._wishes.tasks.discard)
        return task

    def _envelope(self, event: Json, *, shared: bool) -> Json:
        space = self.slack.space
        return {
            "token": "verification-is-by-signature",
            "team_id": space.team_id,
            "context_team_id": space.team_id,
            "api_app_id": space.app_id,
            "type": "event_callback",
            "event": event,
            "event_id": space.new_id("Ev"),
            "event_time": int(self.slack.clock.now()),
            "authorizations": [
                {"enterprise_id": None, "team_id": space.team_id, "user_id": space.bot_user, "is_bot": True,
                 "is_enterprise_install": False}
            ],
            "is_ext_shared_channel": shared,
            "event_context": space.new_id("4-"),
        }  # fmt: skip
