"""Sentences in an agent's language: tables of words by key, chosen and filled in."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("en", "pt", "es")
OWN_NAMES: Final = ("English", "Português", "Español")
Table = Mapping[str, tuple[str, str, str]]
"""Sentences by key, one in each of `LANGUAGES`, in that order."""


def nearest(tag: str) -> str:
    """Choose the language of ours that a tag means: pt for pt-PT and pt_BR, en for what we do not speak."""
    primary = tag.replace("_", "-").partition("-")[0].lower()
    return primary if primary in LANGUAGES else LANGUAGES[0]


def said(table: Table, language: str, key: str, **values: object) -> str:
    """Write a sentence; raises KeyError for a key that the table has not."""
    return table[key][LANGUAGES.index(nearest(language))].format(**values)
