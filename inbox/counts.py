"""What the door counts, by channel; asking for labels costs more than counting."""

from collections import Counter as Counted
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import Counter, Histogram

from bots.channel import Event
from bots.errors import BadSignature, ChannelError
from inbox.metrics import Metrics

KINDS: Final = 100


@dataclass(slots=True)
class Counts:
    """The counters of hooks, each found once."""

    metrics: Metrics
    _histograms: dict[str, Histogram] = field(default_factory=dict)
    _counters: dict[tuple[str, type[Event]], Counter] = field(default_factory=dict)
    _kinds: set[tuple[str, str]] = field(default_factory=set)

    def refused(self, name: str, error: ChannelError) -> None:
        """Count a hook that was not taken."""
        reason = "signature" if isinstance(error, BadSignature) else "malformed"
        self.metrics.refused_hooks.labels(name, reason).inc()

    def unknown(self, name: str, kind: str) -> None:
        """Count by kind, but not by more kinds than a provider has: a visitor may make them up."""
        if (name, kind) not in self._kinds and len(self._kinds) >= KINDS:
            kind = "other"
        self._kinds.add((name, kind))
        self.metrics.unknown_events.labels(name, kind).inc()

    def took(self, name: str, seconds: float) -> None:
        """Observe how long a hook took from its arrival until it was kept."""
        found = self._histograms.get(name)
        if found is None:
            found = self._histograms[name] = self.metrics.keep_seconds.labels(name)
        found.observe(seconds)

    def accepted(self, events: Iterable[tuple[str, Event]]) -> None:
        """Count the events of hooks that were kept together, each with its channel's name."""
        kinds = Counted((name, type(event)) for name, event in events)
        for (name, kind), number in kinds.items():
            found = self._counters.get((name, kind))
            if found is None:
                found = self._counters[name, kind] = self.metrics.accepted.labels(name, kind.__name__)
            found.inc(number)

    def known(self, name: str, messages: int) -> None:
        """Count messages that were kept before."""
        if messages:
            self.metrics.duplicates.labels(name).inc(messages)
