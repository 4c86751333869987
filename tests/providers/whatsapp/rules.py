"""What WhatsApp refuses when a message is posted, with Meta's codes."""

import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.providers.whatsapp.server import WhatsAppLookAlike

Json = dict[str, Any]
DAY = 24 * 3600.0
BURST, BURST_SECONDS = 45, 6.0
CAPTIONED = ("image", "video", "document")
FILES = (*CAPTIONED, "audio", "sticker")
VARIABLE = re.compile(r"\{\{(\w+)\}\}")
TEXTS = {
    131047: "Re-engagement message",
    131050: "User has stopped marketing messages",
    131056: "Pair rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132018: "Template parameter format",
}


class Broken(Exception):
    """A rule is broken; *code* is Meta's, *status* of HTTP, *late* if only a status tells it."""

    def __init__(self, code: int, details: str, *, status: int = 400) -> None:
        self.code = code
        self.status = status
        self.details = details
        super().__init__(TEXTS.get(code, "Invalid parameter"))


def check(body: Json, meta: "WhatsAppLookAlike") -> None:
    """Raise Broken for the first rule that this message breaks."""
    if body.get("recipient_type", "individual") != "individual":
        raise Broken(100, "Param recipient_type must be one of {INDIVIDUAL, GROUP}")
    whom = body.get("to") or body.get("recipient")
    if not isinstance(whom, str):
        raise Broken(100, "The parameter to is required.")
    if whom in meta.refusals:
        raise Broken(meta.refusals[whom], "Refused on request")
    kind = body.get("type", "text")
    part = body.get(kind)
    if not isinstance(part, dict):
        raise Broken(100, f"Param {kind} is required.")
    match kind:
        case "text":
            _text(part)
        case "template":
            _template(part, whom, meta)
        case "reaction":
            if not part.get("message_id") or len(part.get("emoji", "")) > 16:
                raise Broken(131009, "Parameter value is not valid")
        case _ if kind in FILES:
            _file(kind, part, meta)
        case _:
            raise Broken(131051, "Message type is currently not supported")
    _pace(whom, meta)
    if kind != "template" and meta.clock() - meta.last_said.get(whom, -DAY * 2) > DAY:
        raise Broken(
            131047, "Message failed to send because more than 24 hours have passed since the customer last "
            "replied to this number."
        )  # fmt: skip


def _text(part: Json) -> None:
    body = part.get("body", "")
    if not body.strip():
        raise Broken(100, "The parameter text['body'] is required.")
    if len(body) > 4096:
        raise Broken(100, "Param text['body'] must be at most 4096 characters long.")


def _file(kind: str, part: Json, meta: "WhatsAppLookAlike") -> None:
    if "caption" in part and kind not in CAPTIONED:
        raise Broken(100, f'Unexpected key "caption" on param "{kind}".')
    if "filename" in part and kind != "document":
        raise Broken(100, f'Unexpected key "filename" on param "{kind}".')
    if len(part.get("caption", "")) > 1024:
        raise Broken(100, f"Param {kind}['caption'] must be at most 1024 characters long.")
    if "link" not in part and part.get("id") not in meta.media:
        raise Broken(131009, "Parameter value is not valid")


def _template(part: Json, whom: str, meta: "WhatsAppLookAlike") -> None:
    name, language = part.get("name"), part.get("language", {}).get("code")
    rows = [row for row in meta.templates if (row["name"], row["language"]) == (name, language)]
    if not rows or rows[0]["status"] != "APPROVED":
        raise Broken(132001, f"template name ({name}) does not exist in {language}", status=404)
    if rows[0]["category"] == "MARKETING" and whom in meta.stopped:
        raise Broken(131050, "User has stopped marketing messages from your business.")
    given = {one["type"]: one["parameters"] for one in part.get("components", [])}
    for component in rows[0]["components"]:
        kind = component["type"].lower()
        if kind in ("header", "body"):
            _parameters(kind, component, given.get(kind, []))


def _parameters(kind: str, component: Json, given: list[Json]) -> None:
    names = list(dict.fromkeys(VARIABLE.findall(component.get("text", ""))))
    wanted = 1 if component.get("format", "TEXT") != "TEXT" else len(names)
    if len(given) != wanted:
        raise Broken(132000, f"{kind}: number of localizable_params ({len(given)}) does not match ({wanted})")
    for one in given:
        if one["type"] != "text":
            continue
        if not one["text"] or re.search(r"[\n\t]| {5}", one["text"]):
            raise Broken(132018, "Param text cannot have new-line/tab characters or more than 4 spaces")
    named = [name for name in names if not name.isdecimal()]
    if named and sorted(one.get("parameter_name", "") for one in given) != sorted(named):
        raise Broken(132000, f"{kind}: parameter_name does not match")


def _pace(whom: str, meta: "WhatsAppLookAlike") -> None:
    now = time.monotonic()
    recent = [at for at in meta.paces.get(whom, []) if now - at < BURST_SECONDS]
    if len(recent) >= BURST:
        raise Broken(131056, "Too many messages sent from this phone number to the same phone number")
    meta.paces[whom] = [*recent, now]
