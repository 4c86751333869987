"""What proves who asks: forms that are ours, slips of what was asked, codes that only an address gets."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer

FORM_LIVES: Final = timedelta(hours=2)
LIVES: Final = timedelta(days=1)
"""How long a code is good: a mail may lie for hours, and another is sent only after a day."""
DIGITS: Final = 6
LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What the visitor typed, as the page of their code shows it: nothing that they do not know.

    *name* is the ask's, *shown* the end of the address, *subjects* what was ticked. There is one for each
    form that was filled in well, whether a code was sent or not.
    """

    name: int
    shown: str
    subjects: tuple[str, ...]


class Codes:
    """Makes and reads forms, slips and codes, under keys of their own that are derived from the secret."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Sign with the last of *secrets*, believe what each of them signed."""
        self._secrets = tuple(secrets)
        self._forms = URLSafeSerializer(
            secrets, salt="join form", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._slips = URLSafeSerializer(
            secrets, salt="join slip", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def form(self, now: datetime) -> str:
        """Mark a form of ours."""
        return str(self._forms.dumps(int(now.timestamp())))

    def is_form(self, text: str, now: datetime) -> bool:
        """Whether a form that comes back is one of ours, and not old."""
        at = _read(self._forms, text)
        return isinstance(at, int) and timedelta(0) <= now - _instant(at, now) < FORM_LIVES

    def token(self, slip: Slip, now: datetime) -> str:
        """Write a slip into the address of its page."""
        inside = [slip.name, int(now.timestamp()), slip.shown, list(slip.subjects)]
        return str(self._slips.dumps(inside))

    def slip(self, token: str, now: datetime) -> Slip | None:
        """Read a slip; None for one that is forged, mangled or over."""
        inside = _read(self._slips, token)
        if inside is None or now - _instant(inside[1], now) >= LIVES:
            return None
        return Slip(name=inside[0], shown=inside[2], subjects=tuple(inside[3]))

    def code(self, name: int) -> str:
        """Make the code of an ask: six digits that nobody can tell from its slip."""
        return _code(self._secrets[-1], name)

    def is_code(self, name: int, typed: str) -> bool:
        """Whether this is the code of an ask, in whatever groups it was typed."""
        digits = "".join(letter for letter in typed if letter.isascii() and letter.isdigit())
        return any(hmac.compare_digest(_code(secret, name), digits) for secret in self._secrets)


def _code(secret: str, name: int) -> str:
    made = hmac.new(secret.encode(), b"join code %d" % name, hashlib.sha256).digest()
    return f"{int.from_bytes(made[:8]) % 10**DIGITS:0{DIGITS}d}"


def _read(serializer: URLSafeSerializer, text: str) -> Any:
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        return serializer.loads(text)
    except BadData:
        return None


def _instant(seconds: int, now: datetime) -> datetime:
    return datetime.fromtimestamp(seconds, now.tzinfo)
