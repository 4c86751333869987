"""Merging two customers in the browser: find the other, see both side by side, decide, undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from inbox.desk import facts
from inbox.desk.errors import DeskError, NotAllowed, NotThere
from inbox.desk.facts import FACTS
from inbox.desk.names import shown_address
from inbox.desk.roles import check
from inbox.desk.web import pages, profile
from inbox.desk.web.forms import Form, form_of
from inbox.desk.web.profile import PlaceView
from inbox.desk.web.site import Visit, key_of
from storage import found_people, merging
from storage.found_people import FoundCustomer
from storage.profiles import Profile

WORD: Final = "MERGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of both customers, as the page shows them beside the other."""

    found: Profile
    name: str
    told: Sequence[tuple[str, str]]
    ways: Sequence[PlaceView]


async def merge(visit: Visit) -> web.StreamResponse:
    """Show who may be the same, a search, and both side by side once the other is chosen."""
    key = int(visit.request.match_info["id"])
    return await _page(visit, key, key_of(visit.request.query.get("with", "")) or 0)


async def _page(visit: Visit, key: int, other: int, trouble: str = "") -> web.Response:
    try:
        check(visit.agent, "merge")
        here = await profile.of_conversation(visit, key)
        there = await visit.desk.profile(other, visit.agent.id, now=visit.now) if other else None
    except NotAllowed as error:
        return await pages.problem(visit, 403, "Not for everybody", str(error))
    except NotThere:
        return await pages.problem(visit)
    words = visit.request.query.get("find", "").strip()
    return await pages.plain(
        visit,
        "merge.html",
        "desk",
        status=409 if trouble else 200,
        key=key,
        whose=profile.name_of(here),
        words=words,
        found=await _found(visit, here, words),
        alike=here.likely,
        sides=[_side(visit, one) for one in (here, there) if one is not None],
        trouble=trouble,
        word=WORD,
        written=shown_address,
    )


async def _found(visit: Visit, here: Profile, words: str) -> list[FoundCustomer]:
    if not words:
        return []
    async with visit.app.database.reading() as connection:
        found = await found_people.people(connection, words)
    return [one for one in found if one.customer_id != here.customer.id]


def _side(visit: Visit, found: Profile) -> Side:
    known = facts.told(found.customer)
    return Side(
        found=found,
        name=profile.name_of(found),
        told=[(label, known[name]) for name, label in FACTS.items() if name != "name"],
        ways=profile.places(visit, found),
    )


async def decide(visit: Visit) -> web.StreamResponse:
    """Merge both, if the word was typed."""
    key = int(visit.request.match_info["id"])
    form = await form_of(visit)
    kept, given = (key_of(form.text(name)) or 0 for name in ("survivor", "absorbed"))
    other = key_of(form.text("other")) or 0
    if form.text("sure").strip() != WORD:
        return await _page(visit, key, other, f"Type {WORD} in capitals.")
    try:
        here = await profile.of_conversation(visit, key)
        pair = {here.customer.id, other}
        kept = kept if kept in pair else here.customer.id
        given = next(iter(pair - {kept}), given)
        merge_id = await visit.desk.merge(kept, given, visit.agent.id, now=visit.now)
    except (NotThere, NotAllowed) as error:
        return await pages.problem(
            visit, 403 if isinstance(error, NotAllowed) else 404, "Not done", str(error)
        )
    except DeskError as error:
        return await _page(visit, key, other, str(error))
    async with visit.app.database.reading() as connection:
        done = await merging.one(connection, merge_id)
    stays = done.talk[0] if done is not None and done.talk else key
    return web.Response(status=303, headers={"Location": f"/desk/c/{stays}/profile?done=merged"})


async def undo(visit: Visit, key: int, form: Form) -> str:
    """Make two again what was merged."""
    merge_id = key_of(form.text("merge"))
    if merge_id is None:
        raise NotThere("There is no such merge.")
    await visit.desk.unmerge(merge_id, visit.agent.id, now=visit.now)
    return f"/desk/c/{key}/profile?done=undone"
