"""How each face of the desk says that an agent is away or back, and what they want for themselves."""

from datetime import timedelta
from typing import Final

from tests.inbox.desk.faces import InBrowser, InSlack, Operation, Place

AWAY: Final = "SELECT away_why, away_until IS NULL, away_by FROM agents WHERE available = false"
PREFERS: Final = "SELECT language, digest FROM agents WHERE language <> '' OR digest = false"
GIVEN: Final = "SELECT owner_id IS NULL, (SELECT max(follows) FROM promises) FROM conversations"


async def slack_goes(place: InSlack) -> None:
    """By the command."""
    await place.bureau.ana.slash("/tidings away lunch", channel=place.bureau.fallback)


async def browser_goes(place: InBrowser) -> None:
    """By the form behind one's own face."""
    await place.posts("/desk/me/away", why="lunch", until="", owned="keep")


async def owned(place: Place) -> None:
    """Have a conversation, and something to keep in it."""
    await place.desk.take(place.conversation, place.agent, now=place.now)
    due = place.now + timedelta(days=1)
    await place.desk.promise(place.conversation, place.agent, text="call back", due_at=due, now=place.now)


async def slack_goes_giving_back(place: InSlack) -> None:
    """By the button of the question."""
    ana = place.bureau.ana
    await ana.slash("/tidings away", channel=place.bureau.fallback)
    await ana.clicks(await ana.sees("What becomes of it"), "away_give_back")


async def browser_goes_giving_back(place: InBrowser) -> None:
    """By the form behind one's own face."""
    await place.posts("/desk/me/away", why="", until="", owned="give_back")


async def gone(place: Place) -> None:
    """Be away."""
    await place.desk.set_away(place.agent, why="lunch", now=place.now)


async def slack_comes_back(place: InSlack) -> None:
    """By the command."""
    await place.bureau.ana.slash("/tidings back", channel=place.bureau.fallback)


async def browser_comes_back(place: InBrowser) -> None:
    """By the button behind one's own face."""
    await place.posts("/desk/me/available", available="yes")


async def slack_prefers(place: InSlack) -> None:
    """On App Home."""
    ana = place.bureau.ana
    await ana.opens_home()
    await place.bureau.until(lambda: ana.home)
    assert ana.home is not None
    await ana.clicks(ana.home, "home_language", "pt")
    await place.bureau.until(lambda: "As suas definições" in str(ana.home and ana.home.body))
    await ana.clicks(ana.home, "home_digest")
    await place.bureau.until_row("SELECT count(*) FROM agents WHERE digest = false")


async def browser_prefers(place: InBrowser) -> None:
    """By the form behind one's own face."""
    await place.posts("/desk/me/prefer", language="pt", digest="no")


AGENTS: Final = (
    Operation(name="set_away", shows=AWAY, slack=slack_goes, browser=browser_goes),
    Operation(
        name="set_away, giving back",
        shows=GIVEN,
        slack=slack_goes_giving_back,
        browser=browser_goes_giving_back,
        first=owned,
    ),
    Operation(name="set_back", shows=AWAY, slack=slack_comes_back, browser=browser_comes_back, first=gone),
    Operation(name="prefer", shows=PREFERS, slack=slack_prefers, browser=browser_prefers),
)
