"""A message of ours as Discord's request."""

from hashlib import sha256
from typing import Any, Final

import orjson
from aiohttp import FormData

from bots.channel import MediaOut, MessageOut
from bots.discord.naming import message_of
from bots.discord.spec import MOST_FILES, SPEC, UPLOAD_LIMIT
from bots.errors import Refused
from bots.marks import plain, to_markdown

Json = dict[str, Any]
SLOWEST: Final = 50_000
"""Bytes a second: an upload may last as long as it would at this pace."""
NO_PINGS: Final[Json] = {"parse": [], "replied_user": False}


def nonce_of(key: str) -> str:
    """Make the 25 characters by which Discord knows the delivery *key* for some minutes."""
    return sha256(key.encode()).hexdigest()[:25]


def content_of(text: str) -> str:
    """Write *text* as Discord's Markdown; plain where its signs would not fit. Raises Refused."""
    written = to_markdown(text) if text.strip() else ""
    if len(written) > SPEC.text_limit:
        written = plain(text)
    if len(written) > SPEC.text_limit:
        raise Refused(f"The text is longer than {SPEC.text_limit} characters.")
    return written


def request_of(message: MessageOut, channel: str, mention: str) -> Json:
    """Write the request for *message* in *channel*; *mention* is whom to ring there, if they must be.

    It pings nobody else, whatever the words. Raises Refused.
    """
    content = content_of(message.text)
    if not content.strip() and not message.media:
        raise Refused("There is nothing to send.")
    made: Json = {"nonce": nonce_of(message.key), "enforce_nonce": True, "allowed_mentions": dict(NO_PINGS)}
    if answered := _answered(message.reply_to, channel):
        made["message_reference"] = {"message_id": answered, "fail_if_not_exists": False}
        made["allowed_mentions"]["replied_user"] = bool(mention)
    elif mention and len(named := f"<@{mention}> {content}".strip()) <= SPEC.text_limit:
        content = named
        made["allowed_mentions"]["users"] = [mention]
    if content:
        made["content"] = content
    if message.media:
        check(message.media)
        made["attachments"] = [{"id": str(at), "filename": one.name} for at, one in enumerate(message.media)]
    return made


def check(media: tuple[MediaOut, ...]) -> None:
    """Raise Refused where the files are more or larger than Discord takes in one message."""
    if len(media) > MOST_FILES:
        raise Refused(f"Discord takes no more than {MOST_FILES} files in one message.")
    if sum(one.size for one in media) > UPLOAD_LIMIT:
        raise Refused("The files are larger than the 10 MB that Discord takes.", code="40005")


def call_of(request: Json, message: MessageOut, seconds: float) -> Json:
    """Give what the call takes: JSON, or a form, which may take longer than *seconds*. Raises Refused."""
    if not message.media:
        return {"json": request}
    total = sum(one.size for one in message.media)
    return {"data": form_of(request, message.media), "seconds": seconds + total / SLOWEST}


def form_of(request: Json, media: tuple[MediaOut, ...]) -> FormData:
    """Write *request* with its files as multipart; raises Refused where a file is gone."""
    form = FormData()
    form.add_field("payload_json", orjson.dumps(request).decode(), content_type="application/json")
    for at, one in enumerate(media):
        try:
            content = one.path.read_bytes()  # 10 MB are the most
        except OSError as error:
            raise Refused("The file to send is no longer here.") from error
        form.add_field(f"files[{at}]", content, filename=one.name, content_type=one.content_type)
    return form


def _answered(reply_to: str, channel: str) -> str:
    """Give the message to answer where it is in this *channel*."""
    if not reply_to or reply_to.startswith("interaction:"):
        return ""
    try:
        where, message = message_of(reply_to)
    except Refused:
        return ""
    return message if where == channel else ""
