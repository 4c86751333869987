"""What Meta lets through: the shape of a call, the windows, the sizes, whom it knows.

Sources: https://developers.facebook.com/docs/graph-api/reference/page/messages,
https://developers.facebook.com/docs/messenger-platform/error-codes and
https://developers.facebook.com/docs/messenger-platform/discovery/private-replies.
"""

from datetime import datetime, timedelta
from typing import Any

from tests.providers.meta_page.records import Comment, Customer, Kind, No

KNOWN = {"recipient", "message", "messaging_type", "tag", "sender_action", "payload", "reply_to"}
ACTIONS = {"typing_on", "typing_off", "mark_seen", "react", "unreact"}
FILES = {"image", "audio", "video", "file"}
DAY, WEEK = timedelta(hours=24), timedelta(days=7)
OUTSIDE = "This message is sent outside of allowed window."


def check_shape(body: Any) -> None:
    """Raise No for a call that Meta does not understand."""
    if not isinstance(body, dict) or body.keys() - KNOWN:
        raise No(100, "Invalid parameter")
    recipient = body.get("recipient")
    if not isinstance(recipient, dict) or len(recipient) != 1 or not {"id", "comment_id"} & recipient.keys():
        raise No(100, "Param recipient must be a JSON object with one identifier")
    if ("message" in body) == ("sender_action" in body):
        raise No(100, "Either message or sender_action must be given")
    if "sender_action" in body and (body["sender_action"] not in ACTIONS or "messaging_type" in body):
        raise No(100, "Invalid sender_action")
    if ("tag" in body) != (body.get("messaging_type") == "MESSAGE_TAG"):
        raise No(100, "A tag and the type MESSAGE_TAG go together")
    if body.get("messaging_type", "RESPONSE") not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
        raise No(100, "Invalid messaging_type")
    if body.get("tag", "HUMAN_AGENT") != "HUMAN_AGENT":
        raise No(100, "Invalid tag")


def check_message(message: Any, kind: Kind) -> None:
    """Raise No for a message that is empty, both, too long, or of an unknown kind."""
    if not isinstance(message, dict) or len(message.keys() & {"text", "attachment"}) != 1:
        raise No(100, "Exactly one of text and attachment must be set")
    if message.keys() - {"text", "attachment", "quick_replies", "metadata"}:
        raise No(100, "Invalid keys in param message")
    if "text" in message:
        text = message["text"]
        length = len(text.encode()) if kind == "instagram" else len(text)
        if not text or length > (1000 if kind == "instagram" else 2000):
            raise No(100, "Length of param message[text] must be less than or equal to the limit")
        return
    attachment = message["attachment"]
    if attachment.get("type") not in FILES or not attachment.get("payload", {}).get("url"):
        raise No(100, "Invalid attachment")


def check_window(customer: Customer | None, body: dict[str, Any], kind: Kind, now: datetime) -> None:
    """Raise No where the customer is not known, or last wrote too long ago for what the call is."""
    if customer is None:
        raise No(100, "No matching user found", subcode=2534014 if kind == "instagram" else 2018001)
    allowed = WEEK if body.get("tag") == "HUMAN_AGENT" else DAY
    if customer.last_said is None or now - customer.last_said > allowed:
        raise No(10, OUTSIDE, subcode=2534022 if kind == "instagram" else 2018278)


def check_private(comment: Comment | None, now: datetime) -> None:
    """Raise No where a comment takes no private answer: gone, old, or answered so already."""
    if comment is None:
        raise No(100, "Object does not exist", subcode=33)
    if comment.answered:
        raise No(10900, "Activity already replied to")
    if now - comment.at > WEEK:
        raise No(10903, "This user cant reply to this activity")
