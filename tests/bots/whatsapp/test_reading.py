"""What is read from Meta's hooks: messages, what customers do to them, receipts, echoes, calls, wishes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.channel import (
    Called,
    CallMissed,
    ConsentChanged,
    Deleted,
    Echoed,
    Edited,
    MessageIn,
    Reacted,
    Receipt,
)
from bots.errors import BadSignature
from bots.whatsapp.codes import CODES
from bots.whatsapp.reading import read
from tests.bots.whatsapp.hooks import (
    ADDRESS,
    ALSO,
    CUSTOMER,
    NOW,
    NUMBER_ID,
    SECRET,
    USER_ID,
    VERIFY,
    Json,
    events,
    hook,
    only,
    page,
    reading,
    said,
    value,
)

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_text_is_read_with_its_sender_and_time() -> None:
    message = only(said(context={"id": "wamid.0", "from": "34911222333"}))
    assert (message.address, message.also, message.sender_name) == (ADDRESS, (ALSO,), "Lucía")
    assert (message.external_id, message.text, message.reply_to) == ("wamid.1", "Hola", "wamid.0")
    assert message.sent_at == AT
    assert message.raw["type"] == "text"


def interactive(kind: str, **part: Any) -> Json:
    return said("interactive", interactive={"type": kind, kind: part})


CALL_ALLOWED = interactive("call_permission_reply", response="accept")
DANCE = interactive("dance_reply", step={"name": "Tango", "n": 3})
ODD = '{"a":"\\u0000\\ud83d"}'
WORDS = [
    pytest.param(interactive("button_reply", id="y", title="Yes"), "Yes", id="button"),
    pytest.param(interactive("list_reply", id="y", title="Tea", description="Hot"), "Tea\nHot", id="list"),
    pytest.param(interactive("button_reply", id="y"), "y", id="button without words"),
    pytest.param(said("button", button={"payload": "P", "text": "Stop it"}), "Stop it", id="template"),
    pytest.param(
        interactive("nfm_reply", name="flow", body="Sent",
                    response_json='{"flow_token":"t","delivery_rating":"4","again":true}'),
        "[flow: Sent]\ndelivery rating: 4\nagain: true", id="form",
    ),
    pytest.param(interactive("nfm_reply", response_json=ODD), "[form]\na: \ufffd\ufffd", id="odd form"),
    pytest.param(interactive("nfm_reply", response_json="{half"), "[form]\n{half", id="form that is no JSON"),
    pytest.param(CALL_ALLOWED, "[calls from us: accept]", id="ring"),
    pytest.param(DANCE, "[dance reply: Tango · 3]", id="new"),
    pytest.param(said("interactive"), "[interactive]", id="interactive without a body"),
    pytest.param(
        said("order", order={"text": "Soon", "product_items": [
            {"product_retailer_id": "Tea", "quantity": 2, "item_price": 3.5, "currency": "EUR"},
            {"product_retailer_id": "Milk", "quantity": 1, "item_price": 1, "currency": "EUR"}]}),
        "[order: 2 × Tea, 3.5 EUR · 1 × Milk, 1 EUR]\nSoon", id="order",
    ),
    pytest.param(
        said("unsupported", errors=[{"code": 131051, "error_data": {"details": "Not supported."}}],
             unsupported={"type": "poll"}),
        "[poll: Not supported.]", id="unsupported",
    ),
    pytest.param(said("unsupported"), "[unsupported message]", id="unsupported without a reason"),
    pytest.param(said("hologram", hologram={"title": "A cat", "n": True}), "[hologram: A cat]", id="unknown"),
    pytest.param(said(""), "[message without a kind]", id="no kind"),
    pytest.param(said("", text={"body": "Hola"}), "Hola", id="words without a kind"),
    pytest.param(said("", image={"id": "7", "caption": "Look"}), "Look", id="picture without a kind"),
    pytest.param(said("location", location={"name": "Sol"}), "[location: Sol]", id="nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "words"), WORDS)
def test_what_is_no_text_is_read_as_words(message: Json, words: str) -> None:
    assert only(message).text == words


def test_of_a_long_order_nothing_is_left_out() -> None:
    goods = [{"product_retailer_id": f"TEA-{number}", "quantity": number} for number in range(200)]
    words = only(said("order", order={"product_items": goods})).text
    assert words.startswith("[order: 0 × TEA-0 · 1 × TEA-1 · ")
    assert words.endswith(" · 199 × TEA-199]")


def test_a_question_about_a_product_names_it() -> None:
    context = {"from": "34911222333", "referred_product": {"catalog_id": "1", "product_retailer_id": "TEA-1"}}
    assert only(said(context=context)).text == "Hola\n[about: TEA-1]"


FILES = [
    ("image", {"id": "7", "mime_type": "image/jpeg", "caption": "Look"}, ("image", "7", "", "Look")),
    ("audio", {"id": "7", "mime_type": "audio/ogg; codecs=opus"}, ("audio", "7", "", "")),
    ("audio", {"id": "7", "mime_type": "audio/ogg", "voice": True}, ("voice", "7", "", "")),
    ("video", {"id": "7", "mime_type": "video/mp4", "caption": "c"}, ("video", "7", "", "c")),
    ("sticker", {"id": "7", "mime_type": "image/webp"}, ("sticker", "7", "", "")),
    ("document", {"id": "7", "mime_type": "text/plain", "filename": "á"}, ("document", "7", "á", "")),
    ("image", {"url": "https://lookaside.fbsbx.com/x", "mime_type": "image/png"},
     ("image", "https://lookaside.fbsbx.com/x", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "part", "expected"), FILES, ids=lambda one: str(one)[:20])
def test_a_file_is_read_by_its_id_with_its_caption(kind: str, part: Json, expected: tuple[str, ...]) -> None:
    parts: Any = {kind: part}
    message = only(said(kind, **parts))
    (file,) = message.attachments
    assert (file.kind, file.ref, file.name, message.text) == expected
    assert file.content_type == part["mime_type"]


def test_a_place_is_read_with_its_name_and_link() -> None:
    place = {"latitude": 40.4, "longitude": -3.7, "name": "Sol", "address": "Madrid", "url": "https://sol.es"}
    message = only(said("location", location=place))
    (found,) = message.attachments
    assert (found.kind, found.latitude, found.longitude, found.name) == (
        "location",
        40.4,
        -3.7,
        "Sol, Madrid",
    )
    assert message.text == "https://sol.es"


def test_cards_are_read_with_everything_on_them() -> None:
    card = {
        "name": {"formatted_name": "Ana Ruiz", "first_name": "Ana"},
        "phones": [{"phone": "+34 600 111 222", "wa_id": "34600111222", "type": "CELL"}],
        "emails": [{"email": "ana@example.es", "type": "HOME"}],
        "org": {"company": "Ruiz"},
        "birthday": "1990-01-02",
    }
    message = only(said("contacts", contacts=[card, {"name": {"first_name": "Bo"}}]))
    first = "[contact: Ana Ruiz, +34 600 111 222, ana@example.es, Ruiz, 1990-01-02]"
    assert message.text == f"{first}\n[contact: Bo]"
    assert [(one.kind, one.name) for one in message.attachments] == [
        ("contact", "Ana Ruiz"),
        ("contact", "Bo"),
    ]


def test_reactions_are_put_on_and_taken_off() -> None:
    off = [said("reaction", reaction={"message_id": "wamid.0"} | more) for more in ({}, {"emoji": ""})]
    on = said("reaction", reaction={"message_id": "wamid.0", "emoji": "👍"})
    assert events(on, *off) == tuple(
        Reacted(address=ADDRESS, external_id="wamid.0", emoji=emoji, sent_at=AT) for emoji in ("👍", "", "")
    )


def test_edits_and_what_is_taken_back_name_the_message_they_change() -> None:
    new = {"type": "image", "image": {"id": "7", "caption": "Better"}}
    edit = said("edit", edit={"original_message_id": "wamid.0", "message": new})
    revoke = said("revoke", revoke={"original_message_id": "wamid.0"})
    assert events(edit, revoke) == (
        Edited(address=ADDRESS, external_id="wamid.0", text="Better", sent_at=AT),
        Deleted(address=ADDRESS, external_id="wamid.0", sent_at=AT),
    )


CARD = {"wa_id": CUSTOMER, "user_id": USER_ID}
PEOPLE = [
    pytest.param({"from": CUSTOMER}, {}, ADDRESS, (), id="number alone"),
    pytest.param({"from": CUSTOMER, "from_user_id": USER_ID}, {}, ADDRESS, (ALSO,), id="both"),
    pytest.param({"from_user_id": USER_ID}, {}, ALSO, (), id="identifier alone"),
    pytest.param({"from": CUSTOMER}, CARD, ADDRESS, (ALSO,), id="by number"),
    pytest.param({"from_user_id": USER_ID}, CARD, ADDRESS, (ALSO,), id="by id"),
    pytest.param({}, {"user_id": USER_ID}, ALSO, (), id="only the card says who"),
    pytest.param({"from": CUSTOMER}, {"wa_id": "34999", "user_id": "ES.9"}, ADDRESS, (), id="another's card"),
]  # fmt: skip


@pytest.mark.parametrize(("sender", "card", "address", "also"), PEOPLE)
def test_a_sender_is_known_by_number_identifier_or_both(
    sender: Json, card: Json, address: str, also: tuple[str, ...]
) -> None:
    message = {"id": "wamid.1", "type": "text", "text": {"body": "Hi"}, "timestamp": "1772366400", **sender}
    people = [{"profile": {"name": "Ana"}, **card}] if card else []
    found = only(message, contacts=people)
    assert (found.address, found.also) == (address, also)
    assert found.sender_name == ("Ana" if card and "34999" not in card.values() else "")


def test_who_has_no_name_is_called_by_their_user_name() -> None:
    people = [{"profile": {"username": "ana.p"}, "wa_id": CUSTOMER}]
    assert only(said(), contacts=people).sender_name == "ana.p"


def test_each_of_two_customers_in_a_hook_has_their_own_name() -> None:
    people = [{"profile": {"name": f"N{n}"}, "wa_id": n} for n in ("111", "222")]
    found = events(said(name="1") | {"from": "222"}, said(name="2") | {"from": "111"}, contacts=people)
    assert [getattr(one, "sender_name", "") for one in found] == ["N222", "N111"]


def test_a_message_of_nobody_is_passed_over() -> None:
    message = {"id": "wamid.1", "type": "text", "text": {"body": "Hi"}}
    found = reading(page(value(messages=[message], contacts=[])))
    assert (found.events, found.skipped) == ((), ("message of nobody",))


def test_a_message_without_an_id_has_one_made_of_it() -> None:
    bare = said("image", image={"id": "7"})
    del bare["id"]
    one, two, other = only(bare), only(bare), only({**bare, "image": {"id": "8"}})
    assert one.external_id == two.external_id != other.external_id
    assert one.external_id.startswith("sha256:")


TIMES = [
    ("1772366400", AT),
    (1772366400, AT),
    ("1772366400000", AT),
    ("", NOW),
    (None, NOW),
    ("soon", NOW),
    ("-5", NOW),
    ("9" * 300, NOW),
    ({}, NOW),
]


@pytest.mark.parametrize(("told", "at"), TIMES, ids=lambda one: str(one)[:12])
def test_a_time_that_is_none_is_when_the_hook_came(told: Any, at: datetime) -> None:
    assert only(said(timestamp=told)).sent_at == at


def test_the_same_message_twice_in_a_hook_is_one() -> None:
    whole = page(value(messages=[said(), said()]), value(messages=[said(), said(name="wamid.2")]))
    assert [getattr(one, "external_id", "") for one in reading(whole).events] == ["wamid.1", "wamid.2"]


def test_what_came_for_another_number_is_passed_over() -> None:
    other = value(messages=[said()], metadata={"phone_number_id": "999"})
    found = reading(page(other, value(messages=[said(name="wamid.2")])))
    assert [getattr(one, "external_id", "") for one in found.events] == ["wamid.2"]
    assert found.skipped == ("messages of number 999",)


def test_a_new_number_is_the_same_person() -> None:
    system = {"type": "user_changed_number", "wa_id": "34600999999", "body": "Ana changed number"}
    moved = only(said("system", system=system))
    assert (moved.address, moved.text) == ("whatsapp:+34600999999", "[Ana changed number]")
    assert moved.also == (ADDRESS, ALSO)


def test_a_new_identifier_is_the_same_person() -> None:
    moved = only(said("system", system={"type": "user_changed_user_id", "user_id": "ES.77"}), contacts=[])
    assert (moved.address, moved.also) == ("whatsapp:ES.77", (ADDRESS, ALSO))


NOTHING = [
    (said("system", system={"type": "customer_identity_changed"}), "system customer_identity_changed"),
    (said("system", system={"type": "user_changed_number"}), "system user_changed_number"),
    (said("request_welcome"), "request_welcome"),
    (said("ephemeral"), "ephemeral"),
    (said("reaction", reaction={}), "reaction to nothing"),
    (said("edit"), "edit of nothing"),
    (said("edit", edit={"original_message_id": "wamid.0"}), "edit into nothing"),
    (said("edit", edit={"original_message_id": "wamid.0", "message": {"context": {}}}), "edit into nothing"),
    (said("revoke", revoke=[]), "revoke of nothing"),
]


@pytest.mark.parametrize(("message", "name"), NOTHING, ids=lambda one: one if isinstance(one, str) else "")
def test_what_says_nothing_is_passed_over_by_name(message: Json, name: str) -> None:
    found = reading(page(value(messages=[message])))
    assert (found.events, found.skipped) == ((), (name,))


@pytest.mark.parametrize(
    ("whole", "name"),
    [
        (page({"event": "ACCOUNT_DELETED"}, field="account_update"), "account_update"),
        (
            page({"event": "APPROVED"}, field="message_template_status_update"),
            "message_template_status_update",
        ),
        (page({}, field="x" * 200), "x" * 64),
        (page({}, field=""), "empty change"),
        (page(value(errors=[{"code": 131000}])), "error 131000"),
        ({"object": "o", "entry": [{"changes": [{"field": "account_update"}]}]}, "account_update"),
    ],
    ids=["account", "template", "a long name", "nothing", "an error", "no value"],
)
def test_events_of_the_account_are_passed_over_by_name(whole: Json, name: str) -> None:
    assert (reading(whole).events, reading(whole).skipped) == ((), (name,))


@pytest.mark.parametrize("entry", [{"messaging": [{"message": {"text": "Hi"}}]}, {"changes": {}}, {}])
def test_what_another_product_of_meta_tells_is_passed_over_by_name(entry: Json) -> None:
    found = reading({"object": "page", "entry": [entry]})
    assert (found.events, found.skipped) == ((), ("entry of page without changes",))


def test_a_stop_word_is_consent_beside_the_message() -> None:
    first, second = events(said(text={"body": " Baja! "}))
    assert isinstance(first, MessageIn)
    assert isinstance(second, ConsentChanged)
    assert (second.word, second.external_id, second.address) == ("stop", "wamid.1", ADDRESS)
    assert (second.wording, second.marketing) == (" Baja! ", False)


def test_the_button_that_stops_promotions_stops_marketing_alone() -> None:
    first, second = events(said("button", button={"payload": "x", "text": "Stop promotions"}))
    assert isinstance(first, MessageIn)
    assert isinstance(second, ConsentChanged)
    assert (second.word, second.marketing, second.wording) == ("stop", True, "Stop promotions")


def test_a_stop_word_under_a_picture_is_none() -> None:
    assert only(said("image", image={"id": "7", "caption": "stop"})).text == "stop"


def status(word: str, **parts: Any) -> Json:
    return {"id": "wamid.9", "status": word, "timestamp": "1772366400", "recipient_id": CUSTOMER, **parts}


def statuses(*told: Json) -> Any:
    return reading(page(value(statuses=list(told))))


@pytest.mark.parametrize(
    ("word", "meaning"), [("sent", "sent"), ("delivered", "delivered"), ("read", "read"), ("played", "read")]
)
def test_a_status_is_a_receipt(word: str, meaning: Any) -> None:
    assert statuses(status(word)).events == (
        Receipt(external_id="wamid.9", status=meaning, sent_at=AT, address=ADDRESS),
    )


@pytest.mark.parametrize("code", [*CODES, "4", "190", "0"])
def test_a_failure_says_why_in_a_sentence(code: str) -> None:
    first, *rest = statuses(status("failed", errors=[{"code": int(code), "title": "T"}])).events
    assert (first.status, first.code) == ("failed", code)
    assert first.reason.endswith(".")
    assert "Meta says" not in first.reason
    assert bool(rest) is (code == "131050")


def test_a_failure_nobody_knows_is_told_in_metas_words() -> None:
    error = {"code": 999, "title": "Odd", "error_data": {"details": "The moon is full"}}
    (failed,) = statuses(status("failed", errors=[error])).events
    assert (failed.code, failed.reason) == ("999", "Meta says: The moon is full.")
    (bare,) = statuses(status("failed")).events
    assert (bare.code, bare.reason) == ("", "Meta gave no reason.")


def test_a_failure_for_want_of_marketing_is_a_stop_of_marketing_alone() -> None:
    _, wish = statuses(status("failed", errors=[{"code": 131050}])).events
    assert isinstance(wish, ConsentChanged)
    assert (wish.word, wish.marketing, wish.address) == ("stop", True, ADDRESS)


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (status("read", recipient_id="", recipient_user_id=USER_ID), ALSO),
        (
            status("read", recipient_id="g", recipient_type="group", recipient_participant_id=CUSTOMER),
            ADDRESS,
        ),
    ],
    ids=["an identifier", "in a group"],
)
def test_a_receipt_names_whom_it_is_of(told: Json, address: str) -> None:
    assert statuses(told).events[0].address == address


@pytest.mark.parametrize(
    "told",
    [status("deleted"), status("warning"), status("RINGING", type="call"), status("read", id="")],
    ids=["deleted", "warning", "call", "no id"],
)
def test_other_statuses_are_passed_over(told: Json) -> None:
    found = statuses(told)
    assert (found.events, found.skipped) == ((), (f"status {told['status']}",))


@pytest.mark.parametrize(
    ("chosen", "word"), [("stop", "stop"), ("resume", "start"), ("signup", "join"), ("dance", None)]
)
def test_what_is_chosen_in_whatsapp_is_about_marketing(chosen: str, word: str | None) -> None:
    wish = {"wa_id": CUSTOMER, "category": "marketing_messages", "value": chosen, "timestamp": 1772366400,
            "detail": "User chose"}  # fmt: skip
    found = reading(page(value(user_preferences=[wish]), field="user_preferences"))
    if word is None:
        assert found.skipped == ("preference marketing_messages dance",)
        return
    (changed,) = found.events
    assert isinstance(changed, ConsentChanged)
    assert (changed.word, changed.marketing, changed.address) == (word, True, ADDRESS)
    assert (changed.source, changed.sent_at) == ("User chose.", AT)
    assert changed.external_id == f"{CUSTOMER}:1772366400:{chosen}"


def echoed(**parts: Any) -> Json:
    return {"from": "34911222333", "to": CUSTOMER, "id": "wamid.5", "timestamp": "1772366400", **parts}


def test_what_was_sent_from_the_phone_is_an_echo() -> None:
    echo = echoed(type="image", image={"id": "7", "mime_type": "image/png", "caption": "Here"})
    (found,) = reading(page(value(message_echoes=[echo]), field="smb_message_echoes")).events
    assert isinstance(found, Echoed)
    assert (found.address, found.external_id, found.text) == (ADDRESS, "wamid.5", "Here")
    assert [one.ref for one in found.attachments] == ["7"]


def test_what_was_changed_on_the_phone_is_shown_as_it_now_reads() -> None:
    new = {"type": "text", "text": {"body": "Better"}}
    echo = echoed(type="edit", edit={"original_message_id": "wamid.4", "message": new})
    (found,) = reading(page(value(message_echoes=[echo]))).events
    assert (getattr(found, "text", ""), getattr(found, "external_id", "")) == ("Better", "wamid.5")
    gone = reading(page(value(message_echoes=[echoed(type="revoke", revoke={})])))
    assert (gone.events, gone.skipped) == ((), ("echo revoke",))


def called(direction: str, **parts: Any) -> Json:
    ends = ("34911222333", CUSTOMER) if direction == "BUSINESS_INITIATED" else (CUSTOMER, "34911222333")
    about = {"id": "wacid.1", "from": ends[0], "to": ends[1], "direction": direction}
    return {**about, "event": "terminate", "timestamp": "1772366500", **parts}


CALLS = [
    pytest.param(called("USER_INITIATED", status="FAILED"), CallMissed, "", id="nobody answered"),
    pytest.param(called("USER_INITIATED", duration=12, start_time="1772366400"), Called, "", id="spoken"),
    pytest.param(called("BUSINESS_INITIATED", duration=12, start_time="1772366400"), Called, "", id="ours"),
    pytest.param(called("BUSINESS_INITIATED"), None, "call not taken", id="ours, not taken"),
    pytest.param(called("USER_INITIATED", event="connect"), None, "call connect", id="it rings"),
]


@pytest.mark.parametrize(("call", "kind", "name"), CALLS)
def test_the_end_of_a_call_is_kept(call: Json, kind: type | None, name: str) -> None:
    found = reading(page(value(calls=[call]), field="calls"))
    if kind is None:
        assert (found.events, found.skipped) == ((), (name,))
        return
    (event,) = found.events
    assert type(event) is kind
    assert getattr(event, "address", "") == ADDRESS
    if isinstance(event, Called):
        assert (event.lasted, event.sent_at) == (timedelta(seconds=12), AT)
        assert event.ours is (call["direction"] == "BUSINESS_INITIATED")


def test_the_old_secret_signs_as_well_and_no_other() -> None:
    body = page(value(messages=[said()]))
    secrets = [SECRET.encode(), b"old"]
    assert read(hook(body, "old"), secrets, VERIFY.encode(), NUMBER_ID).events
    with pytest.raises(BadSignature):
        read(hook(body, "older"), secrets, VERIFY.encode(), NUMBER_ID)


def test_half_an_emoji_loses_no_message() -> None:
    assert only(said(text={"body": "Hola \ud83d"})).text == "Hola \ufffd"


def test_words_nested_beyond_measure_are_read_as_far_as_people_read() -> None:
    deep: Any = "deep"
    for _ in range(400):
        deep = [deep]
    assert only(said("odd", odd=["top", deep])).text == "[odd: top]"
