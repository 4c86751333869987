"""How each face of the desk sees and changes a customer, merges two and undoes it."""

from typing import Final

from storage.tables import addresses, customers
from tests.inbox.desk.faces import InBrowser, InSlack, Operation, Place
from tests.providers.slack.state import View

KNOWN: Final = (
    "SELECT c.zone, c.birth_month, c.birth_day, c.tags, c.tier, a.allowed, s.word, s.source, s.wording "
    "FROM customers c LEFT JOIN consents s ON 1 = 1 LEFT JOIN allowances a ON a.consent_id = s.id"
)
LOOKS: Final = "SELECT DISTINCT what FROM looks ORDER BY what"
MERGED: Final = (
    "SELECT s.name, a.name, a.merged_into IS NULL, m.undone_at IS NULL FROM merges m "
    "JOIN customers s ON s.id = m.survivor_id JOIN customers a ON a.id = m.absorbed_id"
)
FACTS: Final = {"zone": "Europe/Lisbon", "birthday": "--03-04", "tags": "vip, late payer", "tier": "gold"}
WORDS: Final = "yes please, on the phone"
ZELDA: Final = 77


async def zelda(place: Place) -> None:
    """Keep another customer."""
    async with place.database.writing() as connection:
        await connection.execute(customers.insert().values(id=ZELDA, name="Zelda", created_at=place.now))
        way = {"id": ZELDA, "customer_id": ZELDA, "address": "paper:zelda", "channel": "paper"}
        await connection.execute(addresses.insert().values(**way, created_at=place.now))


async def maria(place: Place) -> int:
    """Find the customer who wrote."""
    return int((await place.rows(f"SELECT id FROM customers WHERE id <> {ZELDA}"))[0][0])


async def merged(place: Place) -> None:
    """Make Zelda one with who wrote."""
    await zelda(place)
    await place.desk.merge(await maria(place), ZELDA, place.agent, now=place.now)


async def view(place: InSlack, words: str) -> View:
    """Wait for the modal that holds these words."""
    ana = place.bureau.ana
    await place.bureau.until(lambda: ana.view is not None and words in str(ana.view.body))
    assert isinstance(ana.view, View)
    return ana.view


async def profile(place: InSlack) -> View:
    """Open the profile by the card's button."""
    await place.bureau.ana.clicks(place.card, "profile")
    return await view(place, "Last conversations")


async def slack_looks(place: InSlack) -> None:
    """By the card's button."""
    await profile(place)


async def browser_looks(place: InBrowser) -> None:
    """By its page."""
    await place.house.page(f"/desk/c/{place.conversation}/profile")


async def slack_changes(place: InSlack) -> None:
    """By the form that is laid upon the profile."""
    ana = place.bureau.ana
    await ana.clicks(await profile(place), "profile_edit")
    [(address,)] = await place.rows("SELECT id FROM addresses")
    form = await view(place, "Where they said it")
    await ana.submits(form, {**FACTS, "consent": f"{address}:yes", "wording": WORDS})


async def browser_changes(place: InBrowser) -> None:
    """By the profile's form."""
    [(address,)] = await place.rows("SELECT id FROM addresses")
    told = {"consent-at": str(address), "consent-word": "yes", "wording": WORDS}
    await place.posts(f"/desk/c/{place.conversation}/profile", **FACTS, **told)


async def slack_merges(place: InSlack) -> None:
    """By the profile's button, a search, and the word."""
    ana = place.bureau.ana
    await ana.clicks(await profile(place), "profile_merge")
    asked = await view(place, "The other customer")
    await ana.picks(asked, "other", "zelda")
    await ana.clicks(asked, "other", str(ZELDA))
    await ana.submits(await view(place, "Who stays"), {"sure": "MERGE"})


async def browser_merges(place: InBrowser) -> None:
    """By the page that shows both side by side."""
    fields = {"other": str(ZELDA), "survivor": str(await maria(place)), "sure": "MERGE"}
    await place.posts(f"/desk/c/{place.conversation}/merge", **fields)


async def slack_parts(place: InSlack) -> None:
    """By the button under the post that tells of it."""
    place.bureau.ring()
    await place.bureau.ana.clicks(await place.post("[Undo]"), "merge_undo")


async def browser_parts(place: InBrowser) -> None:
    """By the profile's button."""
    [(merge,)] = await place.rows("SELECT id FROM merges")
    await place.posts(f"/desk/c/{place.conversation}/unmerge", merge=str(merge))


CUSTOMERS: Final = (
    Operation(name="profile", shows=LOOKS, slack=slack_looks, browser=browser_looks),
    Operation(name="change_customer", shows=KNOWN, slack=slack_changes, browser=browser_changes),
    Operation(name="merge", shows=MERGED, first=zelda, slack=slack_merges, browser=browser_merges),
    Operation(name="unmerge", shows=MERGED, first=merged, slack=slack_parts, browser=browser_parts),
)
