"""Texts that agents and the house say in a conversation: variables filled in, and marked where unknown."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from jinja2 import Template, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.one_text import DEEPEST, each_node, is_plain

VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "The customer's name as they gave it.",
        "agent": "The name of the agent who answers.",
        "team": "The name of the conversation's team.",
        "business": "The name that customers see.",
        "order": "The shop's number of their last order.",
        "goods": "What was ordered, in a few words.",
        "total": "What the order came to, as money.",
        "opens": "When the team is there again, in the customer's own zone; only while it is closed.",
    }
)
SAVED: Final = frozenset(VARIABLES) - {"opens"}
AWAY: Final = frozenset({"name", "team", "business", "opens"})
REPLY: Final = frozenset({"name", "team", "business"})
QUESTION: Final = frozenset({"name", "agent", "team", "business"})
LONGEST: Final = 4000  # characters, a Telegram message
MARK: Final = re.compile(r"\[\[(" + "|".join(VARIABLES) + r")\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a text became; *missing* are the variables that stand in it as marks, like [[order]]."""

    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a text cannot be read, and what to do about it."""

    what: str
    remedy: str


class _Marked(Undefined):
    """A value nobody knows: false in a condition, a mark where it should be read."""

    def __str__(self) -> str:
        return f"[[{self._undefined_name}]]"

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other == ""

    def __hash__(self) -> int:
        return hash("")


_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(undefined=_Marked, autoescape=False)


def fill_in(written: str, values: Mapping[str, str]) -> Filled:
    """Put *values* into a text that was checked; what has no value, or an empty one, is marked.

    A value is never read as a text of ours: braces in it stay braces.
    """
    known = {name: value for name, value in values.items() if value}
    text = _template(written).render(known).strip()
    return Filled(text=text, missing=tuple(dict.fromkeys(_marks(written, known))))


def marks(text: str) -> tuple[str, ...]:
    """Name the variables whose marks an agent left in a text: they must be filled before it is sent."""
    return tuple(dict.fromkeys(MARK.findall(text)))


def faults(written: str, allowed: Iterable[str]) -> Iterator[Fault]:
    """Say what cannot be meant in a text that may name the *allowed* variables."""
    names = sorted(allowed)
    if not written.strip():
        yield Fault(what="the text is empty", remedy="Write what the customer reads.")
        return
    if len(written) > LONGEST:
        yield Fault(what=f"the text is longer than {LONGEST} characters", remedy="Make it shorter.")
        return
    try:
        tree = _ENVIRONMENT.parse(written)
    except (TemplateSyntaxError, RecursionError) as error:
        said = error.message if isinstance(error, TemplateSyntaxError) else "it is nested too deeply"
        yield Fault(what=f"the text cannot be read: {said}", remedy="Write {{ name }}.")
        return
    for node, depth in each_node(tree):
        if depth > DEEPEST or not is_plain(node):
            yield Fault(
                what="a text knows {{ name }} and {% if name %}…{% else %}…{% endif %}, nothing else",
                remedy="Take the rest out; values to compare stand in quotes.",
            )
            return
    for name in dict.fromkeys(node.name for node in tree.find_all(nodes.Name)):
        if name not in names:
            yield Fault(what=f"there is no variable {name!r} here", remedy=f"Known here: {', '.join(names)}.")


@lru_cache(maxsize=512)
def _template(written: str) -> Template:
    return _ENVIRONMENT.from_string(written)


def _marks(written: str, known: Mapping[str, str]) -> list[str]:
    """Name the marks of our own making: a value that looks like one is none."""
    told = {name: value.replace("[", "") or "x" for name, value in known.items()}
    return MARK.findall(_template(written).render(told))
