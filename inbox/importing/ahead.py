"""A customers' file read by a process of its own, a chunk ahead of the one that keeps it.

Reading and checking a row takes as long as keeping it; side by side a big file takes half the time. Rows
cross as plain tuples in Python's own marshalling, which reads them in a third of the time of pickle.
"""

import gc
import marshal
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

from inbox.importing.carrying import Load, loads
from inbox.importing.customers import Reading
from inbox.importing.opening import Sheet, Unreadable
from inbox.importing.reading import customers
from inbox.importing.seen import Seen
from inbox.importing.sifting import sifted, unseen

WORTH: Final = 2 << 20  # bytes of a file from which on a process, which takes a second to begin, is worth it
AS_THEY_ARE: Final = 2  # a version of marshalling that does not look for what it has written before


@contextmanager
def ahead(sheet: Sheet, reading: Reading) -> Iterator[Iterator[Load]]:
    """Give the rows of a file as `loads` does; iterating raises Unreadable as it does."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_read, args=(sheet, reading, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        with closing(ours):
            yield _received(ours, sheet)
    finally:
        process.join()


def _received(pipe: Connection, sheet: Sheet) -> Iterator[Load]:
    try:
        while (told := marshal.loads(pipe.recv_bytes())) is not None:  # noqa: S302 - of our own process
            if isinstance(told, str):
                raise Unreadable(told)
            rows, items, refused, reached = told
            yield Load(rows=rows, items=items, refused=refused, reached=reached)
    except (EOFError, OSError) as error:  # OSError: it ended in the middle of a chunk
        raise Unreadable(f"{sheet.path} was not read to its end: the process that read it ended.") from error


def _read(sheet: Sheet, reading: Reading, pipe: Connection) -> None:
    """Read a file and send it, chunk by chunk, then None; or the words of why it cannot be read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who keeps the rows ends us by closing the pipe
    gc.disable()
    width = len(sheet.heading)
    reached: list[int] = [0]
    with suppress(BrokenPipeError), Seen() as seen, closing(pipe):
        try:
            rows = sheet.rows(lambda at: reached.__setitem__(0, at))
            for load in loads(sifted(rows, customers(reading), width, seen, unseen)):
                _send(pipe, (load.rows, load.items, load.refused, reached[0]))
            _send(pipe, None)
        except Unreadable as error:
            _send(pipe, str(error))


def _send(pipe: Connection, told: Any) -> None:
    pipe.send_bytes(marshal.dumps(told, AS_THEY_ARE))
