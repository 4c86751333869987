"""Twilio's signature on a hook: HMAC-SHA1 of the public URL and the form, in base64.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from hashlib import sha256
from hmac import compare_digest, digest
from itertools import chain
from urllib.parse import parse_qs, urlsplit

PORTS = {"https": "443", "http": "80"}


def signed(token: bytes, url: str, pairs: Sequence[tuple[str, str]] = ()) -> str:
    """Sign *url* and the form *pairs* as the provider does: equal pairs once, in order of name, value."""
    return _signed(token, url, spelled(pairs)).decode()


def spelled(pairs: Sequence[tuple[str, str]]) -> str:
    """Write a form as it is signed: names and values, equal pairs once, in order of name, value."""
    form = dict(pairs)
    if len(form) == len(pairs):  # no name comes twice, and names sort in half the time of pairs
        return "".join([name + form[name] for name in sorted(form)])
    return "".join(chain.from_iterable(sorted(set(pairs))))


def is_signed(token: bytes, url: str, form: str, signature: str) -> bool:
    """Say whether *signature* is the provider's for a *form* as spelled, whatever port the URL names."""
    given = signature.encode("utf-8", "replace")
    if compare_digest(_signed(token, url, form), given):
        return True
    return any(compare_digest(_signed(token, way, form), given) for way in _other_ways(url))


def is_signed_body(token: bytes, url: str, body: bytes, signature: str) -> bool:
    """Say whether *signature* is the provider's for a body that is no form: the URL carries its hash."""
    hashes = parse_qs(urlsplit(url).query).get("bodySHA256", [])
    return bool(hashes) and is_body_hash(body, hashes[0]) and is_signed(token, url, "", signature)


def is_body_hash(body: bytes, given: str) -> bool:
    """Say whether *given* is the SHA-256 of *body* in hexadecimal digits."""
    return compare_digest(sha256(body).hexdigest().encode(), given.encode("utf-8", "replace"))


def _signed(token: bytes, url: str, form: str) -> bytes:
    mac = digest(token, (url + form).encode("utf-8", "surrogateescape"), "sha1")
    return b2a_base64(mac, newline=False)


def _other_ways(url: str) -> Iterator[str]:
    """Yield further forms of *url* that the provider may have signed, the likeliest first.

    It is not consistent about the port: the official libraries try with and without. Its Node
    library also signs an apostrophe as %27 (WHATWG URL), which its Python library does not know.
    """
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    colon = place.rfind(":") if not place.endswith("]") else -1
    bare = place if colon < 0 else place[:colon]
    other = bare if colon >= 0 else f"{bare}:{PORTS.get(parts.scheme, '443')}"
    moved = url.replace(parts.netloc, user + at + other, 1)
    yield moved
    if "'" in parts.query:
        for way in (url, moved):
            path, _, query = way.partition("?")
            yield f"{path}?{query.replace(chr(39), '%27')}"
