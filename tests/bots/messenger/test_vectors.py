"""Payloads collected by others; they stand beside the project or are skipped."""

import json
from typing import Any

import pytest

from bots.channel import Deleted, Echoed, MessageIn, Receipt
from bots.errors import Malformed
from tests.bots.messenger.case import CASE
from tests.bots.meta_page_hooks import sign
from tests.bots.meta_page_vectors import ABSENT, VECTORS, enveloped, files, items, rows

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason=ABSENT)
ROWS = rows("messenger")
NO_HOOKS = [row for row in ROWS if row["payload"].get("params") == {"test": "test"}]
HOOKS = [row for row in ROWS if row not in NO_HOOKS]


def test_there_are_as_many_payloads_as_we_know_of() -> None:
    assert len(ROWS) == 8
    assert len(NO_HOOKS) == 3


@pytest.mark.parametrize("row", HOOKS, ids=lambda row: row["name"][-60:])
def test_a_payload_is_read_without_loss(row: dict[str, Any]) -> None:
    whole = enveloped(row["payload"])
    reading = CASE.open(account_id="").read(sign(json.dumps(whole).encode()))
    found = list(reading.events)
    for item in items(whole):
        if not item["sender"]:
            assert reading.skipped == ("message that tells nothing",)
            continue
        told = found.pop(0)
        customer = item["recipient" if "is_echo" in item.get("message", {}) else "sender"]["id"]
        assert getattr(told, "address", "") == f"messenger:{customer}"
        message = item.get("message", {})
        match told:
            case MessageIn() | Echoed():
                assert told.text.startswith(message.get("text", ""))
                assert told.text or told.attachments
                assert told.external_id == message.get("mid", told.external_id)
                assert [file.ref for file in told.attachments] == files(message)
                title = next((one["payload"].get("title", "") for one in message.get("attachments", [])), "")
                assert title in told.text
                answered = message.get("reply_to", {}).get("mid", "")
                assert getattr(told, "reply_to", "") == answered
            case Deleted():
                assert message["is_deleted"]
                assert told.external_id == message["mid"]
            case Receipt():
                mark = item.get("read") or item["delivery"]
                assert told.external_id == mark.get("mid", "")
                assert (told.up_to is not None) == ("watermark" in mark)
            case _:
                raise AssertionError(told)
    assert found == []
    for entry in whole["entry"]:
        assert reading.skipped.count("standby") == len(entry.get("standby", []))


@pytest.mark.parametrize("row", NO_HOOKS, ids=lambda row: row["name"][-60:])
def test_what_is_no_hook_of_metas_is_malformed(row: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        CASE.open().read(sign(json.dumps(row["payload"]["params"]).encode()))
