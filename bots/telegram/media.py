"""The files, places and people in a Telegram message, as attachments."""

from collections.abc import Callable
from typing import Any

from bots.channel import Attachment, AttachmentKind

Json = dict[str, Any]

# field: kind, content type and name where the field says neither (Telegram keeps no name for a photo)
_FILES: dict[str, tuple[AttachmentKind, str, str]] = {
    "document": ("document", "", "file"),
    "voice": ("voice", "audio/ogg", "voice.ogg"),
    "audio": ("audio", "audio/mpeg", "audio.mp3"),
    "video": ("video", "video/mp4", "video.mp4"),
    "video_note": ("video", "video/mp4", "video note.mp4"),
    "animation": ("video", "video/mp4", "animation.mp4"),
    "live_photo": ("video", "video/mp4", "live photo.mp4"),
}


def attachments(message: Json) -> tuple[Attachment, ...]:
    """Translate everything in *message* that is not words."""
    return tuple(read(message[key]) for key, read in _READERS.items() if message.get(key))


def _file(field: str) -> Callable[[Json], Attachment]:
    kind, content_type, name = _FILES[field]

    def read(file: Json) -> Attachment:
        said = file.get("mime_type") or content_type
        return Attachment(
            kind="image" if kind == "video" and said.startswith("image/") else kind,
            ref=file.get("file_id", ""),
            name=file.get("file_name") or file.get("title") or name,
            content_type=said,
            size=file.get("file_size"),
        )

    return read


def _photo(sizes: list[Json]) -> Attachment:
    largest = max(
        sizes, key=lambda size: (size.get("width", 0) * size.get("height", 0), size.get("file_size", 0))
    )
    return Attachment(
        kind="image",
        ref=largest.get("file_id", ""),
        name="photo.jpg",
        content_type="image/jpeg",
        size=largest.get("file_size"),
    )


def _sticker(sticker: Json) -> Attachment:
    name, content_type = "sticker.webp", "image/webp"
    if sticker.get("is_animated"):
        name, content_type = "sticker.tgs", "application/x-tgsticker"
    elif sticker.get("is_video"):
        name, content_type = "sticker.webm", "video/webm"
    return Attachment(
        kind="sticker",
        ref=sticker.get("file_id", ""),
        name=name,
        content_type=content_type,
        size=sticker.get("file_size"),
    )


def _location(place: Json) -> Attachment:
    return Attachment(kind="location", latitude=place["latitude"], longitude=place["longitude"])


def _venue(venue: Json) -> Attachment:
    place = venue["location"]
    name = venue.get("title", "")
    return Attachment(kind="location", name=name, latitude=place["latitude"], longitude=place["longitude"])


def _contact(card: Json) -> Attachment:
    name = " ".join(filter(None, (card.get("first_name"), card.get("last_name"))))
    return Attachment(kind="contact", name=name, content_type="text/vcard")


_READERS: dict[str, Callable[[Any], Attachment]] = {
    "photo": _photo,
    **{field: _file(field) for field in _FILES},
    "sticker": _sticker,
    "location": _location,
    "venue": _venue,
    "contact": _contact,
}
MEDIA = frozenset(_READERS)
"""The fields of a message that become attachments."""


def without_echoes(message: Json) -> Json:
    """Drop what Telegram says twice: an animation also as document, a venue's place also as location."""
    if message.get("animation"):
        return {key: value for key, value in message.items() if key != "document"}
    if message.get("venue"):
        venue = {"location": message.get("location")} | message["venue"]
        return {key: value for key, value in message.items() if key != "location"} | {"venue": venue}
    return message
