"""A file behind a signed link shows or is saved, and never runs."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from PIL import Image

from inbox import media_door
from inbox.media import MediaStore
from tests.inbox.house import House

KINDS = {
    "a picture": ("image/png", "cup.png", "inline", "image/png"),
    "sound": ("audio/ogg", "voice.ogg", "inline", "audio/ogg"),
    "a page": ("text/html", "a.html", "attachment", "application/octet-stream"),
    "a drawing that can run": ("image/svg+xml", "a.svg", "attachment", "application/octet-stream"),
    "a kind that ends the line": (
        "audio/x\r\nSet-Cookie: a=b",
        "a",
        "attachment",
        "application/octet-stream",
    ),
    "a kind with markup": ("video/<b>", "a", "attachment", "application/octet-stream"),
    "a name that ends the line": ("", 'a"\r\nSet-Cookie: a=b', "attachment", "application/octet-stream"),
    "a name in another script": ("image/png", "чашка;x=y.png", "inline", "image/png"),
}


@pytest.fixture
async def door(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The door, a store with one file and the row that the test writes."""
    media = MediaStore(tmp_path / "media", "secret")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "file").write_bytes(b"<script>1</script>")
    row = SimpleNamespace(state="kept", path="file", name="", content_type="")

    async def one(_connection: object, _key: int) -> Any:
        return row

    monkeypatch.setattr("storage.attachments.one", one)
    site = Application()
    site.add_routes(media_door.routes(house.database, media))
    client: TestClient[Request, Application] = TestClient(TestServer(site))
    await client.start_server()
    yield SimpleNamespace(client=client, media=media, row=row)
    await client.close()


@pytest.mark.parametrize(("kind", "name", "how", "served"), KINDS.values(), ids=KINDS.keys())
async def test_a_file_is_served_harmless_whatever_its_sender_called_it(
    door: Any, kind: str, name: str, how: str, served: str
) -> None:
    door.row.content_type, door.row.name = kind, name
    answer = await door.client.get(door.media.link(7))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == served
    assert answer.headers["Content-Disposition"].startswith(f"{how}; filename*=UTF-8''")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"].startswith("private")
    policy = answer.headers["Content-Security-Policy"]
    assert all(words in policy for words in ("default-src 'none'", "sandbox", "frame-ancestors 'none'"))


@pytest.mark.parametrize("path", ["/media/8?s={}", "/media/7?s=", "/media/7", "/media/7?s={}x"])
async def test_a_link_that_is_not_ours_opens_nothing(door: Any, path: str) -> None:
    signature = door.media.link(7).partition("s=")[2]
    assert (await door.client.get(path.format(signature))).status == 403


async def test_a_row_whose_path_leads_out_of_the_store_is_not_served(door: Any, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("private")
    for path in ("../outside", str(tmp_path / "outside")):
        door.row.path = path
        assert (await door.client.get(door.media.link(7))).status == 404


async def test_a_picture_is_shown_small_in_lists(door: Any) -> None:
    Image.new("RGB", (1_200, 900)).save(door.media.open("file"), "PNG")
    door.row.content_type, door.row.name = "image/png", "cup.png"
    answer = await door.client.get(door.media.link(7, small=True))
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with Image.open(BytesIO(await answer.read())) as small:
        assert small.size == (640, 480)
    whole = await door.client.get(door.media.link(7))
    assert whole.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("kind", ["image/png", "text/html", "image/svg+xml"])
async def test_what_has_no_small_picture_is_served_as_it_is(door: Any, kind: str) -> None:
    door.row.content_type = kind
    answer = await door.client.get(door.media.link(7, small=True))
    assert answer.status == 200
    assert await answer.read() == b"<script>1</script>"
    assert answer.headers["Content-Disposition"].startswith("inline" if kind == "image/png" else "attachment")


async def test_a_small_picture_needs_the_link_as_well(door: Any) -> None:
    answer = await door.client.get("/media/7?small=1")
    assert answer.status == 403


async def test_a_small_picture_of_what_is_gone_is_not_found(door: Any) -> None:
    door.row.content_type, door.row.path = "image/png", "gone"
    answer = await door.client.get(door.media.link(7, small=True))
    assert answer.status == 404
