"""Keeping words that are said often: title, words in a language, and what else is done with them."""

from collections.abc import Mapping
from typing import Any, Final

from config.filled import SAVED, faults
from inbox.desk.errors import DeskError
from inbox.desk.saying_again import TITLE as LONGEST_TITLE
from inbox.desk.saying_again import TONGUE
from inbox.desk.slack.deeds import Json, Submitted
from inbox.desk.slack.sheets import places, sheet
from inbox.desk.slack.sheets.sheet import Answer, Opening, Sheet, View
from inbox.desk.slack.workspace import Workspace
from inbox.desk.tagging import split
from storage.rows import Agent

CALLBACK: Final = "tidings_saved_new"
TITLE: Final = "New saved reply"
ASIDE: Final = (("86400", "1 day"), ("172800", "2 days"), ("604800", "1 week"))
NOTHING: Final = "-"


def first(opening: Opening) -> View:
    """Show that it is coming: teams and reasons stand in the configuration."""
    return sheet.loading(CALLBACK, TITLE, opening.value)


async def whole(workspace: Workspace, opening: Opening, agent: Agent) -> View | None:
    """Ask for it."""
    reasons = [(f"r:{one}", f"Resolve: {one}") for one in workspace.policy.desk.resolve_reasons]
    ends = [*((f"s:{key}", f"Set aside for {label}") for key, label in ASIDE), *reasons]
    teams = [
        (team.key, f"For {team.name} only") for team in workspace.policy.teams if team.key in agent.teams
    ]
    known = ", ".join("{{ " + one + " }}" for one in sorted(SAVED))
    title = {"type": "plain_text_input", "max_length": LONGEST_TITLE}
    tongue = {"type": "plain_text_input", "max_length": 20, "initial_value": "en"}
    tags = {"type": "plain_text_input", "max_length": 200}
    blocks = [
        sheet.asks("title", "Title", title, hinted="Agents search for it."),
        sheet.asks("language", "Language", tongue, hinted="Like en, pt or pt-BR."),
        places.asks_text(label="Words"),
        sheet.hint(f"Filled in for each customer: {known}"),
        sheet.asks("tags", "Tags", tags, optional=True, hinted="With commas between them."),
        _select("then", "And then", [(NOTHING, "Nothing else"), *ends]),
        _select("teams", "Who sees it", [(NOTHING, "All teams"), *teams]),
    ]
    return sheet.modal(CALLBACK, TITLE, blocks, carried=opening.value, submit="Keep")


def _select(block: str, label: str, choices: list[tuple[str, str]]) -> Json:
    options = [sheet.option(said, key) for key, said in choices[:100]]
    menu = {"type": "static_select", "options": options, "initial_option": options[0]}
    return sheet.asks(block, label, menu)


async def wrong(workspace: Workspace, deed: Submitted, agent: Agent) -> Answer | None:
    """Refuse words that cannot be filled in."""
    language, text = sheet.filled(deed.values, "language"), sheet.filled(deed.values, places.TEXT)
    if not TONGUE.fullmatch(language):
        return sheet.errors(language="Write it like en, pt or pt-BR.")
    for fault in faults(text, SAVED):
        return sheet.errors(text=f"{fault.what}. {fault.remedy}"[:200])
    try:
        split(sheet.filled(deed.values, "tags"))
    except DeskError as error:
        return sheet.errors(tags=str(error))
    return None


async def done(workspace: Workspace, deed: Submitted, agent: Agent) -> str:
    """Keep it."""
    team = sheet.picked(deed.values, "teams")
    await workspace.desk.save_reply(
        agent.id,
        title=sheet.filled(deed.values, "title"),
        texts={sheet.filled(deed.values, "language"): sheet.filled(deed.values, places.TEXT)},
        then=_then(deed.values),
        teams=[] if team in ("", NOTHING) else [team],
        now=workspace.now(),
    )
    return f"“{sheet.filled(deed.values, 'title')}” is kept among the saved replies."


def _then(values: Json) -> Mapping[str, Any]:
    kind, _, what = sheet.picked(values, "then").partition(":")
    then: dict[str, Any] = {"tags": split(sheet.filled(values, "tags"))}
    match kind:
        case "r":
            then["resolve"] = what
        case "s":
            then["snooze"] = int(what)
    return then


SHEET: Final = Sheet(
    callback=CALLBACK, opened_by=("saved_new",), first=first, whole=whole, wrong=wrong, done=done
)
