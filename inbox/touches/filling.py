"""An approved template of a channel, filled for one customer, and what they read of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from config.telling import VARIABLES, Value
from config.wording import Missing
from inbox.touches.rules import Rules
from routing.choosing import template_for, template_language
from routing.touch import Person, Template, Touch, Way

PLACE: Final = re.compile(r"\{\{\s*([\w.]+)(?::(\w+))?\s*\}\}")
"""A place, and what the provider calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template's *name* and *language* as the channel spells them, its *variables* by their places.

    *text* is what the customer reads; empty where the channel does not say what its template says.
    """

    name: str
    language: str
    variables: Mapping[str, str]
    text: str

    @property
    def parts(self) -> dict[str, Any]:
        """Give the parts of MessageOut that it fills."""
        return {
            "template": self.name,
            "template_language": self.language,
            "variables": dict(self.variables),
        }


def fill(
    rules: Rules, touch: Touch, person: Person, way: Way, values: Mapping[str, Value], zone: str
) -> Filled:
    """Fill the template that goes to *person* outside the window; raises Missing for what is not known."""
    template = template_for(touch, way)
    language = template_language(touch, person, way, rules.limits)
    if not language:
        raise Missing(f"an approved template {template.name}")
    said = rules.specs[way.channel].template_words.get((language, template.name), "")
    wording, tongue = rules.wording_of(touch.key), language.replace("_", "-")
    own = wording.find(touch.wording, tongue, way.kind)
    order = own.order if own is not None else ()
    told: dict[str, str] = {}
    for place, called in places(said, template, order).items():
        variable = variable_of(place, called, template, order)
        if not variable:
            raise Missing(f"what {place} in the template stands for")
        told[place] = wording.tell(variable, touch.wording, tongue, values, kind=way.kind, zone=zone)
    text = PLACE.sub(lambda found: told[found[1]], said)  # once: no value is read as a place
    return Filled(name=template.name, language=language, variables=told, text=text)


def places(said: str, template: Template, order: Sequence[str]) -> dict[str, str]:
    """List what has to be given, with the provider's names: the places of its words, and those named to us.

    Where its words are not known, what was named, else all that ours would tell.
    """
    if not said:
        return dict.fromkeys(template.variables or order, "")
    return dict.fromkeys(template.variables, "") | dict(PLACE.findall(said))


def variable_of(place: str, name: str, template: Template, order: Sequence[str]) -> str:
    """Say which variable stands in a place: as we were told, else called alike, else our words' n-th."""
    for one in (template.variables.get(place, ""), name, place):
        if one in VARIABLES:
            return one
    return order[int(place) - 1] if place.isdecimal() and 0 < int(place) <= len(order) else ""
