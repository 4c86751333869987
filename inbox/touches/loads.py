"""How many touches leave when, and when each channel has sent its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class Load:
    """How many leave in each minute over each channel."""

    minutes: dict[str, dict[datetime, int]] = field(default_factory=dict)

    def add(self, channel: str, due_at: datetime) -> None:
        """Count one."""
        at = due_at.replace(second=0, microsecond=0)
        counted = self.minutes.setdefault(channel, {})
        counted[at] = counted.get(at, 0) + 1

    def by_hour(self) -> list[tuple[datetime, str, int]]:
        """List (the hour's start, channel, number), in order."""
        hours: dict[tuple[datetime, str], int] = {}
        for channel, minutes in self.minutes.items():
            for at, number in minutes.items():
                key = (at.replace(minute=0), channel)
                hours[key] = hours.get(key, 0) + number
        return sorted((at, channel, number) for (at, channel), number in hours.items())

    def finished(self, rates: Mapping[str, float]) -> dict[str, datetime]:
        """Say when each channel has sent all of its own, at so many a second."""
        found = {}
        for channel, minutes in self.minutes.items():
            done = min(minutes)
            for at in sorted(minutes):
                done = max(done, at) + timedelta(seconds=minutes[at] / rates.get(channel, 1.0))
            found[channel] = done
        return found
