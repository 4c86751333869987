"""Every address of the house answers with the headers that keep browsers safe, whatever it answers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from yarl import URL

from inbox.preferences.links import Links
from tests.inbox.desk.web.house import NOW, House, house_in

FRAMED = "/chat/frame"  # shown by the sites on the list, and by no others
LONG = ("/desk/live", "/chat/live")


@pytest.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house with its web chat, Tiago signed in."""
    async with house_in(tmp_path, channels={"webchat": {}}, api_token="t" * 32) as opened:
        await opened.sign_in()
        yield opened


def paths_of(app: web.Application) -> list[tuple[str, str]]:
    return sorted(
        {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    )


async def filled(house: House, path: str) -> str:
    """Name something real where the address wants a name."""
    key = await house.conversation()
    async with house.app.database.reading() as connection:
        sql = f"SELECT customer_id FROM conversations WHERE id = {key}"
        customer = (await connection.exec_driver_sql(sql)).scalar_one()
    token = Links(house.app.settings.secret_keys, "").token(customer, NOW)
    names = {"name": "desk.css", "token": token, "channel": "webchat", "kind": "csv", "id": str(key)}
    if path.startswith("/media"):
        names["id"] = "7"
    return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], path)


def claims(path: str, answer: ClientResponse) -> list[str]:
    """List what an answer lacks."""
    told = answer.headers
    wrong = []
    if told.get("X-Content-Type-Options") != "nosniff":
        wrong.append("nosniff")
    if told.get("Referrer-Policy") not in ("no-referrer", "same-origin"):
        wrong.append("referrer")
    page = told.get("Content-Type", "").startswith("text/html")
    policy = told.get("Content-Security-Policy", "")
    if page or answer.status >= 400:
        wrong += [part for part in ("default-src 'none'", "base-uri 'none'") if page and part not in policy]
        wrong += ["unsafe" for _ in re.findall(r"unsafe-|\*", policy)]
        ancestors = "frame-ancestors 'none'" in policy
        wrong += [] if ancestors or path == FRAMED else ["frame-ancestors"]
    kept = told.get("Cache-Control", "")
    if page and not ("no-store" in kept or (path.startswith("/chat") and "no-cache" in kept)):
        wrong.append(f"cache: {kept}")
    if not kept:
        wrong.append("cache")
    return wrong


async def test_every_address_answers_with_them(open_house: House) -> None:
    routes = paths_of(open_house.app.web)
    assert len(routes) > 120
    lacking: dict[str, Any] = {}
    pages = 0
    for method, canonical in routes:
        path = await filled(open_house, canonical)
        async with open_house.client.session.request(
            method, open_house.base + path, allow_redirects=False, headers={"Accept": "text/html"}
        ) as answer:
            if canonical not in LONG:
                await answer.read()
            pages += answer.status == 200 and answer.content_type == "text/html" and method == "GET"
            if wrong := claims(canonical, answer):
                lacking[f"{method} {canonical} {answer.status}"] = wrong
    assert lacking == {}
    assert pages > 20, "pages were really shown"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("DELETE", "/desk", 405),
        ("GET", "/media/7?s=x", 403),
        ("GET", "/desk/c/x", 404),
    ],
)
async def test_a_refusal_too(open_house: House, method: str, path: str, status: int) -> None:
    async with open_house.client.session.request(method, open_house.base + path) as answer:
        assert (answer.status, claims(path, answer)) == (status, [])
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_private_pages_are_kept_by_nobody(open_house: House) -> None:
    for path in ("/desk", "/desk/me", "/desk/sign-in"):
        answer = await open_house.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"


async def test_over_https_cookies_are_for_this_host_alone_and_https_stays(tmp_path: Path) -> None:
    async with house_in(tmp_path, public_url="https://in.example") as house:
        link = await house.link()
        looked = await house.client.get(f"/desk/sign-in?token={link}")
        entry = looked.cookies["__Host-tidings_entry"]
        assert (entry["secure"], entry["httponly"], entry["samesite"]) == (True, True, "Strict")
        answer = await house.enter(link, allow_redirects=False)
        session = answer.cookies["__Host-tidings_session"]
        assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
        assert (session["path"], session["domain"]) == ("/", "")
        for one in (looked, answer):
            assert one.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_without_https_nothing_is_said_of_it(open_house: House) -> None:
    answer = await open_house.client.get(URL("/desk"))
    assert "Strict-Transport-Security" not in answer.headers


async def test_a_house_that_stops_still_answers_and_lets_nobody_keep_the_connection(
    open_house: House,
) -> None:
    assert (await open_house.client.get("/healthz")).headers.get("Connection") != "close"
    open_house.app.stopping = True
    answer = await open_house.client.get("/chat")
    assert (answer.status, answer.headers["Connection"]) == (200, "close")
