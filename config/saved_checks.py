"""What cannot be meant in saved replies, and in what the desk asks when a matter ends."""

from collections.abc import Iterator
from datetime import timedelta

from config.filled import QUESTION, SAVED
from config.known import Known, Wrong, misread, unknown
from config.policy import Policy
from config.saved import LONGEST_SNOOZE, TO, SavedEntry
from config.where import Key


def wrong_saved(number: int, saved: SavedEntry, known: Known) -> Iterator[Wrong]:
    """Say what cannot be meant in the saved reply of that number."""
    at: tuple[Key, ...] = ("saved_replies", number)
    for language, text in saved.texts.items():
        yield from misread((*at, "texts", language), text, SAVED)
    yield from unknown((*at, "teams"), "team", saved.teams, known.teams)
    to = TO.fullmatch(saved.assign)
    if to is not None and to[1]:
        yield from unknown((*at, "assign"), to[1], [to[2]], known.teams if to[1] == "team" else known.agents)
    if not saved.texts:
        yield Wrong(place=(*at, "texts"), what="it says nothing", remedy='Write texts.en = "…".')
    reasons = known.policy.desk.resolve_reasons
    if saved.resolve:
        yield from unknown((*at, "resolve"), "reason", [saved.resolve], reasons)
    if saved.snooze is not None and saved.resolve:
        yield Wrong(
            place=(*at, "snooze"),
            what="it cannot be both set aside and resolved",
            remedy="Keep one of snooze and resolve.",
        )
    if saved.snooze is not None and not timedelta(0) < saved.snooze < LONGEST_SNOOZE:
        yield Wrong(
            place=(*at, "snooze"), what="nothing is set aside for that long", remedy="Up to 90 days can be."
        )


def wrong_desk(policy: Policy) -> Iterator[Wrong]:
    """Say what cannot be meant in [desk]."""
    desk = policy.desk
    for number, reason in enumerate(desk.resolve_reasons):
        if reason in desk.resolve_reasons[:number]:
            yield Wrong(
                place=("desk", "resolve_reasons"), what=f"{reason!r} stands there twice", remedy="Keep one."
            )
    if desk.satisfaction and not desk.question:
        yield Wrong(
            place=("desk", "question"),
            what="satisfaction is on, and there are no words to ask with",
            remedy="Leave question out for ours, or write satisfaction = false.",
        )
    for language, text in desk.question.items():
        yield from misread(("desk", "question", language), text, QUESTION)
