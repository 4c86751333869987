"""Clicks, submissions, suggestions, commands, shortcuts: the whole payload, and what the person then sees."""

from collections.abc import Mapping
from typing import Any

from tests.providers.slack.answers import answered_command, answered_submission
from tests.providers.slack.forms import elements, option_of, state_values, value_key
from tests.providers.slack.payloads import Payloads
from tests.providers.slack.shapes import message_json, view_json
from tests.providers.slack.state import Handed, Json, Message, View
from tests.providers.slack.views import shut


class Gestures(Payloads):
    """What a person does with buttons, fields and commands; each returns how the app answered."""

    @property
    def ephemerals(self) -> list[Message]:
        """What only this person sees, oldest first."""
        return [m for m in self.slack.space.ephemerals if m.ephemeral_for == self.id]

    @property
    def view(self) -> View | None:
        """The modal on top, if one is open."""
        stack = self.slack.space.stacks.get(self.id)
        return self.slack.space.views[stack[-1]] if stack else None

    @property
    def home(self) -> View | None:
        """The Home tab as last published for this person."""
        return self.slack.space.homes.get(self.id)

    async def sees(self, words: str, *, seconds: float = 25) -> Message:
        """Wait for an ephemeral post that holds these words."""

        def found() -> list[Message]:
            return [m for m in self.ephemerals if words in m.text or words in str(m.blocks)]

        await self.slack.until(found, seconds=seconds)
        return found()[-1]

    async def sees_view(self, callback_id: str | None = None, *, seconds: float = 25) -> View:
        """Wait for a modal (with this callback_id) on top, and return it."""

        def there() -> bool:
            view = self.view
            return view is not None and callback_id in (None, view.body.get("callback_id"))

        await self.slack.until(there, seconds=seconds)
        assert self.view is not None
        return self.view

    async def clicks(self, surface: Message | View, action_id: str, value: Any = None) -> Handed:
        """Press a button or choose in a menu (`value`: the option's value or label) of a post or view."""
        blocks = surface.body["blocks"] if isinstance(surface, View) else surface.blocks
        found = [(b, e) for b, e in elements(blocks) if e.get("action_id") == action_id]
        assert found, (
            f"nothing to click: {action_id}; there are {[e.get('action_id') for _, e in elements(blocks)]}"
        )
        block, element = found[0]
        if element["type"] == "button" and value is not None:
            block, element = next(pair for pair in found if pair[1].get("value") == value)
        action: Json = {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block.get("block_id", ""),
            "action_ts": self.slack.space.new_ts(),
        }
        if element["type"] == "button":
            action |= {key: element[key] for key in ("text", "value", "style") if key in element}
        elif element["type"] == "overflow":
            action["selected_option"] = option_of(element, value, {})
        else:
            key = value_key(element["type"])
            chosen = option_of(element, value, self._suggested) if key == "selected_option" else value
            action[key] = chosen
        payload = self._payload("block_actions", surface)
        return await self.slack.delivery.gesture("block_actions", payload | {"actions": [action]})

    async def submits(self, view: View, values: Mapping[str, Any] | None = None) -> Handed:
        """Fill the fields (by action_id or block_id) and submit; the app's answer changes what is open."""
        assert view.open, "this view is closed"
        assert view.body.get("submit"), "this view has no submit button"
        state = state_values(view.body, values or {}, self._suggested)
        payload = self._person("view_submission") | {
            "trigger_id": self._gesture(view_id=view.id),
            "view": view_json(self.slack.space, view, state),
            "response_urls": [],
        }
        handed = await self.slack.delivery.gesture("view_submission", payload)
        answered_submission(self.slack, view, handed)
        return handed

    async def closes(self, view: View) -> Handed | None:
        """Close a modal; the app hears of it only if it asked to."""
        shut(self.slack.space, self.id, 1)
        if not view.body.get("notify_on_close"):
            return None
        payload = self._person("view_closed") | {
            "view": view_json(self.slack.space, view),
            "is_cleared": False,
        }
        return await self.slack.delivery.gesture("view_closed", payload)

    async def picks(self, surface: Message | View, action_id: str, typed: str) -> list[Json]:
        """Type into an external select; the options the app offers (empty when it is slow or wrong)."""
        blocks = surface.body["blocks"] if isinstance(surface, View) else surface.blocks
        block, _ = next(pair for pair in elements(blocks) if pair[1].get("action_id") == action_id)
        payload = self._payload("block_suggestion", surface)
        del payload["trigger_id"]
        payload |= {"action_id": action_id, "block_id": block.get("block_id", ""), "value": typed}
        handed = await self.slack.delivery.gesture("block_suggestion", payload)
        body = handed.body if handed.ok and isinstance(handed.body, dict) else {}
        options = list(body.get("options", []))
        for group in body.get("option_groups", []):
            options += group["options"]
        if len(options) > 100 or any(len(o["value"]) > 150 or len(o["text"]["text"]) > 75 for o in options):
            self.slack.mistakes.append(f"{action_id}: more than 100 options, or one too long")
            return []
        self._suggested |= {option["value"]: option for option in options}
        return options

    async def slash(self, line: str, *, channel: str, thread: Message | None = None) -> Handed:
        """Type a slash command; Slack refuses it inside a thread (status 0, nothing sent)."""
        if thread is not None:
            self._told(thread.channel, f"{line.split()[0]} is not supported in threads. Sorry!")
            return Handed(status=0)
        command, _, text = line.partition(" ")
        payload: Json = {
            "token": "verification-is-by-signature", "team_id": self.slack.team_id, "team_domain": "tidings",
            "channel_id": channel, "channel_name": self.slack.space.channel(channel).name,
            "user_id": self.id, "user_name": self.account.name.lower(), "command": command, "text": text,
            "api_app_id": self.slack.space.app_id, "is_enterprise_install": "false",
        }  # fmt: skip
        gesture = self._gesture(channel=channel)
        payload |= {"trigger_id": gesture, "response_url": self._response_url(gesture)}
        handed = await self.slack.delivery.gesture("command", payload)
        answered_command(self.slack, self.id, channel, handed)
        return handed

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Handed:
        """Choose a shortcut: on a message, or a global one."""
        kind = "message_action" if message else "shortcut"
        payload = self._person(kind) | {"callback_id": callback_id, "action_ts": self.slack.space.new_ts()}
        gesture = self._gesture(channel=message.channel if message else None, message=message)
        payload["trigger_id"] = gesture
        if message:
            payload |= {
                "response_url": self._response_url(gesture),
                "message_ts": message.ts,
                "channel": self._channel(message.channel),
                "message": message_json(self.slack.space, message, metadata=True),
            }
        return await self.slack.delivery.gesture(kind, payload)

    def _told(self, channel: str, text: str) -> None:
        space = self.slack.space
        told = Message(channel=channel, ts=space.new_ts(), user=self.id, text=text, ephemeral_for=self.id)
        space.ephemerals.append(told)
