"""A customers' file read by a process of its own, a chunk ahead of the one that keeps it.

Reading and checking a row takes as long as keeping it; side by side a big file takes half the time. Rows
cross as plain tuples: dataclasses take four times as long to pickle.
"""

import gc
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

from inbox.importing.customers import Consenting, Reading, Row
from inbox.importing.opening import Sheet, Unreadable
from inbox.importing.reading import customers
from inbox.importing.seen import Seen
from inbox.importing.sifting import Item, Sifted, sifted, unseen
from storage.importing import Arriving, Birth

WORTH: Final = 2 << 20  # bytes of a file from which on a process, which takes a second to begin, is worth it
BETWEEN: Final = "\x1f"  # between the cells of a row, which cross as one text where none has it
Plain = tuple[Any, ...]


@contextmanager
def ahead(sheet: Sheet, reading: Reading) -> Iterator[Iterator[Sifted[Row]]]:
    """Give the rows of a file as `sifted` does; iterating raises Unreadable as it does."""
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


def _received(pipe: Connection, sheet: Sheet) -> Iterator[Sifted[Row]]:
    try:
        while (told := pipe.recv()) is not None:
            if isinstance(told, str):
                raise Unreadable(told)
            rows, items, refused, reached = told
            yield Sifted(rows=rows, items=[_item(one) for one in items], refused=refused, reached=reached)
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
            for chunk in sifted(rows, customers(reading), width, seen, unseen):
                pipe.send((chunk.rows, [_plain(one) for one in chunk.items], chunk.refused, reached[0]))
            pipe.send(None)
        except Unreadable as error:
            pipe.send(str(error))


def _plain(item: Item[Row]) -> Plain:
    line, cells, row = item
    one = row.arriving
    birth = one.birthday
    joined = BETWEEN.join(cells)
    return (
        line,
        joined if joined.count(BETWEEN) == len(cells) - 1 else cells,
        one.ref,
        one.addresses,
        one.facts,
        one.tags,
        birth and (birth.month, birth.day, birth.year, birth.fault),
        [(said.subject, said.yes, said.wording, said.proof, said.at) for said in row.consents],
        row.notices,
    )


def _item(plain: Plain) -> Item[Row]:
    line, cells, ref, addresses, facts, tags, birth, consents, notices = plain
    if isinstance(cells, str):
        cells = cells.split(BETWEEN)
    arriving = Arriving(
        ref=ref, addresses=addresses, facts=facts, tags=tags, birthday=birth and _birth(*birth)
    )
    said: Sequence[Consenting] = [
        Consenting(subject=subject, yes=yes, wording=wording, proof=proof, at=at)
        for subject, yes, wording, proof, at in consents
    ]
    return line, cells, Row(arriving=arriving, consents=said, notices=notices)


@lru_cache(maxsize=32768)
def _birth(month: int | None, day: int | None, year: int | None, fault: str) -> Birth:
    return Birth(month, day, year, fault)
