"""What became of a message whose answer was lost: looked for among what Meta shows of the conversation.

Sources: https://developers.facebook.com/docs/messenger-platform/conversations and
https://developers.facebook.com/docs/instagram-platform/comment-moderation.
"""

from collections.abc import Container
from datetime import timedelta
from typing import Any, Final

from bots.channel import MessageOut
from bots.errors import Refused
from bots.meta_graph import Graph
from bots.meta_page_sending import target_of, words_of
from bots.meta_page_side import Side
from bots.meta_values import Json, id_of, moment_of, objects_of, part_of, text_of

SKEW: Final = timedelta(seconds=60)
"""How far Meta's clock and ours may be apart; its times have no fractions of a second."""
LOOKED_THROUGH: Final = 25
"""Messages: Meta gives no more of them with their words."""


async def look_for(message: MessageOut, side: Side, graph: Graph, answered: Container[str]) -> str | None:
    """Give the identifier under which *message* is there, None where it is not; raises a ChannelError.

    Meta keeps no key of ours: it is the first since the message was owed that has the same words (or, for
    a file, no words), is not the customer's and is not among the *answered*. Where all that Meta shows is
    later than that, it may stand before: nobody can tell.
    """
    target = target_of(message.address, side)
    if target.way == "private":
        raise Refused("Meta does not show what was answered to a comment privately.")
    if target.way == "public":
        shown, theirs = await _replies(target.name, side, graph), message.address.split(":")[1]
    else:
        shown, theirs = await _messages(target.name, side, graph), target.name
    since, wanted, found = message.owed_at - SKEW, _folded(words_of(message)), ""
    hidden = len(shown) >= LOOKED_THROUGH
    for one in shown:
        at = moment_of(one.get("created_time") or one.get("timestamp"))
        if at is None or at < since:
            hidden = hidden and at is None
            continue
        words = _folded(text_of(one, "message") or text_of(one, "text"))
        name = id_of(one.get("id"))
        if name in answered or id_of(part_of(one, "from").get("id")) == theirs or words != wanted:
            continue
        if wanted or one.get("attachments") or one.get("attachment"):
            found = name
    if hidden and not found:
        raise Refused("So much was said since that Meta does not show whether this was sent.")
    return found or None


async def _messages(person: str, side: Side, graph: Graph) -> list[Json]:
    """List what was said with *person*, newest first; where Meta shows no conversation, nobody can tell."""
    fields = f"messages.limit({LOOKED_THROUGH}){{id,created_time,from,message,attachments}}"
    platform = "messenger" if side.kind == "page" else "instagram"
    asked = {"platform": platform, "user_id": person, "fields": fields}
    conversations = objects_of((await graph.get("me/conversations", asked)).get("data"))
    if not conversations:
        raise Refused("Meta does not show our conversation with this customer.")
    found: list[Any] = []
    for one in conversations:
        found += objects_of(part_of(one, "messages").get("data"))
    return found


async def _replies(root: str, side: Side, graph: Graph) -> list[Json]:
    """List the answers under a comment, newest first."""
    if side.kind == "instagram":
        path, fields = f"{root}/replies", "id,text,timestamp,from"
    else:
        path, fields = f"{root}/comments", "id,message,created_time,from,attachment"
    asked = {"fields": fields, "order": "reverse_chronological", "limit": str(LOOKED_THROUGH)}
    return objects_of((await graph.get(path, asked)).get("data"))


def _folded(words: str) -> str:
    return " ".join(words.split())
