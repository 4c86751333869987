"""All that writes first, built together: the rules, the loop, the outbox's guard and the page's showing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bots.channel import Channel
from config.settings import Settings
from config.touches import Book, book_of
from inbox.desk.operations import Desk
from inbox.live import Live
from inbox.nudges import Nudges
from inbox.preferences.links import Links
from inbox.touches.guarding import Guard
from inbox.touches.loop import Touches
from inbox.touches.once import with_one_offs
from inbox.touches.pausing import Instance
from inbox.touches.rules import Current, Rules, rules_of
from inbox.touches.showing import Showing
from inbox.touches.ways import Specs
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWord:
    """What the house has for writing first; *current* are the rules with the one-offs of today.

    *over* makes the loop that writes first over another database; *loop* is that of a node by itself.
    """

    book: Book
    rules: Rules
    current: Current
    guard: Guard
    showing: Showing
    instance: Instance
    loop: Touches
    over: Callable[[Database], Touches]


def rules_from(settings: Settings, channels: Mapping[str, Channel]) -> tuple[Book, Rules]:
    """Read the touches that are configured; raises config's Mistake."""
    book = book_of(settings, list(channels))
    secrets = settings.secret_keys
    rules = rules_of(
        book,
        Specs(channels),
        team=settings.policy.first_team.key,
        reopen_within=timedelta(hours=settings.reopen_hours),
        links=Links(secrets, settings.public_url) if secrets else None,
    )
    return book, rules


def instance_of(settings: Settings) -> Instance:
    """Know our database by a file beside the secret."""
    return Instance(settings.secret_file.with_name("instance.json"))


def first_word(
    settings: Settings,
    *,
    database: Database,
    channels: Mapping[str, Channel],
    live: Live,
    nudges: Nudges,
    clock: Callable[[], datetime],
    desk: Desk | None = None,
) -> FirstWord:
    """Build it; nothing is opened. The *desk* is told of birthdays. Raises config's Mistake."""
    book, rules = rules_from(settings, channels)
    current = Current(rules)
    instance = instance_of(settings)
    made = partial(
        Touches,
        rules=rules,
        book=book,
        current=current,
        instance=instance,
        live=live,
        nudges=nudges,
        clock=clock,
        desk=desk,
    )
    loop = made(database=database)
    return FirstWord(
        book=book,
        rules=rules,
        current=current,
        guard=Guard(database, current, lambda now: with_one_offs(database, rules, book, now)),
        showing=Showing(database=database, current=current, live=live, nudges=nudges),
        instance=instance,
        loop=loop,
        over=lambda other: loop if other is database else made(database=other),
    )
