"""Out of hours: whoever writes to a team that is closed is told once when it opens again."""

from datetime import datetime
from typing import Final

from inbox.assigning import closed, saying
from inbox.desk.act import Act, Ground
from routing.answering import House, TeamRules
from routing.hours import next_open
from storage import routed, waiting
from storage.waiting import Waits

FEW: Final = 8  # told in one transaction: hooks wait behind it


class Away:
    """Tells customers that nobody is there."""

    def __init__(self, ground: Ground, *, business: str) -> None:
        """Tell over the rows of *ground*; *business* is the name that customers see."""
        self._ground, self._business = ground, business

    async def turn(self, now: datetime) -> bool:
        """Tell a few; says whether there may be more."""
        house, more = self._ground.policies.house, False
        for team in house.teams.values():
            since = closed.closed_since(team.hours, now) if team.away else None
            if since is None:
                continue
            async with self._ground.database.reading() as connection:
                new = await routed.untold(connection, team.key, since, now, FEW)
            if new:
                async with self._ground.act(now) as act:
                    await self._tell(act, house, team, since)
                more = more or len(new) == FEW
        return more

    async def _tell(self, act: Act, house: House, team: TeamRules, since: datetime) -> None:
        """Tell those who are still to be told, and remember all that were looked at."""
        ids = await routed.untold(act.connection, team.key, since, act.now, FEW)
        rang = await saying.rang(act, self._ground, ids)
        for one in await waiting.some(act.connection, ids) if ids else []:
            text = self._text(one, house, team, act.now) if one.id not in rang else ""
            if text and saying.may(self._ground, one, act.now):
                key = f"away:{one.id}:{int(since.timestamp())}"
                await saying.say(act, self._ground, one, text, key=key, sender=team.name)
        await routed.mark(act.connection, ids, away_told_at=act.now)

    def _text(self, one: Waits, house: House, team: TeamRules, now: datetime) -> str:
        opens = next_open(team.hours, now)
        # The language of the text, not the customer's: one sentence is in one language.
        written = saying.language_among(team.away, one.language)
        zone = closed.zone_of(one, team.hours.zone)
        values = {
            "name": one.name,
            "team": saying.team_name(house, team.key),
            "business": self._business,
            "opens": closed.told(opens, zone, written, now) if opens is not None else "",
        }
        return saying.words(team.away, one.language, values)
