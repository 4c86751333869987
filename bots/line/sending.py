"""A message of ours as LINE's message objects."""

from typing import Any, Final
from uuid import UUID, uuid5

from bots.channel import MediaOut, MessageOut
from bots.errors import Refused
from bots.line.settings import Settings
from bots.line.sound import milliseconds
from bots.line.spec import MOST_MESSAGES, PICTURES, SPEC, URL_LENGTH
from bots.marks import plain

Json = dict[str, Any]
KEYS: Final = UUID("b2f0a6f6-6a0f-4c35-9a6b-2f3c1d7f8e11")
"""The namespace of our retry keys: the same delivery always has the same one."""


def retry_key(key: str) -> str:
    """Make the UUID that LINE knows the delivery *key* by."""
    return str(uuid5(KEYS, key))


def recipient(address: str) -> str:
    """Take the id of a person, a group or a room out of *address*; raises Refused."""
    scheme, _, found = address.partition(":")
    if scheme != SPEC.scheme or not found:
        raise Refused("The customer did not write by LINE.")
    return found


def objects(message: MessageOut, quote: str, settings: Settings) -> list[Json]:
    """Write *message* in one to five objects; what LINE cannot show goes as a link. Raises Refused.

    *quote* is the token of the message that it answers, if LINE gave one.
    """
    shown = [(medium, _shown(medium, settings)) for medium in message.media]
    links = [f"{medium.name}\n{medium.url}" for medium, one in shown if one is None]
    made = _texts(plain(message.text), links)
    if made and quote:
        made[0]["quoteToken"] = quote
    made += [one for _, one in shown if one is not None]
    if not made:
        raise Refused("There is nothing to send.")
    if len(made) > MOST_MESSAGES:
        raise Refused(f"LINE takes no more than {MOST_MESSAGES} messages in one call.")
    return made


def _texts(words: str, links: list[str]) -> list[Json]:
    """Put the links under the words where there is room, else after them."""
    under = "\n\n".join(links)
    together = "\n\n".join(filter(None, (words if words.strip() else "", under)))
    parts = [together] if _units(together) <= SPEC.text_limit else [words, under]
    for part in parts:
        if _units(part) > SPEC.text_limit:
            raise Refused(f"The text is longer than {SPEC.text_limit} characters.")
    return [{"type": "text", "text": part} for part in parts if part.strip()]


def _shown(medium: MediaOut, settings: Settings) -> Json | None:
    """Write a file as LINE shows it: a public https address, and for each kind what else it wants."""
    if not medium.url.startswith("https://") or len(medium.url) > URL_LENGTH:
        return None
    if medium.content_type in PICTURES:
        if medium.size > SPEC.media_sizes["image"]:
            raise Refused("The picture is larger than the 10 MB that LINE shows.")
        return {"type": "image", "originalContentUrl": medium.url, "previewImageUrl": medium.url}
    if medium.content_type == "video/mp4" and settings.preview_url:
        return {
            "type": "video",
            "originalContentUrl": medium.url,
            "previewImageUrl": settings.preview_url,
        }
    if medium.content_type in ("audio/mp4", "audio/x-m4a", "audio/m4a"):
        length = milliseconds(medium.path)
        return {"type": "audio", "originalContentUrl": medium.url, "duration": length} if length else None
    return None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
