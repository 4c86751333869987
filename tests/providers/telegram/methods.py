"""The bot's methods: what each takes, does and refuses."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.providers.telegram.parameters import PARAMETERS
from tests.providers.telegram.sends import formatted, reachable, send, text
from tests.providers.telegram.state import Json, Refusal, TelegramState

REACTIONS = frozenset("👍👎❤🔥👏😁🤔😢🎉🙏👌😍💯🏆😘")  # of 73
DOWNLOAD = 20 * 1024 * 1024
OBJECTS = frozenset({"allowed_updates", "reply_parameters", "reply_markup", "entities", "caption_entities"})


async def call(state: TelegramState, method: str, given: Json) -> Any:
    """Do *method* with the parameters *given* (uploads are (name, bytes)); Refusal if Telegram would."""
    known = {name.lower(): name for name in PARAMETERS}
    name = known.get(method.lower())
    if name is None:
        raise Refusal(404, "Not Found: method not found")
    state.strange += [f"{name}: {key}" for key in given if key not in PARAMETERS[name]]
    values = {key: _plain(value) if key in OBJECTS else value for key, value in given.items()}
    state.calls.append({"method": name, "given": {key: _shown(value) for key, value in values.items()}})
    if name.startswith("send"):
        return send(state, name, values)
    return await _METHODS[name](state, values)


async def _get_me(state: TelegramState, given: Json) -> Json:
    return state.bot


async def _get_updates(state: TelegramState, given: Json) -> list[Json]:
    if state.webhook:
        raise Refusal(
            409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
        )
    state.poll += 1
    mine = state.poll
    state.allowed = given.get("allowed_updates", state.allowed)
    offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
    state.pending = [update for update in state.pending if update["update_id"] >= offset]
    state.wake()
    try:
        async with asyncio.timeout(float(given.get("timeout", 0)) or 0.001):
            while not state.pending and state.poll == mine:
                await state.news.wait()
    except TimeoutError:
        pass
    if state.poll != mine:
        raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one runs")
    return state.pending[:limit]


async def _set_webhook(state: TelegramState, given: Json) -> bool:
    url = given.get("url", "")
    state.webhook = {"url": url, "secret_token": given.get("secret_token", "")} if url else {}
    state.allowed = given.get("allowed_updates", state.allowed)
    state.wake()
    return True


async def _delete_webhook(state: TelegramState, given: Json) -> bool:
    state.webhook = {}
    return True


async def _webhook_info(state: TelegramState, given: Json) -> Json:
    return {
        "url": state.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(state.pending),
        "allowed_updates": state.allowed,
    }


async def _edit_text(state: TelegramState, given: Json) -> Json:
    message = _own(state, given, "edit")
    if "text" not in message:
        raise Refusal(400, "Bad Request: there is no text in the message to edit")
    return _change(message, text(given))


async def _edit_caption(state: TelegramState, given: Json) -> Json:
    caption = given.get("caption", "")
    more = formatted("caption_entities", caption, given)
    return _change(_own(state, given, "edit"), {"caption": caption, **more})


def _change(message: Json, content: Json) -> Json:
    name = "caption_entities" if "caption" in content else "entities"
    if message.pop(name, []) == content.get(name, []) and all(
        message.get(key) == value for key, value in content.items() if key != name
    ):
        raise Refusal(
            400, "Bad Request: message is not modified: specified new message content is exactly the same"
        )
    message |= content
    return message


async def _delete(state: TelegramState, given: Json) -> bool:
    message = _own(state, given, "delete")
    del state.messages[message["chat"]["id"], message["message_id"]]
    return True


async def _react(state: TelegramState, given: Json) -> bool:
    message = _own(state, given, "react")
    wanted = _plain(given.get("reaction", "[]"))
    if any(one["type"] != "emoji" or one["emoji"] not in REACTIONS for one in wanted):
        raise Refusal(400, "Bad Request: REACTION_INVALID")
    if len(wanted) > 1:
        raise Refusal(400, "Bad Request: REACTIONS_TOO_MANY")
    message["reaction"] = [one["emoji"] for one in wanted]
    return True


async def _get_file(state: TelegramState, given: Json) -> Json:
    if given["file_id"] not in state.files:
        raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    path, data = state.files[given["file_id"]]
    if len(data) > DOWNLOAD:
        raise Refusal(400, "Bad Request: file is too big")
    return {"file_id": given["file_id"], "file_unique_id": "u", "file_size": len(data), "file_path": path}


async def _answer(state: TelegramState, given: Json) -> bool:
    return True


def _own(state: TelegramState, given: Json, doing: str) -> Json:
    message = state.messages.get((reachable(state, int(given["chat_id"])), int(given["message_id"])))
    if message is None:
        raise Refusal(400, f"Bad Request: message to {doing} not found")
    if message["from"]["id"] != state.bot["id"] and doing == "edit":
        raise Refusal(400, "Bad Request: message can't be edited")
    return message


def _plain(value: Any) -> Any:
    """Forms carry objects as JSON text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise Refusal(400, "Bad Request: can't parse JSON object") from None


def _shown(value: Any) -> Any:
    return f"{value[0]} ({len(value[1])} bytes)" if isinstance(value, tuple) else value


_METHODS: dict[str, Callable[[TelegramState, Json], Awaitable[Any]]] = {
    "getMe": _get_me,
    "getUpdates": _get_updates,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "editMessageText": _edit_text,
    "editMessageCaption": _edit_caption,
    "deleteMessage": _delete,
    "setMessageReaction": _react,
    "getFile": _get_file,
    "answerCallbackQuery": _answer,
}
