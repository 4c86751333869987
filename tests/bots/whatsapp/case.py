"""WhatsApp on trial."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bots.whatsapp.spec import PASSED_OVER, STATUSES
from tests.bots.contract import Case
from tests.bots.whatsapp.hooks import NUMBER_ID, SECRET, VERIFY, dumped, forge, page, said, sign, value
from tests.bots.whatsapp.sections import ADDRESS, CUSTOMER
from tests.providers.faults import Faults
from tests.providers.whatsapp import WhatsAppLookAlike

TOKEN = "EAAGaccesstokenoftests"


class OnTrial:
    """The look-alike, whose customer has just written."""

    def __init__(self, meta: WhatsAppLookAlike) -> None:
        self.meta = meta
        self.section: Mapping[str, Any] = {"base_url": meta.base_url}

    @property
    def faults(self) -> Faults:
        return self.meta.faults

    def texts(self) -> Sequence[str]:
        return self.meta.texts()

    def opts_out(self) -> None:
        self.meta.refusals[CUSTOMER] = 131050


@asynccontextmanager
async def provider() -> AsyncIterator[OnTrial]:
    meta = WhatsAppLookAlike(token=TOKEN, app_secret=SECRET, verify_token=VERIFY)
    await meta.start()
    meta.last_said[CUSTOMER] = meta.clock()
    try:
        yield OnTrial(meta)
    finally:
        await meta.stop()


def status(word: str, name: str = "wamid.9", **parts: Any) -> dict[str, Any]:
    return {"id": name, "status": word, "timestamp": "1772366500", "recipient_id": CUSTOMER, **parts}


FAILED = {"code": 131026, "title": "Message undeliverable", "error_data": {"details": "Not possible."}}

REAL = {
    "a text": value(messages=[said()]),
    "a picture": value(
        messages=[said("image", image={"id": "77", "mime_type": "image/jpeg", "caption": "Look"})]
    ),
    "a place": value(messages=[said("location", location={"latitude": 40.4, "longitude": -3.7})]),
    "cards": value(
        messages=[
            said("contacts", contacts=[{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+34 600"}]}])
        ]
    ),
    "a button": value(
        messages=[
            said("interactive", interactive={"type": "button_reply", "button_reply": {"title": "Yes"}})
        ]
    ),
    "a form": value(
        messages=[
            said(
                "interactive",
                interactive={"type": "nfm_reply", "nfm_reply": {"response_json": '{"a": {"b": [1]}}'}},
            )
        ]
    ),
    "an order": value(
        messages=[said("order", order={"product_items": [{"product_retailer_id": "Tea", "quantity": 2}]})]
    ),
    "a reaction": value(messages=[said("reaction", reaction={"message_id": "wamid.8", "emoji": "👍"})]),
    "an edit": value(
        messages=[
            said(
                "edit",
                edit={"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "New"}}},
            )
        ]
    ),
    "taken back": value(messages=[said("revoke", revoke={"original_message_id": "wamid.0"})]),
    "a new number": value(
        messages=[said("system", system={"type": "user_changed_number", "wa_id": "34600999999"})]
    ),
    "receipts": value(statuses=[status("delivered"), status("failed", errors=[FAILED])]),
    "a wish": value(
        user_preferences=[
            {"wa_id": CUSTOMER, "category": "marketing_messages", "value": "stop", "timestamp": 1772366500}
        ]
    ),
    "an echo": value(
        message_echoes=[
            {"from": "34911222333", "to": CUSTOMER, "id": "wamid.5", "timestamp": "1", "type": "text",
             "text": {"body": "From the phone"}}
        ]
    ),
    "a call": value(
        calls=[
            {"id": "wacid.1", "from": CUSTOMER, "to": "34911222333", "event": "terminate",
             "direction": "USER_INITIATED", "timestamp": "1772366500"}
        ]
    ),
}  # fmt: skip

CASE = Case(
    kind="whatsapp",
    section={
        "access_token": TOKEN,
        "phone_number_id": NUMBER_ID,
        "app_secret": SECRET,
        "old_app_secret": "app secret of yesterday",
        "verify_token": VERIFY,
    },
    secrets=[TOKEN, SECRET, VERIFY, "app secret of yesterday"],
    sign=sign,
    forge=forge,
    real={label: dumped(page(one)) for label, one in REAL.items()},
    batch=(
        dumped(
            page(
                value(messages=[said(name="wamid.1"), said(name="wamid.2"), said(name="wamid.1")]),
                value(messages=[said(name="wamid.3")], statuses=[status("read", "wamid.4")]),
            )
        ),
        ["wamid.1", "wamid.2", "wamid.3", "wamid.4"],
    ),
    unknown=dumped(page({"event": "ACCOUNT_DELETED"}, field="account_update")),
    # https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components#statuses-object
    statuses=["sent", "delivered", "read", "played", "failed", "deleted", "warning"],
    known_statuses=sorted({*STATUSES, *PASSED_OVER}),
    address=ADDRESS,
    send_path="/messages",
    provider=provider,
)
