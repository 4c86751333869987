"""What some providers show with each call instead of signing it: sealed before it is kept, opened to be read.

Telegram repeats a secret and the chat's pages show who their visitor is, both in a header. The journal keeps
headers, so that a hook can be read once more; who reads the database must not be able to speak as either.
"""

from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hmac import digest
from typing import Final

from bots.channel import Hook
from config.sealed import Locked, Seals, is_sealed, seals_of
from config.settings import Settings

SHOWN: Final = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "x-telegram-bot-api-secret-token"}
)
MOST: Final = 1_000
PURPOSE: Final = b"headers that are credentials"


def seals_at_rest(settings: Settings) -> Seals:
    """Give what seals what we keep ourselves: the keys of the environment, then one made of our secret.

    Raises Mistake where one of the environment's is none.
    """
    own = [urlsafe_b64encode(digest(one.encode(), PURPOSE, "sha256")) for one in settings.secret_keys]
    return Seals(keys=(*seals_of(settings.source.env).keys, *(key.decode() for key in reversed(own))))


@dataclass(slots=True)
class Credentials:
    """Seals and opens what hooks show; without a key it leaves them as they are."""

    seals: Seals = field(default_factory=Seals)
    _sealed: "OrderedDict[str, str]" = field(default_factory=OrderedDict)
    _opened: "OrderedDict[str, str]" = field(default_factory=OrderedDict)

    def closed(self, hook: Hook) -> Hook:
        """Return *hook* as it may be kept; most have nothing to seal and come back as they are."""
        shown = SHOWN.intersection(hook.headers) if self.seals.keys else ()
        if not shown:
            return hook
        return replace(
            hook, headers={**hook.headers, **{name: self._seal(hook.headers[name]) for name in shown}}
        )

    def opened(self, hook: Hook) -> Hook:
        """Return a kept *hook* as it came; what no key opens stays sealed, and then convinces no channel."""
        sealed = [name for name in SHOWN.intersection(hook.headers) if is_sealed(hook.headers[name])]
        if not sealed:
            return hook
        return replace(hook, headers={**hook.headers, **self._open(hook.headers, sealed)})

    def _seal(self, value: str) -> str:
        """Seal a value; the same one is shown with many hooks, and is sealed once."""
        if (known := self._sealed.get(value)) is not None:
            return known
        return _remember(self._sealed, value, self.seals.seal(value))

    def _open(self, headers: Mapping[str, str], sealed: Sequence[str]) -> dict[str, str]:
        opened = {}
        for name in sealed:
            value = headers[name]
            try:
                opened[name] = self._opened.get(value) or _remember(
                    self._opened, value, self.seals.open(value)
                )
            except Locked:
                continue
        return opened


def _remember(values: "OrderedDict[str, str]", key: str, value: str) -> str:
    values[key] = value
    if len(values) > MOST:
        values.popitem(last=False)
    return value
