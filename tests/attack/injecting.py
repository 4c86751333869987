"""Hostile words in every place of a real hook where a person's words stand."""

import email.policy
import json
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bots.channel import Attachment, Channel, MessageIn
from bots.errors import ChannelError
from tests.bots.contract import Case

CORPUS: list[str] = json.loads((Path(__file__).parent / "xss.json").read_text())
WORDS = {
    "text", "body", "caption", "title", "description", "content", "name", "first_name", "last_name",
    "username", "global_name", "filename", "file_name", "fallback", "formatted_name", "label",
    "sender_name", "displayName", "profile_name", "reference", "keywords", "permalink",
    "Body", "ProfileName", "ButtonText", "Label", "Address",
}  # fmt: skip
PLACES = {"address", "product_retailer_id", "response_json", "link"}


def injected(body: bytes, words: str) -> bytes:
    """Put *words* wherever somebody's words stand in a body."""
    if body[:1] == b"{":
        return json.dumps(_within(json.loads(body), words)).encode()
    if b"\n" not in body:
        fields = parse_qsl(body.decode(), keep_blank_values=True)
        told = [(name, words if name in WORDS else value) for name, value in fields]
        return urlencode(told, errors="replace").encode()
    return _mail(body, words)


def _within(value: Any, words: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _within(each, words, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_within(each, words, key) for each in value]
    place = key in PLACES and isinstance(value, str) and ":" not in value
    return words if isinstance(value, str) and (key in WORDS or place) else value


def _mail(body: bytes, words: str) -> bytes:
    """Write a mail anew: words in its subject, its sender's name, its text, its HTML and a file's name."""
    line = " ".join(words.split()) or "x"
    before = message_from_bytes(body, policy=email.policy.SMTP)
    mail = EmailMessage(policy=email.policy.SMTP)
    for name in ("To", "Date", "Message-ID"):
        mail[name] = str(before[name])
    sender = "".join(each for each in line if each.isprintable() and each not in '"\\')
    mail["From"] = f'"{sender[:60]}" <ann@customer.example>'
    mail["Subject"] = "".join(c for c in line if c.isprintable())[:200]
    if before.get_content_maintype() == "multipart":
        mail.set_content(f"<html><body><p>Hello</p>{words}</body></html>", subtype="html")
        name = "".join(c for c in line if c.isprintable())[:60]
        mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=name)
    else:
        mail.set_content(words)
    return mail.as_bytes()


def said(case: Case, channel: Channel, label: str, words: str) -> list[MessageIn]:
    """Read a real hook with *words* in it; lists the messages that the channel makes of it."""
    try:
        signed = case.sign(injected(case.real[label], words))
        events = channel.read(signed).events
    except ChannelError:
        return []
    return [replace(each, reply_to="") for each in events if isinstance(each, MessageIn)]


def first_words(case: Case, channel: Channel) -> str:
    """Name the body that is a customer's plain words."""
    return next(label for label in case.real if said(case, channel, label, "plain words"))


def named(file: Attachment, words: str) -> Attachment:
    """Name a file, for kinds whose provider tells no name."""
    return replace(file, name=file.name or words[:100])


def gist(text: str) -> str:
    """Leave of a text what no mark, space or invisible letter can change."""
    return "".join(each for each in text if each.isascii() and (each.isalnum() or each in "<>\"'=/;&(){}$"))
