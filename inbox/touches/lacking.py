"""Who cannot be written to for want of something that a text must tell."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from config.wording import variables
from inbox.touches.candidates import Reading
from inbox.touches.planning import Found
from inbox.touches.rules import Rules
from inbox.touches.writing import Writing, written
from routing.touch import Touch

PAGE: Final = 500


async def lacking(reading: Reading, rules: Rules, found: Sequence[Found], now: datetime) -> set[int]:
    """Number those of *found* whose text cannot be written; kinds that need nothing are not looked at."""
    needy = {touch.key for touch in rules.touches.values() if may_lack(rules, touch)}
    asked = [
        (number, one)
        for number, one in enumerate(found)
        if one.touch.key in needy or _goes_by_template(rules, one)
    ]
    lack: set[int] = set()
    for at in range(0, len(asked), PAGE):
        some = asked[at : at + PAGE]
        writings = [_writing(one) for _, one in some]
        async with reading() as connection:
            texts = await written(connection, rules, writings, now)
        lack |= {number for (number, _), text in zip(some, texts, strict=True) if text.missing}
    return lack


def may_lack(rules: Rules, touch: Touch) -> bool:
    """Tell whether any text of a touch needs what may not be known, or there may be no text at all."""
    wording = rules.wording_of(touch.key)
    mine = [text for text in wording.texts.values() if text.name in (touch.wording, touch.belated)]
    own = any(wording.find(touch.wording, "", way.kind) is None for way in rules.ways.values())
    return own or (bool(variables(wording, touch)) and any(text.required for text in mine))


def _goes_by_template(rules: Rules, one: Found) -> bool:
    """Tell whether a template may have to go, whose places ask for more than our words do."""
    address = one.choice.address
    way = None if address is None else rules.ways.get(address.channel)
    return way is not None and bool(way.templates)


def _writing(one: Found) -> Writing:
    address = one.choice.address
    return Writing(
        touch=one.touch,
        person=one.person,
        occasion=one.occasion,
        channel="" if address is None else address.channel,
        address_id=None if address is None else address.id,
        anchor_at=None if one.anchor is None else one.anchor.at,
        anchor_ref="" if one.anchor is None else one.anchor.ref,
    )
