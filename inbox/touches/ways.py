"""What our channels can do for touches, from their specs."""

from collections.abc import Mapping

from bots.channel import Spec
from routing.touch import Way


def ways_of(specs: Mapping[str, Spec]) -> dict[str, Way]:
    """Make the ways of our channels that can be written over, by their names."""
    return {name: way_of(name, spec) for name, spec in specs.items() if spec.writes}


def way_of(name: str, spec: Spec) -> Way:
    """Make the way of the channel *name*."""
    return Way(
        channel=name,
        kind=spec.kind,
        label=spec.label,
        phone=spec.phone,
        pushed=spec.pushed,
        window=spec.window,
        margin=spec.margin,
        templates=spec.templates,
        no_marketing_to=spec.no_marketing_to,
        rate=spec.rate,
        a_day=spec.a_day,
    )
