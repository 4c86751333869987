"""A Twilio hook as checked values: its form, query or JSON, once the signature holds."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from yarl import query_to_pairs

from bots.channel import Hook
from bots.errors import BadSignature, Malformed
from bots.twilio_signature import is_signed, is_signed_body, spelled

HEADER = "x-twilio-signature"
MOST_FIELDS = 500

Pairs = Sequence[tuple[str, str]]
Form = dict[str, str | list[str]]


def open_hook(hook: Hook, token: bytes) -> list[Form]:
    """Check the signature on *hook* and give its entries: one form, or each object of a JSON batch.

    A name that comes twice has a list of values. Raises BadSignature, or Malformed for what cannot be parsed.
    """
    signature = hook.headers.get(HEADER, "")
    if not signature:
        raise BadSignature("The request carries no X-Twilio-Signature.")
    if hook.headers.get("content-type", "").lower().startswith("application/json"):
        return _open_json(hook, token, signature)
    by_query = hook.method.upper() == "GET"
    text = urlsplit(hook.url).query if by_query else hook.body.decode("utf-8", "surrogateescape")
    if text.count("&") >= MOST_FIELDS:
        raise Malformed(f"The form has more than {MOST_FIELDS} fields.")
    if not by_query and text.isascii():
        # In a third of the time; bytes that are not UTF-8 come out wrong, and so unsigned.
        pairs = query_to_pairs(text)
        form = spelled(pairs)
        if is_signed(token, hook.url, form, signature):
            plain: Form = dict(pairs)
            # It makes no lone surrogates.
            return [plain if len(plain) == len(pairs) and "\0" not in form else _form(pairs)]
    pairs = _exactly(text)
    if not is_signed(token, hook.url, "" if by_query else spelled(pairs), signature):
        raise BadSignature("X-Twilio-Signature does not fit the public address and the auth token.")
    return [_form(pairs)]


def _open_json(hook: Hook, token: bytes, signature: str) -> list[Form]:
    if not is_signed_body(token, hook.url, hook.body, signature):
        raise BadSignature("X-Twilio-Signature or bodySHA256 does not fit the body.")
    try:
        # Not orjson: it refuses lone surrogates, and a message is worth more than its broken emoji.
        value = json.loads(hook.body) if hook.body else {}
    except (ValueError, RecursionError) as error:
        raise Malformed("The body says it is JSON and is not.") from error
    entries = value if isinstance(value, list) else [value]
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise Malformed("The JSON is neither an object nor a list of objects.")
    return [{clean(str(name)): _plain(entry[name]) for name in entry} for entry in entries]


def _exactly(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, errors="surrogateescape")


def _form(pairs: Pairs) -> Form:
    form: Form = dict(pairs)
    if len(form) < len(pairs):
        form = {}
        for name, value in pairs:
            before = form.get(name)
            form[name] = (
                value if before is None else [*([before] if isinstance(before, str) else before), value]
            )
    if _is_clean("".join([name + value for name, value in pairs])):
        return form
    return {clean(name): _plain(value) for name, value in form.items()}


def _plain(value: Any) -> str | list[str]:
    """Make a JSON value what a form would hold."""
    if isinstance(value, list):
        return [clean(item if isinstance(item, str) else json.dumps(item)) for item in value]
    if value is None:
        return ""
    return clean(value if isinstance(value, str) else json.dumps(value))


def _is_clean(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def clean(text: str) -> str:
    """Take NUL out of *text* and put U+FFFD for lone surrogates, so that any database can hold it."""
    if _is_clean(text):
        return text
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
