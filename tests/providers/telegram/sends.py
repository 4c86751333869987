"""The methods that send: who can be reached, what fits, what becomes of a file."""

from tests.providers.telegram.state import Json, Refusal, TelegramState

TYPES = frozenset({"bold", "italic", "strikethrough", "code", "pre"})
TEXT, CAPTION, PHOTO, UPLOAD = 4096, 1024, 10_000_000, 50_000_000


def send(state: TelegramState, method: str, given: Json) -> Json:
    chat = reachable(state, int(given["chat_id"]))
    field = method.removeprefix("send").lower()
    content = text(given) if field == "message" else _filed(state, field, given)
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


def text(given: Json) -> Json:
    said = str(given.get("text", "")).strip()
    if not said:
        raise Refusal(400, "Bad Request: message text is empty")
    if len(said) > TEXT:
        raise Refusal(400, "Bad Request: message is too long")
    return {"text": said, **formatted("entities", said, given)}


def formatted(name: str, said: str, given: Json) -> Json:
    """Keep the entities, which must lie within the words as UTF-16 counts them, and nest."""
    entities = given.get(name) or []
    units = len(said.encode("utf-16-le")) // 2
    code: list[range] = []
    for one in entities:
        place = range(one["offset"], one["offset"] + one["length"])
        if one["type"] not in TYPES or not place or place.start < 0 or place.stop > units:
            raise Refusal(400, f"Bad Request: can't parse entities: {one}")
        if any(set(place) & set(other) for other in code):
            raise Refusal(400, f"Bad Request: can't parse entities: {one} in code")
        code += [place] if one["type"] in ("code", "pre") else []
    return {name: entities} if entities else {}


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
    caption |= formatted("caption_entities", given.get("caption", ""), given)
    if field == "photo":
        return {"photo": [{**kept, "width": 90, "height": 90}], **caption}
    sized = {"width": 1, "height": 1} if field in {"video", "animation"} else {}
    return {field: {**kept, "file_name": name, "duration": 1, **sized}, **caption}


def reachable(state: TelegramState, chat: int) -> int:
    if chat in state.moved:
        why = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refusal(400, why, migrate_to_chat_id=state.moved[chat])
    if chat not in state.chats:
        raise Refusal(400, "Bad Request: chat not found")
    if chat in state.blocked:
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    return chat
