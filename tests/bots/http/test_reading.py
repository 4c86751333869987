"""What a script's hooks are read to, and how its mistakes are named."""

import json
import os
import subprocess
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped]
import pytest

import bots
from bots.channel import (
    Attachment,
    Called,
    CallMissed,
    ConsentChanged,
    Deleted,
    Echoed,
    Edited,
    Event,
    Hook,
    MessageIn,
    Reacted,
    Receipt,
    Typing,
)
from bots.errors import BadSignature, Malformed
from bots.http.batch import Batch
from tests.bots.contract import NOW
from tests.bots.http.case import CASE, KINDS, OLD
from tests.bots.http.events import MESSAGE, batch, hook_of
from tests.providers.http.server import ADDRESS

SENT = datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
SCHEMA = json.loads((Path(bots.__file__).parent / "http" / "schema.json").read_text())
PICTURE = Attachment(kind="image", ref="https://x.example/a.png", size=12)
READ: dict[str, Event] = {
    "message": MessageIn(address=ADDRESS, external_id="m1", text="Olá", sent_at=SENT),
    "picture": MessageIn(
        address=ADDRESS, external_id="m1", text="Olá", sent_at=SENT, attachments=(PICTURE,), raw={"a": [1]}
    ),
    "place": MessageIn(
        address=ADDRESS,
        external_id="m1",
        text="Olá",
        sent_at=SENT,
        attachments=(Attachment(kind="location", latitude=1.5, longitude=-2.0),),
    ),
    "edited": Edited(address=ADDRESS, external_id="m1", text="Olá!", sent_at=SENT),
    "deleted": Deleted(address=ADDRESS, external_id="m1", sent_at=SENT),
    "reacted": Reacted(address=ADDRESS, external_id="m1", emoji="👍", sent_at=NOW),
    "echoed": Echoed(address=ADDRESS, external_id="e1", text="From the shop's till", sent_at=NOW),
    "receipt": Receipt(external_id="p1", status="failed", sent_at=NOW, code="9", reason="Lost."),
    "read up to": Receipt(external_id="", status="read", sent_at=NOW, address=ADDRESS, up_to=SENT),
    "consent": ConsentChanged(
        address=ADDRESS,
        external_id="m2",
        word="stop",
        source="The provider says so.",
        sent_at=NOW,
        marketing=True,
    ),
    "call missed": CallMissed(address=ADDRESS, external_id="c1", sent_at=NOW, rang=timedelta(seconds=12.5)),
    "called": Called(address=ADDRESS, external_id="c2", sent_at=NOW, lasted=timedelta(minutes=1), ours=True),
    "typing": Typing(address=ADDRESS, sent_at=NOW),
}


def events(*said: dict[str, Any], **changes: Any) -> tuple[Event, ...]:
    return CASE.open(**changes).read(hook_of(batch(*said))).events


@pytest.mark.parametrize("label", KINDS)
def test_every_kind_of_event_is_read_whole(label: str) -> None:
    assert events(KINDS[label]) == (READ[label],)


def test_every_event_of_the_border_can_be_said() -> None:
    assert {type(event) for event in READ.values()} == set(get_args(Event))


def test_every_field_of_a_message_can_be_said() -> None:
    said = {
        "also": ["tel:+34600123456"],
        "subject": "Boots",
        "sender_name": "Ana",
        "language": "pt",
        "reply_to": "p1",
        "group": "g1",
        "raw": {"pigeon": 7},
    }
    [message] = events(MESSAGE | said | {"attachments": [{"url": "https://x.example/b"}]})
    assert isinstance(message, MessageIn)
    assert all(getattr(message, field.name) for field in fields(MessageIn))
    assert [getattr(message, name) for name in said] == [("tel:+34600123456",), *list(said.values())[1:]]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ({"url": "https://x.example/a.jpg?x=1.pdf"}, "image"),
        ({"url": "https://x.example/1", "name": "a.mp4"}, "video"),
        ({"url": "https://x.example/1.jpg", "content_type": "audio/ogg; codecs=opus"}, "audio"),
        ({"url": "https://x.example/1.ogg", "kind": "voice"}, "voice"),
        ({"url": "https://x.example/ana.vcf"}, "contact"),
        ({"url": "https://x.example/1"}, "document"),
    ],
    ids=["ending", "name", "type first", "said", "card", "unknown"],
)
def test_a_file_has_the_kind_that_was_said_or_can_be_told(file: dict[str, str], kind: str) -> None:
    [message] = events(MESSAGE | {"attachments": [file]})
    assert isinstance(message, MessageIn)
    assert message.attachments[0].kind == kind


WRONG: list[Any] = [
    pytest.param(
        [MESSAGE, MESSAGE | {"sent_at": "2026-03-01T12:00:00"}], "events[1].sent_at: ", id="no zone"
    ),
    pytest.param([MESSAGE | {"sent_at": 1767225600}], "events[0].sent_at: ", id="a number"),
    pytest.param([MESSAGE | {"sendr_name": "A"}], "events[0].sendr_name: there is no such field", id="typo"),
    pytest.param([{"type": "edited", "address": ADDRESS}], "events[0].external_id: is missing", id="missing"),
    pytest.param(
        [MESSAGE | {"address": "tel:+34600123456"}], "events[0].address: must begin with pigeon:", id="scheme"
    ),
    pytest.param(
        [MESSAGE | {"attachments": [{}]}], "events[0].attachments[0]: a file needs its url", id="no url"
    ),
    pytest.param(
        [MESSAGE | {"attachments": [{"url": "file:///etc/passwd"}]}], "attachments[0].url: ", id="odd url"
    ),
    pytest.param(
        [MESSAGE | {"attachments": [{"kind": "location"}]}], "needs latitude and longitude", id="place"
    ),
    pytest.param(
        [{"type": "receipt", "status": "lost"}], "events[0].status: Input should be 'sent'", id="status"
    ),
    pytest.param([{"type": "receipt", "status": "read"}], "a receipt needs external_id", id="of nothing"),
    pytest.param(
        [{"type": "called", "address": ADDRESS, "external_id": "c", "lasted": -1}],
        "events[0].lasted: ",
        id="time",
    ),
    pytest.param(
        [MESSAGE | {"sent_at": "0001-01-01T00:00:00+14:00"}], "outside of the calendar", id="year 0"
    ),
    pytest.param([{}], "events[0].type: is missing", id="no type"),
    pytest.param(["x"], "events[0]: ", id="no object"),
    pytest.param([MESSAGE | {"text": 1}] * 7, "and 2 more", id="many"),
]


@pytest.mark.parametrize(("said", "words"), WRONG)
def test_a_mistake_is_named_by_its_place(said: list[Any], words: str) -> None:
    with pytest.raises(Malformed) as raised:
        CASE.open().read(hook_of(batch(*said)))
    assert words in raised.value.reason


def test_one_mistake_refuses_the_whole_batch_so_that_nothing_is_kept_twice() -> None:
    with pytest.raises(Malformed):
        events(MESSAGE, MESSAGE | {"text": 1})


def test_the_answer_says_what_was_kept_and_passed_over() -> None:
    reading = CASE.open().read(hook_of(batch(MESSAGE, {"type": "weather"}, MESSAGE)))
    assert reading.skipped == ("weather",)
    assert json.loads(reading.response.body) == {"kept": 2, "skipped": ["weather"]}


@pytest.mark.parametrize(("on", "expected"), [(True, ["stop"]), (False, [])], ids=["on", "off"])
def test_stop_words_are_read_where_the_setting_says_so(on: bool, expected: list[str]) -> None:
    found = events(MESSAGE | {"text": "Baja."}, stop_words=on)
    assert [event.word for event in found if isinstance(event, ConsentChanged)] == expected
    assert isinstance(found[0], MessageIn)


def test_a_failure_with_an_opt_out_code_is_a_stop() -> None:
    failed = KINDS["receipt"] | {"address": ADDRESS}
    receipt, consent = events(failed, opt_out_codes=["9"])
    assert isinstance(receipt, Receipt)
    assert isinstance(consent, ConsentChanged)
    assert (consent.word, consent.address, consent.external_id) == ("stop", ADDRESS, "p1")
    assert len(events(failed, opt_out_codes=["8"])) == 1
    assert len(events(failed | {"status": "delivered"}, opt_out_codes=["9"])) == 1


def test_opt_outs_told_without_a_message_are_told_apart() -> None:
    told = {"type": "receipt", "status": "failed", "code": "9", "up_to": "2026-03-01T12:00:00Z"}
    found = events(told | {"address": ADDRESS}, told | {"address": f"{ADDRESS}1"}, opt_out_codes=["9"])
    ids = [one.external_id for one in found if isinstance(one, ConsentChanged)]
    assert len(set(ids)) == 2
    assert all(ids)


def test_the_schema_beside_the_code_is_the_code_s() -> None:
    assert Batch.model_json_schema() == SCHEMA, "write it again from bots.http.batch.Batch"


@pytest.mark.parametrize("label", KINDS)
def test_the_schema_takes_what_is_read(label: str) -> None:
    jsonschema.validate(json.loads(batch(KINDS[label], {"type": "weather"})), SCHEMA)


@pytest.mark.parametrize("said", [row.values[0] for row in WRONG[2:4]], ids=["typo", "missing"])
def test_the_schema_refuses_what_is_refused(said: list[Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"events": said}, SCHEMA)


@pytest.mark.parametrize("seconds", [-300, -299, 0, 300], ids=str)
def test_a_hook_is_taken_within_five_minutes_either_way(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    assert CASE.open().read(hook_of(batch(MESSAGE), at=at)).events


@pytest.mark.parametrize("seconds", [-301, 301, -86_400], ids=str)
def test_a_hook_signed_earlier_or_later_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature, match="five minutes"):
        CASE.open().read(hook_of(batch(MESSAGE), at=NOW + timedelta(seconds=seconds)))


def test_a_hook_of_last_year_is_read_again_as_of_when_it_came() -> None:
    then = NOW - timedelta(days=365)
    assert CASE.open().read(hook_of(batch(MESSAGE), at=then, received=then)).events


def test_both_secrets_are_valid_while_they_are_changed_over() -> None:
    assert CASE.open().read(hook_of(batch(MESSAGE), secret=OLD)).events
    with pytest.raises(BadSignature):
        CASE.open(old_secret=None).read(hook_of(batch(MESSAGE), secret=OLD))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1a,AAAA v2,é"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-5"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-id": ""},
        {"webhook-id": "evt_2"},
    ],
    ids=str,
)
def test_a_header_of_another_shape_is_no_signature(change: dict[str, str]) -> None:
    hook = hook_of(batch(MESSAGE))
    hook.headers.update(change)  # type: ignore[attr-defined]
    with pytest.raises(BadSignature):
        CASE.open().read(hook)


def test_the_right_one_of_many_signatures_is_found() -> None:
    hook = hook_of(batch(MESSAGE))
    right = hook.headers["webhook-signature"]
    hook.headers["webhook-signature"] = f"v1,AAAA v1a,BBBB {right}"  # type: ignore[index]
    assert CASE.open().read(hook).events


def test_the_shell_of_the_documentation_signs_as_we_do() -> None:
    page = (Path(bots.__file__).parents[1] / "docs" / "http-channel.md").read_text()
    lines = page.partition("```sh\nbody=")[2].partition("```")[0]
    script = "body=" + lines.replace("curl ", "printf '%s\\n' ").replace(
        "date +%s", f"echo {int(NOW.timestamp())}"
    )
    secret = CASE.section["secret"]
    ran = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "TIDINGS_HTTP_SECRET": secret},
        capture_output=True,
        check=True,
    )
    said = ran.stdout.decode().splitlines()
    headers = dict(line.split(": ", 1) for line in said if line.startswith("webhook-"))
    body = said[said.index("-d") + 1].encode()
    hook = Hook(method="POST", url="x", headers=headers, body=body, received_at=NOW)
    assert [type(event) for event in CASE.open().read(hook).events] == [MessageIn]
