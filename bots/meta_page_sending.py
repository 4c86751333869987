"""What is asked of Meta for one message: to a person, privately to who commented, or under a post.

Sources: https://developers.facebook.com/docs/messenger-platform/reference/send-api,
https://developers.facebook.com/docs/messenger-platform/discovery/private-replies and
https://developers.facebook.com/docs/instagram-platform/comment-moderation.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from bots.channel import AttachmentKind, MediaOut, MessageOut, Spec
from bots.errors import Refused
from bots.marks import plain
from bots.media_types import kind_of
from bots.meta_page_side import Side

IDENTIFIER: Final = re.compile(r"[0-9A-Za-z_-]{1,200}")
PRIVATELY: Final = "comment/"
TYPES: Final[dict[AttachmentKind, str]] = {
    "image": "image",
    "audio": "audio",
    "voice": "audio",
    "video": "video",
    "document": "file",
}
"""Our kinds in Meta's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom an address means: a person, the author of a comment, or everyone under the comment *name*."""

    way: Literal["person", "private", "public"]
    name: str

    @property
    def recipient(self) -> dict[str, str]:
        """Name the one who gets a message as the Send API wants it."""
        return {"comment_id" if self.way == "private" else "id": self.name}


def target_of(address: str, side: Side) -> Target:
    """Take an address apart; raises Refused for another channel's."""
    scheme, _, rest = address.partition(":")
    way: Literal["person", "private", "public"] = "person"
    if scheme == side.comments:
        way, rest = "public", rest.rpartition(":")[2]
    elif rest.startswith(PRIVATELY):
        way, rest = "private", rest.removeprefix(PRIVATELY)
    if scheme not in (side.scheme, side.comments) or IDENTIFIER.fullmatch(rest) is None:
        raise Refused(f"This customer did not write by {side.label}; the channel cannot reach them there.")
    return Target(way=way, name=rest)


def call_of(message: MessageOut, side: Side, spec: Spec, *, human_agent: bool) -> tuple[str, dict[str, Any]]:
    """Give the path and the body of the one call; raises Refused for what Meta would refuse.

    A comment is answered by people only: a greeting or an automatic answer would stand under a post for all
    to read, or use up the one private answer that Meta allows.
    """
    target = target_of(message.address, side)
    if target.way != "person" and not message.by_agent:
        raise Refused("A comment is answered by people only; nothing is sent there by itself.")
    text = words_of(message)
    _check(text, message, side, spec)
    if target.way == "public":
        return _under(target.name, text, message, side)
    body: dict[str, Any] = {"recipient": target.recipient}
    if target.way == "person" and human_agent and message.by_agent:
        # Allowed from the customer's last words on and for seven days, for what a person wrote; when those
        # words were is not known here, and one call is all we may make.
        body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    elif side.kind == "page":
        body["messaging_type"] = "RESPONSE"
    body["message"] = {"attachment": _file(message.media[0])} if message.media else {"text": text}
    return "me/messages", body


def words_of(message: MessageOut) -> str:
    """Give the words as customers see them: Meta shows no formatting."""
    return plain(message.text).strip()


def _sent_as(medium: MediaOut) -> AttachmentKind:
    """Choose how a file is sent: Meta has no kind for a contact."""
    kind = kind_of(medium.content_type)
    return "document" if kind == "contact" else kind


def _check(text: str, message: MessageOut, side: Side, spec: Spec) -> None:
    """Refuse what is empty, too long, too large, or both words and a file."""
    if not text and not message.media:
        raise Refused("There is nothing to send: write some words or add a file.")
    if len(message.media) > 1 or (text and message.media):
        raise Refused(f"{side.label} takes words or one file in a message. Send them one by one.")
    length = len(text.encode("utf-8", "replace")) if spec.text_unit == "bytes" else len(text)
    if length > spec.text_limit:
        raise Refused(f"The text is longer than {spec.text_limit} {spec.text_unit}.")
    for medium in message.media:
        most = spec.media_sizes.get(_sent_as(medium), 0)
        if medium.size > most:
            raise Refused(
                f"The file is larger than {most // 1_000_000} MB, which {side.label} does not take."
            )


def _file(medium: MediaOut) -> dict[str, Any]:
    return {"type": TYPES[_sent_as(medium)], "payload": {"url": medium.url}}


def _under(root: str, text: str, message: MessageOut, side: Side) -> tuple[str, dict[str, Any]]:
    """Answer in public: a page may add a picture, Instagram takes words only."""
    if side.kind == "instagram":
        if message.media:
            raise Refused("Under a post Instagram takes words only. Send the file privately.")
        return f"{root}/replies", {"message": text}
    if message.media and _sent_as(message.media[0]) != "image":
        raise Refused("Under a post Facebook takes words or a picture. Send the file privately.")
    return f"{root}/comments", {"attachment_url": message.media[0].url} if message.media else {
        "message": text
    }
