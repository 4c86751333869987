"""What our channels can do for touches, from their specs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bots.channel import Channel, Spec
from routing.touch import Way


class Specs(Mapping[str, Spec]):
    """Our channels' specs as they are when asked: templates are learned while we run."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        """Look at *channels*, by name."""
        self._channels = channels

    def __getitem__(self, name: str) -> Spec:
        """Give the spec of the channel *name* now."""
        return self._channels[name].spec

    def __iter__(self) -> Iterator[str]:
        """List the channels' names."""
        return iter(self._channels)

    def __len__(self) -> int:
        """Count the channels."""
        return len(self._channels)


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
        visited=spec.visited,
        window=spec.window,
        margin=spec.margin,
        templates=spec.templates,
        no_marketing_to=spec.no_marketing_to,
        rate=spec.rate,
        a_day=spec.a_day,
        apart=spec.unwindowed,
    )


def with_templates(ways: Mapping[str, Way], specs: Mapping[str, Spec]) -> dict[str, Way]:
    """Give the ways the templates that their channels have by now."""
    return {
        name: replace(way, templates=specs[name].templates) if name in specs else way
        for name, way in ways.items()
    }


def without_templates(ways: Mapping[str, Way]) -> dict[str, Way]:
    """Give the ways as they are for words that no provider has approved."""
    return {name: replace(way, templates=None) for name, way in ways.items()}
