"""A customer taken away as a file and erased, from the desk and the command line, with a receipt."""

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser
from sqlalchemy import text, update

from inbox.cli import tidings
from inbox.preferences.erasing import THEIRS
from inbox.preferences.exporting import named
from inbox.preferences.receipts import Shown, shown
from storage import audit, forgetting
from storage.audit import Asked
from storage.copies import FileKept
from storage.tables import receipts
from tests.browser import browser, sideways, violations  # noqa: F401
from tests.inbox.desk.web.house import NOW, House, house_in
from tests.inbox.desk.web.test_browser import signed_in

HOSTILE = "<script>alert(1)</script>"


async def full(desk: House) -> tuple[int, int]:
    """Keep a customer with words, a note, a file and a promise; gives the conversation and the customer."""
    key = await desk.conversation("Marta", owner="tiago")
    message = await desk.said(key, HOSTILE)
    await desk.attach(message, data=b"%PDF-1.4 mine", name="../../my invoice.pdf")
    await desk.said(key, "she is in a hurry", "note", "tiago")
    await desk.app.desk.promise(
        key, desk.agents["tiago"], text="call her", due_at=NOW.replace(day=30), now=NOW
    )
    return key, (await desk.row(key)).customer_id


async def opened(desk: House, key: int) -> dict[str, bytes]:
    answer = await desk.client.get(f"/desk/c/{key}/export.zip")
    assert (answer.status, answer.content_type) == (200, "application/zip")
    with ZipFile(io.BytesIO(await answer.read())) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


async def test_the_file_holds_everything_for_machines_and_for_people(desk: House) -> None:
    key, _ = await full(desk)
    await desk.page(f"/desk/c/{key}")
    found = await opened(desk, key)
    told: dict[str, Any] = json.loads(found["data.json"])
    assert told["customer"]["name"] == "Marta"
    assert [line["text"] for line in told["conversations"][0]["messages"]] == [HOSTILE, "she is in a hurry"]
    assert told["promises"][0]["text"] == "call her"
    assert {one["operation"] for one in told["seen_and_done_by"]} >= {"see_conversation", "export_customer"}
    assert not any("ip" in one for one in told["seen_and_done_by"])
    [file] = [name for name in found if name.startswith("files/")]
    assert found[file] == b"%PDF-1.4 mine"
    assert ".." not in file
    page = found["conversations.html"].decode()
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "she is in a hurry" in page
    assert b"data.json" in found["README.txt"]


async def test_who_asks_for_the_head_alone_gets_the_head_alone(desk: House) -> None:
    key, _ = await full(desk)
    base = desk.client.make_url("/")
    cookies = desk.client.session.cookie_jar.filter_cookies(base)
    said = "; ".join(f"{one.key}={one.value}" for one in cookies.values())
    reader, writer = await asyncio.open_connection(base.host, base.port)
    asked = f"HEAD /desk/c/{key}/export.zip HTTP/1.1\r\nHost: {base.host}\r\nCookie: {said}\r\n"
    writer.write(f"{asked}Connection: close\r\n\r\n".encode())
    head, _, behind = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"application/zip" in head
    assert behind == b""


async def test_a_file_that_is_gone_is_named_and_stops_nothing(desk: House) -> None:
    key, _ = await full(desk)
    for one in Path(desk.app.settings.media_dir).rglob("*"):
        if one.is_file():
            one.unlink()
    assert b"could not be fetched" in (await opened(desk, key))["README.txt"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "…", "x" * 300, "C:\\evil.exe"])
def test_a_file_lies_in_its_folder_whatever_it_is_called(name: str) -> None:
    found = named(FileKept(id=7, message_id=1, name=name, path="aa/b"))
    assert found.startswith("files/7-")
    assert found.count("/") == 1
    assert len(found) < 110
    assert "\\" not in found


async def test_nothing_is_erased_without_the_word(desk: House) -> None:
    key, customer = await full(desk)
    answer = await desk.post(f"/desk/c/{key}/erase", sure="erase")
    assert answer.status == 409
    async with desk.app.database.reading() as connection:
        assert await audit.names(connection, [customer]) == {customer: "Marta"}


async def compared(desk: House, key: int, digest: str = "") -> Shown:
    async with desk.app.database.reading() as connection:
        found = await shown(connection, key, digest)
    assert found is not None
    return found


async def test_an_erasure_leaves_a_receipt_that_is_shown_and_compared(desk: House) -> None:
    key, customer = await full(desk)
    answer = await desk.post(f"/desk/c/{key}/erase", sure="ERASE")
    assert answer.status == 303, await answer.text()
    address = answer.headers["Location"]
    page = await desk.page(address)
    assert "It is what was written then." in page
    assert "agent tiago" in page
    assert "Marta" not in page
    found = await compared(desk, int(address.rpartition("/")[2]))
    assert (found.receipt.counts["messages"], found.receipt.counts["files"]) == (2, 1)
    assert (found.doubts, found.noted) == ((), "")
    async with desk.app.database.reading() as connection:
        [line] = await audit.page(connection, Asked(what="erased"))
    assert (line.customer_id, line.name, line.face) == (customer, "tiago", "browser")
    assert [one for one in Path(desk.app.settings.media_dir).rglob("*") if one.is_file()] == []
    assert (await desk.client.get(f"/desk/c/{key}/export.zip")).status == 404


async def test_a_receipt_that_was_changed_is_found_out(desk: House) -> None:
    _, customer = await full(desk)
    done = await desk.app.eraser.erase(customer, NOW)
    assert done.receipt.wish == str(THEIRS)
    assert (await compared(desk, done.receipt.id, done.receipt.digest)).doubts == ()
    assert len((await compared(desk, done.receipt.id, "0" * 64)).doubts) == 1
    async with desk.app.database.writing() as connection:
        values = {"counts": {**done.receipt.counts, "messages": 0}}
        await connection.execute(update(receipts).values(**values))
    assert len((await compared(desk, done.receipt.id)).doubts) == 2
    async with desk.app.database.writing() as connection:
        forged = (await compared(desk, done.receipt.id)).receipt.right_digest
        await connection.execute(update(receipts).values(digest=forged))
    [doubt] = (await compared(desk, done.receipt.id)).doubts
    assert "audit log" in doubt, "whoever changes the receipt and its digest has the log against them"


async def test_a_receipt_says_whether_the_calls_have_left_the_stream(desk: House, tmp_path: Path) -> None:
    _, customer = await full(desk)
    done = await replace(desk.app.eraser, streamed=True).erase(customer, NOW)
    page, command = await told_twice(desk, tmp_path, done.receipt.id)
    assert "wait to be removed from the journal’s stream" in page
    assert "still wait to leave the journal's stream" in command
    async with desk.app.database.writing() as connection:
        [owed] = await forgetting.owed(connection)
        await forgetting.done(connection, owed, NOW.replace(hour=17, minute=20))
    page, command = await told_twice(desk, tmp_path, done.receipt.id)
    assert "were removed from the journal’s stream at" in page
    assert "17:20" in page
    assert "left the journal's stream at 2026-11-24T17:20:00+00:00." in command


async def test_where_there_is_no_stream_a_receipt_says_nothing_of_one(desk: House, tmp_path: Path) -> None:
    _, customer = await full(desk)
    done = await desk.app.eraser.erase(customer, NOW)
    assert not any("stream" in told for told in await told_twice(desk, tmp_path, done.receipt.id))


async def told_twice(desk: House, folder: Path, key: int) -> tuple[str, str]:
    """Show a receipt on its page and by the command."""
    config = folder / "tidings.toml"
    config.write_text(f'database = "{desk.app.settings.database}"\n')
    asked = ["--config", str(config), "customers", "receipt", str(key)]
    done = await asyncio.to_thread(CliRunner().invoke, tidings, asked, env={"TIDINGS_SECRET_KEY": "0" * 64})
    assert done.exit_code == 0, done.output
    return await desk.page(f"/desk/receipt/{key}"), done.output


async def test_who_is_erased_has_no_name_in_the_audit_log(desk: House) -> None:
    key, customer = await full(desk)
    await desk.post(f"/desk/c/{key}/profile", name="Marta Zebra", birthday="--03-04")
    await desk.app.eraser.erase(customer, NOW)
    async with desk.app.database.reading() as connection:
        rows = [tuple(row) for row in await connection.execute(text("SELECT * FROM audits"))]
    assert any("erase_customer" in row for row in rows)
    assert "Marta" not in str(rows)
    assert "Zebra" not in str(rows)


async def test_the_commands_do_the_same(tmp_path: Path) -> None:
    async with house_in(tmp_path) as desk:
        _, customer = await full(desk)
    media = desk.app.settings.media_dir
    config = tmp_path / "tidings.toml"
    config.write_text(f'database = "sqlite:///{tmp_path}/t.db"\nmedia_dir = "{media}"\n')

    async def run(*words: str) -> Any:
        asked = ["--config", str(config), "customers", *words]
        env = {"TIDINGS_SECRET_KEY": "0" * 64}
        return await asyncio.to_thread(CliRunner().invoke, tidings, asked, env=env)

    done = await run("export", str(customer), "--zip", str(tmp_path / "marta.zip"))
    assert done.exit_code == 0, done.output
    with ZipFile(tmp_path / "marta.zip") as whole:
        assert json.loads(whole.read("data.json"))["customer"]["name"] == "Marta"
    done = await run("erase", str(customer), "--yes")
    assert done.exit_code == 0, done.output
    told = next(line for line in done.output.splitlines() if line.startswith("Receipt"))
    key, digest = told.split()[1].strip(","), told.split()[3]
    assert "It is what was written then." in (await run("receipt", key, "--digest", digest)).output
    assert (await run("receipt", key, "--digest", "1" * 64)).exit_code == 1
    assert (await run("receipt", "7")).exit_code == 1
    assert (await run("scrub")).exit_code == 0
    names = [one for one in tmp_path.iterdir() if one.name.startswith("t.db")]
    assert not any(b"she is in a hurry" in one.read_bytes() for one in names)


async def test_who_became_one_with_another_is_taken_away_with_them(desk: House) -> None:
    key, customer = await full(desk)
    other = (await desk.row(await desk.conversation("Zelda", state="resolved"))).customer_id
    await desk.app.desk.merge(customer, other, desk.agents["tiago"], now=NOW)
    told = json.loads((await opened(desk, key))["data.json"])
    assert len(told["addresses"]) == 2


async def test_the_profile_offers_both_to_leads_and_a_receipt_is_for_every_eye(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
) -> None:
    async with house_in(tmp_path, fixed=False) as desk:
        key = await desk.conversation("Marta", owner="tiago")
        async with signed_in(browser, desk, width=390, scheme="dark") as page:
            await page.goto(f"/desk/c/{key}/profile")
            await page.get_by_text("Erase this customer").click()
            assert await violations(page) == []
            assert await sideways(page) == 0
            await page.get_by_label("Write ERASE").fill("ERASE")
            await page.get_by_role("button", name="Erase", exact=True).click()
            await page.wait_for_url("**/desk/receipt/*")
            assert await violations(page) == []
            assert await sideways(page) == 0
            await page.screenshot(path=tmp_path / "receipt.png", full_page=True)
