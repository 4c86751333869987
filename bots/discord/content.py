"""What a Discord message holds: its words in the house's marks, and its attachments."""

import re
from typing import Any, Final

from bots.channel import Attachment, AttachmentKind
from bots.discord.naming import snowflake
from bots.json_body import Json, size, table, tables, text
from bots.marks import from_markdown

VOICE: Final = 1 << 13
"""The flag of a message that is a recording."""
STICKERS: Final = {1: ("png", "image/png"), 2: ("png", "image/png"), 4: ("gif", "image/gif")}
"""Formats that are pictures; 3 is Lottie, which few can show."""
_SIGNS: Final = re.compile(r"[*_~`\[\]<>\\|\ue000\ue001]")
"""Without one of these Markdown means what it says."""
_NAMED: Final = re.compile(r"<(?:a?:(?P<emoji>\w{1,40}):|@!?(?P<user>)|#(?P<channel>))(?P<id>[0-9]{1,20})>")


def words(message: Json) -> str:
    """Give what *message* says; one that only shows something (a card, a poll, a forward) says that."""
    said = readable(text(message.get("content")), message)
    forwarded = [readable(text(one.get("content")), one) for one in _forwarded(message)]
    parts = [said, *forwarded, _poll(table(message.get("poll")))]
    parts += [f"[sticker: {text(one.get('name'))}]" for one in _unshown(message)]
    found = "\n".join(filter(None, parts))
    return found or "\n\n".join(filter(None, map(_card, tables(message.get("embeds")))))


def attachments(message: Json) -> tuple[Attachment, ...]:
    """Collect the files and stickers of *message* and of what it forwards."""
    flags = message.get("flags")
    spoken = isinstance(flags, int) and bool(flags & VOICE)
    found = []
    for part in (message, *_forwarded(message)):
        found += [_file(one, spoken) for one in tables(part.get("attachments")) if text(one.get("url"))]
        found += [_sticker(one) for one in tables(part.get("sticker_items")) if _is_shown(one)]
    return tuple(found)


def name_of(user: Json) -> str:
    """Give the name that people see."""
    return text(user.get("global_name")) or text(user.get("username"))


def readable(content: str, message: Json) -> str:
    """Put names for the people, channels and emoji that *content* has by number; formatting as our marks."""
    if "<" in content:
        names = {("user", text(one.get("id"))): f"@{name_of(one)}" for one in tables(message.get("mentions"))}
        for one in tables(message.get("mention_channels")):
            names["channel", text(one.get("id"))] = f"#{text(one.get('name'))}"
        content = _NAMED.sub(lambda match: _name(match, names), content)
    return formatted(content)


def formatted(content: str) -> str:
    """Read Markdown where there is any: most of what people write has none, and reading it takes longest."""
    return from_markdown(content) if _SIGNS.search(content) else content


def _forwarded(message: Json) -> list[Json]:
    return [table(one.get("message")) for one in tables(message.get("message_snapshots"))]


def _name(match: re.Match[str], names: dict[tuple[str, str], str]) -> str:
    if match["emoji"]:
        return f":{match['emoji']}:"
    kind = "channel" if match["channel"] is not None else "user"
    return names.get((kind, match["id"]), match[0])


def _file(one: Json, spoken: bool) -> Attachment:
    content_type = text(one.get("content_type"))
    return Attachment(
        kind="voice" if spoken else _kind(content_type),
        ref=text(one.get("url")),
        name=text(one.get("filename")),
        content_type=content_type,
        size=size(one.get("size")),
    )


def _kind(content_type: str) -> AttachmentKind:
    match content_type.partition("/")[0]:
        case "image":
            return "image"
        case "audio":
            return "audio"
        case "video":
            return "video"
        case _:
            return "document"


def _sticker(one: Json) -> Attachment:
    ending, content_type = STICKERS[one["format_type"]]
    host = "media.discordapp.net" if ending == "gif" else "cdn.discordapp.com"
    url = f"https://{host}/stickers/{one['id']}.{ending}"
    return Attachment(kind="sticker", ref=url, name=text(one.get("name")), content_type=content_type)


def _is_shown(one: Json) -> bool:
    form: Any = one.get("format_type")
    return isinstance(form, int) and form in STICKERS and bool(snowflake(one.get("id")))


def _unshown(message: Json) -> list[Json]:
    return [one for one in tables(message.get("sticker_items")) if not _is_shown(one)]


def _card(embed: Json) -> str:
    fields = [f"{text(one.get('name'))}: {text(one.get('value'))}" for one in tables(embed.get("fields"))]
    parts = [text(embed.get("title")), text(embed.get("description")), *fields, text(embed.get("url"))]
    return formatted("\n".join(filter(None, parts)))


def _poll(poll: Json) -> str:
    question = text(table(poll.get("question")).get("text"))
    answers = [text(table(one.get("poll_media")).get("text")) for one in tables(poll.get("answers"))]
    return "\n".join(filter(None, [question, *(f"- {one}" for one in answers if one)]))
