"""What a batch owes to Slack: rows in its lanes, the head of each queue ready."""

import json
from collections.abc import Generator
from typing import Any

from storage.batch import Ask, Keeping

Owed = tuple[Any, ...]  # kind, conversation, message, key, at[, data]


def owe_slack(work: Keeping, owed: list[Owed], *, cards: bool) -> Generator[Ask, list[Any], None]:
    """Queue posts in order behind what waits already, and one refresh of each card if *cards*."""
    if not work.rules.slack or not owed:
        return
    conversations = list({one[1] for one in owed})
    rows = yield Ask("open_lanes", (conversations,))
    busy = {(row[0], row[1]) for row in rows}
    rows_to_owe: list[tuple[Any, ...]] = []
    for kind, conversation, message, key, at, *data in owed:
        lane = "slack-marks" if kind == "mark" else "slack"
        state = "queued" if (lane, conversation) in busy else "ready"
        busy.add((lane, conversation))
        details = json.dumps(data[0]) if data else None
        owing = (work.ids.next(), lane, kind, conversation, message, key, details, state, at, at)
        rows_to_owe.append(owing)
    for conversation in conversations if cards else ():
        if ("slack-cards", conversation) not in busy:
            at, key = rows_to_owe[0][-1], work.ids.next()
            owing = (key, "slack-cards", "card", conversation, None, f"card:{key}", None, "ready", at, at)
            rows_to_owe.append(owing)
    yield Ask("owe", rows_to_owe, many=True)
