"""Opening modals: at once from memory, then filled from the rows; what is pressed and searched in them."""

from collections.abc import Sequence
from typing import Any

from inbox.desk.errors import DeskError
from inbox.desk.slack import again
from inbox.desk.slack.calls import Said, SlackError
from inbox.desk.slack.deeds import Asked, Pressed
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.responding import respond
from inbox.desk.slack.sheets import BY_ACTION, BY_CALLBACK, sheet
from inbox.desk.slack.sheets.sheet import Opening, Pushed, Sheet, View
from inbox.desk.slack.workspace import Workspace, log

SLOW = "Slack was slow: press again."
UNFILLED = "Slack was slow: close this and press again."
CLOSED = ("not_found", "view_not_found")
MOST = 20  # choices offered to a search


class Openings:
    """Opens modals; a trigger is good for three seconds, so no row is asked before."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        """Work in *workspace*, with who is who."""
        self._workspace, self._people = workspace, people

    async def open(self, opening: Opening) -> None:
        """Open what the gesture asks for, then fill it."""
        made = BY_ACTION[opening.action]
        view = made.first(opening)
        method = "views.push" if opening.view_id else "views.open"
        try:
            told = await self._workspace.calls.ask(method, trigger_id=opening.trigger_id, view=view)
        except SlackError as error:
            log.warning("slack modal not opened", error=str(error))
            await self._slow(opening)
            return
        if made.whole is not None:
            await self._fill(made, opening, view, str((told.get("view") or {}).get("id") or ""))

    async def _slow(self, opening: Opening) -> None:
        if opening.ephemeral:  # a whisper finds no way to where it stands; its own address does
            body = {"replace_original": False, "response_type": "ephemeral", "text": SLOW}
            await respond(self._workspace, opening.response_url, body)
        elif opening.slack_channel:
            here = (opening.slack_channel, opening.thread_ts, opening.slack_id)
            await self._workspace.whisper(*here, SLOW)
        else:
            await self._workspace.direct(opening.slack_id, SLOW)

    async def _fill(self, made: Sheet, opening: Opening, first: View, view_id: str) -> None:
        assert made.whole is not None
        carried = str(first.get("private_metadata") or opening.value)
        title = str((first.get("title") or {}).get("text") or "")
        try:
            agent = await self._people.of_view(opening.slack_id, opening.team_of_author, carried)
            view = await made.whole(self._workspace, opening, agent)
        except (DeskError, NotAnAgent) as refusal:
            view = sheet.refusal(made.callback, title, str(refusal))
        except SlackError as error:
            log.warning("slack modal not filled", error=str(error))
            view = sheet.refusal(made.callback, title, UNFILLED)
        except again.NO_ROWS as error:
            log.error("slack modal not filled", why=type(error).__name__)
            view = again.offer(made.callback, title, opening)
        if view is not None:
            await self._show(view_id, view)

    async def _again(self, deed: Pressed) -> None:
        """Fill a modal that could not be filled before, where it stands."""
        opening = again.opening_of(deed)
        made = BY_ACTION[opening.action]
        view = made.first(opening)
        await self._show(deed.view_id, view)
        await self._fill(made, opening, view, deed.view_id)

    async def _show(self, view_id: str, view: View) -> None:
        try:
            await self._workspace.calls.ask("views.update", view_id=view_id, view=view)
        except Said as error:
            if error.code not in CLOSED:
                log.error("slack refused a modal", code=error.code, details=error.details)
        except SlackError as error:
            log.warning("slack modal not filled", error=str(error))

    async def pressed(self, deed: Pressed) -> None:
        """Answer a button or a choice inside a modal, which changes nothing but the modal."""
        made = BY_CALLBACK.get(deed.callback)
        if deed.action == again.AGAIN:
            await self._again(deed)
            return
        if made is None or made.pressed is None:
            return
        try:
            agent = await self._people.of_view(deed.slack_id, deed.team_of_author, deed.carried)
            view = await made.pressed(self._workspace, deed, agent)
        except (DeskError, NotAnAgent) as refusal:
            view = sheet.refusal(deed.callback, "Not done", str(refusal))
        except SlackError as error:
            log.warning("slack modal not answered", error=str(error))
            await self._workspace.direct(deed.slack_id, SLOW)
            return
        except again.NO_ROWS as error:
            log.error("slack modal not answered", why=type(error).__name__)
            await self._workspace.direct(deed.slack_id, again.NOT_NOW)
            return
        if isinstance(view, Pushed):
            await self._push(deed, view.view)
        elif view is not None:
            await self._show(deed.view_id, view)

    async def _push(self, deed: Pressed, view: View) -> None:
        try:
            await self._workspace.calls.ask("views.push", trigger_id=deed.trigger_id, view=view)
        except SlackError as error:
            log.warning("slack modal not opened", error=str(error))
            await self._workspace.direct(deed.slack_id, SLOW)

    async def options(self, deed: Asked) -> list[dict[str, Any]]:
        """List what a search offers: at most twenty, none on an error."""
        made = BY_CALLBACK.get(deed.callback)
        if made is None or made.options is None:
            return []
        try:
            agent = await self._people.of_view(deed.slack_id, deed.team_of_author, deed.carried)
            found: Sequence[tuple[str, str]] = await made.options(self._workspace, deed, agent)
        except (DeskError, NotAnAgent, SlackError) as refusal:
            log.info("slack search refused", why=str(refusal))
            return []
        except again.NO_ROWS as error:
            log.error("slack search not answered", why=type(error).__name__)
            return []
        return [dict(sheet.option(label, value)) for label, value in found[:MOST]]
