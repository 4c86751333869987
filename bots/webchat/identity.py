"""Who a visitor is: signed by us, or proved by the site that embeds the chat."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from bots.channel import Attachment, AttachmentKind
from bots.comparing import is_one_of
from bots.errors import BadSignature

SCHEME = "web:"
LONGEST_NAME = 200
CLOCKS_DIFFER = timedelta(days=1)  # ours alone: only we sign, and our clock may be put right
KINDS: dict[str, AttachmentKind] = {"image": "image", "audio": "audio", "video": "video"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that a visitor added and the media store keeps at *path*; size in bytes."""

    name: str
    content_type: str
    size: int
    path: str


class Identities:
    """Signs and checks visitors' tokens and file references; HMAC-SHA256, constant-time.

    Each purpose has a key of its own, derived from the secret.
    """

    def __init__(
        self, secrets: Sequence[bytes], *, site_secrets: Sequence[str] = (), days: int = 400
    ) -> None:
        """Keep the keys; *days* is how old a token may be.

        The last of *secrets* signs and all of them are good; so is each of *site_secrets* that is not empty.
        """
        self._visitors = _serializer(secrets, "visitor")
        self._files = _serializer(secrets, "file")
        self._forms = _serializer(secrets, "form")
        self._site_secrets = [one.encode() for one in site_secrets if one]
        self._age = timedelta(days=days)

    def new_visitor(self) -> str:
        """Make a visitor id of 128 random bits."""
        return secrets.token_urlsafe(16)

    def issue(self, visitor: str, now: datetime) -> str:
        """Sign *visitor* as seen at *now*."""
        return _text(self._visitors.dumps([visitor, int(now.timestamp())]))

    def visitor_of(self, token: str, now: datetime) -> str:
        """Return whom *token* names; BadSignature when it is forged or too old at *now*."""
        told = _told(self._visitors, token, "the visitor's identity is missing or not signed by us")
        visitor, issued = told
        age = now - datetime.fromtimestamp(issued, UTC)
        if not -CLOCKS_DIFFER <= age <= self._age:
            raise BadSignature("the visitor's identity is too old")
        return str(visitor)

    def of_site(self, customer: str, proof: str) -> str:
        """Return the visitor whom the embedding site names.

        *proof* is the hex HMAC-SHA256 of *customer* under the secret shared with the site, as
        other chats have it; BadSignature when it is wrong or no secret is shared.
        """
        told = customer.encode(errors="replace")
        expected = (hmac.new(one, told, hashlib.sha256).hexdigest() for one in self._site_secrets)
        given = proof.strip().lower().encode(errors="replace")
        fit = len(customer) <= LONGEST_NAME and customer.isprintable()
        proved = is_one_of(given, (one.encode() for one in expected))
        if not (proved and customer and fit):
            raise BadSignature("the site's proof of who this is does not hold")
        return f"id:{customer}"

    def form_key(self, visitor: str) -> str:
        """Make what a form of this visitor carries, so that no other site can fill it in."""
        return _text(self._forms.dumps(visitor))

    def is_form_of(self, key: str, visitor: str) -> bool:
        """Whether *key* was made by `form_key` for this visitor."""
        try:
            return bool(self._forms.loads(key.encode(errors="replace")) == visitor)
        except BadData:
            return False

    def sign_file(self, visitor: str, file: UploadedFile) -> str:
        """Make the reference under which this visitor, and nobody else, may send *file*."""
        return _text(self._files.dumps([visitor, file.path, file.name, file.content_type, file.size]))

    def attachment_of(self, reference: str, visitor: str) -> Attachment:
        """Return the attachment behind a reference; BadSignature unless it is this visitor's."""
        told = _told(self._files, reference, "a file's reference is not signed by us")
        whose, path, name, content_type, size = told
        if whose != visitor:
            raise BadSignature("a file's reference belongs to another visitor")
        kind = KINDS.get(content_type.partition("/")[0], "document")
        return Attachment(kind=kind, ref=path, name=name, content_type=content_type, size=size)


def address_of(visitor: str) -> str:
    """Return the address of a visitor."""
    return SCHEME + visitor


def visitor_at(address: str) -> str:
    """Return the visitor of an address that `address_of` made."""
    return address.removeprefix(SCHEME)


def _serializer(secrets: Sequence[bytes], purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secrets,
        salt=f"tidings.webchat.{purpose}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _told(serializer: URLSafeSerializer, signed: str, wrong: str) -> Any:
    try:
        return serializer.loads(signed.encode(errors="replace"))
    except BadData as error:
        raise BadSignature(wrong) from error


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode()
