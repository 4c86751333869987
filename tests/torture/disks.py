"""Small disks of their own for the servers, so that one can be full: a file of ext4, mounted. Needs root."""

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path

MEGABYTE = 1_000_000


class Disk:
    """A disk of *megabytes* at `path`; full after `fill`, until `empty`."""

    def __init__(self, folder: Path, name: str, megabytes: int) -> None:
        self.image = folder / f"{name}.img"
        self.path = folder / f"{name}.disk"
        self.megabytes = megabytes
        self._ballast = self.path / "ballast"

    async def mount(self) -> str:
        """Make and mount it; gives why that cannot be, empty where it is."""
        if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
            return "only root mounts a disk, and mkfs.ext4 makes it"
        self.path.mkdir()
        with self.image.open("wb") as file:
            file.truncate(self.megabytes * MEGABYTE)
        for command in (
            ["mkfs.ext4", "-q", "-F", "-m", "0", str(self.image)],
            ["mount", "-o", "loop", str(self.image), str(self.path)],
        ):
            if why := await _run(*command):
                return why
        return ""

    def fill(self) -> int:
        """Write until not a byte more fits; gives how many did."""
        written = 0
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while True:
                written += file.write(bytes(MEGABYTE // 10))
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while True:
                written += file.write(b"0")
        return written

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    async def unmount(self) -> None:
        """Take it away, with all that is on it."""
        if self.path.exists() and self.path.is_mount():
            await _run("umount", "-l", str(self.path))
        self.image.unlink(missing_ok=True)


async def _run(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    return "" if process.returncode == 0 else f"{command[0]}: {said.decode().strip()[:200]}"
