"""Rows as the values that decisions are made on, many at once."""

from collections.abc import Sequence
from datetime import datetime

from inbox.matters import answerers_of, stage_of
from inbox.policies import Policies
from routing.answering import Answerer, House, Matter
from storage import waiting
from storage.database import Connection
from storage.route_facts import Bought
from storage.waiting import Known, Waits

NOTHING = Known()


def matter(one: Waits, known: Known, now: datetime, language: str = "") -> Matter:
    """Make the matter of a conversation; *language* is what the customer's words have just told.

    Who waits for nothing waits since the last word, as somebody has to look after them too.
    """
    return Matter(
        id=one.id,
        team=one.team,
        channel=one.channel,
        words="\n".join(known.words),
        language=one.language or language,
        tier=one.tier,
        tags=frozenset(one.tags or ()),
        stage=stage_of(Bought(number=known.bought, last_at=known.bought_at), now),
        manager=one.account_manager,
        last_agent=known.last_agent,
        opened_at=one.opened_at,
        waiting_since=one.waiting_since or one.last_at,
        answered=known.answered_at is not None,
        placed=known.placed,
        refused=known.refused,
    )


async def matters(connection: Connection, waits: Sequence[Waits], now: datetime) -> list[Matter]:
    """Read what decisions want of each."""
    known = await waiting.known(connection, waits)
    return [matter(one, known.get(one.id, NOTHING), now) for one in waits]


def in_line(one: Waits, now: datetime) -> Matter:
    """Make of a matter what its place in the order is told by; words and the rest are left out."""
    known = Known(answered_at=one.last_at if one.reply == "next" else None)
    return matter(one, known, now)


async def everybody(connection: Connection, policies: Policies, now: datetime) -> list[Answerer]:
    """Read all agents as decisions see them."""
    return await answerers_of(connection, policies, now)


def room(people: Sequence[Answerer], team: str) -> frozenset[int]:
    """Name who of a team is here and below capacity."""
    return frozenset(
        one.id for one in people if one.present and one.load < one.capacity and team in one.teams
    )


def lead_of(house: House, people: Sequence[Answerer], team: str) -> Answerer | None:
    """Find who leads a team, as the policy says."""
    known = house.teams.get(team)
    return next((one for one in people if known is not None and known.lead and one.key == known.lead), None)
