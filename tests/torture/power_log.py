"""What a program did to its files, read from strace's log: what it wrote, and what it saw synced."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

CALLS: Final = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2"
LINE: Final = re.compile(rb"^(\d+) +(\d+\.\d+) (.*)$")
RESUMED: Final = re.compile(rb"^<\.\.\. (\w+) resumed>")
CALL: Final = re.compile(rb"^(\w+)\(")
FD: Final = re.compile(rb"^\w+\(\d+<([^>]*)>")
PATH: Final = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')
PWRITE: Final = re.compile(rb'"((?:\\x[0-9a-f]{2})*)", \d+, (\d+)')
SIZE: Final = re.compile(rb", (\d+)(?:\)| <unfinished)")
DONE: Final = re.compile(rb"\) += (-?\d+)")

Kind = Literal["write", "truncate", "create", "unlink", "sync"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One step of one file at *at* (seconds of the clock).

    A `sync` stands twice in the log, where it begins and, with `ended`, where it came back; its thread
    tells which belong together.
    """

    at: float
    thread: int
    kind: Kind
    path: str
    offset: int = 0
    data: bytes = b""
    ended: bool = False


def strace(log: Path, *paths: Path) -> list[str]:
    """Name the program that runs another and writes what it does to *paths* into *log*."""
    named = [word for path in paths for word in ("-P", str(path))]
    how = ["-f", "-y", "-xx", "-ttt", "-s", "100000000", "-e", "signal=none", "-e", f"trace={CALLS}"]
    return ["strace", "--seccomp-bpf", *how, "-o", str(log), *named]


def deeds(log: Path) -> Iterator[Deed]:
    """Read the log in its order."""
    under_way: dict[int, tuple[bytes, bytes]] = {}
    with log.open("rb") as lines:
        for line in lines:
            found = LINE.match(line)
            if found is None:
                continue
            thread, at, said = int(found[1]), float(found[2]), found[3]
            if resumed := RESUMED.match(said):
                name, begun = under_way.pop(thread)
                assert name == resumed[1], line
                yield from _ended(thread, at, name, begun, said)
                continue
            called = CALL.match(said)
            if called is None:
                continue
            if said.endswith(b"<unfinished ...>"):
                under_way[thread] = (called[1], said)
                yield from _begun(thread, at, called[1], said)
            else:
                yield from _begun(thread, at, called[1], said)
                yield from _ended(thread, at, called[1], said, said)


def _begun(thread: int, at: float, name: bytes, said: bytes) -> Iterator[Deed]:
    """What counts from its beginning: a write that has begun may be on the disk."""
    match name:
        case b"pwrite64":
            found = PWRITE.search(said)
            assert found is not None, said[:200]
            data, offset = bytes.fromhex(found[1].replace(b"\\x", b"").decode()), int(found[2])
            yield Deed(at=at, thread=thread, kind="write", path=_of(said), offset=offset, data=data)
        case b"ftruncate":
            found = SIZE.search(said)
            assert found is not None, said[:200]
            yield Deed(at=at, thread=thread, kind="truncate", path=_of(said), offset=int(found[1]))
        case b"fsync" | b"fdatasync":
            yield Deed(at=at, thread=thread, kind="sync", path=_of(said))
        case b"openat" if b"O_CREAT" in said:
            yield Deed(at=at, thread=thread, kind="create", path=_named(said))
        case b"unlink" | b"unlinkat":
            yield Deed(at=at, thread=thread, kind="unlink", path=_named(said))
        case b"write" | b"rename" | b"renameat" | b"renameat2":
            raise AssertionError(f"a call that is not replayed: {said[:200]!r}")


def _ended(thread: int, at: float, name: bytes, begun: bytes, said: bytes) -> Iterator[Deed]:
    """What counts only when it has come back well."""
    done = DONE.search(said[-200:])
    if name in (b"fsync", b"fdatasync") and done is not None and int(done[1]) == 0:
        yield Deed(at=at, thread=thread, kind="sync", path=_of(begun), ended=True)


def _of(said: bytes) -> str:
    """Say which file a call is about by its descriptor; strace writes its path in hexadecimal digits too."""
    found = FD.match(said)
    assert found is not None, said[:200]
    return _plain(found[1])


def _named(said: bytes) -> str:
    found = PATH.search(said)
    assert found is not None, said[:200]
    return _plain(found[1])


def _plain(path: bytes) -> str:
    return bytes.fromhex(path.replace(b"\\x", b"").decode()).decode() if b"\\x" in path else path.decode()
