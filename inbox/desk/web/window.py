"""How long free text is still allowed: a channel's window, which begins with the customer's last words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.channel import Spec
from inbox.desk.ways import window_of
from inbox.desk.web.times import HOUR, window_left

SOON = timedelta(hours=2)
LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowView:
    """A window that is open: *until* when, what is *left* in words, and how pressing that is."""

    until: datetime
    left: str
    look: str
    length: timedelta


def open_window(
    spec: Spec | None, heard: datetime | None, now: datetime, address: str = ""
) -> WindowView | None:
    """Show the open window of a customer last *heard* at that time; None where there is none."""
    window = window_of(spec, address) if spec is not None else None
    if window is None or heard is None or now - heard >= window:
        return None
    until = heard + window
    left = until - now
    look = "late" if left < LATE else "soon" if left < SOON else ""
    return WindowView(until=until, left=window_left(until, now), look=look, length=window)


def is_over(spec: Spec, heard: datetime | None, now: datetime, address: str = "") -> bool:
    """Say whether free text is refused now, for the customer's last words are too old."""
    window = window_of(spec, address)
    return window is not None and (heard is None or now - heard >= window)


def closed(label: str, ago: timedelta | None) -> str:
    """Say that the channel called *label* is closed; the customer's last words came *ago*."""
    last = "" if ago is None else f" Last words {ago // HOUR} hours ago."
    return f"{label} is closed for free text.{last}"
