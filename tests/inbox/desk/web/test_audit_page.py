"""The audit log at work: what is written, once, in the same transaction; the page, its CSV, the command."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser

from config.policy import AgentEntry, Policy, Team, settled
from inbox.cli import tidings
from inbox.desk.errors import DeskError, Ended, NotAllowed
from storage import audit
from storage.audit import Asked, Line
from tests.browser import browser, sideways, violations  # noqa: F401
from tests.inbox.desk.web.house import NOW, House, house_in
from tests.inbox.desk.web.test_browser import Scheme, signed_in

POLICY = settled(
    Policy(
        teams=(Team(key="care", name="Care"), Team(key="shop", name="Shop")),
        agents=(
            AgentEntry(key="tiago", name="Tiago Ramos", role="admin", teams=("care",)),
            AgentEntry(key="lia", name="Lia Duarte", role="lead", teams=("care",)),
            AgentEntry(key="sol", name="Sol Prates", teams=("shop",)),
        ),
    )
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[House]:
    """Tiago, an admin, is signed in."""
    async with house_in(tmp_path, policy=POLICY) as house:
        await house.sign_in()
        yield house


async def lines(desk: House, **asked: Any) -> list[Line]:
    async with desk.app.database.reading() as connection:
        return await audit.page(connection, Asked(**asked))


def told(found: list[Line]) -> list[tuple[str, str]]:
    return [(one.what, one.operation) for one in reversed(found)]


async def test_signing_in_and_out_is_written_with_where_it_came_from(desk: House) -> None:
    [first] = await lines(desk)
    assert (first.what, first.name, first.face, first.ip) == ("signed_in", "tiago", "browser", "127.0.0.1")
    await desk.post("/desk/sign-out")
    assert (await lines(desk))[0].what == "signed_out"


async def test_a_conversation_shown_again_within_the_hour_is_one_line(desk: House) -> None:
    key = await desk.conversation()
    for _ in range(3):
        await desk.page(f"/desk/c/{key}")
    desk.app.ground.seen.marks.clear()  # as another process would: it knows nothing of what this one wrote
    await desk.page(f"/desk/c/{key}")
    [line] = await lines(desk, what="saw")
    assert (line.operation, line.conversation_id) == ("see_conversation", key)
    assert line.customer_id == (await desk.row(key)).customer_id
    desk.app.clock = lambda: NOW + timedelta(hours=1)
    await desk.page(f"/desk/c/{key}")
    assert len(await lines(desk, what="saw")) == 2


async def test_what_is_not_there_was_not_seen(desk: House) -> None:
    await desk.page("/desk/c/77", 404)
    assert await lines(desk, what="saw") == []


async def test_an_act_is_one_line_without_its_words(desk: House) -> None:
    key = await desk.conversation()
    await desk.post(f"/desk/c/{key}/answer", text="the secret word", mode="reply", key="g1")
    await desk.post(f"/desk/c/{key}/answer", text="the secret word", mode="reply", key="g1")
    await desk.post(f"/desk/c/{key}/tag", tags="vip")
    await desk.post(f"/desk/c/{key}/resolve", reason="solved for Maria")
    found = await lines(desk, conversation=key)
    assert ("sent", "reply") in told(found)
    assert told(found).count(("sent", "reply")) == 1, "the same gesture twice is one act"
    assert ("changed", "tag") in told(found)
    assert ("changed", "resolve") in told(found)
    assert "secret" not in str(found)
    assert "Maria" not in str(found)


async def test_what_was_not_done_is_not_written_as_done(desk: House) -> None:
    key = await desk.conversation(state="resolved")
    tiago = desk.agents["tiago"]
    with pytest.raises(Ended):
        await desk.app.desk.reply(key, tiago, text="words", now=NOW)
    with pytest.raises(DeskError):
        await desk.app.desk.hand_over(key, tiago, to_team="nowhere", now=NOW)
    await desk.app.desk.resolve(key, tiago, now=NOW)
    assert await lines(desk, conversation=key) == []


async def test_a_refusal_is_written_once_a_minute(desk: House) -> None:
    first, second = await desk.row(await desk.conversation()), await desk.row(await desk.conversation())
    for _ in range(2):
        with pytest.raises(NotAllowed):
            await desk.app.desk.merge(first.customer_id, second.customer_id, desk.agents["sol"], now=NOW)
    await desk.sign_in("sol")
    await desk.page("/desk/owed", 403)
    assert told(await lines(desk, what="refused")) == [("refused", "merge"), ("refused", "see_owed")]


async def test_exports_are_written(desk: House) -> None:
    key = await desk.conversation()
    for address in (f"/desk/c/{key}/consent.csv", "/desk/fairness.csv", "/desk/audit.csv"):
        assert (await desk.client.get(address)).status == 200
    wanted = [("exported", name) for name in ("export_consent", "export_fairness", "export_audit")]
    assert told(await lines(desk, what="exported")) == wanted


async def keep(desk: House, *some: Line) -> None:
    async with desk.app.database.writing() as connection:
        for one in some:
            await audit.write(connection, desk.app.database.ids, one)


def line(desk: House, agent: str, **values: Any) -> Line:
    values = {"what": "changed", "operation": "tag"} | values
    return Line(at=NOW, who="agent", agent_id=desk.agents[agent], name=agent, **values)


async def test_the_page_is_searched_by_who_whom_what_and_when(desk: House) -> None:
    maria, zelda = await desk.conversation("Maria"), await desk.conversation("Zelda")
    hers, theirs = await desk.row(maria), await desk.row(zelda)
    await keep(
        desk,
        line(desk, "sol", customer_id=hers.customer_id, detail="about-maria"),
        line(desk, "lia", customer_id=theirs.customer_id, what="merged", detail="about-zelda"),
    )
    today = datetime.now(UTC).date()
    for query, about_maria, about_zelda in [
        ("", True, True),
        (f"agent={desk.agents['sol']}", True, False),
        (f"customer={theirs.customer_id}", False, True),
        ("what=merged", False, True),
        ("what=nothing+of+ours", True, True),
        (f"from={today - timedelta(days=1)}&to={today + timedelta(days=1)}", True, True),
        (f"from={today + timedelta(days=2)}", False, False),
        ("customer=nobody", False, False),
        ("agent=1", False, False),
    ]:
        page = await desk.page(f"/desk/audit?{query}")
        assert ("about-maria" in page, "about-zelda" in page) == (about_maria, about_zelda), query


async def test_a_lead_reads_of_their_own_team_and_an_agent_of_nobody(desk: House) -> None:
    await keep(desk, line(desk, "sol", detail="by-sol"), line(desk, "tiago", detail="by-tiago"))
    await desk.sign_in("lia")
    for address in ("/desk/audit", "/desk/audit.csv", f"/desk/audit?agent={desk.agents['sol']}"):
        assert "by-sol" not in await desk.page(address)
    assert "by-tiago" in await desk.page("/desk/audit")
    await desk.sign_in("sol")
    for address in ("/desk/audit", "/desk/audit.csv"):
        assert "by-tiago" not in await desk.page(address, 403)


async def test_the_page_goes_on_by_key(desk: House) -> None:
    await keep(desk, *(line(desk, "sol", detail=f"no-{at}.") for at in range(120)))
    first = await desk.page("/desk/audit?what=changed")
    assert "no-119." in first
    assert "no-19." not in first
    assert "Show earlier" in first
    before = (await lines(desk, what="changed"))[-1].id
    rest = await desk.page(f"/desk/audit?what=changed&before={before}")
    assert "no-19." in rest
    assert "Show earlier" not in rest


async def test_no_cell_of_the_table_is_a_formula(desk: House) -> None:
    await keep(desk, line(desk, "sol", detail="=HYPERLINK(1)"), line(desk, "sol", detail="<b>bold</b>"))
    answer = await desk.client.get("/desk/audit.csv?what=changed")
    rows = list(csv.reader(io.StringIO((await answer.text()).removeprefix("\ufeff"))))
    assert rows[0][:3] == ["at", "who", "name"]
    assert [row[-1] for row in rows[1:]] == ["<b>bold</b>", "'=HYPERLINK(1)"]
    assert "<b>bold</b>" not in await desk.page("/desk/audit")


async def test_the_command_lists_the_same(tmp_path: Path) -> None:
    async with house_in(tmp_path, policy=POLICY) as desk:
        await keep(desk, line(desk, "sol", detail="by-sol"), line(desk, "lia", detail="by-lia"))
    told = "".join(
        f'[[agents]]\nkey = "{one.key}"\nname = "{one.name}"\nteams = {list(one.teams)}\n'
        for one in POLICY.agents
    )
    told += "".join(f'[[teams]]\nkey = "{one.key}"\nname = "{one.name}"\n' for one in POLICY.teams)
    config = tmp_path / "tidings.toml"
    config.write_text(f'database = "sqlite:///{tmp_path}/t.db"\n{told}')
    run = CliRunner()

    async def asked(*words: str) -> str:
        told = ["--config", str(config), "audit", "list", *words]
        return (await asyncio.to_thread(run.invoke, tidings, told)).output

    assert "by-sol" in await asked()
    assert "by-sol" not in await asked("--agent", "lia")
    assert "by-lia" in await asked("--agent", "lia", "--since", "2026-01-01", "--what", "changed")
    assert "No line fits" in await asked("--until", "2026-01-01")
    assert "There is no agent 'nobody'" in await asked("--agent", "nobody")
    assert "'=" not in await asked("--csv")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_the_page_is_for_every_eye_and_fits_a_phone(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
    width: int,
    scheme: Scheme,
) -> None:
    async with house_in(tmp_path, fixed=False, policy=POLICY) as desk:
        key = await desk.conversation("Marta Figueiredo de Vasconcelos e Albuquerque")
        customer = (await desk.row(key)).customer_id
        about = {
            "conversation_id": key,
            "customer_id": customer,
            "face": "browser",
            "ip": "2001:db8:1:2::/64",
        }
        await keep(
            desk, line(desk, "sol", **about, detail="birthday, name, zone"), line(desk, "lia", **about)
        )
        async with signed_in(browser, desk, width=width, scheme=scheme) as page:
            await page.goto(f"/desk/c/{key}")
            await page.goto("/desk/audit")
            assert await violations(page) == []
            assert await sideways(page) == 0
            await page.screenshot(path=tmp_path / f"audit-{width}.png", full_page=True)
            await page.goto("/desk/audit?what=erased")
            assert await violations(page) == []
