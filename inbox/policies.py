"""The policy that holds now: read again when its file changes, kept as it was where that has a mistake."""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

import bots
from config.answering import AgentRules, Kinds, agents_of, house_of
from config.errors import Mistake
from config.policy import Policy, settled
from config.settings import POLICY, Settings, load, read
from inbox.nudges import Nudges
from routing.answering import House

EVERY: Final = 2.0  # seconds between two looks at the file
TOLD: Final = ("file", "line", "what", "remedy")
Signature = tuple[int, int, int]
Taken = Callable[[Policy], Awaitable[None]]
"""What holds on to the policy, told of a new one; what it raises is tried again."""

log = structlog.get_logger("policy")


class Policies:
    """Who answers what at this moment, for all who must follow when the operator changes it.

    Only teams, agents, rules, tiers, answering, saved replies, desk and calls follow; for the rest
    *restart* names the sections that were changed since the house began. *trouble* is why the file of
    now is not what holds.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        kinds: Kinds | None = None,
        nudges: Nudges | None = None,
        check: Callable[[Settings], object] | None = None,
    ) -> None:
        """Begin with what *settings* hold; *kinds* are our channels' kinds by name.

        *check* raises Mistake where new settings do not suit what runs.
        """
        self._source = settings.source
        self.business = settings.business
        self._kinds = dict(kinds or {})
        self._nudges = nudges or Nudges()
        self._check = check
        self._listeners: list[Taken] = []
        self._stopping = False
        self._seen: Signature | None = None
        self._done: Signature | None = None
        self._first = _apart(tomllib.loads(self._source.text))
        self._text: str | None = self._source.text
        self.trouble: Mistake | None = None
        self.restart: tuple[str, ...] = ()
        self._take(settings.policy)
        self._told = settings.policy

    @property
    def now(self) -> Policy:
        """The policy as it is written."""
        return self._now

    @property
    def house(self) -> House:
        """The policy as routing decides on it."""
        return self._house

    @property
    def agents(self) -> Mapping[str, AgentRules]:
        """What the policy says of each agent, by key."""
        return self._agents

    @property
    def teams(self) -> frozenset[str]:
        """The keys of the teams."""
        return frozenset(self._house.teams)

    @property
    def said(self) -> tuple[str, ...]:
        """What an admin should know of the file, as sentences; nothing where it is what holds."""
        kept = () if self.trouble is None else (_kept(self.trouble),)
        waits = f"{', '.join(self.restart)} changed in {self._source.file}: restart tidings to take it."
        return (*kept, *((waits,) if self.restart else ()))

    def on_change(self, listener: Taken) -> None:
        """Tell *listener* of each new policy, once it holds."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Look at the file until `stop`."""
        while not self._stopping:
            try:
                await self.turn()
            except Exception:
                log.exception("taking the policy failed; it is tried again")
                await asyncio.sleep(1)
            await self._nudges.wait("policies", EVERY)

    async def stop(self) -> None:
        """Look no more."""
        self._stopping = True
        self._nudges.nudge("policies")

    async def turn(self) -> bool:
        """Take what the file says, once it stayed the same between two turns; says whether that is new.

        So a file is not read while it is being written.
        """
        if not self._source.file:
            return False
        found = _signature(self._source.file)
        still, self._seen = found == self._seen, found
        if found == self._done or not still:
            return False
        new = await self._read()
        self._done = found
        return new

    async def _read(self) -> bool:
        try:
            source, written = read(Path(self._source.file), self._source.env)
            if source.text == self._text:
                return False
            settings = await asyncio.to_thread(self._load)
        except Mistake as mistake:
            self._keep(mistake)
            return False
        self._needs_restart(written)
        new = settings.policy != self._told
        if new:
            self._take(settings.policy)
            for listener in self._listeners:
                await listener(settings.policy)
            self._told = settings.policy
            log.info("the policy is new", file=self._source.file)
        self._text, self.trouble = settings.source.text, None
        return new

    def _load(self) -> Settings:
        """Read the file whole, in a thread: a long one takes a while; raises Mistake."""
        settings = load(Path(self._source.file), self._source.env, bots.kinds())
        if self._check is not None:
            self._check(settings)
        return settings

    def _take(self, policy: Policy) -> None:
        self._now, self._house, self._agents = policy, house_of(policy, self._kinds), agents_of(policy)

    def _keep(self, mistake: Mistake) -> None:
        """Go on with what holds, and say why."""
        self.trouble, self._text = mistake, None
        for each in mistake.every():
            log.error("the policy was not taken", **{name: getattr(each, name) for name in TOLD})

    def _needs_restart(self, written: Mapping[str, Any]) -> None:
        other = _apart(written)
        changed = sorted(name for name in {*other, *self._first} if other.get(name) != self._first.get(name))
        if changed and tuple(changed) != self.restart:
            log.warning("a restart is needed to take what changed", file=self._source.file, sections=changed)
        self.restart = tuple(changed)


def fixed(policy: Policy | None = None, kinds: Kinds | None = None) -> Policies:
    """Give policies that never change: *policy*, else the shipped one."""
    return Policies(Settings(policy=settled(policy or Policy())), kinds=kinds)


def _kept(trouble: Mistake) -> str:
    """Say the first mistake, how many more there are, and what holds."""
    more = f" {len(trouble.more)} more: `tidings check` lists them." if trouble.more else ""
    return f"{trouble}{more} Until it is put right what was written before holds."


def _apart(written: Mapping[str, Any]) -> dict[str, Any]:
    """Give the sections that are read at the start only."""
    return {name: value for name, value in written.items() if name not in POLICY}


def _signature(file: str) -> Signature | None:
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
