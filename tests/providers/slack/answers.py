"""What the app answers to a gesture: submission answers, command texts, response_url posts."""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.providers.slack.chat import changed, check_blocks, event_of, removed
from tests.providers.slack.shapes import message_json
from tests.providers.slack.state import Gesture, Handed, Json, Message, SlackError, View
from tests.providers.slack.views import STACK, change, check_view, put, shut, stack_of

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike

USES = 5  # docs.slack.dev/interactivity: a response_url works 5 times in 30 minutes
LIFE_SECONDS = 1800
_RESPONSE = (
    "text blocks attachments response_type replace_original delete_original thread_ts "
    "unfurl_links unfurl_media metadata mrkdwn"
)
_KNOWN = frozenset(_RESPONSE.split())


def answered_submission(slack: "SlackLookAlike", view: View, handed: Handed) -> None:
    """Do as the app's answer to a submission says; nothing said closes the view."""
    if not handed.ok:
        return
    body = handed.body if isinstance(handed.body, dict) else {}
    try:
        match body.get("response_action"):
            case None:
                shut(slack.space, view.user, 1)
            case "clear":
                shut(slack.space, view.user, STACK)
            case "errors":
                known = {b.get("block_id") for b in view.body["blocks"] if b["type"] == "input"}
                unknown = set(body["errors"]) - known
                if unknown or not body["errors"]:
                    slack.mistakes.append(f"submission errors name no input block: {sorted(unknown)}")
            case "update":
                change(slack.space, view, check_view(slack.space, body["view"], "modal"))
            case "push":
                if len(stack_of(slack.space, view.user)) >= STACK:
                    raise SlackError("push_limit_reached")
                put(slack.space, view.user, check_view(slack.space, body["view"], "modal"))
            case other:
                slack.mistakes.append(f"unknown response_action {other!r}")
    except SlackError as error:
        slack.mistakes.append(f"submission answer: {error.code} {error.extra}")


def answered_command(slack: "SlackLookAlike", user: str, channel: str, handed: Handed) -> None:
    """Show what the app answered to a command: ephemeral, or in the channel when it asks so."""
    body: Any = handed.body
    if not handed.ok or not body:
        return
    said = {"text": body} if isinstance(body, str) else body
    _respond(slack, Gesture(user=user, at=0, channel=channel), said)


async def respond(slack: "SlackLookAlike", request: web.Request) -> web.Response:
    """A POST to a response_url."""
    gesture = slack.space.gestures.get(request.match_info["gesture"])
    if gesture is None or slack.space.clock.now() - gesture.at > LIFE_SECONDS:
        return web.json_response({"ok": False, "error": "expired_url"}, status=404)
    gesture.responses += 1
    if gesture.responses > USES:
        return web.json_response({"ok": False, "error": "used_url"}, status=404)
    fault = slack.faults.take("response_url", {})
    if fault is not None:
        return web.Response(status=fault.status, text="failed")
    body = await request.json()
    slack.responses.append(body)
    try:
        _respond(slack, gesture, body)
    except SlackError as error:
        return web.json_response({"ok": False, "error": error.code, **error.extra}, status=400)
    return web.Response(text="ok")


def _respond(slack: "SlackLookAlike", gesture: Gesture, body: Json) -> None:
    if unknown := sorted(set(body) - _KNOWN):
        slack.mistakes.append(f"response: unknown keys {', '.join(unknown)}")
        raise SlackError("invalid_payload")
    message = gesture.message
    if body.get("delete_original") and message is not None:
        _forget(slack, message)
        return
    blocks = check_blocks(slack.space, body.get("blocks"))
    text = str(body.get("text") or "")
    if not text and not blocks:
        raise SlackError("no_text")
    if body.get("replace_original") and message is not None:
        _replace(slack, message, text, blocks, body)
        return
    said = Message(
        channel=gesture.channel or "",
        ts=slack.space.new_ts(),
        user=slack.space.bot_user,
        text=text,
        blocks=blocks,
        bot_id=slack.space.bot_id,
        app_id=slack.space.app_id,
        thread_ts=body.get("thread_ts"),
        arguments=body,
    )
    if body.get("response_type") == "in_channel":
        slack.space.channel(said.channel).put(said)
        slack.space.happen(event_of(slack.space, said))
        return
    said.ephemeral_for = gesture.user
    slack.space.ephemerals.append(said)
    slack.space.touch()


def _forget(slack: "SlackLookAlike", message: Message) -> None:
    if message.ephemeral_for is None:
        removed(slack.space, message)
    elif message in slack.space.ephemerals:
        slack.space.ephemerals.remove(message)
        slack.space.touch()


def _replace(slack: "SlackLookAlike", message: Message, text: str, blocks: list[Json], body: Json) -> None:
    if message.ephemeral_for is None and message.ts not in slack.space.channels[message.channel].messages:
        raise SlackError("message_not_found")
    before = message_json(slack.space, message)
    message.edits.append(message.text)
    message.text, message.blocks, message.arguments = text, blocks, body
    if message.ephemeral_for is not None:
        slack.space.touch()
        return
    message.edited_ts = slack.space.new_ts()
    changed(slack.space, message, before)
