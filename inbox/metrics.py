"""What is counted: one registry a process, passed to whoever counts."""

from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 3600)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)

KIND = ("channel", "kind")
WHY = ("channel", "reason")
UNKNOWN = "Events that mean nothing to us, taken and skipped."
WAITING = "How long the longest waiting customer has no answer; 0 when nobody waits."
BEHIND = "Hooks of the stream that the database does not have yet."
FORGETTING = "Erased customers whose calls are still in the stream, told by who owns clock/forgetting."
KEPT = "From a hook's arrival until it is kept."
SENT = "From when a delivery is due until it is sent."


class Metrics:
    """Counters, gauges and histograms in whole things and seconds; times are the caller's."""

    def __init__(self) -> None:
        """Begin a registry of its own at zero."""
        self.registry = CollectorRegistry()
        count = partial(Counter, namespace="tidings", registry=self.registry)
        gauge = partial(Gauge, namespace="tidings", registry=self.registry)
        spread = partial(Histogram, namespace="tidings", registry=self.registry)
        self.accepted = count("accepted", "Events kept, by channel and kind.", KIND)
        self.duplicates = count("duplicates", "Events that were kept before.", ("channel",))
        self.refused_hooks = count("refused_hooks", "Hooks not taken, and why.", WHY)
        self.unknown_events = count("unknown_events", UNKNOWN, KIND)
        self.sends = count("sends", "What became of calls to providers.", ("lane", "outcome"))
        self.owed = gauge("owed", "Deliveries that have not ended well, by state.", ("lane", "state"))
        self.stuck_hooks = gauge("stuck_hooks", "Hooks in the journal that could not be applied.")
        self.journal_behind = gauge("journal_behind", BEHIND, ("partition",))
        self.forgetting = gauge("forgetting", FORGETTING)
        self.oldest_waiting = gauge("oldest_waiting_seconds", WAITING)
        self.keep_seconds = spread("keep_seconds", KEPT, ("channel",), buckets=QUICK)
        self.batch_hooks = spread("batch_hooks", "Hooks kept in one transaction.", buckets=SIZES)
        self.send_seconds = spread("send_seconds", SENT, ("lane",), buckets=SLOW)
