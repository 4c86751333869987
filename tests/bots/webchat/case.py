"""The web chat on trial."""

import json
from dataclasses import replace

from bots.channel import Hook
from tests.bots.contract import Case
from tests.bots.webchat.test_read import KEY, NOW, chat, hook, message

SECRET = "a secret of the application"
OTHER = "b" + KEY[1:]


def sign(body: bytes) -> Hook:
    return hook(body, token=chat(SECRET).identities.issue("v", NOW))


def forge(signed: Hook) -> Hook:
    return replace(signed, headers={**signed.headers, "authorization": "Bearer of-nobody"})


def said(*events: object) -> bytes:
    return json.dumps({"events": events}).encode()


CASE = Case(
    kind="webchat",
    section={"secret_key": SECRET, "identity_secret": "shared with the site"},
    secrets=[SECRET, "shared with the site"],
    sign=sign,
    forge=forge,
    real={
        "a text": said(message(name="Lucia", language="pt")),
        "typing": said({"kind": "typing"}),
        "read": said({"kind": "read", "ids": ["reply:7:1"]}),
    },
    batch=(said(message(), message(id=OTHER, text="And?")), [f"v:{KEY}", f"v:{OTHER}"]),
    unknown=said({"kind": "dance"}),
    address="web:v",
    without={
        "provider": "the pages are ours: what is sent to them is in our own store",
        "statuses": "the page says delivered and read, in words of our own",
    },
)
