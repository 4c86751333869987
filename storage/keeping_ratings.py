"""Answers to how it was: kept as ratings in the matter that is over, and nobody's work."""

import json
from collections.abc import Generator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from storage.batch import Ask, Keeping, Rated, Row, Said, storable
from storage.instants import to_micros

WITHIN: Final = timedelta(days=7)
Told = tuple[Said, Rated]


def find_rated(
    work: Keeping, by_customer: Mapping[int, Sequence[Said]], last: Mapping[int, Row]
) -> Generator[Ask, list[Any], set[int]]:
    """Find what customers answer who were asked how it was when their matter ended.

    Returns who said nothing beside it: their matter stays over. Only the words are looked at of whose
    last matter is over, and the rows only for a rating.
    """
    given: dict[int, Told] = {}
    for customer, row in last.items():
        if row[2] == "resolved" and (told := _first(work, by_customer[customer])):
            given[row[0]] = told
    if not given:
        return set()
    at = [to_micros(said.received_at) for said, _ in given.values()]
    span = max(at) - int(WITHIN.total_seconds()) * 1_000_000, max(at)
    asked = {row[0]: row[1] for row in (yield Ask("asked_ratings", (list(given), *span)))}
    work.rated += [(one, customer, *given[one]) for one, customer in asked.items()]
    quiet = {one for one in asked if _asks_nothing(work, given[one], by_customer[asked[one]])}
    work.quiet |= quiet
    return {asked[one] for one in quiet}


def keep_rated(work: Keeping) -> Generator[Ask, list[Any], list[Row]]:
    """Write the ratings of the batch behind its messages; returns what Slack is owed for them."""
    made = [_made(work, *one) for one in work.rated]
    for at, name in enumerate(("keep_ratings", "keep_events", "keep_happenings")):
        if made:
            yield Ask(name, [rows[at] for rows in made], many=True)
    return [rows[-1] for rows in made]


def _first(work: Keeping, ones: Sequence[Said]) -> Told | None:
    """Find the first of somebody's messages that is a rating."""
    for one in ones:
        if not one.attachments and (rated := work.rules.rating_of(one.text)) is not None:
            return one, rated
    return None


def _asks_nothing(work: Keeping, told: Told, ones: Sequence[Said]) -> bool:
    said, rated = told
    beside = (one for one in ones if one is not said)
    return not rated.asks and all(not one.attachments and work.rules.is_quiet(one.text) for one in beside)


def _made(work: Keeping, conversation: int, customer: int, said: Said, rated: Rated) -> tuple[Row, ...]:
    """Make the rows of a rating: its own, the customer's event, the line in the log, and Slack's post."""
    at, words, line = to_micros(said.received_at), storable(rated.words), work.ids.next()
    data = {"rating": rated.stars, "words": words}
    written, name = json.dumps(data), f"rated:{said.channel}:{said.external_id}"
    details = {"happening_id": line, "kind": "rated", **data}
    return (
        (rated.stars, words, at, conversation),
        (work.ids.next(), customer, at, f"conversation {conversation}", written, name),
        (line, conversation, "rated", at, written),
        ("happened", conversation, None, f"happened:{line}", at, details),
    )
