"""One process of ours: started, killed, paused and started again, each within a bounded time."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

END_SECONDS = 15.0


class Child:
    """A program that outlives its own processes: *command* may be started many times, one at a time."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path,
        env: Mapping[str, str] | None = None,
        account: str | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.folder = folder
        self.env = dict(env or {})
        self.account = account
        self.log = folder / f"{name}.log"
        self.process: asyncio.subprocess.Process | None = None
        self.born = 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def start(self, *before: str, more: Mapping[str, str] | None = None) -> None:
        """Start it; the words of *before* stand in front of its command, *more* beside its environment."""
        assert not self.alive, f"{self.name} runs already"
        env = {**os.environ, "PYTHONUNBUFFERED": "1", **self.env, **(more or {})}
        with self.log.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *before,
                *self.command,
                cwd=self.folder,
                env=env,
                stdout=out,
                stderr=asyncio.subprocess.STDOUT,
                user=self.account,
                extra_groups=[] if self.account else None,
            )
        self.born += 1

    async def end(self, number: signal.Signals = signal.SIGTERM, within: float = END_SECONDS) -> int:
        """Signal it and wait until it is over; killed where it does not obey. Gives its exit code."""
        if self.process is None:
            return 0
        self._signal(number)
        try:
            return await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            return await asyncio.wait_for(self.process.wait(), END_SECONDS)

    async def kill(self) -> None:
        """Kill it as a power cut would end it."""
        await self.end(signal.SIGKILL)

    def pause(self) -> None:
        """Stop it where it stands; its connections stay open."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def megabytes(self) -> float:
        """Say how much memory it has now (RSS, MiB); 0 where it is over."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except (OSError, AssertionError):
            return 0.0
        kept = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
        return int(kept[0]) / 1024 if kept else 0.0

    def said(self) -> str:
        """Everything that it wrote so far."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
