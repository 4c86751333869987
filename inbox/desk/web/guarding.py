"""Safe mode in the browser, of a conversation or an agent; touches held by hand, and wishes for no more."""

from aiohttp import web

from inbox.desk.errors import DeskError
from inbox.desk.web.actions import gone_to, here, refused
from inbox.desk.web.forms import Form, form_of
from inbox.desk.web.site import Visit, key_of


async def conversation(visit: Visit, key: int, form: Form) -> str:
    """Hold what is typed in Slack in this conversation until Send, or no more."""
    on = form.fields.get("on") == "yes"
    await visit.desk.set_safe_mode(visit.agent.id, conversation_id=key, on=on, now=visit.now)
    return here(form, key)


async def agent(visit: Visit) -> web.StreamResponse:
    """Hold what an agent types in Slack until Send, or no more; without a name it is one's own."""
    form = await form_of(visit)
    whose = key_of(form.text("agent")) or visit.agent.id
    on = form.fields.get("on") == "yes"
    try:
        await visit.desk.set_safe_mode(visit.agent.id, of_agent=whose, on=on, now=visit.now)
    except DeskError as error:
        return await refused(visit, None, form, error)
    return gone_to(visit, "/desk")


async def wish(visit: Visit, key: int, form: Form) -> str:
    """Say whether their words are a wish for no more messages."""
    stop = form.fields.get("stop") == "yes"
    await visit.desk.settle_wish(key, visit.agent.id, stop=stop, now=visit.now)
    return here(form, key)


async def touches(visit: Visit, key: int, form: Form) -> str:
    """Send the customer nothing of ourselves until they are let go, or let them go."""
    on = form.fields.get("on") == "yes"
    await visit.desk.hold_touches(key, visit.agent.id, held=on, now=visit.now)
    return here(form, key)
