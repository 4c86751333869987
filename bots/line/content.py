"""What a LINE message holds: its words and its attachments."""

from typing import Final

from bots.channel import Attachment, AttachmentKind
from bots.json_body import Json, angle, size, table, text

STICKERS: Final = "https://stickershop.line-scdn.net/stickershop/v1/sticker/{}/android/sticker.png"
MEDIA: Final[dict[str, tuple[AttachmentKind, str]]] = {
    "image": ("image", "image/jpeg"),
    "video": ("video", "video/mp4"),
    "audio": ("audio", "audio/x-m4a"),
}
"""LINE names no type of what it keeps; these are what its apps make."""


def words(message: Json) -> str:
    """Give the text of *message*; a kind that we do not know is named in brackets, so that it is seen."""
    kind = text(message.get("type"))
    if kind in ("text", "sticker"):
        return text(message.get("text"))
    known = kind in MEDIA or kind in ("file", "location")
    return "" if known else f"[{kind or 'message'}]"


def attachments(message: Json) -> tuple[Attachment, ...]:
    """Collect what came with *message*; *ref* is the message's id at LINE, or an address elsewhere."""
    match text(message.get("type")):
        case "image" | "video" | "audio" as kind:
            return (_medium(kind, message),)
        case "file":
            name = text(message.get("fileName"))
            ref = text(message.get("id"))
            return (Attachment(kind="document", ref=ref, name=name, size=size(message.get("fileSize"))),)
        case "location":
            return _place(message)
        case "sticker":
            return _sticker(message)
        case _:
            return ()


def group(message: Json) -> str:
    """Give the id that pictures sent together share."""
    return text(table(message.get("imageSet")).get("id"))


def _medium(kind: str, message: Json) -> Attachment:
    ours, content_type = MEDIA[kind]
    provider = table(message.get("contentProvider"))
    if provider.get("type") == "external":
        return Attachment(kind=ours, ref=text(provider.get("originalContentUrl")))
    return Attachment(kind=ours, ref=text(message.get("id")), content_type=content_type)


def _place(message: Json) -> tuple[Attachment, ...]:
    latitude, longitude = angle(message.get("latitude"), 90), angle(message.get("longitude"), 180)
    if latitude is None or longitude is None:
        return ()
    name = ", ".join(filter(None, (text(message.get("title")), text(message.get("address")))))
    return (Attachment(kind="location", name=name, latitude=latitude, longitude=longitude),)


def _sticker(message: Json) -> tuple[Attachment, ...]:
    number = text(message.get("stickerId"))
    if not number.isdecimal():
        return ()
    keywords = message.get("keywords")
    said = [one for one in keywords if isinstance(one, str)] if isinstance(keywords, list) else []
    ref = STICKERS.format(number)
    return (Attachment(kind="sticker", ref=ref, name=", ".join(said), content_type="image/png"),)
