"""What the house does by itself: on every node, and what one node does at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bots.channel import Channel
from config.policy import Policy
from inbox.accept import Accept
from inbox.assign import Assign
from inbox.beginning import begin
from inbox.desk.act import Ground
from inbox.desk.reminding import Reminding
from inbox.desk.sending_later import Sending
from inbox.files import Files
from inbox.housekeeping import Housekeeping
from inbox.joining import Joining
from inbox.loops import Loop
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.owned import Owned
from inbox.preferences.erasing import Erasing
from inbox.remembered import Remembered
from inbox.searching import Searching
from inbox.signing import Signing
from inbox.texting_back import TextingBack
from storage.database import Database

if TYPE_CHECKING:
    from inbox.app import App
    from inbox.journal.server import Server

Maker = Callable[["App", Database], Loop]


def everywhere(app: "App") -> list[Loop]:
    """List the loops of every node: its policy, the signs its agents leave, what its channels learn."""
    learning = [_listening(app, name, app.database) for name in app.channels if _learns(app, name)]
    return [app.policies, Signing(ground=app.ground), *learning]


def _learns(app: "App", name: str) -> bool:
    """Whether the channel only learns what it may send: each node wants to know, and nobody else is told."""
    return app.learns.get(name, False)


def owned(app: "App") -> list[Owned]:
    """List the loops that one node runs at a time, over the database of who owns them."""
    makers: dict[str, Maker] = {
        "assign": _assign,
        "clock/touches": lambda app, database: app.first_word.over(database),
        "clock/reminding": _reminding,
        "clock/later": _later,
        "clock/joining": _joining,
        "clock/texting": _texting_back,
        "clock/erasing": _erasing,
        "clock/housekeeping": _housekeeping,
        "files": _files,
        "search": lambda app, database: Searching(database=database, nudges=app.nudges),
    }
    makers |= {f"send/{name}": partial(_account, name=name) for name in app.channels}
    if app.slack is not None:
        makers["slack"] = lambda app, database: app.slack.owned(database)
    if app.server is not None:
        makers |= _partitions(app.server) | {"clock/forgetting": partial(_forgetting, server=app.server)}
    return [Owned(name=name, begin=partial(make, app)) for name, make in makers.items()]


def _partitions(server: "Server") -> dict[str, "Maker"]:
    """Apply the hooks of the stream, each partition by one node."""
    from inbox.journal.owning import Owning
    from inbox.journal.wire import PARTITIONS

    def make(app: "App", database: Database, *, number: int) -> Loop:
        return Owning(
            partition=number,
            server=server,
            applying=app.accept.applying,
            channels=app.channels,
            database=database,
        )

    return {f"apply/{number}": partial(make, number=number) for number in range(PARTITIONS)}


class Listening:
    """Tells a provider where we are, and listens where the channel asks for news itself."""

    def __init__(
        self, name: str, channel: Channel, hooks_url: str, accept: Accept, database: Database
    ) -> None:
        """Let *accept* keep what the channel called *name* hears, and *database* what it must know again."""
        channel.remember_in(Remembered(name=name, database=database))
        self._channel = channel
        self._begin = partial(begin, name, channel, hooks_url, accept)
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Listen until `stop`."""
        begun = asyncio.ensure_future(self._begin())
        await self._ended.wait()
        begun.cancel()

    async def stop(self) -> None:
        """Hear nothing new and end what is heard."""
        self._ended.set()
        await self._channel.stop()


@dataclass(frozen=True, slots=True)
class Together:
    """Loops that are owned as one: an account's outbox and its listening."""

    loops: tuple[Loop, ...]

    async def run(self) -> None:
        """Run all until `stop`."""
        await asyncio.gather(*(loop.run() for loop in self.loops))

    async def stop(self) -> None:
        """Stop all."""
        await asyncio.gather(*(loop.stop() for loop in self.loops))


def _account(app: "App", database: Database, *, name: str) -> Loop:
    owing = Owing(
        database=database,
        live=app.live,
        nudges=app.nudges,
        media=app.media,
        public_url=app.settings.public_url,
        slack=app.ground.slack,
        guard=app.first_word.guard,
        channels=app.channels,
    )
    outbox = Outbox(
        lane=name,
        channel=app.channels[name],
        owing=owing,
        nudges=app.nudges,
        metrics=app.metrics,
        clock=app.clock,
    )
    return outbox if _learns(app, name) else Together((outbox, _listening(app, name, database)))


def _listening(app: "App", name: str, database: Database) -> Listening:
    hooks_url = f"{app.settings.public_url}/hooks/{name}"
    return Listening(name, app.channels[name], hooks_url, app.accept, database)


def _over(app: "App", database: Database) -> Ground:
    return replace(app.ground, database=database)


def _assign(app: "App", database: Database) -> Loop:
    business = app.settings.business
    return Assign(ground=_over(app, database), nudges=app.nudges, clock=app.clock, business=business)


def _reminding(app: "App", database: Database) -> Loop:
    return Reminding(
        ground=_over(app, database),
        nudges=app.nudges,
        clock=app.clock,
        leads=lambda: _leads(app.policies.now),
    )


def _leads(policy: Policy) -> dict[str, str]:
    """Name the lead of each team that has one, by key."""
    return {team.key: team.lead for team in policy.teams if team.lead}


def _later(app: "App", database: Database) -> Loop:
    return Sending(ground=_over(app, database), nudges=app.nudges, clock=app.clock)


def _files(app: "App", database: Database) -> Loop:
    return Files(
        ground=_over(app, database),
        channels=app.channels,
        media=app.media,
        nudges=app.nudges,
        cap=app.settings.attachment_bytes,
        clock=app.clock,
    )


def _housekeeping(app: "App", database: Database) -> Loop:
    return Housekeeping(
        database=database,
        nudges=app.nudges,
        days=app.settings.journal_days,
        clock=app.clock,
        retention=app.settings.retention,
        media=app.media,
    )


def _erasing(app: "App", database: Database) -> Loop:
    return Erasing(eraser=replace(app.eraser, database=database), nudges=app.nudges, clock=app.clock)


def _forgetting(app: "App", database: Database, *, server: "Server") -> Loop:
    from inbox.journal.forgetting import Forgetting
    from inbox.journal.late import Late

    late = Late(
        server=server,
        channels=app.channels,
        credentials=app.accept.applying.credentials,
        eraser=replace(app.eraser, database=database),
    )
    return Forgetting(late=late, nudges=app.nudges, metrics=app.metrics, clock=app.clock)


def _joining(app: "App", database: Database) -> Loop:
    return Joining(
        database=database,
        channels=app.channels,
        wording=app.first_word.book.wording,
        live=app.live,
        nudges=app.nudges,
        clock=app.clock,
    )


def _texting_back(app: "App", database: Database) -> Loop:
    return TextingBack(
        ground=_over(app, database),
        wording=app.first_word.book.wording,
        current=app.first_word.current,
        nudges=app.nudges,
        clock=app.clock,
    )
