"""`tidings run` as an operator meets it: a real process that says where it is, serves and stops."""

import asyncio
import os
import re
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest
from aiohttp import ClientSession, CookieJar

from inbox.app import App

commands_run = import_module("inbox.commands.run")  # the name alone would be the command
TIDINGS = Path(sys.executable).with_name("tidings")


@asynccontextmanager
async def running(folder: Path, *words: str, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `tidings run` in *folder*; it is ended with the test."""
    inherited: Mapping[str, str] = {"PATH": os.environ["PATH"], "TIDINGS_PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        TIDINGS,
        *(words or ("run",)),
        cwd=folder,
        env={**inherited, **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def told(process: asyncio.subprocess.Process) -> dict[str, str]:
    """Read where customers write, where agents answer, and the link."""
    assert process.stdout is not None
    found: dict[str, str] = {}
    while "token" not in found:
        line = (await process.stdout.readline()).decode()
        assert line, (await process.communicate())[1].decode()
        for name, pattern in (("chat", "/chat$"), ("desk", "/desk$"), ("token", "token=")):
            url = re.search(r"http://\S+", line)
            if url and re.search(pattern, url[0]):
                found[name] = url[0]
    return found


async def test_it_says_where_customers_write_and_agents_answer_and_signs_the_first_in(tmp_path: Path) -> None:
    async with running(tmp_path) as process, ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        where = await told(process)
        base = where["desk"].removesuffix("/desk")
        for path in ("/chat", "/healthz", "/readyz", "/metrics"):
            async with browser.get(base + path) as answer:
                assert answer.status == 200, path
        async with browser.get(where["token"]) as answer:
            assert answer.status == 200
        token = where["token"].partition("token=")[2]
        headers = {"Origin": base}
        async with browser.post(f"{base}/desk/sign-in", data={"token": token}, headers=headers) as answer:
            assert answer.status == 200
            assert answer.url.path == "/desk"
        async with browser.post(f"{base}/hooks/pigeon", data="x") as answer:
            assert answer.status == 404


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_one_signal_stops_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    async with running(tmp_path) as process:
        await told(process)
        process.send_signal(number)
        _, err = await asyncio.wait_for(process.communicate(), 10)
        assert process.returncode == 0
        assert "Traceback" not in err.decode()


async def test_what_it_makes_is_for_its_own_account(tmp_path: Path) -> None:
    async with running(tmp_path) as process:
        await told(process)
        made = list((tmp_path / "var").rglob("*"))
        assert {path.name for path in made} >= {"tidings.db", "secret.key"}
        assert [path.name for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


async def test_two_do_not_share_a_database(tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        await told(first)
        async with running(tmp_path) as second:
            _, err = await second.communicate()
            assert second.returncode == 1
            assert "Another tidings runs on this database" in err.decode()
            assert "Traceback" not in err.decode()


async def test_a_port_that_is_taken_is_told_in_words_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = str(door.getsockname()[1])
        async with running(tmp_path, TIDINGS_PORT=port) as process:
            _, err = await process.communicate()
            assert process.returncode == 2
            assert f"Port {port} of 127.0.0.1 is taken by another program." in err.decode()
            assert not (tmp_path / "var" / "tidings.db").exists()


async def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    url = f"postgresql://u:hidden-password@127.0.0.1:{port}/d"
    async with running(tmp_path, TIDINGS_DATABASE=url) as process:
        _, err = await process.communicate()
        assert process.returncode == 1
        assert "cannot start" in err.decode()
        assert "Traceback" not in err.decode()
        assert "hidden-password" not in err.decode()


async def test_no_link_is_printed_where_it_would_be_kept_in_a_log(tmp_path: Path) -> None:
    async with running(tmp_path, "run", "--no-link") as process:
        assert process.stdout is not None
        lines = [(await process.stdout.readline()).decode() for _ in range(3)]
        assert lines[-1].strip().endswith("/desk")
        process.send_signal(signal.SIGTERM)
        rest, _ = await asyncio.wait_for(process.communicate(), 10)
        assert b"token" not in rest


async def test_what_does_not_end_in_time_is_left_for_the_next_start(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []

    class Slow:
        async def stop(self) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(commands_run, "STOP_SECONDS", 0.01)
    monkeypatch.setattr("inbox.commands.run.os._exit", ended.append)
    await commands_run._stop(cast(App, Slow()))
    assert ended == [0]


async def test_the_first_signal_asks_and_the_second_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("inbox.commands.run.os._exit", ended.append)
    stopping = asyncio.Event()
    commands_run._obey_signals(stopping)
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stopping.wait(), 10)
        assert ended == []
        os.kill(os.getpid(), signal.SIGTERM)
        while not ended:
            await asyncio.sleep(0)
        assert ended == [1]
    finally:
        for number in commands_run.SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)
