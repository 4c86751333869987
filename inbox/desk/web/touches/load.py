"""The plot of a day by hour: what is gone, what is still to leave, and when the last one does."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from bots.channel import Channel
from inbox.desk.web.parts import ChannelView, channel_view
from inbox.desk.web.site import Reader
from routing.touch import Way
from storage.touch_days import Load

AN_HOUR = timedelta(hours=1)
TOP, BASE = 16.0, 78.0  # per cent of the plot's height between which bars stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One hour: its two bars in per cent of the plot, with the counts they stand for."""

    hour: str
    x: float
    width: float
    gone: int
    left: int
    gone_height: float
    left_height: float
    labelled: bool

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """Where its bars end."""
        return BASE - self.gone_height - self.left_height


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What one channel has to carry: its busiest hour against what it can, and when it is done."""

    channel: ChannelView
    count: int
    most: int
    an_hour: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The whole: bars in order, a sentence for those who do not see them, the pace of each channel."""

    bars: Sequence[Bar]
    says: str
    paces: Sequence[Pace]
    last: datetime | None


def plot(
    loads: Sequence[Load], ways: Mapping[str, Way], channels: Mapping[str, Channel], at: Reader
) -> Plot | None:
    """Make the plot of some days' load by the reader's hours; None where nothing leaves."""
    hours: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in loads:
        hours[one.at.astimezone(at.zone).hour][0 if one.gone else 1] += one.count
    if not hours:
        return None
    first, last = min(min(hours), 8), max(max(hours), 19)
    most = max(sum(pair) for pair in hours.values())
    width = 100 / (last - first + 1)
    bars = [
        Bar(
            hour=str(hour),
            x=(hour - first) * width + width * 0.15,
            width=width * 0.7,
            gone=hours[hour][0] if hour in hours else 0,
            left=hours[hour][1] if hour in hours else 0,
            gone_height=(BASE - TOP) * hours[hour][0] / most if hour in hours else 0,
            left_height=(BASE - TOP) * hours[hour][1] / most if hour in hours else 0,
            labelled=(hour - first) % 2 == 0,
        )
        for hour in range(first, last + 1)
    ]
    busiest = max(bars, key=lambda bar: bar.gone + bar.left)
    count = busiest.gone + busiest.left
    says = f"Touches by hour, your clock: most at {busiest.hour}:00, {count}"
    paces = _paces(loads, ways, channels)
    ends = [one.last for one in paces if one.last is not None]
    return Plot(bars=bars, says=says, paces=paces, last=max(ends, default=None))


def _paces(loads: Sequence[Load], ways: Mapping[str, Way], channels: Mapping[str, Channel]) -> list[Pace]:
    """Let each channel carry its load at its own rate, in order."""
    found = []
    for name in sorted({one.channel for one in loads if one.channel}):
        mine = sorted((one for one in loads if one.channel == name), key=lambda one: one.at)
        rate = ways[name].rate if name in ways else 1.0
        by_hour: dict[datetime, int] = defaultdict(int)
        free = datetime.min.replace(tzinfo=UTC)
        for one in mine:
            by_hour[one.at.replace(minute=0)] += one.count
            if not one.gone:
                free = max(free, one.at) + timedelta(seconds=ceil((one.count - 1) / rate))
        found.append(
            Pace(
                channel=channel_view(channels, name),
                count=sum(one.count for one in mine if not one.gone),
                most=max(by_hour.values()),
                an_hour=int(rate * AN_HOUR.total_seconds()),
                last=free if free.year > 1 else None,
            )
        )
    return found
