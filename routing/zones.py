"""The zones a customer may be in, by the best evidence that we have."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from routing.numbers import number, weights
from routing.regions import zones_of
from routing.touch import Limits, Person, Where, ZoneSource

# Two zones are one clock if they agree on each of these days: rules change at most weekly.
SAMPLED = tuple(datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=7 * week) for week in range(313))
# Summer and winter, to see how far apart zones are; the year does not matter.
APART = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """Find a zone by its IANA name or an alias of it; None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1024)
def named(name: str) -> str:
    """Give the IANA name for what a person or device calls its zone (Windows' names too), or ""."""
    tidy = name.strip()
    for candidate in (tidy, tidy.replace(" ", "_"), get_global("windows_zone_mapping").get(tidy, "")):
        if candidate and zone(candidate) is not None:
            return candidate
    return ""


def where(person: Person, limits: Limits) -> Where:
    """Tell where a person may be: own zone, device, region, phone, country, else the account's zone.

    Several zones mean that an instant must suit each of them. *guess* is set where the zone may be
    another one altogether: an area code in a country of several clocks, or nothing but the account.
    """
    if person.own_zone and (own := named(person.own_zone)):
        return _known((own,), "own")
    if person.device_zone and (device := named(person.device_zone)):
        return _known((device,), "device")
    if person.region and (region := _region(person.region)):
        return _known(region, "region")
    if phone := _phones(tuple(one.address for one in person.addresses if "+" in one.address), limits.hours):
        return phone
    if person.country and len(land := _country(person.country)) == 1:
        return _known(land, "country")
    return _known((named(limits.zone) or "UTC",), "account", guess=True)


@lru_cache(maxsize=4096)
def _known(zones: tuple[str, ...], source: ZoneSource, guess: bool = False) -> Where:
    return Where(zones=zones, source=source, guess=guess)


@lru_cache(maxsize=1024)
def _region(region: str) -> tuple[str, ...]:
    """Give the zones of a region by the table, or those of its country if they have one clock."""
    tidy = region.strip().upper()
    if found := zones_of(tidy):
        return alike(found)
    land = _country(tidy.partition("-")[0])
    return land if len(land) == 1 else ()


@lru_cache(maxsize=512)
def _country(country: str) -> tuple[str, ...]:
    """Give one zone for each clock of a country (ISO 3166-1)."""
    return alike(tuple(get_global("territory_zones").get(country.upper(), ())))


@lru_cache(maxsize=1 << 14)
def _phones(addresses: tuple[str, ...], hours: tuple[time, time]) -> Where | None:
    """Give all zones of the numbers that prove something, if there is an instant that suits them all."""
    zones: list[str] = []
    guess = False
    for address in addresses:
        found = number(address)
        if found is not None and found.zones:
            zones += found.zones
            guess |= found.by_area and len(_country(found.place.partition("-")[0])) > 1
    grouped = alike(tuple(dict.fromkeys(zones)))
    return _known(grouped, "phone", guess) if grouped and _meet(grouped, hours) else None


@lru_cache(maxsize=1024)
def alike(zones: tuple[str, ...]) -> tuple[str, ...]:
    """Keep one zone, the best known, of those that always show the same time; unknown ones go."""
    clocks: dict[tuple[timedelta | None, ...], list[str]] = {}
    for name in zones:
        if zone(name) is not None:
            clocks.setdefault(_clock(name), []).append(name)
    return tuple(min(same, key=lambda one: (-weights().get(one, 0), one)) for same in clocks.values())


@lru_cache(maxsize=1024)
def _clock(name: str) -> tuple[timedelta | None, ...]:
    return tuple(at.astimezone(zone(name)).utcoffset() for at in SAMPLED)


@lru_cache(maxsize=1024)
def _meet(zones: tuple[str, ...], hours: tuple[time, time]) -> bool:
    """Say whether the allowed hours have an instant in common: the clocks differ by less than they last."""
    start, end = (timedelta(hours=one.hour, minutes=one.minute) for one in hours)
    long = end - start if end > start else end - start + timedelta(days=1)
    for at in APART:
        offsets = [at.astimezone(zone(name)).utcoffset() or timedelta(0) for name in zones]
        if max(offsets) - min(offsets) >= long:
            return False
    return True
