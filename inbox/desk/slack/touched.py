"""The loop that tells agents of touches: what to approve, birthdays that nobody greets, the week."""

from typing import Final

from inbox.desk.slack import approving
from inbox.desk.slack.approving import Approving
from inbox.desk.slack.digest import Weekly
from inbox.desk.slack.turns import ALARMED, ready
from inbox.desk.slack.workspace import Workspace
from inbox.touches import birthdays
from storage import customers, touch_birthdays

LANE: Final = approving.LANE
EVERY: Final = 15.0


class Touched:
    """Looks every now and then at what agents should know of touches."""

    def __init__(self, workspace: Workspace, approving: Approving) -> None:
        """Work in *workspace*; *approving* asks and changes the questions."""
        self._workspace, self._approving = workspace, approving
        self._weekly = Weekly(workspace)

    async def turn(self) -> float:
        """Ask, change and tell; says how many seconds until the next look."""
        if self._workspace.touches is None or not self._workspace.touches.rules.touches:
            return EVERY
        if not await ready(self._workspace):
            return ALARMED
        await self._approving.refresh()
        await self._approving.ask()
        await tell_birthdays(self._workspace)
        await self._weekly.tell()
        return EVERY


async def tell_birthdays(workspace: Workspace) -> None:
    """Say in conversations that go on that it is a birthday, where the touch does not go, once each."""
    if workspace.touches is None:
        return
    rules, now = workspace.touches.rules, workspace.now()
    async with workspace.database.reading() as connection:
        rows = await touch_birthdays.to_tell(connection, rules.birthdays, birthdays.SAYABLE, now)
    for row, conversation_id in rows:
        if not birthdays.is_time(row, now):
            continue
        async with workspace.database.reading() as connection:
            customer = await customers.one(connection, row.customer_id)
        said = birthdays.sentence(customer.name if customer is not None else "", row)
        told = birthdays.becomes(row.state, row.reason, row.clock).rstrip(".")
        data = {"sentence": said, "why": told, "code": row.reason, "touch": row.id}
        await workspace.desk.birthday_today(conversation_id, row.id, data=data, now=now)
