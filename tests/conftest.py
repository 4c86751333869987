"""What holds for every test: only this machine is reached, and no operator's environment is read."""

import asyncio
import gc
import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from inbox.collecting import OLDER, YOUNG
from tests.browser import browser, lasting_browser
from tests.databases import compiled_once, database, postgres_url
from tests.memory import begin_in_memory
from tests.once import errors_plainly, interrupted_at_once, templates_once, texts_once
from tests.turns import in_turn

__all__ = [
    "browser",
    "compiled_once",
    "database",
    "errors_plainly",
    "interrupted_at_once",
    "lasting_browser",
    "postgres_url",
    "templates_once",
    "texts_once",
]

begin_in_memory()

# The same examples every time, and no clock; TESTS_DEPTH=deep draws others, and ten times as many.
settings.register_profile("short", max_examples=50, derandomize=True, deadline=None)
settings.register_profile("deep", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("TESTS_DEPTH", "short"))

HERE = ("localhost", "", "0.0.0.0", "::")
OURS = ("TIDINGS_", "TELEGRAM_", "TWILIO_", "SLACK_")


class Outside(RuntimeError):
    """A test tried to reach another machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests into their turn, each worker the same."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = in_turn(items, lambda item: item.nodeid, workers)


def pytest_collection_finish() -> None:
    """Set ten thousand tests and all they import apart from what is looked through for garbage."""
    gc.freeze()
    gc.set_threshold(YOUNG, *OLDER)


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Refuse every name and address that is not this machine's."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _require_here(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _require_here(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None and not _is_here(host):
            raise Outside(f"a test asked for the address of {host!r}")
        return getaddrinfo(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture
def _function_scoped_runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    """The loop of a test (pytest-asyncio's name for it): its own, or the one on which the browser lives."""
    if "browser" not in request.fixturenames:
        with asyncio.Runner() as runner:
            yield runner
        return
    runner = request.getfixturevalue("_session_scoped_runner")
    lasting = request.getfixturevalue("lasting_browser")
    runner.run(lasting.browser())  # its tasks are there before the test's
    before = asyncio.all_tasks(runner.get_loop())
    yield runner
    runner.run(_none_but(before))


async def _none_but(those: set[asyncio.Task[Any]]) -> None:
    """End the tasks that a test left behind."""
    left = asyncio.all_tasks() - those - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture(autouse=True)
def _no_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what an operator may have set out of the environment, and any proxy."""
    for name in list(os.environ):
        if name.startswith(OURS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def _require_here(door: socket.socket, address: Any) -> None:
    if door.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
        raise Outside(f"a test connected to {address!r}")


def _is_here(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in HERE or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
