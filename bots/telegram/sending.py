"""One message of ours as one call: which method carries which file."""

from typing import Any

from telegram import Bot, InputFile, Message, MessageEntity, ReactionTypeEmoji, ReplyParameters
from telegram.error import BadRequest, ChatMigrated

from bots.channel import MediaOut, MessageOut
from bots.errors import Refused
from bots.telegram.formatting import formatted
from bots.telegram.spec import PHOTO_LIMIT

# content type: (method, its file's parameter); anything else goes as a document
_METHODS: dict[str, str] = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "photo",
    "image/gif": "animation",
    "video/mp4": "video",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/x-m4a": "audio",
    "audio/ogg": "voice",
}


def chat_of(address: str) -> int:
    """Return the chat id in *address*; Refused if it is not one of Telegram's."""
    scheme, _, number = address.partition(":")
    if scheme != "telegram" or not number.removeprefix("-").isdecimal():
        raise Refused("This is not a Telegram address.")
    return int(number)


def message_of(external_id: str) -> tuple[int, int]:
    """Return the chat id and message id in *external_id*; Refused if it is not a message's."""
    match external_id.split(":"):
        case [chat, number, *_] if chat.removeprefix("-").isdecimal() and number.isdecimal():
            return int(chat), int(number)
        case _:
            raise Refused("This is not a Telegram message.")


async def send_following(bot: Bot, message: MessageOut) -> Message:
    """Send in one call; a chat that moved is followed once, since Telegram refused the first."""
    chat = chat_of(message.address)
    try:
        return await send_once(bot, chat, message)
    except ChatMigrated as moved:
        return await send_once(bot, moved.new_chat_id, message)


async def send_once(bot: Bot, chat: int, message: MessageOut) -> Message:
    """Make the one call that sends *message* to *chat*."""
    more: dict[str, Any] = {"reply_parameters": _reply(message.reply_to)}
    words, entities = _formatted(message.text)
    if not message.media:
        return await bot.send_message(chat, words, entities=entities, **more)
    if len(message.media) > 1:
        raise Refused("Telegram takes one file a message.")
    more |= {"caption": words or None, "caption_entities": entities}
    return await _send_file(bot, chat, message.media[0], more)


def _formatted(text: str) -> tuple[str, list[MessageEntity] | None]:
    words, entities = formatted(text)
    return words, [MessageEntity(**one) for one in entities] or None


def field_of(media: MediaOut) -> str:
    """Name the parameter, and so the method, that carries *media*."""
    field = _METHODS.get(media.content_type.partition(";")[0].strip().lower(), "document")
    return "document" if field == "photo" and media.size > PHOTO_LIMIT else field


async def _send_file(bot: Bot, chat: int, media: MediaOut, more: dict[str, Any]) -> Message:
    try:
        handle = media.path.open("rb")
    except OSError:
        raise Refused("The file is gone from our disk.") from None
    with handle:  # streamed from the disk: the SDK would otherwise hold all 50 MB in memory
        file = InputFile(handle, filename=media.name, read_file_handle=False)
        match field_of(media):
            case "photo":
                return await bot.send_photo(chat, file, **more)
            case "animation":
                return await bot.send_animation(chat, file, **more)
            case "video":
                return await bot.send_video(chat, file, **more)
            case "audio":
                return await bot.send_audio(chat, file, **more)
            case "voice":
                return await bot.send_voice(chat, file, **more)
            case _:
                return await bot.send_document(chat, file, disable_content_type_detection=True, **more)


def _reply(external_id: str) -> ReplyParameters | None:
    """Point to the answered message; one that is gone (or was a button) does not stop the answer."""
    match external_id.split(":"):
        case [_, number] if number.isdecimal():
            return ReplyParameters(int(number), allow_sending_without_reply=True)
        case _:
            return None


async def edit_once(bot: Bot, chat: int, number: int, text: str) -> None:
    """Change the words of a message; under a file they are its caption, which Telegram tells by refusing."""
    words, entities = _formatted(text)
    try:
        await bot.edit_message_text(words, chat, number, entities=entities)
    except BadRequest as refused:
        if "no text in the message to edit" in refused.message:
            await bot.edit_message_caption(chat, number, caption=words or None, caption_entities=entities)
        elif "message is not modified" not in refused.message.lower():
            raise


async def delete_once(bot: Bot, chat: int, number: int) -> None:
    """Take a message back; one that is gone already is no error."""
    try:
        await bot.delete_message(chat, number)
    except BadRequest as refused:
        if "message to delete not found" not in refused.message.lower():
            raise


async def react_once(bot: Bot, chat: int, number: int, reaction: str) -> None:
    """Put one reaction on a message, an empty one takes ours off; a message that is gone is no error."""
    try:
        await bot.set_message_reaction(chat, number, [ReactionTypeEmoji(reaction)] if reaction else [])
    except BadRequest as refused:
        said = refused.message.lower()
        if "message to react not found" not in said and "message_id_invalid" not in said:
            raise
