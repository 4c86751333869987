"""What may be on a disk when the power goes: all that was synced, and any part of what was not.

A write that no finished sync of its file follows may be there whole, in some of its sectors, or not at
all, whatever came after it; the same holds for a file's end and, until its folder is synced, its name.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.torture.power_log import Deed

SECTOR: Final = 512
PAGE: Final = 4096
WAYS: Final = ("none", "all", "some", "torn", "torn", "first")


@dataclass(slots=True, kw_only=True)
class Disk:
    """One file: what is surely there, and what may be; *named* says whether its name surely is."""

    sure: bytearray = field(default_factory=bytearray)
    pending: list[Deed] = field(default_factory=list)
    syncing: dict[int, int] = field(default_factory=dict)
    named: bool = True
    dropped: bool = False

    def do(self, deed: Deed) -> None:
        """Take one step."""
        if deed.kind != "sync":
            self.pending.append(deed)
        elif not deed.ended:
            self.syncing[deed.thread] = len(self.pending)
        else:
            number = self.syncing.pop(deed.thread)
            for done in self.pending[:number]:
                _put(self.sure, done)
            del self.pending[:number]
            self.syncing = {thread: max(0, at - number) for thread, at in self.syncing.items()}

    def after(self, way: str, dice: random.Random) -> bytes:
        """Say what is in the file after the cut."""
        content = bytearray(self.sure)
        last = dice.randrange(len(self.pending) + 1) if self.pending else 0
        for at, deed in enumerate(self.pending):
            match way:
                case "none":
                    continue
                case "some" if dice.random() < 0.5:
                    continue
                case "first" if at >= last:
                    continue
                case "torn":
                    _put_torn(content, deed, dice)
                    continue
            _put(content, deed)
        return bytes(content)


def _put(content: bytearray, deed: Deed) -> None:
    """Let a whole step have happened."""
    if deed.kind == "truncate":
        del content[deed.offset :]
        content.extend(bytes(deed.offset - len(content)))
        return
    content.extend(bytes(max(0, deed.offset - len(content))))
    content[deed.offset : deed.offset + len(deed.data)] = deed.data


def _put_torn(content: bytearray, deed: Deed, dice: random.Random) -> None:
    """Let some sectors of a write have happened, or some pages."""
    if deed.kind == "truncate":
        if dice.random() < 0.5:
            _put(content, deed)
        return
    size = SECTOR if dice.random() < 0.7 else PAGE
    end = deed.offset + len(deed.data)
    at = deed.offset
    while at < end:
        edge = min(end, (at // size + 1) * size)
        if dice.random() < 0.6:
            part = deed.data[at - deed.offset : edge - deed.offset]
            _put(content, Deed(at=deed.at, thread=0, kind="write", path="", offset=at, data=part))
        at = edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One disk after a cut at *at*: the files by name, and the *way* it was made."""

    at: float
    way: str
    deed: int
    files: dict[str, bytes]


def images(
    deeds: Iterable[Deed], begun: dict[str, bytes], number: int, total: int, dice: random.Random
) -> Iterator[Image]:
    """Cut the power *number* times within *total* steps; the files were *begun* so and safely there."""
    disks = {path: Disk(sure=bytearray(content)) for path, content in begun.items()}
    moments = sorted(dice.choices(range(1, total), k=number))
    for count, deed in enumerate(deeds):
        while moments and moments[0] == count:
            moments.pop(0)
            way = dice.choice(WAYS)
            files = {path: disk.after(way, dice) for path, disk in disks.items() if _is_there(disk, dice)}
            yield Image(at=deed.at, way=way, deed=count, files=files)
        _do(disks, deed)


def _is_there(disk: Disk, dice: random.Random) -> bool:
    """Whether the cut left the file's name; not sure before its folder is synced."""
    if disk.dropped:
        return dice.random() < 0.5
    return disk.named or dice.random() < 0.5


def _do(disks: dict[str, Disk], deed: Deed) -> None:
    match deed.kind:
        case "create":
            if deed.path not in disks or disks[deed.path].dropped:
                disks[deed.path] = Disk(named=False)
        case "unlink":
            if deed.path in disks:
                disks[deed.path].dropped = True
        case "sync" if deed.path not in disks:
            if deed.ended:  # of a folder: names are sure from here on
                _settle(disks, Path(deed.path))
        case _ if deed.path in disks:
            disks[deed.path].do(deed)


def _settle(disks: dict[str, Disk], folder: Path) -> None:
    for path in [path for path in disks if Path(path).parent == folder]:
        if disks[path].dropped:
            del disks[path]
        else:
            disks[path].named = True


def count_kinds(deeds: Sequence[Deed]) -> dict[str, int]:
    """Count what was done, for the report."""
    counts: dict[str, int] = {}
    for deed in deeds:
        name = f"{Path(deed.path).name} {deed.kind}"
        counts[name] = counts.get(name, 0) + (not deed.ended)
    return counts
