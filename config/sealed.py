"""Secrets that stand sealed in a file: `tidings keys seal` makes them, a key of the environment opens them.

A sealed value is `sealed:<key's name>:<Fernet token>`. The name is the beginning of a hash of the key: it
tells which key is wanted and nothing of the key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from config.errors import Mistake

SEAL_KEY: Final = "TIDINGS_SEAL_KEY"
MARK: Final = "sealed:"
SEALED: Final = re.compile(r"sealed:([0-9a-f]{8}):([A-Za-z0-9_-]+={0,2})")
MAKE: Final = f"`tidings keys new` makes one; set it as {SEAL_KEY}, the newest first."


class Locked(Exception):
    """No key opens this sealed value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """Keys of the environment, the newest first: that one seals, all of them open."""

    keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Say what each key is called in what it sealed."""
        return tuple(map(name_of, self.keys))

    def seal(self, text: str) -> str:
        """Seal *text* under the newest key; raises Locked where there is none."""
        from cryptography.fernet import Fernet  # here: few have sealed values

        if not self.keys:
            raise Locked(f"there is no {SEAL_KEY} in the environment")
        return f"{MARK}{self.names[0]}:{Fernet(self.keys[0]).encrypt(text.encode()).decode()}"

    def open(self, sealed: str) -> str:
        """Give the text that was sealed; raises Locked, which says why and never what."""
        from cryptography.fernet import Fernet, InvalidToken

        found = SEALED.fullmatch(sealed.strip())
        if not found:
            raise Locked("it is no whole sealed value")
        name, token = found.groups()
        if not self.keys:
            raise Locked(f"it is sealed with the key {name}, and {SEAL_KEY} is missing from the environment")
        if name not in self.names:
            have = ", ".join(self.names)
            raise Locked(f"it is sealed with the key {name}, and {SEAL_KEY} holds only {have}")
        try:
            return Fernet(self.keys[self.names.index(name)]).decrypt(token).decode()
        except (InvalidToken, ValueError) as error:
            raise Locked(f"the key {name} does not open it: it was changed after it was sealed") from error

    def renewed(self, sealed: str) -> str:
        """Seal a sealed value under the newest key; one that is already is given back. Raises Locked."""
        text = self.open(sealed)
        return sealed if sealed.startswith(f"{MARK}{self.names[0]}:") else self.seal(text)


def is_sealed(value: object) -> bool:
    """Whether *value* says that it is sealed."""
    return isinstance(value, str) and value.strip().startswith(MARK)


def name_of(key: str) -> str:
    """Name a key by the beginning of its hash."""
    return sha256(key.encode()).hexdigest()[:8]


def new_key() -> str:
    """Make a key: 32 random bytes as Fernet wants them."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def seals_of(env: Mapping[str, str]) -> Seals:
    """Read the keys of the environment; raises Mistake where one of them is none."""
    keys = tuple(env.get(SEAL_KEY, "").replace(",", " ").split())
    for place, key in enumerate(keys, start=1):
        if not _is_key(key):
            what = f"{SEAL_KEY}: key {place} of {len(keys)} is not a key."
            raise Mistake(file="environment", what=what, remedy=MAKE)
    return Seals(keys=keys)


def _is_key(key: str) -> bool:
    from cryptography.fernet import Fernet

    try:
        Fernet(key)
    except ValueError:
        return False
    return True
