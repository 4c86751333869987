"""What agents say of themselves in the browser: away until when and why, their language and digest."""

from typing import Final

from aiohttp import web

from inbox.desk.availability import Owned
from inbox.desk.errors import DeskError
from inbox.desk.web import pages, times
from inbox.desk.web.actions import gone_to, refused
from inbox.desk.web.forms import Form, form_of
from inbox.desk.web.site import Visit, key_of
from storage import agents

PASSED: Final = "That time has passed or cannot be read. Choose a time to come."
LANGUAGES: Final = (
    ("", "as your Slack"),
    ("en", "English"),
    ("pt", "Português"),
    ("es", "Español"),
)


async def me(visit: Visit) -> web.StreamResponse:
    """Show whether one takes conversations, how to go away, and what one prefers."""
    async with visit.app.database.reading() as connection:
        everybody = await agents.all_active(connection)
    others = [one for one in everybody if one.available and one.id != visit.agent.id]
    return await pages.plain(visit, "me.html", "me", others=others, languages=LANGUAGES)


async def away(visit: Visit) -> web.StreamResponse:
    """Take nothing new until a moment of the form, and decide about what one has."""
    form = await form_of(visit)
    try:
        until = None
        if on := form.text("until"):
            until = times.chosen("date", on, visit.now, visit.reader.zone)
            if until is None:
                raise DeskError(PASSED)
        await visit.desk.set_away(
            visit.agent.id, until=until, why=form.text("why"), owned=_owned(form), now=visit.now
        )
    except DeskError as error:
        return await refused(visit, None, form, error)
    return gone_to(visit, "/desk")


async def prefer(visit: Visit) -> web.StreamResponse:
    """Keep the language and the digest that one wants; what the form leaves out stays."""
    form = await form_of(visit)
    language, digest = form.fields.get("language"), form.fields.get("digest")
    await visit.desk.prefer(
        visit.agent.id,
        language=language if language in dict(LANGUAGES) else None,
        digest=None if digest is None else digest == "yes",
        now=visit.now,
    )
    return gone_to(visit, "/desk")


def _owned(form: Form) -> Owned:
    """Read what becomes of what one has: kept, given back, or a colleague's."""
    said = form.text("owned")
    return "give_back" if said == "give_back" else key_of(said) or "keep"
