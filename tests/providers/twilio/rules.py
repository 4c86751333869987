"""What Twilio refuses when a message is created, with its codes."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.providers.twilio.server import TwilioLookAlike

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
PEOPLE = {
    "": NUMBER,
    "whatsapp": re.compile(r"\+[1-9][0-9]{6,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128}"),
    "rcs": NUMBER,
}
"""How people are written on each network, after its prefix."""


class Broken(Exception):
    """A rule is broken; *code* is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


def check(form: Mapping[str, str], media: Sequence[str], twilio: "TwilioLookAlike") -> None:
    """Raise Broken for the first rule that this call breaks."""
    to, body = form.get("To", ""), form.get("Body", "")
    sender, service = form.get("From", ""), form.get("MessagingServiceSid", "")
    if not to:
        raise Broken(21604, "A 'To' phone number is required.")
    scheme, _, person = to.rpartition(":")
    if scheme not in PEOPLE or not PEOPLE[scheme].fullmatch(person):
        raise Broken(21211, f"Invalid 'To' Phone Number: {to}")
    if not sender and not service:
        raise Broken(21603, "A 'From' phone number is required.")
    if service and service != twilio.service:
        raise Broken(21701, "The Messaging Service does not exist")
    if sender and sender not in twilio.numbers:
        raise Broken(21606, f"The 'From' phone number {sender} is not a valid message-capable number")
    if sender and sender.rpartition(":")[0] != scheme:
        raise Broken(21910, "Invalid From and To pair. From and To should be of the same channel")
    content = form.get("ContentSid", "")
    if content and content not in {one["sid"] for one in twilio.contents}:
        raise Broken(21655, f"The ContentSid {content} is Invalid")
    if content and not fits(form.get("ContentVariables", ""), content, twilio):
        raise Broken(21656, "The ContentVariables Parameter is invalid")
    if not body and not media and not content:
        raise Broken(21619, "A text message body or media urls must be specified.")
    if len(body) > 1600:
        raise Broken(21617, "The concatenated message body exceeds the 1600 character limit")
    if len(media) > 10:
        raise Broken(21623, "Number of media files exceeds allowed limit.")
    if any(urlsplit(url).scheme not in ("http", "https") for url in media):
        raise Broken(21620, "Invalid media URL(s)")
    callback = form.get("StatusCallback", "")
    if callback and (urlsplit(callback).scheme not in ("http", "https") or "_" in urlsplit(callback).netloc):
        raise Broken(21609, f"The 'StatusCallback' URL {callback} is not a valid URL.")
    if (service or sender, to) in twilio.stopped:
        raise Broken(21610, "Attempt to send to unsubscribed recipient")
    if to in twilio.refusals:
        raise Broken(twilio.refusals[to], "Refused on request")


def fits(variables: str, sid: str, twilio: "TwilioLookAlike") -> bool:
    """Say whether the *variables* are a JSON object of texts that fills all the template's places."""
    try:
        given = json.loads(variables) if variables else {}
    except ValueError:
        return False
    wanted = next(one["variables"] for one in twilio.contents if one["sid"] == sid)
    texts = isinstance(given, dict) and all(isinstance(value, str) and value for value in given.values())
    return texts and set(wanted) <= set(given)
