"""Messenger on trial."""

from tests.bots.contract import Case
from tests.bots.meta_page_hooks import (
    OURS,
    PERSON,
    SECOND,
    SECRET,
    TOKEN,
    VERIFY,
    attached,
    body,
    changed,
    forge,
    item,
    message,
    page_comment,
    section,
    sign,
    whole,
)
from tests.bots.meta_page_provider import running

KIND = "messenger"
MARK = {"watermark": 1_772_366_300_000}
CASE = Case(
    kind=KIND,
    section=section(KIND),
    secrets=[SECRET, SECOND, TOKEN, VERIFY],
    sign=sign,
    forge=forge,
    real={
        "a text": body(KIND, message("Hello, world 👋")),
        "an answer to a message": body(KIND, message("Yes", reply_to={"mid": "m_0"})),
        "a picture": body(KIND, attached("image", {"url": "https://scontent.xx.fbcdn.net/v/a.jpg?oh=1"})),
        "a place": body(KIND, attached("location", {"coordinates": {"lat": 1.2, "long": -1.3}})),
        "a link": body(KIND, attached("fallback", {"url": "https://l.example/", "title": "Shop"})),
        "a quick reply": body(KIND, message("Yes", quick_reply={"payload": "YES"})),
        "a button": body(KIND, item({"postback": {"mid": "m_2", "title": "Prices", "payload": "PRICES"}})),
        "a stop": body(KIND, message("STOP")),
        "a reaction": body(KIND, item({"reaction": {"mid": "m_1", "action": "react", "emoji": "❤"}})),
        "delivered": body(KIND, item({"delivery": {"mids": ["m_9"], **MARK}})),
        "read": body(KIND, item({"read": MARK})),
        "changed": body(KIND, item({"message_edit": {"mid": "m_1", "text": "Hallo", "num_edit": 1}})),
        "an echo": body(
            KIND,
            item(
                {"message": {"mid": "m_8", "text": "By hand", "is_echo": True, "app_id": 263902037430900}},
                sender=OURS,
                recipient=PERSON,
            ),
        ),
        "a comment": changed(KIND, page_comment()),
    },
    batch=(
        whole(
            KIND,
            {"id": OURS, "messaging": [message("one"), message("two", "m_2")]},
            {"id": OURS, "messaging": [item({"referral": {"ref": "x"}}), message("three", "m_3")]},
            {"id": OURS, "changes": [page_comment(), page_comment("edited", comment_id="88_2")]},
        ),
        ["m_1", "m_2", "m_3", "88_1", "88_2"],
    ),
    unknown=body(KIND, item({"pass_thread_control": {"new_owner_app_id": "1"}})),
    address=f"messenger:{PERSON}",
    send_path="/me/messages",
    provider=lambda: running("page"),
    without={
        "statuses": "Meta's marks have names of their own, not status words",
        "opt out": "Meta says that a person is not available, never that they said stop",
    },
)
