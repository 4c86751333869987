"""Who a touch is for."""

from datetime import datetime, timedelta

from routing.touch import Person, Segment, Touch


def in_segment(touch: Touch, person: Person, at: datetime) -> bool:
    """Tell whether a touch is for this person at *at*, its due instant.

    One of the named tiers, tags, channels and languages is enough ("pt" stands for "pt-BR" too); none of
    the tags to leave out may be there. "Ordered within 90 days" and "not ordered within 90 days" never
    hold both: exactly 90 days ago is within.
    """
    who = touch.who
    return (
        (not who.tiers or person.tier in who.tiers)
        and (not who.tags or not set(who.tags).isdisjoint(person.tags))
        and set(who.without_tags).isdisjoint(person.tags)
        and (not who.channels or any(one.channel in who.channels for one in person.addresses))
        and (not who.languages or _speaks(person.language, who))
        and (who.ordered_within_days is None or _ordered(person, who.ordered_within_days, at))
        and (who.not_ordered_within_days is None or not _ordered(person, who.not_ordered_within_days, at))
    )


def _speaks(language: str, who: Segment) -> bool:
    spoken = language.replace("_", "-").casefold()
    wanted = {one.replace("_", "-").casefold() for one in who.languages}
    return spoken in wanted or spoken.split("-")[0] in wanted


def _ordered(person: Person, days: int, at: datetime) -> bool:
    return person.ordered_at is not None and at - person.ordered_at <= timedelta(days=days)
