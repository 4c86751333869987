"""What a batch owes to Slack: rows in its lanes, the head of each queue ready."""

import json
from collections.abc import Generator
from typing import Any

from storage.batch import Ask, Keeping

Owed = tuple[Any, ...]  # kind, conversation, message, key, at[, data]


def owe_slack(work: Keeping, owed: list[Owed], *, cards: bool) -> Generator[Ask, list[Any], None]:
    """Queue posts in order behind what waits already, and one refresh of each card if *cards*.

    The heads are made ready from the rows: a post that was owed before is left out by its key, and
    what is behind it must not wait for it.
    """
    if not work.rules.slack or not owed:
        return
    conversations = list({one[1] for one in owed})
    rows = []
    for kind, conversation, message, key, at, *data in owed:
        lane = "slack-marks" if kind == "mark" else "slack"
        details = json.dumps(data[0]) if data else None
        rows.append((work.ids.next(), lane, kind, conversation, message, key, details, at, at))
    if cards:
        # One that is being drawn at this moment may not know of this batch.
        waiting = {row[0] for row in (yield Ask("cards_waiting", (conversations,)))}
        at = owed[0][4]
        for conversation in set(conversations) - waiting:
            key = work.ids.next()
            rows.append((key, "slack-cards", "card", conversation, None, f"card:{key}", None, at, at))
    yield Ask("owe", rows, many=True)
    yield Ask("promote", (conversations,))
