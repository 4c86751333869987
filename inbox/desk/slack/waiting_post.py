"""What a team reads of who waits beyond the promised time: one post, in which nothing ticks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from inbox.desk.slack import listing, posts, words
from inbox.desk.slack.posts import Post
from storage.slack_home import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Who waits too long in a team (its name): *rows* of *total*, longest first, with links by conversation.

    *behind* says how much later than they should posts appear in Slack, at least.
    """

    team: str
    rows: Sequence[Standing]
    total: int
    links: Mapping[int, str]
    labels: Mapping[str, str]
    behind: timedelta = timedelta(0)


def made(late: Late) -> Post:
    """Write who waits too long; times are absolute, so that nothing in it ticks."""
    many = "1 customer waits" if late.total == 1 else f"{late.total} customers wait"
    head = f"{words.name(late.team)}: {many} too long."
    if late.behind:
        head += f" Posts in Slack are more than {_span(late.behind)} behind."
    lines = [_line(late, row) for row in late.rows]
    more = late.total - len(late.rows)
    return listing.listed(f"*{head}*", [*lines, *([f"and {more} more"] if more else [])])


def _line(late: Late, one: Standing) -> str:
    who = listing.linked(words.name(one.customer), late.links.get(one.id, ""))
    parts = [f"*{who}*", words.escape(late.labels.get(one.channel, one.channel))]
    parts += [words.escape(one.tier)] if one.tier else []
    if one.waiting_since is not None:
        parts.append(f"waiting since {words.clock(one.waiting_since, listing.FORM)}")
    if one.reply_due_at is not None:
        parts.append(f"answer was due {words.clock(one.reply_due_at, listing.FORM)}")
    parts.append(f"{words.name(one.owner)} has it" if one.owner else "nobody has it")
    return " · ".join(parts)


def _span(behind: timedelta) -> str:
    seconds = int(behind.total_seconds())
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min" if seconds < 3600 else "1 h"


def calm(team: str) -> Post:
    """Say that nobody waits too long any more."""
    return posts.sentence(f"{words.name(team)}: nobody waits too long.")


def elsewhere(team: str, slack_channel: str) -> Post:
    """Say that it is told in another Slack channel from now on."""
    return listing.spoken(f"{words.name(team)}: who waits too long stands in <#{slack_channel}> now.")
