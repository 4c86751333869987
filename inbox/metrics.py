"""What is counted: one registry a process, passed to whoever counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 3600)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counters, gauges and histograms in whole things and seconds; times are the caller's."""

    def __init__(self) -> None:
        """Begin a registry of its own at zero."""
        self.registry = CollectorRegistry()
        registry = self.registry
        self.accepted = Counter(
            "tidings_accepted", "Events kept, by channel and kind.", ["channel", "kind"], registry=registry
        )
        self.duplicates = Counter(
            "tidings_duplicates", "Events that were kept before.", ["channel"], registry=registry
        )
        self.refused_hooks = Counter(
            "tidings_refused_hooks", "Hooks not taken, and why.", ["channel", "reason"], registry=registry
        )
        self.unknown_events = Counter(
            "tidings_unknown_events",
            "Events that mean nothing to us, taken and skipped.",
            ["channel", "kind"],
            registry=registry,
        )
        self.sends = Counter(
            "tidings_sends", "What became of calls to providers.", ["lane", "outcome"], registry=registry
        )
        self.owed = Gauge(
            "tidings_owed",
            "Deliveries that have not ended well, by state.",
            ["lane", "state"],
            registry=registry,
        )
        self.stuck_hooks = Gauge(
            "tidings_stuck_hooks", "Hooks in the journal that could not be applied.", registry=registry
        )
        self.oldest_waiting = Gauge(
            "tidings_oldest_waiting_seconds",
            "How long the longest waiting customer has no answer; 0 when nobody waits.",
            registry=registry,
        )
        self.keep_seconds = Histogram(
            "tidings_keep_seconds",
            "From a hook's arrival until it is kept.",
            ["channel"],
            buckets=QUICK,
            registry=registry,
        )
        self.batch_hooks = Histogram(
            "tidings_batch_hooks", "Hooks kept in one transaction.", buckets=SIZES, registry=registry
        )
        self.send_seconds = Histogram(
            "tidings_send_seconds",
            "From when a delivery is due until it is sent.",
            ["lane"],
            buckets=SLOW,
            registry=registry,
        )
