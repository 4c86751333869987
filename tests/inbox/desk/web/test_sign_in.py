"""Claims about the door: who gets in, how often, and which forms are ours."""

import pytest
from yarl import URL

from inbox.desk.web.guard import CSP
from tests.inbox.desk.web.house import House


async def test_looking_at_a_link_does_not_burn_it(house: House) -> None:
    token = await house.link()
    for _ in range(3):
        assert 'type="submit"' in await house.page(f"/desk/sign-in?token={token}")
    answer = await house.enter(token, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")


async def test_a_link_works_once(house: House) -> None:
    token = await house.link()
    first = await house.enter(token, allow_redirects=False)
    second = await house.enter(token, allow_redirects=False)
    assert (first.status, second.status) == (303, 410)
    assert "used already or is too old" in await second.text()


async def test_the_session_cookie_is_out_of_scripts_reach_and_new_at_each_sign_in(house: House) -> None:
    answers = [await house.enter(await house.link(), allow_redirects=False) for _ in range(2)]
    cookies = [answer.cookies["tidings_session"] for answer in answers]
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in cookies)
    assert not cookies[0]["secure"]
    assert cookies[0]["max-age"] == str(14 * 86400)
    assert cookies[0].value != cookies[1].value
    house.client.session.cookie_jar.clear()
    house.client.session.cookie_jar.update_cookies({"tidings_session": cookies[0].value}, URL(house.base))
    answer = await house.client.get("/desk", allow_redirects=False, headers={"Accept": "text/html"})
    assert answer.status == 303, "the session before is ended by the next sign-in"


@pytest.mark.parametrize("path", ["/desk", "/desk/c/1", "/desk/c/1/customer", "/desk/owed", "/desk/find"])
async def test_pages_lead_strangers_to_the_door(house: House, path: str) -> None:
    answer = await house.client.get(path, headers={"Accept": "text/html"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/sign-in")


FORMS = [
    *(
        f"/desk/c/1/{name}"
        for name in (
            *("answer", "draft", "count", "take", "give-back", "hand-over", "snooze", "wake"),
            *("resolve", "reopen", "read", "unread"),
        )
    ),
    *(f"/desk/m/1/{name}" for name in ("edit", "delete", "resend", "arrived", "drop")),
    *(f"/desk/owed/1/{name}" for name in ("resend", "arrived", "drop")),
    "/desk/me/available",
    "/desk/sign-out",
]


@pytest.mark.parametrize("path", [*FORMS, "/desk/live"])
async def test_nothing_is_done_or_told_without_a_session(house: House, path: str) -> None:
    ask = house.client.get if path == "/desk/live" else house.client.post
    answer = await ask(path, allow_redirects=False)
    assert answer.status == 401


@pytest.mark.parametrize("path", FORMS)
async def test_nothing_is_done_without_the_forms_token(desk: House, path: str) -> None:
    for token in ("", "0" * 64):
        answer = await desk.client.post(path, data={"csrf": token}, allow_redirects=False)
        assert answer.status == 403


@pytest.mark.parametrize("path", FORMS)
async def test_nothing_is_done_by_looking(desk: House, path: str) -> None:
    answer = await desk.client.get(path, allow_redirects=False)
    asks_first = path.endswith("/resolve")  # by a page of its own, which there is not for what is not there
    assert answer.status == (404 if asks_first else 405)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="another origin"),
        pytest.param({"Origin": "null"}, id="no origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="a neighbour"),
    ],
)
async def test_a_form_from_elsewhere_is_refused_even_with_the_token(
    desk: House, headers: dict[str, str]
) -> None:
    key = await desk.conversation()
    answer = await desk.client.post(f"/desk/c/{key}/take", data={"csrf": desk.csrf}, headers=headers)
    assert answer.status == 403
    assert (await desk.row(key)).owner_id is None


async def test_another_sessions_token_is_refused(desk: House) -> None:
    old = desk.csrf
    await desk.sign_in("helena")
    assert desk.csrf != old
    answer = await desk.client.post("/desk/me/available", data={"csrf": old, "available": "no"})
    assert answer.status == 403


async def test_signing_out_ends_the_session(desk: House) -> None:
    jar = {cookie.key: cookie.value for cookie in desk.client.session.cookie_jar}
    answer = await desk.post("/desk/sign-out")
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/sign-in")
    desk.client.session.cookie_jar.update_cookies(jar, URL(desk.base))
    again = await desk.client.get("/desk", headers={"Accept": "text/html"}, allow_redirects=False)
    assert again.status == 303


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/sign-in", "/desk/owed", "/desk/c/99", "/desk/static/none.js"]
)
async def test_every_answer_carries_the_security_headers(desk: House, path: str) -> None:
    answer = await desk.client.get(path, headers={"Accept": "text/html"})
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in CSP
    assert "unsafe" not in CSP


async def test_no_page_has_a_script_or_a_style_of_its_own(desk: House) -> None:
    key = await desk.conversation()
    await desk.said(key, "hello")
    for path in ("/desk", f"/desk/c/{key}", "/desk/owed", "/desk/find", "/desk/sign-in"):
        page = await desk.page(path)
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert page.count("<script") == page.count('<script type="module" src="/desk/static/')
