"""Sessions in the browser: tokens change, sessions end, and a new secret signs nobody out."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import select, update
from yarl import URL

from inbox.cli import tidings
from inbox.desk.web.routes import DONE, KEY
from inbox.desk.web.tries import FIRST, FORGOTTEN, FREE, LONGEST, Tries, wait_after
from storage import sessions
from storage.tables import agents
from storage.tables import sessions as table
from tests.inbox.desk.web.house import NOW, House, house_in

HTML = {"Accept": "text/html"}
COOKIE = "tidings_session"


def at(house: House, later: timedelta) -> None:
    house.app.clock = lambda: NOW + later


def cookie(house: House) -> str:
    found = house.client.session.cookie_jar.filter_cookies(URL(house.base)).get(COOKIE)
    return found.value if found is not None else ""


async def asked_with(house: House, token: str) -> int:
    house.client.session.cookie_jar.clear()
    answer = await house.client.get(
        "/desk", headers={**HTML, "Cookie": f"{COOKIE}={token}"}, allow_redirects=False
    )
    return answer.status


async def test_the_token_changes_every_hour_and_forms_of_before_still_hold(desk: House) -> None:
    first, csrf = cookie(desk), desk.csrf
    at(desk, sessions.TURNED_EVERY - timedelta(seconds=1))
    await desk.page("/desk")
    assert cookie(desk) == first
    at(desk, sessions.TURNED_EVERY)
    await desk.page("/desk")
    second = cookie(desk)
    assert second != first
    answer = await desk.client.post(
        "/desk/me/prefer", data={"csrf": csrf, "digest": "no"}, allow_redirects=False
    )
    assert answer.status == 303, "a form that was open all the while"
    assert cookie(desk) == second
    at(desk, sessions.TURNED_EVERY + sessions.GRACE)
    assert await asked_with(desk, first) == 303, "the token of before has had its last minute"
    assert await asked_with(desk, second) == 200


async def test_the_token_changes_when_the_role_does(desk: House) -> None:
    first = cookie(desk)
    async with desk.app.database.writing() as connection:
        await connection.execute(update(agents).where(agents.c.key == "tiago").values(role="agent"))
    await desk.page("/desk")
    assert cookie(desk) not in ("", first)


async def test_a_stream_that_ends_does_not_move_the_session_back(desk: House) -> None:
    at(desk, timedelta(minutes=10))
    stream = await desk.client.get("/desk/live")
    assert stream.status == 200
    at(desk, timedelta(minutes=40))
    await desk.page("/desk")
    desk.app.live.close()
    await stream.read()
    async with desk.app.database.reading() as connection:
        seen = (await connection.execute(select(table.c.seen_at))).scalar_one()
    assert seen == NOW + timedelta(minutes=40)


async def test_who_is_idle_for_three_days_signs_in_again(desk: House) -> None:
    at(desk, sessions.IDLE_LIVES)
    answer = await desk.client.get("/desk", headers=HTML, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/sign-in")


async def test_who_comes_every_day_signs_in_again_after_fourteen(desk: House) -> None:
    for day in range(1, 14):
        at(desk, timedelta(days=day))
        await desk.page("/desk")
    at(desk, sessions.SESSION_LIVES)
    answer = await desk.client.get("/desk", headers=HTML, allow_redirects=False)
    assert answer.status == 303


async def test_signing_out_everywhere_ends_every_session_and_unused_link(desk: House) -> None:
    async with desk.app.database.writing() as connection:
        elsewhere = await sessions.begin(connection, desk.agents["tiago"], now=NOW)
        hers = await sessions.begin(connection, desk.agents["helena"], now=NOW)
    link, here = await desk.link(), cookie(desk)
    assert "Sign out everywhere" in await desk.page("/desk/me")
    answer = await desk.post("/desk/me/sign-out-everywhere")
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/sign-in")
    assert [await asked_with(desk, one) for one in (here, elsewhere, hers)] == [303, 303, 200]
    assert (await desk.enter(link)).status == 410


async def test_the_command_line_ends_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with house_in(tmp_path) as house:
        await house.sign_in()
    env = {"TIDINGS_DATABASE": f"sqlite:///{tmp_path}/t.db"}
    run = CliRunner().invoke
    said = await asyncio.to_thread(run, tidings, ["sign-out", "tiago"], env=env)
    assert (said.exit_code, said.output) == (0, "tiago: 1 sessions ended.\n")
    nobody = await asyncio.to_thread(run, tidings, ["sign-out", "nobody"], env=env)
    assert (nobody.exit_code, nobody.output) == (1, "Error: There is no agent 'nobody'.\n")


async def test_a_new_secret_signs_nobody_out(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        await house.sign_in()
        token, csrf = cookie(house), house.csrf
        link = house.app.media.link(7)
    key = SecretStr("1" * 64)
    async with house_in(tmp_path, secret_key=key, old_secret_key=SecretStr("0" * 64)) as house:
        jar = {"Cookie": f"{COOKIE}={token}"}
        page = await house.client.get("/desk", headers={**HTML, **jar})
        assert page.status == 200
        assert f'data-csrf="{csrf}"' not in await page.text(), "new forms are of the new secret"
        data = {"csrf": csrf, "digest": "no"}
        answer = await house.client.post("/desk/me/prefer", data=data, headers=jar, allow_redirects=False)
        assert answer.status == 303
        assert house.app.media.allows(7, link.partition("s=")[2])
    async with house_in(tmp_path, secret_key=key) as house:
        jar = {"Cookie": f"{COOKIE}={token}"}
        answer = await house.client.post("/desk/me/prefer", data=data, headers=jar, allow_redirects=False)
        assert answer.status == 403, "the secret of before was taken out"


@pytest.mark.parametrize("path", sorted(DONE))
async def test_every_address_that_changes_something_wants_the_token_of_its_form(
    desk: House, path: str
) -> None:
    where = path.replace(KEY, str(await desk.conversation()))
    for token in ({}, {"csrf": ""}, {"csrf": "0" * 64}):
        answer = await desk.client.post(where, data=token, allow_redirects=False)
        assert answer.status == 403, await answer.text()
    stated = {"Accept": "application/json", "Content-Type": "application/json"}
    answer = await desk.client.post(where, data=b"{}", headers=stated, allow_redirects=False)
    assert answer.status in (400, 403), "a script's call too"
    elsewhere = {"Origin": "https://evil.example"}
    answer = await desk.client.post(where, data={"csrf": desk.csrf}, headers=elsewhere, allow_redirects=False)
    assert (answer.status, "own page" in await answer.text()) == (403, True)


async def _posted(house: House, headers: dict[str, str], **data: str) -> ClientResponse:
    return await house.client.post("/desk/sign-in", data=data, headers=headers, allow_redirects=False)


async def test_a_page_that_posts_anothers_link_signs_nobody_in(house: House) -> None:
    link = await house.link()
    page = await house.page(f"/desk/sign-in?token={link}")
    csrf = re.findall(r'name="csrf" value="([0-9a-f]+)"', page)[0]
    for data in ({"token": link}, {"token": link, "csrf": "0" * 64}, {"token": link, "csrf": ""}):
        assert (await _posted(house, {}, **data)).status == 403
    entry = {one.key: one.value for one in house.client.session.cookie_jar}
    house.client.session.cookie_jar.clear()
    assert (await _posted(house, {}, token=link, csrf=csrf)).status == 403, "without its cookie"
    assert (await _posted(house, {"Cookie": "tidings_entry=another"}, token=link, csrf=csrf)).status == 403
    for elsewhere in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await _posted(
            house, {**elsewhere, "Cookie": f"tidings_entry={entry['tidings_entry']}"}, token=link, csrf=csrf
        )
        assert answer.status == 403
    good = {"Cookie": f"tidings_entry={entry['tidings_entry']}"}
    assert (await _posted(house, good, token=link, csrf=csrf)).status == 303


async def test_whose_agent_it_was_is_in_no_answer(house: House) -> None:
    used, left = await house.link(), await house.link("helena")
    assert (await house.enter(used, allow_redirects=False)).status == 303
    async with house.app.database.writing() as connection:
        await connection.execute(update(agents).where(agents.c.key == "helena").values(active=False))
    said = []
    for token in (used, left, "never made", ""):
        answer = await house.enter(token)
        said.append((answer.status, await answer.text()))
    assert len(set(said)) == 1
    assert said[0][0] == 410


@pytest.mark.parametrize(
    ("times", "minutes"), [(0, 0), (FREE - 1, 0), (FREE, 1), (FREE + 1, 2), (FREE + 3, 8), (FREE + 99, 60)]
)
def test_the_wait_grows(times: int, minutes: int) -> None:
    assert wait_after(times) == timedelta(minutes=minutes)


def test_who_failed_often_waits_and_a_day_of_quiet_or_a_success_forgives() -> None:
    tries = Tries()
    for _ in range(FREE + 2):
        tries.failed("192.0.2.1", NOW)
    refused = _refusal(tries, "192.0.2.1")
    assert refused(NOW) == "241"
    assert refused(NOW + 3 * FIRST) == "61"
    assert refused(NOW + 4 * FIRST) == ""
    assert _refusal(tries, "192.0.2.2")(NOW) == ""
    tries.failed("192.0.2.1", NOW + LONGEST)
    tries.worked("192.0.2.1")
    assert refused(NOW + LONGEST) == ""
    for _ in range(FREE):
        tries.failed("192.0.2.3", NOW)
    assert _refusal(tries, "192.0.2.3")(NOW + FORGOTTEN) == ""
    tries.failed("192.0.2.3", NOW + FORGOTTEN)
    assert _refusal(tries, "192.0.2.3")(NOW + FORGOTTEN) == "", "it begins anew"


def test_places_are_not_remembered_without_end() -> None:
    tries = Tries()
    for number in range(10_050):
        tries.failed(str(number), NOW)
    assert len(tries._failed) == 10_000


def _refusal(tries: Tries, place: str) -> Callable[[datetime], str]:
    def refused(now: datetime) -> str:
        try:
            tries.check(place, now)
        except web.HTTPTooManyRequests as late:
            return late.headers["Retry-After"]
        return ""

    return refused
