"""The whole payload of a gesture: who, where, on what, with a trigger and a response_url."""

from typing import TYPE_CHECKING

from tests.providers.slack.chat import channel_type
from tests.providers.slack.forms import state_values
from tests.providers.slack.shapes import message_json, view_json
from tests.providers.slack.state import Account, Gesture, Json, Message, View

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike


class Payloads:
    """One person's side of every payload."""

    def __init__(self, slack: "SlackLookAlike", account: Account) -> None:
        self.slack = slack
        self.account = account
        self._suggested: dict[str, Json] = {}

    @property
    def id(self) -> str:
        return self.account.id

    def _payload(self, kind: str, surface: Message | View) -> Json:
        payload = self._person(kind)
        if isinstance(surface, View):
            assert surface.open, "this view is closed"
            return payload | {
                "trigger_id": self._gesture(view_id=surface.id),
                "container": {"type": "view", "view_id": surface.id},
                "view": view_json(
                    self.slack.space, surface, state_values(surface.body, {}, {}, submitting=False)
                ),
            }
        gesture = self._gesture(channel=surface.channel, message=surface)
        container: Json = {
            "type": "message",
            "message_ts": surface.ts,
            "channel_id": surface.channel,
            "is_ephemeral": surface.ephemeral_for is not None,
        }
        payload |= {
            "trigger_id": gesture,
            "response_url": self._response_url(gesture),
            "container": container,
        }
        payload["channel"] = self._channel(surface.channel)
        if surface.thread_ts:
            container["thread_ts"] = surface.thread_ts
        if surface.ephemeral_for is None:
            payload["message"] = message_json(self.slack.space, surface, metadata=True)
        state = state_values({"blocks": surface.blocks}, {}, {}, submitting=False)
        return payload | {"state": {"values": state}}

    def _person(self, kind: str) -> Json:
        return {
            "type": kind,
            "token": "verification-is-by-signature",
            "api_app_id": self.slack.space.app_id,
            "team": {"id": self.slack.team_id, "domain": "tidings"},
            "user": {
                "id": self.id,
                "username": self.account.name.lower(),
                "name": self.account.name.lower(),
                "team_id": self.account.team_id,
            },
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _channel(self, channel: str) -> Json:
        found = self.slack.space.channel(channel)
        return {"id": channel, "name": "directmessage" if channel_type(found) == "im" else found.name}

    def _gesture(
        self, *, channel: str | None = None, message: Message | None = None, view_id: str | None = None
    ) -> str:
        space = self.slack.space
        gesture = Gesture(
            user=self.id, at=space.clock.now(), channel=channel, message=message, view_id=view_id
        )
        trigger = space.new_id("trigger.")
        space.gestures[trigger] = gesture
        return trigger

    def _response_url(self, gesture: str) -> str:
        return self.slack.url.removesuffix("/api/") + f"/response/{gesture}"
