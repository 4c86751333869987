"""Every touch of one customer with every step and its reason, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from inbox.desk.web.site import Visit, key_of
from inbox.desk.web.touches.ground import ground, shown
from inbox.desk.web.touches.lines import Line, lines
from inbox.desk.web.touches.words import BY_STATE, EDITED, customer_name, sentence
from storage import touch_days
from storage.touch_days import PAGE
from storage.touch_rows import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step in words."""

    at: datetime
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One touch with its steps."""

    line: Line
    steps: Sequence[StepView]


async def ledger(visit: Visit) -> web.StreamResponse:
    """Show it; the address names the customer, or any conversation of theirs."""
    stands = await ground(visit)
    before = key_of(visit.request.query.get("before", ""))
    async with visit.app.database.reading() as connection:
        whose = await touch_days.customer_of(connection, int(visit.request.match_info["id"]))
        if whose is None:
            raise web.HTTPNotFound(text="There is no such customer.")
        rows = await touch_days.of_customer(connection, whose, before, PAGE + 1)
        steps = await touch_days.steps(connection, [row.id for row in rows[:PAGE]])
        people = await touch_days.who(connection, [whose])
        views = await lines(
            connection,
            rows[:PAGE],
            rules=stands.rules,
            kinds=stands.kinds,
            names=stands.names,
            channels=visit.app.channels,
            at=visit.reader,
        )
        talk = await touch_days.latest_conversation(connection, whose)
    return await shown(
        visit,
        "ledger",
        "",
        stands,
        whom=customer_name(people.get(whose)),
        entries=[
            Entry(line=line, steps=[_step(one) for one in steps.get(line.row.id, ())]) for line in views
        ],
        more=rows[PAGE - 1].id if len(rows) > PAGE else 0,
        whose=whose,
        talk=talk,
        moved=before is not None,
    )


def _step(step: Step) -> StepView:
    data: Mapping[str, object] = step.data if isinstance(step.data, dict) else {}
    by = f" by {data['by']}" if data.get("by") else ""
    if data.get("edited"):
        return StepView(at=step.at, says=f"New text{by}. {EDITED}")
    name = BY_STATE[step.state].name if step.state in BY_STATE else step.state
    over = f" over {data['to']}" if data.get("to") else ""
    why = f": {sentence(step.reason)}" if step.reason and step.state != "claimed" else "."
    return StepView(at=step.at, says=f"{name}{over}{by}{why}")
