"""What kind of attachment a file is, by its MIME type."""

from typing import Final

from bots.channel import AttachmentKind

CONTACTS: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})


def kind_of(content_type: str) -> AttachmentKind:
    """Choose the kind of attachment for a MIME type, parameters and capitals aside."""
    plain = content_type.partition(";")[0].strip().lower()
    if plain in CONTACTS:
        return "contact"
    match plain.partition("/")[0]:
        case "image":
            return "image"
        case "audio":
            return "audio"
        case "video":
            return "video"
        case _:
            return "document"
