"""The bot's methods: what each takes, does and refuses."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.providers.telegram.parameters import PARAMETERS
from tests.providers.telegram.state import Json, Refusal, TelegramState

TEXT, CAPTION, PHOTO, UPLOAD, DOWNLOAD = 4096, 1024, 10_000_000, 50_000_000, 20 * 1024 * 1024
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
        return _send(state, name, values)
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


def _send(state: TelegramState, method: str, given: Json) -> Json:
    chat = _reachable(state, int(given["chat_id"]))
    field = method.removeprefix("send").lower()
    content = _text(given) if field == "message" else _filed(state, field, given)
    if reply := given.get("reply_parameters"):
        answered = state.messages.get((chat, int(reply["message_id"])))
        if answered is None and not reply.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        content |= {"reply_to_message": answered} if answered else {}
    if "reply_markup" in given:
        content["reply_markup"] = given["reply_markup"]
    made = state.message(chat, state.bot, **content)
    state.sent.append({"method": method, "chat_id": chat, **made})
    return made


def _text(given: Json) -> Json:
    text = str(given.get("text", "")).strip()
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text) > TEXT:
        raise Refusal(400, "Bad Request: message is too long")
    return {"text": text}


def _filed(state: TelegramState, field: str, given: Json) -> Json:
    if len(given.get("caption", "")) > CAPTION:
        raise Refusal(400, "Bad Request: message caption is too long")
    upload = given.get(field)
    if not isinstance(upload, tuple):
        raise Refusal(400, f"Bad Request: there is no {field} in the request")
    name, data = upload
    if len(data) > UPLOAD:
        raise Refusal(413, "Request Entity Too Large")
    if field == "photo" and len(data) > PHOTO:
        raise Refusal(400, "Bad Request: file is too big for a photo")
    if not data:
        raise Refusal(400, "Bad Request: file must be non-empty")
    kept = state.file(data, name)
    caption = {"caption": given["caption"]} if given.get("caption") else {}
    if field == "photo":
        return {"photo": [{**kept, "width": 90, "height": 90}], **caption}
    sized = {"width": 1, "height": 1} if field in {"video", "animation"} else {}
    return {field: {**kept, "file_name": name, "duration": 1, **sized}, **caption}


async def _edit_text(state: TelegramState, given: Json) -> Json:
    message = _own(state, given, "edit")
    if "text" not in message:
        raise Refusal(400, "Bad Request: there is no text in the message to edit")
    return _change(message, _text(given))


async def _edit_caption(state: TelegramState, given: Json) -> Json:
    return _change(_own(state, given, "edit"), {"caption": given.get("caption", "")})


def _change(message: Json, content: Json) -> Json:
    if all(message.get(key) == value for key, value in content.items()):
        raise Refusal(
            400, "Bad Request: message is not modified: specified new message content is exactly the same"
        )
    message |= content
    return message


async def _delete(state: TelegramState, given: Json) -> bool:
    message = _own(state, given, "delete")
    del state.messages[message["chat"]["id"], message["message_id"]]
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


def _reachable(state: TelegramState, chat: int) -> int:
    if chat in state.moved:
        text = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refusal(400, text, migrate_to_chat_id=state.moved[chat])
    if chat not in state.chats:
        raise Refusal(400, "Bad Request: chat not found")
    if chat in state.blocked:
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    return chat


def _own(state: TelegramState, given: Json, doing: str) -> Json:
    message = state.messages.get((_reachable(state, int(given["chat_id"])), int(given["message_id"])))
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
    "getFile": _get_file,
    "answerCallbackQuery": _answer,
}
