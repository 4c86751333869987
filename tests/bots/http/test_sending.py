"""What the script is asked, and what its answers mean."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import bots
from bots.channel import Attachment, MediaOut
from bots.errors import (
    ChannelError,
    Misconfigured,
    OptedOut,
    Refused,
    Throttled,
    Uncertain,
    Unreachable,
    WindowClosed,
)
from tests.bots.http.case import CASE, OLD
from tests.providers.faults import Fault
from tests.providers.http.server import ADDRESS, Canned, ScriptLookAlike

PICTURE = MediaOut(
    name="a.png", content_type="image/png", size=3, path=Path("a.png"), url="https://x.example/media/a"
)


async def test_a_message_is_posted_whole() -> None:
    async with CASE.talking() as (channel, script):
        message = replace(
            CASE.out("*Olá*, `Ana`", key="reply:7:1"),
            media=(PICTURE,),
            reply_to="m1",
            subject="Boots",
            thread=("m0", "m1"),
            template="hello",
            template_language="pt",
            variables={"name": "Ana"},
            unsubscribe="https://x.example/u",
            owed_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        )
        sent = await channel.send(message)
        assert isinstance(script, ScriptLookAlike)
        assert script.ids == ["reply:7:1"]
    assert sent.external_id == "p1"
    assert script.asked == [
        {
            "ask": "send",
            "key": "reply:7:1",
            "address": ADDRESS,
            "text": "Olá, Ana",
            "media": [
                {"name": "a.png", "content_type": "image/png", "size": 3, "url": "https://x.example/media/a"}
            ],
            "reply_to": "m1",
            "subject": "Boots",
            "thread": ["m0", "m1"],
            "by_agent": True,
            "template": "hello",
            "template_language": "pt",
            "variables": {"name": "Ana"},
            "unsubscribe": "https://x.example/u",
            "owed_at": "2026-03-01T12:00:00+00:00",
        }
    ]


async def test_marks_stay_where_the_provider_shows_them() -> None:
    async with ScriptLookAlike() as script:
        channel = CASE.open(url=script.url, formats=True)
        await channel.send(CASE.out("*Olá*"))
        await channel.stop()
    assert script.texts() == ["*Olá*"]


async def test_a_lost_answer_is_found_by_asking_again_under_the_same_key() -> None:
    async with CASE.talking() as (channel, script):
        script.faults.add(Fault(kind="drop_after", where="/send"))
        with pytest.raises(Uncertain):
            await channel.send(CASE.out("Hello"))
        found = await channel.look_up(CASE.out("Hello"))
        assert found is not None
        assert found.external_id == "p1"
        assert list(script.texts()) == ["Hello"]


async def test_a_script_without_memory_is_not_asked_again() -> None:
    async with ScriptLookAlike() as script:
        channel = CASE.open(url=script.url, looks_up=False)
        assert not channel.spec.looks_up
        assert await channel.look_up(CASE.out("Hello")) is None
    assert script.asked == []


async def test_the_old_secret_still_signs_while_the_script_has_it() -> None:
    async with ScriptLookAlike(secret=OLD) as script:
        channel = CASE.open(url=script.url)
        assert (await channel.send(CASE.out("Hello"))).external_id == "p1"
        await channel.stop()


async def test_a_script_with_another_secret_is_our_mistake() -> None:
    async with ScriptLookAlike(secret="whsec_" + "QUJD" * 10) as script:
        channel = CASE.open(url=script.url)
        with pytest.raises(Misconfigured, match="secrets"):
            await channel.send(CASE.out("Hello"))
        await channel.stop()


ANSWERS: list[Any] = [
    (Canned(body={"error": "throttled", "retry_after": 2.5}), Throttled, "200", "slow down"),
    (Canned(status=429), Throttled, "429", "slow down"),
    (
        Canned(body={"error": "unreachable", "reason": "The loft is shut."}),
        Unreachable,
        "200",
        "The loft is shut.",
    ),
    (Canned(status=503, body={"error": "unreachable"}), Unreachable, "503", "cannot be reached"),
    (Canned(body={"error": "uncertain"}), Uncertain, "200", "no answer was heard"),
    (Canned(body={"error": "refused", "code": 12, "reason": "Too heavy."}), Refused, "12", "Too heavy."),
    (Canned(body={"error": "window_closed"}), WindowClosed, "200", "free text"),
    (Canned(body={"error": "opted_out", "code": "STOP"}), OptedOut, "STOP", "does not want"),
    (Canned(body={"error": "misconfigured"}), Misconfigured, "200", "settings"),
    (Canned(body={"error": "odd", "external_id": "p"}), Refused, "200", "refused"),
    (Canned(body={"provider_status": 401}), Misconfigured, "401", "account"),
    (Canned(body={"provider_status": 429, "retry_after": "9"}), Throttled, "429", "slow down"),
    (Canned(body={"provider_status": 500}), Uncertain, "500", "no answer was heard"),
    (Canned(body={"provider_status": 503, "error": "unreachable"}), Unreachable, "503", "cannot be reached"),
    (Canned(body={"provider_status": 400, "reason": "Bad number."}), Refused, "400", "Bad number."),
    (Canned(status=401), Misconfigured, "401", "signature"),
    (Canned(status=404), Misconfigured, "404", "address"),
    (Canned(status=302, headers={"Location": "/other"}), Misconfigured, "302", "elsewhere"),
    (Canned(status=500), Uncertain, "500", "may have sent"),
    (Canned(status=422, body={"reason": "Nobody there."}), Refused, "422", "Nobody there."),
    (Canned(status=200, body={}), Uncertain, "", "external_id"),
    (Canned(status=200, body=[1]), Uncertain, "", "external_id"),
    (Canned(status=409, body={}), Uncertain, "409", "has this key"),
    (Canned(body={"external_id": "x" * 501}), Uncertain, "", "external_id"),
    (Canned(body={"error": "refused", "code": "4775"}), OptedOut, "4775", "does not want"),
]


@pytest.mark.parametrize(("canned", "kind", "code", "words"), ANSWERS)
async def test_an_answer_means_what_its_word_or_status_says(
    canned: Canned, kind: type[ChannelError], code: str, words: str
) -> None:
    async with ScriptLookAlike() as script:
        channel = CASE.open(url=script.url, opt_out_codes=["4775"])
        script.answers.append(canned)
        with pytest.raises(kind) as raised:
            await channel.send(CASE.out("Hello"))
        await channel.stop()
    assert (raised.value.code, words in raised.value.reason) == (code, True)
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after in (2.5, 9.0, None)


@pytest.mark.parametrize("segments", [-1, 0, 10**12, True, "3", 2.5])
async def test_parts_that_cannot_be_are_one(segments: object) -> None:
    async with ScriptLookAlike() as script:
        channel = CASE.open(url=script.url)
        script.answers.append(Canned(body={"external_id": "x", "segments": segments}))
        sent = await channel.send(CASE.out("Hello"))
        await channel.stop()
    assert (sent.segments, type(sent.segments)) == (1, int)


TAKEN = [
    Canned(body={"external_id": "x", "segments": 3}),
    Canned(body={"external_id": "x", "provider_status": 202}),
    Canned(status=409, body={"external_id": "x"}),
]


@pytest.mark.parametrize("canned", TAKEN, ids=["200", "relayed", "409"])
async def test_an_answer_with_an_id_is_sent(canned: Canned) -> None:
    async with ScriptLookAlike() as script:
        channel = CASE.open(url=script.url)
        script.answers.append(canned)
        sent = await channel.send(CASE.out("Hello"))
        await channel.stop()
    assert (sent.external_id, sent.segments) == ("x", canned.body.get("segments", 1))


async def test_nobody_at_the_address_is_unreachable() -> None:
    channel = CASE.open()
    with pytest.raises(Unreachable):
        await channel.send(CASE.out("Hello"))
    await channel.stop()


async def test_nothing_is_not_sent() -> None:
    with pytest.raises(Refused, match="nothing to send"):
        await CASE.open().send(CASE.out(" \n"))


async def test_what_is_switched_on_is_asked_for() -> None:
    on = {"edits": True, "deletes": True, "reactions": ["👍"], "typing": True, "marks_read": True}
    async with ScriptLookAlike() as script:
        channel = CASE.open(url=script.url, **on)
        await channel.edit("p1", CASE.out("Hello!"))
        await channel.delete("p1", ADDRESS)
        await channel.react("m1", ADDRESS, "👍")
        await channel.show("typing", ADDRESS, "m1")
        await channel.show("read", ADDRESS, "m1")
        await channel.stop()
    asked = [(wants.pop("ask"), wants) for wants in script.asked]
    assert asked[0][0] == "edit"
    assert {"external_id": "p1", "text": "Hello!", "address": ADDRESS}.items() <= asked[0][1].items()
    assert asked[1:] == [
        ("delete", {"external_id": "p1", "address": ADDRESS}),
        ("react", {"external_id": "m1", "address": ADDRESS, "reaction": "👍"}),
        ("show", {"sign": "typing", "external_id": "m1", "address": ADDRESS}),
        ("show", {"sign": "read", "external_id": "m1", "address": ADDRESS}),
    ]
    assert len({*script.ids}) == 5


async def test_what_is_switched_off_is_refused_and_not_asked() -> None:
    async with CASE.talking() as (channel, script):
        for act in (
            channel.edit("p1", CASE.out("x")),
            channel.delete("p1", ADDRESS),
            channel.react("m1", ADDRESS, "👍"),
            channel.show("typing", ADDRESS, "m1"),
            channel.show("read", ADDRESS, "m1"),
        ):
            with pytest.raises(Refused):
                await act
        assert isinstance(script, ScriptLookAlike)
        assert script.asked == []


async def test_a_lost_answer_to_a_change_is_harmless() -> None:
    async with ScriptLookAlike() as script:
        channel = CASE.open(url=script.url, edits=True)
        script.faults.add(Fault(kind="drop_after", where="/send"))
        with pytest.raises(Unreachable):
            await channel.edit("p1", CASE.out("Hello!"))
        await channel.stop()


@pytest.mark.parametrize("key", ["touch:1.5:2", "ключ", "a b", "é"])
async def test_a_key_that_is_no_header_still_names_the_post(key: str) -> None:
    async with CASE.talking() as (channel, script):
        await channel.send(CASE.out("Hello", key=key))
        await channel.send(CASE.out("Hello", key=key))
        assert isinstance(script, ScriptLookAlike)
        assert len({*script.ids}) == 1
        assert script.ids[0].isascii()
        assert "." not in script.ids[0]
        assert [*script.sent] == [key]


async def test_a_file_is_fetched_with_the_credentials_of_its_origin_only() -> None:
    async with ScriptLookAlike() as script:
        script.files["a.png"] = ("image/png", b"png", "Basic aHVzaDpodXNo")
        channel = CASE.open(media_origin=script.base_url)
        file = Attachment(kind="image", ref=f"{script.base_url}/file/a.png")
        assert b"".join([chunk async for chunk in channel.fetch(file)]) == b"png"
        with pytest.raises(Refused, match="inside a network"):
            _ = [chunk async for chunk in CASE.open().fetch(file)]


def test_the_spec_is_what_the_settings_say() -> None:
    spec = CASE.open(
        label="Pigeon post",
        phone=True,
        rate=7,
        window_hours=24,
        a_day=9,
        reads=True,
        templates={"hi": ["pt"]},
        media_sizes={"image": 5},
        closes={"404": {"reason": "no_such_number", "days": 2}},
    ).spec
    assert (spec.kind, spec.label, spec.scheme, spec.text_limit) == ("http", "Pigeon post", "pigeon", 300)
    assert (spec.phone, spec.rate, spec.a_day, spec.receipts, spec.reads) == (True, 7, 9, True, True)
    assert spec.window is not None
    assert (spec.window.total_seconds(), spec.media_sizes, spec.templates) == (
        86400,
        {"image": 5},
        {"hi": ("pt",)},
    )
    assert spec.closes["404"].reason == "no_such_number"


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "whsec_short"},
        {"secret": "whsec_é"},
        {"old_secret": "x"},
        {"scheme": "Pigeon"},
        {"url": "ftp://x"},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused_without_being_shown(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as raised:
        bots.find("http").Settings.model_validate({**CASE.section, **change})
    assert "short" not in str(raised.value)
