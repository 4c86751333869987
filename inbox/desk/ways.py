"""Over which channel, to which address something may be said at a moment; and of the others, why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.channel import Channel, Spec
from inbox.desk.errors import DeskError, FileRefused, NotThere, Stopped, WindowOver
from inbox.media import KeptFile
from routing.choosing import ONLY_MARKETING
from storage.attachments import kind_of
from storage.rows import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One address of a customer over one channel of ours; *why_not* is a sentence, empty where it may be."""

    address: Address
    channel: str
    label: str
    why_not: str = ""


def carrier(channels: Mapping[str, Channel], address: Address) -> str:
    """Name the channel that reaches an address: the one they used, else the first of its kind that writes."""
    known = channels.get(address.channel)
    if known is not None and known.spec.writes:
        return address.channel
    scheme = address.address.partition(":")[0]
    same = (name for name, one in channels.items() if one.spec.scheme == scheme and one.spec.writes)
    return next(same, address.channel)


def window_of(spec: Spec, address: str) -> timedelta | None:
    """Say how long after the customer's last words an agent may answer at an address; None is always."""
    if spec.window is None or address.startswith(tuple(spec.unwindowed)):
        return None
    return max(spec.window, spec.human_window or spec.window)


def checked(
    channels: Mapping[str, Channel],
    name: str,
    address: Address | None,
    files: Sequence[KeptFile],
    now: datetime,
) -> Channel:
    """Return the channel *name* if it may carry these files, and an agent's words, to the address at *now*.

    Raises NotThere, Stopped, WindowOver or FileRefused.
    """
    channel = unstopped(channels, name, address)
    window = window_of(channel.spec, address.address if address else "")
    last = address.last_in_at if address else None
    if window is not None and (last is None or now - last > window):
        raise WindowOver
    carried(channel, files)
    return channel


def unstopped(channels: Mapping[str, Channel], name: str, address: Address | None) -> Channel:
    """Return the channel *name* if its customer allows messages; raises NotThere, Stopped, or a DeskError."""
    channel = channels.get(name)
    if channel is None:
        raise NotThere(f"The channel {name} is switched off.")
    if not channel.spec.writes:
        raise DeskError(f"{channel.spec.label} carries no messages: choose another address.")
    if address is not None and address.stopped_at is not None:
        raise Stopped
    return channel


def carried(channel: Channel, files: Sequence[KeptFile]) -> None:
    """Raise FileRefused for a file that the channel does not carry."""
    for file in files:
        cap = channel.spec.media_sizes.get(kind_of(file.content_type))  # type: ignore[call-overload]
        if cap is None:
            raise FileRefused(f"{channel.spec.label} does not carry {file.content_type} ({file.name}).")
        if file.size > cap:
            megabytes = cap / 1_000_000
            raise FileRefused(f"{channel.spec.label} carries at most {megabytes:.0f} MB ({file.name}).")


def is_closed(address: Address, now: datetime) -> bool:
    """Whether an address cannot be reached: the provider said so, and its customer wrote nothing since."""
    at = None if address.closed_reason in ONLY_MARKETING else address.closed_at
    if at is None or (address.closed_until is not None and address.closed_until <= now):
        return False
    return address.last_in_at is None or address.last_in_at <= at


def open_at(channels: Mapping[str, Channel], address: Address, now: datetime) -> None:
    """Raise why nothing can be sent to this address now; a DeskError whose sentence the agent reads."""
    open_ever(channels, address, now)
    checked(channels, carrier(channels, address), address, (), now)


def open_ever(channels: Mapping[str, Channel], address: Address, now: datetime) -> None:
    """Raise why nothing may be sent there whenever it is; a window that is over may open again."""
    if is_closed(address, now):
        raise DeskError("This address cannot be reached: the provider says so, and they wrote nothing since.")
    unstopped(channels, carrier(channels, address), address)


def ways(
    channels: Mapping[str, Channel], addresses: Sequence[Address], now: datetime, *, ever: bool = False
) -> list[Way]:
    """Look at each address in turn: those that can be reached come first, the last heard of before others.

    *ever* asks whether they can be at some time, not whether now.
    """
    found = [_way(channels, address, now, ever) for address in addresses]
    return sorted(found, key=lambda one: (bool(one.why_not), _silence(one.address, now)))


def _way(channels: Mapping[str, Channel], address: Address, now: datetime, ever: bool) -> Way:
    name = carrier(channels, address)
    known = channels.get(name)
    label = known.spec.label if known is not None else name
    try:
        (open_ever if ever else open_at)(channels, address, now)
    except DeskError as error:
        return Way(address=address, channel=name, label=label, why_not=str(error))
    return Way(address=address, channel=name, label=label)


def _silence(address: Address, now: datetime) -> float:
    return float("inf") if address.last_in_at is None else (now - address.last_in_at).total_seconds()
