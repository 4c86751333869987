"""What customers write that makes no work: thanks for what we began, and the word by which they join."""

from collections.abc import Generator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from storage.batch import Ask, Keeping, Row, Said
from storage.instants import to_micros

WITHIN: Final = timedelta(days=7)
JOINED: Final = "They asked for our messages."
"""Why a conversation is over in which nothing was said but the word that joins."""


def find_quiet(
    work: Keeping, by_customer: Mapping[int, Sequence[Said]], last: Mapping[int, Row]
) -> Generator[Ask, list[Any], set[int]]:
    """Find who answers a touch of ours, in a matter that is over, with words that ask for nothing.

    Only their words are looked at whose last matter is over, and the rows only for such words.
    """
    asked: dict[int, int] = {}
    for customer, row in last.items():
        if row[2] == "resolved" and all(_is_quiet(work, one) for one in by_customer[customer]):
            asked[row[0]] = customer
    if not asked:
        return set()
    newest = max(to_micros(ones[-1].received_at) for ones in by_customer.values())
    since = newest - int(WITHIN.total_seconds()) * 1_000_000
    touched = {row[0] for row in (yield Ask("touched_conversations", (list(asked), since)))}
    work.quiet |= touched
    return {asked[conversation] for conversation in touched}


def find_joined(work: Keeping, by_customer: Mapping[int, Sequence[Said]]) -> set[int]:
    """Find who said nothing but the word that joins: it is acted on, and answered without an agent."""
    joins = {(one.channel, one.external_id) for one in work.batch.consented if one.word == "join"}
    if not joins:
        return set()
    return {
        customer
        for customer, ones in by_customer.items()
        if all((one.channel, one.external_id) in joins for one in ones)
    }


def without_quiet(work: Keeping, owed: list[Any]) -> Generator[Ask, list[Any], list[Any]]:
    """Leave out of what Slack is *owed* what would begin a thread only for thanks."""
    if not work.quiet or not work.rules.slack:
        return owed
    there = {row[0] for row in (yield Ask("slack_threads_of", (list(work.quiet),)))}
    return [one for one in owed if one[1] not in work.quiet or one[1] in there]


def _is_quiet(work: Keeping, one: Said) -> bool:
    return not one.attachments and work.rules.is_quiet(one.text)
