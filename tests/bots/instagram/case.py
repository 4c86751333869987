"""Instagram on trial."""

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
    instagram_comment,
    item,
    message,
    section,
    sign,
    whole,
)
from tests.bots.meta_page_provider import running

KIND = "instagram"
STORY = {"story": {"id": "1", "url": "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"}}
CASE = Case(
    kind=KIND,
    section=section(KIND),
    secrets=[SECRET, SECOND, TOKEN, VERIFY],
    sign=sign,
    forge=forge,
    real={
        "a text": body(KIND, message("Hola 👋")),
        "an answer to our story": body(KIND, message("So nice", reply_to=STORY)),
        "a picture": body(KIND, attached("image", {"url": "https://lookaside.fbsbx.com/a?asset_id=1"})),
        "a shared post": body(KIND, attached("ig_post", {"url": "https://c.example/1.jpg", "title": "Sun"})),
        "a story that names us": body(KIND, attached("story_mention", {"url": "https://c.example/2"})),
        "a heart": body(KIND, attached("like_heart")),
        "taken back": body(KIND, message(is_deleted=True)),
        "not handed on": body(KIND, message(is_unsupported=True)),
        "a stop": body(KIND, message("Baja")),
        "a reaction": body(
            KIND, item({"reaction": {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"}})
        ),
        "read": body(KIND, item({"read": {"mid": "m_9"}})),
        "an echo": body(
            KIND,
            item(
                {"message": {"mid": "m_8", "text": "By hand", "is_echo": True}},
                sender=OURS,
                recipient=PERSON,
            ),
        ),
        "the other form": changed(KIND, {"field": "messages", "value": message("Hola")}),
        "a comment": changed(KIND, instagram_comment()),
    },
    batch=(
        whole(
            KIND,
            {"id": OURS, "messaging": [message("one"), message("two", "m_2")]},
            {"id": OURS, "standby": [message("three", "m_3")], "messaging": [message("four", "m_4")]},
            {
                "id": OURS,
                "changes": [instagram_comment(), {"field": "messages", "value": message("", "m_5")}],
            },
        ),
        ["m_1", "m_2", "m_4", "17865", "m_5"],
    ),
    unknown=changed(KIND, {"field": "story_insights", "value": {"media_id": "1", "exits": 1}}),
    address=f"instagram:{PERSON}",
    send_path="/me/messages",
    provider=lambda: running("instagram"),
    without={
        "statuses": "Meta's marks have names of their own, not status words",
        "opt out": "Meta says that a person is not available, never that they said stop",
    },
)
