"""Who may do what: role × operation × own or other team, at the desk itself and through both faces."""

import inspect
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import update

from config.policy import AgentEntry, Policy, Team, settled
from inbox.desk import roles
from inbox.desk.errors import NotAllowed
from inbox.desk.operations import Desk
from inbox.desk.profile import Facts
from inbox.desk.roles import OPERATIONS
from inbox.desk.web.entering import entering
from inbox.desk.web.routes import DONE, SHOWN
from storage import agents as people
from storage.tables import agents
from tests.inbox.desk.slack.bureau import Bureau, bureau
from tests.inbox.desk.slack.test_merging import merged, said, two
from tests.inbox.desk.web.house import NOW, House, house_in
from tests.inbox.house import House as Bare

A_SCRIPT: Final = {"Accept": "application/json"}
ROLES: Final = ("agent", "lead", "admin")
LEADS_ONLY: Final = {
    "merge",
    "unmerge",
    "export_consent",
    "export_customer",
    "erase_customer",
    "see_receipt",
    "export_report",
    "resume_touches",
    "see_campaign",
    "make_campaign",
    "approve_campaign",
    "stop_campaign",
    "see_owed",
    "settle_owed",
    "see_fairness",
    "export_fairness",
    "see_audit",
    "export_audit",
}
"""What an agent may not do anywhere; everything else they may, also in another team's conversation."""
ADMINS_ELSEWHERE: Final = {"set_safe_mode"}
"""What in another team's conversation only an admin does."""
THE_HOUSE_ITSELF: Final = {"birthday_today", "wished", "house"}
"""Coroutines of the desk that nobody presses."""
POLICY: Final = settled(
    Policy(
        teams=(Team(key="care", name="Care"), Team(key="shop", name="Shop")),
        agents=(
            AgentEntry(key="agent", name="Agent", teams=("care",)),
            AgentEntry(key="lead", name="Lead", role="lead", teams=("care",)),
            AgentEntry(key="admin", name="Admin", role="admin", teams=("care",)),
        ),
    )
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[House]:
    """A house with one of each role, all in care; nobody is signed in."""
    async with house_in(tmp_path, policy=POLICY) as house:
        yield house


def allowed(role: str, operation: str, team: str) -> bool:
    """What is expected, written apart from the table."""
    if operation in LEADS_ONLY:
        return role != "agent"
    return not (operation in ADMINS_ELSEWHERE and team == "shop" and role != "admin")


@pytest.mark.parametrize("team", ["care", "shop"])
@pytest.mark.parametrize("role", ROLES)
async def test_the_table_allows_what_is_meant_and_nothing_else(desk: House, role: str, team: str) -> None:
    async with desk.app.database.reading() as connection:
        agent = await people.one(connection, desk.agents[role])
    assert agent is not None
    for operation in OPERATIONS:
        try:
            roles.check(agent, operation, team=team)
            may = True
        except NotAllowed:
            may = False
        assert may == allowed(role, operation, team), f"{role} × {operation} × {team}"


def test_every_operation_of_the_desk_has_a_row() -> None:
    coroutines = inspect.getmembers(Desk, inspect.iscoroutinefunction)
    operations = {name for name, _ in coroutines if not name.startswith("_")}
    assert operations - THE_HOUSE_ITSELF - OPERATIONS.keys() == set()


def test_every_page_and_form_of_the_browser_has_a_row(desk: House) -> None:
    listed = {path.replace(r"{id:\d{1,19}}", "{id}").replace("{kind:csv|json}", "{kind}") for path in SHOWN}
    listed |= {path.replace(r"{id:\d{1,19}}", "{id}") for path in DONE}
    open_to_all = {"/desk/sign-in", "/desk/static/{name}"}
    resources = {one.canonical for one in desk.app.web.router.resources()}
    there = {one for one in resources if one.startswith("/desk")}
    assert there - listed - open_to_all - {"/desk/live"} == set()
    assert {operation for operation, _ in (*SHOWN.values(), *DONE.values())} <= OPERATIONS.keys()


def test_what_has_no_row_opens_no_page() -> None:
    async def page(visit: Any) -> Any:
        raise AssertionError("shown")

    with pytest.raises(LookupError):
        entering("forgotten", page)


async def test_what_has_no_row_is_done_by_nobody(house: Bare) -> None:
    with pytest.raises(NotAllowed, match="no row"):
        async with house.ground.gesture(house.clock(), "forgotten", house.agents["ana"]):
            raise AssertionError("done")


def arguments(function: Any, house: House, **known: Any) -> dict[str, Any]:
    """Make up what an operation needs; it is refused before it looks at most of it."""
    made: dict[str, Any] = {}
    values = {"text": "words", "title": "a title", "texts": {"en": "words"}, "reaction": "👍", **known}
    for name, one in inspect.signature(function).parameters.items():
        if name in values:
            made[name] = values[name]
        elif one.default is inspect.Parameter.empty:
            made[name] = {"values": Facts(), "key": "k", "pinned": True, "stop": True}.get(name, True)
    return made


@pytest.mark.parametrize(
    "operation", sorted({name for name, _ in inspect.getmembers(Desk)} & set(OPERATIONS))
)
async def test_who_left_does_nothing_any_more(desk: House, operation: str) -> None:
    """Whatever an operation is, it asks the roles: they refuse who has left, whatever their role was."""
    key = await desk.conversation()
    talk = await desk.row(key)
    message = await desk.said(key, "Good day", "out", "admin")
    promise = await desk.app.desk.promise(
        key, desk.agents["admin"], text="call", due_at=NOW + timedelta(days=1), now=NOW
    )
    later = await desk.app.desk.send_later(
        key, desk.agents["admin"], text="soon", at=NOW + timedelta(hours=1), now=NOW
    )
    async with desk.app.database.writing() as connection:
        await connection.execute(update(agents).where(agents.c.key == "admin").values(active=False))
    function = getattr(desk.app.desk, operation)
    given = arguments(
        function,
        desk,
        conversation_id=key,
        agent_id=desk.agents["admin"],
        message_id=message,
        promise_id=promise,
        later_id=later,
        customer_id=talk.customer_id,
        survivor_id=talk.customer_id,
        absorbed_id=talk.customer_id,
        merge_id=1,
        address_id=talk.address_id,
        due_at=NOW + timedelta(days=2),
        at=NOW + timedelta(days=2),
        until=NOW + timedelta(days=2),
        now=NOW,
    )
    with pytest.raises(NotAllowed, match="do not work here"):
        await function(**given)


@pytest.mark.parametrize("team", ["care", "shop"])
@pytest.mark.parametrize("role", ROLES)
async def test_every_page_and_form_in_the_browser_answers_by_the_table(
    desk: House, role: str, team: str
) -> None:
    await desk.sign_in(role)
    asked = [("GET", path, operation) for path, (operation, _) in SHOWN.items()]
    asked += [("POST", path, operation) for path, (operation, _) in DONE.items() if "sign-out" not in path]
    for method, path, operation in asked:
        key = await desk.conversation(team=team)
        address = re.sub(r"\{id.*?\}\}", str(key), path).replace("{kind:csv|json}", "csv")
        if method == "GET":
            answer = await desk.client.get(address, allow_redirects=False)
        else:
            form = {"csrf": desk.csrf, "on": "yes"}
            answer = await desk.client.post(address, data=form, headers=A_SCRIPT, allow_redirects=False)
        told = await answer.text(errors="replace")
        about = "/desk/c/" in path  # other addresses are of no one conversation
        may = allowed(role, operation, team if about else "care")
        if operation == "set_safe_mode" and about and role == "agent":
            may = False  # nobody has this conversation: it is a lead's to switch
        assert answer.status < 500, f"{method} {address}: {told}"
        assert (answer.status != 403) == may, (
            f"{role} × {method} {path} × {team}: {answer.status} {told[-400:]}"
        )


@pytest.mark.parametrize("role", ROLES)
async def test_merging_at_the_desk_goes_by_the_role(desk: House, role: str) -> None:
    first, second = await desk.row(await desk.conversation()), await desk.row(await desk.conversation())
    merge = desk.app.desk.merge(first.customer_id, second.customer_id, desk.agents[role], now=NOW)
    if role == "agent":
        with pytest.raises(NotAllowed, match="by a lead or an admin"):
            await merge
    else:
        assert await merge


@pytest.mark.parametrize(
    ("role", "team", "owner", "may"),
    [
        ("agent", "care", None, False),
        ("agent", "care", "agent", True),
        ("agent", "shop", "agent", True),
        ("lead", "care", None, True),
        ("lead", "shop", None, False),
        ("admin", "shop", None, True),
    ],
)
async def test_safe_mode_of_a_conversation_goes_by_role_team_and_owner(
    desk: House, role: str, team: str, owner: str | None, may: bool
) -> None:
    key = await desk.conversation(team=team, owner=owner)
    act = desk.app.desk.set_safe_mode(desk.agents[role], conversation_id=key, on=True, now=NOW)
    if may:
        await act
    else:
        with pytest.raises(NotAllowed, match="by a lead of theirs"):
            await act


async def test_an_agent_answers_another_teams_conversation(desk: House) -> None:
    key = await desk.conversation(team="shop")
    assert await desk.app.desk.reply(key, desk.agents["agent"], text="Good day", now=NOW)


async def test_slack_asks_the_same_table(tmp_path: Path) -> None:
    desk: Bureau
    async with bureau(tmp_path) as desk:
        first, _ = await two(desk)
        await merged(desk, first)
        await desk.until(lambda: said(desk, 0, "[Undo]"))
        [post] = said(desk, 0, "[Undo]")
        await desk.rui.clicks(post, "merge_undo")
        await desk.rui.sees("by a lead or an admin")
        told = "SELECT what, operation, name, face FROM audits WHERE operation IN ('merge', 'unmerge')"
        assert await desk.house.rows(f"{told} ORDER BY id") == [
            ("merged", "merge", "ana", "slack"),
            ("refused", "unmerge", "rui", "slack"),
        ]
