"""The personal links to a customer's page: signed, expiring, and saying nothing to who reads them."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final

from itsdangerous import BadSignature, Signer

LIVES: Final = timedelta(days=60)
LONGEST: Final = 200
_INSIDE: Final = Struct(">QI")  # the customer's key, the second in which it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Whose page a link opens, and until when."""

    customer_id: int
    until: datetime


class Links:
    """Makes and reads the links; HMAC-SHA256 under a key of their own, derived from the secret."""

    def __init__(self, secrets: str | Sequence[str], public_url: str) -> None:
        """Sign with the last of *secrets*, read what each of them signed; the pages are at *public_url*."""
        self._signer = Signer(secrets, salt="preferences", digest_method=hashlib.sha256)
        self._public_url = public_url

    def token(self, customer_id: int, now: datetime, lives: timedelta = LIVES) -> str:
        """Make a token that opens a customer's page until *now* + *lives*."""
        inside = _INSIDE.pack(customer_id, int((now + lives).timestamp()))
        return self._signer.sign(urlsafe_b64encode(inside)).decode("ascii")

    def address(self, customer_id: int, now: datetime, lives: timedelta = LIVES) -> str:
        """Make the whole address of a customer's page, to send to them and to nobody else."""
        return f"{self._public_url}/p/{self.token(customer_id, now, lives)}"

    def read(self, token: str, now: datetime) -> Opened | None:
        """Say what a token opens at *now*; None for one that is forged, mangled or over."""
        if len(token) > LONGEST or not token.isascii():
            return None
        try:
            inside = urlsafe_b64decode(self._signer.unsign(token.encode("ascii")))
        except (BadSignature, NotBase64):
            return None
        customer_id, ends = _INSIDE.unpack(inside)
        until = datetime.fromtimestamp(ends, UTC)
        return Opened(customer_id=customer_id, until=until) if now < until else None
