"""The HTTP channel on trial, against a script that checks our signatures with the published library."""

from typing import Any

from tests.bots.contract import Case
from tests.bots.http.events import AT, MESSAGE, SECTION, batch, forged, hook_of
from tests.providers.http import ScriptLookAlike
from tests.providers.http.server import ADDRESS, SECRET

OLD = "whsec_" + "b2xkLWFuZC1zdGlsbC12YWxpZC1rZXktb2Ytb3Vycw=="
KINDS: dict[str, dict[str, Any]] = {
    "message": MESSAGE,
    "picture": MESSAGE | {"attachments": [{"url": "https://x.example/a.png", "size": 12}], "raw": {"a": [1]}},
    "place": MESSAGE | {"attachments": [{"kind": "location", "latitude": 1.5, "longitude": -2.0}]},
    "edited": {"type": "edited", "address": ADDRESS, "external_id": "m1", "text": "Olá!", "sent_at": AT},
    "deleted": {"type": "deleted", "address": ADDRESS, "external_id": "m1", "sent_at": AT},
    "reacted": {"type": "reacted", "address": ADDRESS, "external_id": "m1", "emoji": "👍"},
    "echoed": {"type": "echoed", "address": ADDRESS, "external_id": "e1", "text": "From the shop's till"},
    "receipt": {"type": "receipt", "external_id": "p1", "status": "failed", "code": "9", "reason": "Lost."},
    "read up to": {"type": "receipt", "address": ADDRESS, "status": "read", "up_to": AT},
    "consent": {
        "type": "consent",
        "address": ADDRESS,
        "external_id": "m2",
        "word": "stop",
        "marketing": True,
    },
    "call missed": {"type": "call_missed", "address": ADDRESS, "external_id": "c1", "rang": 12.5},
    "called": {"type": "called", "address": ADDRESS, "external_id": "c2", "lasted": 60, "ours": True},
    "typing": {"type": "typing", "address": ADDRESS},
}
CASE = Case(
    kind="http",
    section={**SECTION, "old_secret": OLD, "media_authorization": "Basic aHVzaDpodXNo"},
    secrets=(SECRET, OLD, SECRET.removeprefix("whsec_"), "aHVzaDpodXNo"),
    sign=hook_of,
    forge=forged,
    real={label: batch(event) for label, event in KINDS.items()},
    batch=(batch(*(MESSAGE | {"external_id": one} for one in "abc")), ("a", "b", "c")),
    unknown=batch({"type": "weather", "degrees": 31}),
    statuses=("sent", "delivered", "read", "failed"),
    known_statuses=("sent", "delivered", "read", "failed"),
    address=ADDRESS,
    send_path="/send",
    provider=ScriptLookAlike,
)
