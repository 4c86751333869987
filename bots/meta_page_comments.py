"""Comments under our posts, on Facebook and on Instagram.

Sources: https://developers.facebook.com/docs/graph-api/webhooks/reference/page (feed, mention) and
https://developers.facebook.com/docs/graph-api/webhooks/reference/instagram (comments, live_comments).
"""

from datetime import datetime
from typing import Final

from bots.channel import Attachment, Deleted, Edited, Event, MessageIn
from bots.meta_page_side import Side
from bots.meta_values import Json, id_of, moment_of, part_of, text_of

GONE: Final = frozenset({"remove", "delete"})
CHANGED: Final = frozenset({"edited", "edit", "update"})
PLACES: Final = {
    "REELS": "reel",
    "STORY": "story",
    "AD": "advertisement",
    "IGTV": "video",
    "LIVE": "live video",
}
"""By Instagram's product type; everything else is a post."""


def comment(field: str, value: Json, ours: str, side: Side, at: datetime) -> Event | str:
    """Read one change of a *field*: an event, or the name of what means nothing to us.

    *ours* is our account's own id and *at* when the hook was made.
    """
    if field in ("comments", "live_comments") and side.kind == "instagram":
        return _instagram(field, value, ours, side, at)
    about_us = field == "mention" or (field == "feed" and text_of(value, "item") == "comment")
    if about_us and side.kind == "page":
        return _page(field, value, ours, side, at)
    what = " ".join(filter(None, (field, text_of(value, "item"), text_of(value, "verb"))))
    return what[:64] or "change"


def _page(field: str, value: Json, ours: str, side: Side, at: datetime) -> Event | str:
    sender = part_of(value, "from")
    author = id_of(sender.get("id")) or id_of(value.get("sender_id"))
    post, verb = id_of(value.get("post_id")), text_of(value, "verb")
    named = id_of(value.get("comment_id")) or (post if field == "mention" else "")
    if not author or not named:
        return f"{field} without an author"
    if author == ours:
        return "comment of ours"
    parent = id_of(value.get("parent_id"))
    root = parent if parent and parent != post else named
    address, at = f"{side.comments}:{author}:{root}", moment_of(value.get("created_time")) or at
    if verb in GONE:
        return Deleted(address=address, external_id=named, sent_at=at)
    about = part_of(value, "post")
    link = text_of(about, "permalink_url") or text_of(value, "permalink_url")
    where = link or (f"https://www.facebook.com/{post}" if post else "")
    what = "mentioned us" if field == "mention" else "comment on our post"
    text = "\n".join(filter(None, (text_of(value, "message"), f"[{f'{what} {where}'.strip()}]")))
    if verb in CHANGED:
        return Edited(address=address, external_id=named, text=text, sent_at=at)
    if verb not in ("add", ""):
        return f"comment {verb}"[:64]
    return MessageIn(
        address=address,
        external_id=named,
        text=text,
        also=(f"{side.scheme}:comment/{named}",) if field == "feed" else (),
        attachments=_pictures(value),
        sent_at=at,
        sender_name=text_of(sender, "name") or text_of(value, "sender_name"),
        reply_to=parent if root == parent else "",
        raw=value,
    )


def _pictures(value: Json) -> tuple[Attachment, ...]:
    found = []
    for name in ("photo", "video"):
        url = text_of(value, name)
        if url.startswith(("https://", "http://")):
            found.append(Attachment(kind="image" if name == "photo" else "video", ref=url))
    return tuple(found)


def _instagram(field: str, value: Json, ours: str, side: Side, at: datetime) -> Event | str:
    sender, media = part_of(value, "from"), part_of(value, "media")
    author, name = id_of(sender.get("id")), text_of(sender, "username")
    named = id_of(value.get("id")) or id_of(value.get("comment_id"))
    if not author or not named:
        return f"{field} without an author"
    if author == ours or "self_ig_scoped_id" in sender or (side.username and name == side.username):
        return "comment of ours"
    parent = id_of(value.get("parent_id"))
    place = PLACES.get(text_of(media, "media_product_type"), "post")
    which = text_of(media, "ad_title") or id_of(media.get("id"))
    note = f"[comment on our {'live video' if field == 'live_comments' else place} {which}".rstrip() + "]"
    also = [f"{side.scheme}:comment/{named}"]
    if side.shared_ids:
        also.append(f"{side.scheme}:{author}")
    return MessageIn(
        address=f"{side.comments}:{author}:{parent or named}",
        external_id=named,
        text="\n".join(filter(None, (text_of(value, "text"), note))),
        also=tuple(also),
        sent_at=moment_of(value.get("timestamp")) or at,
        sender_name=name,
        reply_to=parent,
        raw=value,
    )
