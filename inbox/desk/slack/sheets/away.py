"""Going away: until when, why, and what becomes of what one has, a colleague who gets it included."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from inbox.desk.availability import Owned
from inbox.desk.errors import DeskError
from inbox.desk.slack import absence
from inbox.desk.slack.absence import say
from inbox.desk.slack.deeds import Asked, Submitted
from inbox.desk.slack.sheets import sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Option, Sheet, View
from inbox.desk.slack.workspace import Workspace
from storage import agents, conversations
from storage.rows import Agent

CALLBACK: Final = "tidings_away"
OPENS: Final = "away"
KEEP, GIVE_BACK, HAND_OVER = "keep", "give_back", "hand_over"


def first(opening: Opening) -> View:
    """Ask everything, in the language that the button carries; what was typed before is filled in."""
    language, seconds = absence.language_of(opening.value), absence.seconds_of(opening.value)
    why = "".join(opening.value.split("|", 3)[3:])[: absence.LONGEST]
    until = {"type": "datetimepicker"} | ({"initial_date_time": seconds} if seconds else {})
    reason = {"type": "plain_text_input", "max_length": absence.LONGEST}
    options = [sheet.option(say(language, key), key) for key in (KEEP, GIVE_BACK, HAND_OVER)]
    chosen = options[2] if opening.action == absence.HAND_OVER else options[0]
    radio = {"type": "radio_buttons", "options": options, "initial_option": chosen}
    search = {"type": "external_select", "min_query_length": 0}
    search["placeholder"] = sheet.plain(say(language, "f_to_place"))
    hint = say(language, "f_until_hint")
    blocks = [
        sheet.asks("until", say(language, "f_until"), until, optional=True, hinted=hint),
        sheet.asks(
            "why", say(language, "f_why"), reason | ({"initial_value": why} if why else {}), optional=True
        ),
        sheet.asks("owned", say(language, "f_owned"), radio),
        sheet.asks("to", say(language, "f_to"), search, optional=True),
    ]
    return sheet.modal(
        CALLBACK,
        say(language, "title"),
        blocks,
        carried=f"away|{language}",
        submit=say(language, "submit"),
        close=say(language, "cancel"),
    )


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse a time that has passed, and nobody or somebody absent to hand over to."""
    language, until = absence.language_of(deed.carried), _until(deed)
    if until is not None and until <= workspace.now():
        return sheet.errors(until=say(language, "passed"))
    if sheet.picked(deed.values, "owned") != HAND_OVER:
        return None
    colleague = await _colleague(workspace, deed)
    if colleague is None or colleague.id == agent.id:
        return sheet.errors(to=say(language, "whom"))
    if not colleague.available:
        return sheet.errors(to=say(language, "absent", name=colleague.name))
    return None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Be away from now on, and say what became of what one had."""
    language, until, owned = absence.language_of(deed.carried), _until(deed), _owned(deed)
    colleague = await _colleague(workspace, deed) if owned == HAND_OVER else None
    if owned == HAND_OVER and colleague is None:
        raise DeskError(say(language, "whom"))
    why = sheet.filled(deed.values, "why")
    becomes: Owned = "give_back" if owned == GIVE_BACK else "keep"
    becomes = colleague.id if colleague is not None else becomes
    await workspace.desk.set_away(agent.id, until=until, why=why, owned=becomes, now=workspace.now())
    key = "handed" if colleague is not None else "given_back" if owned == GIVE_BACK else "kept"
    return absence.told(until, language, key, colleague.name if colleague is not None else "")


async def options(workspace: Workspace, deed: Asked, agent: Agent) -> Sequence[Option]:
    """Offer colleagues who are here, those with least first, whose names hold what is typed."""
    typed = deed.typed.strip().casefold()
    async with workspace.database.reading() as connection:
        everybody = await agents.all_active(connection)
        loads = await conversations.loads(connection)
    here = [one for one in everybody if one.available and one.id != agent.id]
    return [
        (f"{one.name} · {loads.get(one.id, 0)}", str(one.id))
        for one in sorted(here, key=lambda one: (loads.get(one.id, 0), one.name))
        if typed in one.name.casefold()
    ]


SHEET: Final = Sheet(
    callback=CALLBACK,
    opened_by=(OPENS, absence.HAND_OVER),
    first=first,
    wrong=wrong,
    done=done,
    options=options,
)


def _owned(deed: Submitted) -> str:
    return sheet.picked(deed.values, "owned") or KEEP


def _until(deed: Submitted) -> datetime | None:
    chosen = sheet.instant(deed.values, "until")
    return None if chosen is None else datetime.fromtimestamp(chosen, UTC)


async def _colleague(workspace: Workspace, deed: Submitted) -> Agent | None:
    key = sheet.picked(deed.values, "to")
    async with workspace.database.reading() as connection:
        found = await agents.one(connection, int(key) if key.isdecimal() else 0)
    return found if found is not None and found.active else None
