"""tidings in one life after the other, each of which may end by kill -9 at a named point.

`python -m tests.road.mortal <arguments of tidings>` reads one life a line from its standard input: nothing,
or `module Class.function before|after`. It forks, so that what is imported is imported once, and writes
`born <pid>` and, when that life is over, `died <code>` (minus the signal's number).
"""

import functools
import importlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import inbox.app
import inbox.desk.slack.desk  # noqa: F401 (every life needs it)
from inbox.cli import main


def found(module: str, path: str) -> tuple[Any, str]:
    """Find what holds the function called `Class.function` or `function`, and its name there."""
    owner: Any = importlib.import_module(module)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    return owner, name


def doom(module: str, path: str, when: str) -> None:
    """Make the process kill itself right *when* (before or after) the function runs."""
    owner, name = found(module, path)
    setattr(owner, name, _doomed(getattr(owner, name), when))


def _doomed(function: Callable[..., Awaitable[Any]], when: str) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(function)
    async def runs(*arguments: Any, **named: Any) -> Any:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        await function(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return runs


def _tell(words: str) -> None:
    print(words, flush=True)


def live(point: list[str]) -> int:
    """Live once; returns how it ended."""
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)  # what tidings says is no part of the conversation with the test
        if point:
            doom(*point)
        try:
            main()
        except SystemExit as ended:
            os._exit(int(ended.code or 0))
        os._exit(0)
    _tell(f"born {child}")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        _tell(f"died {live(line.split())}")
