"""What a message of Messenger or Instagram holds: its words and its files.

Sources: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages and
https://developers.facebook.com/docs/messenger-platform/instagram/features/webhook.
"""

from typing import Final
from urllib.parse import unquote

from bots.channel import Attachment, AttachmentKind
from bots.json_body import angle
from bots.meta_values import Json, id_of, moment_of, objects_of, part_of, text_of

MEDIA: Final[dict[str, tuple[AttachmentKind, str]]] = {
    "image": ("image", ""),
    "audio": ("audio", ""),
    "video": ("video", ""),
    "file": ("document", ""),
    "sticker": ("sticker", ""),
    "animated_image": ("image", ""),
    "share": ("image", "shared a post"),
    "media_share": ("image", "shared a post"),
    "post": ("image", "shared a post"),
    "ig_post": ("image", "shared a post"),
    "reel": ("video", "shared a reel"),
    "ig_reel": ("video", "shared a reel"),
    "ig_story": ("image", "shared a story"),
    "story": ("image", "shared a story"),
    "story_mention": ("image", "mentioned us in their story"),
}
"""By Meta's type: what the file is, and what the customer did; a shared film may come as an image."""

THUMBS: Final = frozenset({"369239263222822", "369239343222814", "369239383222810"})
"""The stickers behind Messenger's own button, in three sizes."""

EXTENSIONS: Final[dict[str, AttachmentKind]] = {
    "mp4": "video", "mov": "video", "jpg": "image", "jpeg": "image", "png": "image", "gif": "image",
}  # fmt: skip
LONGEST_NAME: Final = 120


def said(message: Json, label: str) -> tuple[str, tuple[Attachment, ...]]:
    """Give the words of a *message*, what it is in brackets where words do not say it, and its files.

    *label* names the app that the customer wrote in.
    """
    text = text_of(message, "text")
    words, files = ([text] if text else []), []
    stickers: set[str] = set()
    for one in objects_of(message.get("attachments")):
        sticker = id_of(part_of(one, "payload").get("sticker_id"))
        if sticker and sticker in stickers:
            continue  # until August 2026 a sticker comes twice: as an image and as a sticker
        stickers.add(sticker)
        note, file = _attached(one, sticker, label, text)
        if note:
            words.append(note)
        if file is not None:
            files.append(file)
    words += _around(message, files)
    if message.get("is_unsupported") is True:
        words.append(f"[a message that {label} does not hand on; it is in the app]")
    return "\n".join(words) if words or files else "[empty message]", tuple(files)


def came_by(referral: Json) -> str:
    """Say by which advertisement, link or product the customer came; empty where nothing tells."""
    ad = id_of(referral.get("ad_id"))
    title = text_of(part_of(referral, "ads_context_data"), "ad_title")
    product = id_of(part_of(referral, "product").get("id"))
    ref = text_of(referral, "ref")
    if title or ad:
        return f"[came by our advertisement {title or ad}]"
    if product:
        return f"[asks about our product {product}]"
    return f"[came by our link {ref}]" if ref else ""


def _around(message: Json, files: list[Attachment]) -> list[str]:
    """Say what the message answers and where it came from; a story that it answers joins the *files*."""
    words = []
    story = part_of(part_of(message, "reply_to"), "story")
    if story:
        url = _web(text_of(story, "url"))
        if url:
            files.append(_file("image", url))
        words.append("[answers our story]")
    arrival = came_by(part_of(message, "referral"))
    return [*words, arrival] if arrival else words


def _attached(one: Json, sticker: str, label: str, text: str) -> tuple[str, Attachment | None]:
    """Give the words and the file of one attachment."""
    kind, held = text_of(one, "type"), part_of(one, "payload")
    if kind in MEDIA:
        return _medium(kind, held, sticker, label, text)
    match kind:
        case "location":
            return _place(held, one)
        case "like_heart":
            return "❤️", None
        case "fallback":
            return _link(one, held, text), None
        case "template":
            return _template(one, held), None
        case "appointment_booking":
            return _appointment(held), None
        case "ephemeral":
            return "[a photo or video that vanishes; it is only in the app]", None
    url = _web(text_of(held, "url"))
    return f"[{kind.replace('_', ' ')[:40] or 'attachment'}{f': {url}' if url else ''}]", None


def _medium(kind: str, held: Json, sticker: str, label: str, text: str) -> tuple[str, Attachment | None]:
    what, note = MEDIA[kind]
    given = text_of(held, "url") or text_of(held, "story_media_url")
    url, title = _web(given), text_of(held, "title")
    if sticker:
        what = "sticker"
    elif note:
        what = EXTENSIONS.get(given.partition("?")[0].rpartition(".")[2].lower(), what)
    if note:
        note = ": ".join(filter(None, (note, title)))
        path = f" https://www.facebook.com{given}" if given.startswith("/") and not url else ""
        return f"[{note}{path}]", _file(what, url) if url else None
    if not url:
        return f"[{what} that {label} does not hand on]", None
    return "👍" if sticker in THUMBS and not text else "", _file(what, url)


def _file(kind: AttachmentKind, url: str) -> Attachment:
    name = url.partition("?")[0].rpartition("/")[2]
    named = "." in name and "//" not in name and len(name) <= LONGEST_NAME and url.count("/") > 2
    return Attachment(kind=kind, ref=url, name=unquote(name) if named else "")


def _web(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def _place(held: Json, one: Json) -> tuple[str, Attachment | None]:
    where = part_of(held, "coordinates")
    latitude, longitude = angle(where.get("lat"), 90), angle(where.get("long"), 180)
    title = text_of(one, "title") or text_of(held, "title")
    if latitude is None or longitude is None:
        return f"[location{f': {title}' if title else ''}]", None
    return "", Attachment(kind="location", name=title, latitude=latitude, longitude=longitude)


def _link(one: Json, held: Json, text: str) -> str:
    """Write a shared link, which the words often hold already; Meta may share nothing but the fact."""
    title = text_of(held, "title") or text_of(one, "title")
    url = text_of(held, "url") or text_of(one, "url")
    if url and url in text:
        url = ""
    if not title and not url:
        return "" if text else "[shared something that is only in the app]"
    return ": ".join(filter(None, (title, url))) if title not in text or url else ""


def _template(one: Json, held: Json) -> str:
    """Write what stands on a card or a list of cards, with the names of its buttons."""
    lines = [text_of(one, "title"), text_of(held, "text")]
    for holder in (held, part_of(held, "generic"), part_of(held, "product")):
        lines += _buttons(holder)
        for element in objects_of(holder.get("elements")):
            lines.append(" · ".join(filter(None, (text_of(element, "title"), text_of(element, "subtitle")))))
            lines += _buttons(element)
    return "\n".join(filter(None, lines)) or "[card]"


def _buttons(holder: Json) -> list[str]:
    named = [text_of(button, "title") for button in objects_of(holder.get("buttons"))]
    return [f"[{name}]" for name in named if name]


def _appointment(held: Json) -> str:
    begins = moment_of(held.get("start_time"))
    words = ["appointment", text_of(held, "status"), f"{begins:%Y-%m-%d %H:%M} UTC" if begins else ""]
    return f"[{' '.join(filter(None, words))}]"
