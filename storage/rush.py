"""How many hooks this process has kept: what can wait looks at it, and lets them pass."""


class Rush:
    """A count that only grows."""

    def __init__(self) -> None:
        """Begin at none."""
        self.hooks = 0
