"""Tagging conversations with words that rules, searches and reports can go by."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from inbox.desk.act import Ground
from inbox.desk.errors import DeskError
from storage import tags as rows
from storage.batch import storable

LONGEST: Final = 40
MOST: Final = 20


class Tagging:
    """The part of the desk that tags."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def tag(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        tags: Iterable[str] = (),
        without: Iterable[str] = (),
        now: datetime,
    ) -> None:
        """Add *tags* to a conversation and take those *without* off; twice is no error.

        A tag has at most 40 characters, a conversation at most 20. Raises NotThere or a DeskError.
        """
        more, gone = clean(tags), clean(without)
        async with self._ground.gesture(now, "tag", agent_id) as act:
            conversation = await act.conversation(conversation_id)
            before = await rows.of(act.connection, conversation.id)
            after = rows.joined(before, more, gone)
            if after == before:
                return
            if len(after) > MOST:
                raise DeskError(f"At most {MOST} tags on one conversation.")
            await rows.write(act.connection, conversation.id, after, now)
            data = {
                "tags": [one for one in after if one not in before],
                "without": [one for one in before if one not in after],
            }
            act.tell(f"{len(data['tags'])} more, {len(data['without'])} less")
            await act.happened("tagged", conversation.id, agent_id, data)


def clean(tags: Iterable[str]) -> list[str]:
    """Write tags as they are kept, on one line each; raises a DeskError for one that is too long."""
    found = [" ".join(storable(one).split()).lstrip("#") for one in tags]
    if long := next((one for one in found if len(one) > LONGEST), ""):
        raise DeskError(f"A tag has at most {LONGEST} characters: {long[:LONGEST]}…")
    return [one for one in found if one]


def split(written: str) -> list[str]:
    """Read tags that were written with commas between them."""
    return clean(written.replace("\n", ",").split(","))
