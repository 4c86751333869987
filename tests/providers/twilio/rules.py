"""What Twilio refuses when a message is created, with its codes."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.providers.twilio.server import TwilioLookAlike

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


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
    if not NUMBER.fullmatch(to):
        raise Broken(21211, f"Invalid 'To' Phone Number: {to}")
    if not sender and not service:
        raise Broken(21603, "A 'From' phone number is required.")
    if service and service != twilio.service:
        raise Broken(21701, "The Messaging Service does not exist")
    if sender and sender not in twilio.numbers:
        raise Broken(21606, f"The 'From' phone number {sender} is not a valid message-capable number")
    if not body and not media:
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
