"""What we say, as bodies of the Cloud API's calls.

Source: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

import re
from typing import Final

from bots.channel import MediaOut, MessageOut, Sign
from bots.errors import Refused
from bots.json_body import Json
from bots.whatsapp.people import SCHEME
from bots.whatsapp.spec import LARGEST_FILE, SHOWN_AS, SHOWN_UP_TO, SPEC

PRODUCT: Final[Json] = {"messaging_product": "whatsapp"}
NUMBER: Final = re.compile(r"\+[0-9]{5,15}")
USER_ID: Final = re.compile(r"[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}")
LINK: Final = re.compile(r"https?://")


def to(address: str) -> Json:
    """Name whom a message is for; raises Refused for what is no address of WhatsApp's.

    An identifier goes into `recipient`. In `to` Meta takes it for a number, answers with a message's
    identifier and delivers nothing.
    """
    rest = address.removeprefix(SCHEME)
    whom: Json = {**PRODUCT, "recipient_type": "individual"}
    if address.startswith(SCHEME) and NUMBER.fullmatch(rest):
        return {**whom, "to": rest.removeprefix("+")}
    if address.startswith(SCHEME) and USER_ID.fullmatch(rest):
        return {**whom, "recipient": rest}
    raise Refused("This customer did not write by WhatsApp; the channel cannot reach them there.")


def check(message: MessageOut) -> None:
    """Raise Refused for what WhatsApp would refuse, before anything is uploaded."""
    if len(message.media) > SPEC.media_per_message:
        raise Refused("WhatsApp takes one file in a message.")
    if any(medium.size > LARGEST_FILE for medium in message.media):
        raise Refused("The file is larger than WhatsApp's 100 MB.")
    if message.template:
        return
    if not message.text.strip() and not message.media:
        raise Refused("There is nothing to send: write some words or add a file.")
    limit = SPEC.caption_limit if message.media else SPEC.text_limit
    if len(message.text) > limit:
        raise Refused(f"The text is longer than {limit} characters.")


def words(message: MessageOut) -> Json:
    """Make the body of a text; its marks are WhatsApp's own."""
    shown: Json = {"body": message.text}
    if LINK.search(message.text):
        shown["preview_url"] = True
    return {**_about(message), "type": "text", "text": shown}


def file(message: MessageOut, medium: MediaOut, known: Json) -> Json:
    """Make the body of a file, *known* by its id or link, with the text under it."""
    kind = kind_of(medium, captioned=bool(message.text))
    return {**_about(message), "type": kind, kind: attached(medium, known, kind, message.text)}


def attached(medium: MediaOut, known: Json, kind: str, caption: str = "") -> Json:
    """Make the object of a file: its id or link, its caption, and its name where that is seen."""
    named: Json = {"filename": medium.name} if kind == "document" and medium.name else {}
    return {**known, **named, **({"caption": caption} if caption else {})}


def kind_of(medium: MediaOut, *, captioned: bool = False) -> str:
    """Choose how a file is sent; sound has no caption, so with words it goes as a file."""
    kind = SHOWN_AS.get(medium.content_type.partition(";")[0].strip().lower())
    if kind is None or medium.size > SHOWN_UP_TO[kind] or (kind == "audio" and captioned):
        return "document"
    return kind


def template(message: MessageOut, components: list[Json]) -> Json:
    """Make the body of an approved template."""
    language = {"policy": "deterministic", "code": message.template_language}
    named: Json = {"name": message.template, "language": language}
    if components:
        named["components"] = components
    return {**_about(message), "type": "template", "template": named}


def reaction(external_id: str, address: str, emoji: str) -> Json:
    """Make the body of a reaction; an empty *emoji* takes ours off."""
    return {**to(address), "type": "reaction", "reaction": {"message_id": external_id, "emoji": emoji}}


def sign(shown: Sign, external_id: str) -> Json:
    """Make the body that marks a message as read; WhatsApp shows us writing only together with it."""
    body: Json = {**PRODUCT, "status": "read", "message_id": external_id}
    return {**body, "typing_indicator": {"type": "text"}} if shown == "typing" else body


def _about(message: MessageOut) -> Json:
    about = to(message.address)
    return {**about, "context": {"message_id": message.reply_to}} if message.reply_to else about
