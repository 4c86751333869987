"""Whether a shift and a team's hours ever meet, each on the clock of its own zone."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from config.openings import WEEK, minutes_of, spans
from config.policy import Team

SEASONS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))  # the year does not matter


def meets(shift: str, zone: str, team: Team) -> bool:
    """Say whether *shift*, on the clock of *zone*, falls into the team's hours in winter or in summer."""
    if not team.hours:
        return True
    return any(
        not _open((shift,), zone, season).isdisjoint(_open(team.hours, team.zone, season))
        for season in SEASONS
    )


@lru_cache(maxsize=256)
def _open(written: tuple[str, ...], zone: str, season: datetime) -> frozenset[int]:
    """List the minutes of a week in UTC, wrapped around at its end."""
    offset = season.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    ahead = int(offset.total_seconds()) // 60
    return frozenset((minute - ahead) % WEEK for minute in minutes_of(spans(written)))
