"""By what touches are planned and decided: everything but the rows and the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bots.channel import Spec
from config.touches import Book
from config.wording import Wording
from inbox.preferences.links import Links
from inbox.touches.ways import ways_of
from routing.touch import Limits, Touch, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The touches that are on, by key, the account's limits, its channels' specs and ways, and its words.

    *team* gets the replies, *reopen_within* is how long a resolved matter takes a touch in. A one-off has
    its own words in *wordings*, by its key. *links* lead to customers' own pages, where there is a secret.
    """

    touches: Mapping[str, Touch]
    limits: Limits
    specs: Mapping[str, Spec]
    ways: Mapping[str, Way]
    wording: Wording
    team: str
    reopen_within: timedelta
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    links: Links | None = None

    @property
    def birthdays(self) -> tuple[str, ...]:
        """The kinds that are birthdays."""
        return tuple(key for key, touch in self.touches.items() if touch.start == "birthday")

    def wording_of(self, kind: str) -> Wording:
        """The words of a kind of touch."""
        return self.wordings.get(kind, self.wording)


@dataclass(slots=True)
class Current:
    """The rules as they are at this moment: what is made once comes and goes while we run."""

    rules: Rules


def rules_of(
    book: Book,
    specs: Mapping[str, Spec],
    *,
    team: str,
    reopen_within: timedelta,
    once: Mapping[str, Touch] | None = None,
    wordings: Mapping[str, Wording] | None = None,
    links: Links | None = None,
) -> Rules:
    """Make the rules of a book and of the channels that are on; *once* are the one-offs."""
    return Rules(
        touches={touch.key: touch for touch in book.touches} | dict(once or {}),
        limits=book.limits,
        specs=specs,
        ways=ways_of(specs),
        wording=book.wording,
        team=team,
        reopen_within=reopen_within,
        wordings=wordings or {},
        links=links,
    )
