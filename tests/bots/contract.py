"""What a channel's mirror shows of it, so that the promises of `test_promises.py` hold for every folder.

Each `tests/bots/<kind>/case.py` has one `CASE`.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import bots
from bots.channel import Channel, Hook, MessageOut
from tests.providers.faults import Faults

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Provider(Protocol):
    """A look-alike that runs, as the promises need it."""

    @property
    def section(self) -> Mapping[str, Any]:
        """What to change in the settings."""

    @property
    def faults(self) -> Faults:
        """The switchboard."""

    def texts(self) -> Sequence[str]:
        """List the words that reached the customer, in order."""

    def opts_out(self) -> None:
        """Refuse, from now on, what is sent to the customer of `Case.address`: they said stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A channel on trial.

    *section* is a whole valid section, its secrets as plain text, and *secrets* are those of them that
    nobody may see. *sign* signs any body as the provider does and *forge* spoils a signed hook. *real*
    are bodies as the provider sends them, by label; *batch* is one with the external ids that it holds,
    in order; *unknown* means nothing to us. *timeout* names the setting of how
    long an answer is awaited. *statuses* are all words of the provider's documentation,
    *known_statuses* those of our table. Where a channel has no provider, *provider* is None and
    *without* says why; it says so too for any other part that is empty.
    """

    kind: str
    section: Mapping[str, Any]
    secrets: Sequence[str]
    sign: Callable[[bytes], Hook]
    forge: Callable[[Hook], Hook]
    real: Mapping[str, bytes]
    batch: tuple[bytes, Sequence[str]] | None
    unknown: bytes | None
    garbage: Sequence[bytes] = (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe\x00", b"{}}", b"0", b"[[[[")
    refuses_garbage: bool = True
    statuses: Sequence[str] = ()
    known_statuses: Sequence[str] = ()
    address: str
    send_path: str = ""
    timeout: str = "timeout"
    provider: "Callable[[], AbstractAsyncContextManager[Provider]] | None" = None
    without: Mapping[str, str] = field(default_factory=dict)

    def open(self, **changes: Any) -> Channel:
        """Open the channel with *changes* to its section."""
        folder = bots.find(self.kind)
        channel: Channel = folder.open_channel(
            folder.Settings.model_validate({**self.section, **changes}), self.kind
        )
        return channel

    @asynccontextmanager
    async def talking(self) -> "AsyncIterator[tuple[Channel, Provider]]":
        """Run the look-alike and a channel that talks to it."""
        assert self.provider is not None
        async with self.provider() as provider:
            channel = self.open(**provider.section)
            try:
                yield channel, provider
            finally:
                await channel.stop()

    def out(self, text: str, key: str = "reply:1:1") -> MessageOut:
        """Make a message to the customer, written by an agent just now."""
        return MessageOut(key=key, address=self.address, text=text, owed_at=datetime.now(UTC), by_agent=True)


def cases() -> list[Case]:
    """Collect the case of every channel folder that has one."""
    mirrored = [kind for kind in bots.kinds() if find_spec(f"tests.bots.{kind}") is not None]
    shown = [kind for kind in mirrored if find_spec(f"tests.bots.{kind}.case") is not None]
    return [import_module(f"tests.bots.{kind}.case").CASE for kind in shown]
