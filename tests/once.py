"""What each house of a test needs and none changes, made once a worker: templates, texts, one handler."""

import signal
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import structlog
from jinja2 import BytecodeCache, Environment, FileSystemLoader
from jinja2.bccache import Bucket
from structlog.dev import ConsoleRenderer, plain_traceback

from config import touches, wording
from config.touch_policy import SHIPPED_POLICY


class Kept(BytecodeCache):
    """What was compiled of a file, until its text changes."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what this very text became."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember it."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(autouse=True, scope="session")
def templates_once() -> Iterator[None]:
    """Compile a template once a worker: it was half of what a page's test cost."""
    kept, begin = Kept(), Environment.__init__

    def begin_knowing(self: Environment, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        if isinstance(self.loader, FileSystemLoader) and self.bytecode_cache is None:
            self.bytecode_cache = kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "__init__", begin_knowing)
        yield


@pytest.fixture(autouse=True, scope="session")
def texts_once() -> Iterator[None]:
    """Read the touches and texts that are shipped once a worker; a test's own files are read each time."""
    read, words = touches._file, wording._read
    shipped = (SHIPPED_POLICY, touches.SHIPPED_TOUCHES)
    known = cache(lambda model, path, channels: read(model, path, channels))
    texts = cache(lambda folder: tuple(words(folder)))

    def file(model: Any, path: Path, channels: Sequence[str] | None) -> Any:
        if path not in shipped:
            return read(model, path, channels)
        return known(model, path, None if channels is None else tuple(channels))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(touches, "_file", file)
        patch.setattr(
            wording, "_read", lambda each: [*texts(each)] if each == wording.SHIPPED_WORDING else words(each)
        )
        yield


@pytest.fixture(autouse=True, scope="session")
def errors_plainly() -> None:
    """Write a traceback down as Python does: drawing it in colours took longer than the test around it."""
    for each in structlog.get_config()["processors"]:
        if isinstance(each, ConsoleRenderer):
            each.exception_formatter = plain_traceback


@pytest.fixture(autouse=True, scope="session")
def interrupted_at_once() -> Iterator[None]:
    """End the run where an interrupt finds it.

    Else asyncio sets a handler for each step of each test, of which `signal` writes the whole task down.
    """

    def end(number: int, frame: FrameType | None) -> None:
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, end)
    yield
    signal.signal(signal.SIGINT, before)
