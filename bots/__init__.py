"""The channels: one folder each, found by name."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType


def kinds() -> list[str]:
    """Name every channel folder that is here."""
    return sorted(module.name for module in iter_modules(__path__) if module.ispkg)


def find(kind: str) -> ModuleType:
    """Import the channel folder *kind*; a KeyError names those that are here."""
    if not kind.isidentifier() or find_spec(f"bots.{kind}") is None:
        raise KeyError(f"no channel kind {kind!r}; there are: {', '.join(kinds())}")
    return import_module(f"bots.{kind}")
