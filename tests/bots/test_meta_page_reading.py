"""What pages' and accounts' hooks say, by the rules that Messenger and Instagram share."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bots.channel import (
    ConsentChanged,
    Deleted,
    Echoed,
    Edited,
    Event,
    Hook,
    MessageIn,
    Reacted,
    Reading,
    Receipt,
)
from bots.errors import BadSignature, Malformed
from tests.bots.contract import Case
from tests.bots.instagram.case import CASE as INSTAGRAM
from tests.bots.messenger.case import CASE as MESSENGER
from tests.bots.meta_page_hooks import (
    APP,
    AT,
    NOW,
    OURS,
    PERSON,
    SECOND,
    VERIFY,
    body,
    changed,
    item,
    message,
    sign,
    whole,
)

of_both = pytest.mark.parametrize("case", [MESSENGER, INSTAGRAM], ids=["messenger", "instagram"])


def read(case: Case, *items: dict[str, Any]) -> Reading:
    return case.open().read(sign(body(case.kind, *items)))


def one(case: Case, told: dict[str, Any]) -> Event:
    reading = read(case, told)
    (event,) = reading.events
    assert reading.skipped == ()
    return event


@of_both
def test_a_text_is_a_message_of_its_sender(case: Case) -> None:
    told = message("Hello 👋\nthere", reply_to={"mid": "m_0"})
    assert one(case, told) == MessageIn(
        address=case.address,
        external_id="m_1",
        text="Hello 👋\nthere",
        sent_at=AT,
        reply_to="m_0",
        raw=told,
    )


@of_both
@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        (1_772_366_370_250, AT),
        ("1772366370250", AT),
        (1_772_366_370, AT.replace(microsecond=0)),
        ("1772366370", AT.replace(microsecond=0)),
        ("2026-03-01T11:59:30+0000", AT.replace(microsecond=0)),
        ("2026-03-01T12:59:30+01:00", AT.replace(microsecond=0)),
        ("2026-03-01T11:59:30", AT.replace(microsecond=0)),
        (None, NOW),
        (0, NOW),
        (-5, NOW),
        (True, NOW),
        (10**30, NOW),
        ("9" * 400, NOW),
        ("soon", NOW),
        ({"at": 1}, NOW),
    ],
)
def test_a_time_is_read_in_each_of_its_forms(case: Case, given: Any, read_as: datetime) -> None:
    assert one(case, message("Hi") | {"timestamp": given}).sent_at == read_as


@of_both
def test_what_was_taken_back_is_deleted(case: Case) -> None:
    assert one(case, message(is_deleted=True)) == Deleted(address=case.address, external_id="m_1", sent_at=AT)


@of_both
def test_what_was_changed_is_edited(case: Case) -> None:
    told = item({"message_edit": {"mid": "m_1", "text": "Better", "num_edit": 2}})
    edited = Edited(address=case.address, external_id="m_1", text="Better", sent_at=AT)
    assert one(case, told) == edited


@of_both
@pytest.mark.parametrize("edit", [{"num_edit": 0}, {"num_edit": 1, "text": ""}, {"text": None}])
def test_a_change_without_words_blanks_nothing(case: Case, edit: dict[str, Any]) -> None:
    reading = read(case, item({"message_edit": {"mid": "m_1", **edit}}))
    assert (reading.events, reading.skipped) == ((), ("message_edit that tells nothing",))


@of_both
@pytest.mark.parametrize(
    ("reaction", "emoji"),
    [
        ({"action": "react", "emoji": "❤️", "reaction": "love"}, "❤️"),
        ({"action": "react", "reaction": "wow"}, "😮"),
        ({"action": "react", "reaction": "other", "emoji": "🥐"}, "🥐"),
        ({"action": "unreact", "emoji": "❤️"}, ""),
        ({"action": "unreact"}, ""),
    ],
)
def test_a_reaction_is_its_emoji(case: Case, reaction: dict[str, str], emoji: str) -> None:
    told = item({"reaction": {"mid": "m_1", **reaction}})
    assert one(case, told) == Reacted(address=case.address, external_id="m_1", emoji=emoji, sent_at=AT)


@of_both
def test_a_button_says_its_title_and_what_it_means_stays_in_raw(case: Case) -> None:
    told = item({"postback": {"mid": "m_2", "title": "Prices", "payload": "P:1"}})
    event = one(case, told)
    assert isinstance(event, MessageIn)
    assert (event.text, event.external_id, event.raw) == ("Prices", "m_2", told)


@of_both
def test_a_button_without_an_id_or_a_title_is_kept_once(case: Case) -> None:
    told = item(
        {"postback": {"payload": "get_started", "referral": {"ref": "spring", "source": "SHORTLINK"}}}
    )
    first, again = one(case, told), one(case, told)
    later = one(case, told | {"timestamp": 1_772_366_371_000})
    assert isinstance(first, MessageIn)
    assert first == again
    assert first.external_id != getattr(later, "external_id", "")
    assert first.text == "[pressed a button: get_started]\n[came by our link spring]"


@of_both
def test_a_quick_reply_says_its_title(case: Case) -> None:
    told = message("Yes please", quick_reply={"payload": "YES"})
    event = one(case, told)
    assert isinstance(event, MessageIn)
    assert (event.text, event.raw) == ("Yes please", told)


@of_both
@pytest.mark.parametrize(
    ("referral", "line"),
    [
        ({"ad_id": "23", "source": "ADS", "ads_context_data": {"ad_title": "Spring sale"}}, "advertisement Spring sale"),  # noqa: E501
        ({"ad_id": 23, "source": "ADS"}, "advertisement 23"),
        ({"ref": "flyer", "source": "SHORTLINK", "type": "OPEN_THREAD"}, "link flyer"),
        ({"product": {"id": "P7"}}, "product P7"),
    ],
)  # fmt: skip
def test_how_the_customer_came_is_a_line_under_their_words(
    case: Case, referral: dict[str, Any], line: str
) -> None:
    event = one(case, message("Hi", referral=referral))
    assert isinstance(event, MessageIn)
    first, last = event.text.split("\n")
    assert first == "Hi"
    assert line in last


@of_both
def test_delivered_names_messages_and_the_time_until(case: Case) -> None:
    told = item({"delivery": {"mids": ["m_8", "m_9", 7], "watermark": 1_772_366_300_000}})
    until = datetime(2026, 3, 1, 11, 58, 20, tzinfo=UTC)
    named = [
        Receipt(external_id=name, status="delivered", sent_at=AT, address=case.address)
        for name in ("m_8", "m_9")
    ]
    mark = Receipt(external_id="", status="delivered", sent_at=AT, up_to=until, address=case.address)
    assert read(case, told).events == (*named, mark)


@of_both
@pytest.mark.parametrize(
    ("seen", "name", "until"),
    [
        ({"mid": "m_9"}, "m_9", None),
        ({"watermark": "1772366300000"}, "", datetime(2026, 3, 1, 11, 58, 20, tzinfo=UTC)),
    ],
)
def test_read_names_a_message_or_the_time_until(
    case: Case, seen: dict[str, Any], name: str, until: datetime | None
) -> None:
    assert one(case, item({"read": seen})) == Receipt(
        external_id=name, status="read", sent_at=AT, up_to=until, address=case.address
    )


def echo(**more: Any) -> dict[str, Any]:
    said = {"mid": "m_8", "text": "By hand", "is_echo": True}
    return item({"message": said | more}, sender=OURS, recipient=PERSON)


@of_both
@pytest.mark.parametrize("app", [263902037430900, "99", None], ids=["the inbox", "another app", "no app"])
def test_what_another_tool_sent_is_an_echo(case: Case, app: Any) -> None:
    assert one(case, echo(app_id=app)) == Echoed(
        address=case.address, external_id="m_8", text="By hand", sent_at=AT
    )


@of_both
def test_an_echo_has_its_files(case: Case) -> None:
    files = [{"type": "image", "payload": {"url": "https://cdn.example/menu.png?x=1"}}]
    event = one(case, echo(text="", attachments=files))
    assert isinstance(event, Echoed)
    assert [file.ref for file in event.attachments] == ["https://cdn.example/menu.png?x=1"]


@of_both
@pytest.mark.parametrize(
    "told",
    [
        echo(app_id=APP),
        echo(app_id=int(APP)),
        echo(is_deleted=True),
        item({"read": {"watermark": 1}}, sender=OURS, recipient=PERSON),
        item({"reaction": {"mid": "m", "action": "react", "emoji": "❤"}}, sender=OURS, recipient=PERSON),
        item({"message_edit": {"mid": "m", "text": "x"}}, sender=OURS, recipient=PERSON),
    ],
    ids=["a text", "an app as a number", "taken back", "read", "a reaction", "an edit"],
)
def test_what_we_did_ourselves_is_passed_over(case: Case, told: dict[str, Any]) -> None:
    reading = read(case, told)
    assert reading.events == ()
    assert [name.endswith(" of ours") for name in reading.skipped] == [True]


@of_both
@pytest.mark.parametrize(
    ("told", "name"),
    [
        (item({"referral": {"ref": "flyer"}}), "referral"),
        (item({"pass_thread_control": {"new_owner_app_id": "1"}}), "pass_thread_control"),
        (item({"take_thread_control": {}}), "take_thread_control"),
        (item({"request_thread_control": {}}), "request_thread_control"),
        (item({"app_roles": {"1": ["primary_receiver"]}}), "app_roles"),
        (item({"account_linking": {"status": "linked"}}), "account_linking"),
        (item({"policy_enforcement": {"action": "block"}}), "policy_enforcement"),
        (item({"optin": {"ref": "box", "user_ref": "1"}}), "optin that tells nothing"),
        (item({"message": {"mid": "m", "text": "x"}}, sender=""), "message that tells nothing"),
        (item({"message": {"mid": "m", "text": "x"}}) | {"sender": {}}, "message that tells nothing"),
        (item({"message": "x"}), "message"),
        (item({"reaction": {"action": "react", "emoji": "❤"}}), "reaction that tells nothing"),
        (item({"dream" * 40: {}}), ("dream" * 40)[:64]),
    ],
)
def test_what_nobody_said_is_passed_over_by_its_name(case: Case, told: dict[str, Any], name: str) -> None:
    reading = read(case, told)
    assert reading.events == ()
    assert reading.skipped == (name,)


@of_both
def test_what_another_app_holds_is_passed_over(case: Case) -> None:
    entry = {"id": OURS, "standby": [message("one"), message("two", "m_2")]}
    change = {"id": OURS, "changes": [{"field": "standby", "value": message("three")}]}
    assert case.open().read(sign(whole(case.kind, entry, change))) == Reading(skipped=("standby",) * 3)


@of_both
def test_the_form_with_changes_says_the_same(case: Case) -> None:
    told = message("Hi", attachments=[{"type": "image", "payload": {"url": "https://c.example/1.png"}}])
    assert case.open().read(sign(changed(case.kind, {"field": "messages", "value": told}))) == read(
        case, told
    )


@of_both
@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("messaging_seen", item({"read": {"mid": "m_1"}})),
        ("message_reactions", item({"reaction": {"mid": "m_1", "action": "unreact"}})),
        ("messaging_postbacks", item({"postback": {"mid": "m_1", "title": "Go"}})),
        ("message_edit", item({"message_edit": {"mid": "m_1", "text": "x"}})),
    ],
)
def test_each_field_of_changes_is_read(case: Case, field: str, told: dict[str, Any]) -> None:
    reading = case.open().read(sign(changed(case.kind, {"field": field, "value": told})))
    assert [getattr(event, "external_id", "") for event in reading.events] == ["m_1"]


@of_both
@pytest.mark.parametrize(
    ("text", "word"), [("STOP", "stop"), (" Baja! ", "stop"), ("start", "start"), ("Ayuda", "help")]
)
def test_a_word_of_consent_is_recorded_beside_the_message(case: Case, text: str, word: str) -> None:
    said, consent = read(case, message(text)).events
    assert isinstance(said, MessageIn)
    assert isinstance(consent, ConsentChanged)
    assert (consent.word, consent.address, consent.external_id) == (word, case.address, "m_1")
    assert (consent.wording, consent.marketing, said.text) == (text, False, text)


@of_both
@pytest.mark.parametrize(
    ("status", "word"), [("STOP_NOTIFICATIONS", "stop"), ("RESUME_NOTIFICATIONS", "join"), (None, "join")]
)
def test_marketing_messages_are_allowed_and_stopped(case: Case, status: str | None, word: str) -> None:
    optin = {"type": "notification_messages", "notification_messages_token": "1", "title": "Bird facts"}
    told = item({"optin": optin | ({"notification_messages_status": status} if status else {})})
    consent = one(case, told)
    assert isinstance(consent, ConsentChanged)
    assert (consent.word, consent.marketing, consent.wording) == (word, True, "Bird facts")
    assert one(case, told) == consent


@of_both
def test_a_message_without_an_id_has_the_same_one_each_time(case: Case) -> None:
    told = item({"message": {"text": "Hello"}})
    first, again = one(case, told), one(case, told)
    other = one(case, item({"message": {"text": "Hello"}}, sender="99"))
    assert first == again
    assert isinstance(first, MessageIn)
    assert isinstance(other, MessageIn)
    assert first.external_id.startswith("made:")
    assert first.external_id != other.external_id


@of_both
def test_an_entry_of_another_account_is_passed_over(case: Case) -> None:
    theirs = {"id": "999", "messaging": [message("not ours")]}
    ours = {"id": OURS, "messaging": [message("ours")]}
    reading = case.open().read(sign(whole(case.kind, theirs, ours)))
    assert [getattr(event, "text", "") for event in reading.events] == ["ours"]
    assert reading.skipped == ("another account",)
    assert len(case.open(account_id="").read(sign(whole(case.kind, theirs, ours))).events) == 2


@of_both
def test_another_object_is_passed_over(case: Case) -> None:
    found = case.open().read(sign(b'{"object": "permissions", "entry": [{"id": "1"}]}'))
    assert found == Reading(skipped=("object permissions",))


@of_both
@pytest.mark.parametrize(
    "given", [b'{"object":"page"}', b'{"entry":{}}', b'{"test":"test"}', b'{"entry":null}']
)
def test_what_has_no_entries_is_malformed(case: Case, given: bytes) -> None:
    with pytest.raises(Malformed):
        case.open().read(sign(given))


@of_both
def test_empty_entries_tell_nothing(case: Case) -> None:
    reading = case.open().read(sign(whole(case.kind, {"id": OURS}, {"id": OURS, "messaging": []})))
    assert reading == Reading(skipped=("entry without events",))


@of_both
def test_either_secret_may_have_signed(case: Case) -> None:
    given = body(case.kind, message("Hi"))
    assert case.open().read(sign(given, SECOND)).events
    for secret in ("", "a third"):
        with pytest.raises(BadSignature):
            case.open().read(sign(given, secret))
    with pytest.raises(BadSignature):
        case.open(second_secret="").read(sign(given, ""))


@of_both
def test_the_body_is_signed_as_it_came(case: Case) -> None:
    given = sign(body(case.kind, message("Olá 👋")))
    assert b"\\u00e1" in given.body
    assert case.open().read(given).events
    with pytest.raises(BadSignature):
        case.open().read(replace(given, body=given.body.decode("unicode-escape").encode("utf-8", "replace")))


@of_both
def test_our_address_is_proven_to_be_ours(case: Case) -> None:
    url = "https://inbox.example/hooks/x?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    asked = Hook(method="GET", url=url + VERIFY, headers={}, body=b"", received_at=NOW)
    assert case.open().read(asked).response.body == "1158201444"
    case.open().check(asked)
    with pytest.raises(BadSignature):
        case.open().read(replace(asked, url=url + "guess"))
