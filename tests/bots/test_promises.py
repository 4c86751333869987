"""The promises that every channel keeps."""

import asyncio
import json
import logging
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bots
from bots.channel import Channel, Reading
from bots.errors import (
    BadSignature,
    ChannelError,
    Malformed,
    OptedOut,
    Throttled,
    Uncertain,
    Unreachable,
    Verdict,
)
from inbox.desk.texts import split
from tests.bots.contract import Case, cases
from tests.providers.faults import Fault

CASES = cases()
FOLDERS = Path(bots.__file__).parent
of_each = pytest.mark.parametrize("case", [pytest.param(case, id=case.kind) for case in CASES])
WHOLE = ("__init__.py", "spec.py", "settings.py", "channel.py", "README.md")


def lacking(case: Case, part: str) -> None:
    """Skip with the reason that the case gives, and only with one."""
    assert case.without.get(part), f"{case.kind} shows no {part} and does not say why"
    pytest.skip(case.without[part])


def ids(reading: Reading) -> list[str]:
    found = [getattr(event, "external_id", "") for event in reading.events]
    return [one for at, one in enumerate(found) if one and one not in found[:at]]


def test_every_folder_is_on_trial() -> None:
    assert [kind for kind in bots.kinds() if kind not in {case.kind for case in CASES}] == []


@of_each
def test_a_folder_is_whole(case: Case) -> None:
    folder = FOLDERS / case.kind
    assert [name for name in WHOLE if not (folder / name).is_file()] == []
    module = bots.find(case.kind)
    assert module.SPEC.kind == case.kind
    assert Channel in type(case.open()).__mro__
    for name, field in module.Settings.model_fields.items():
        assert field.description, f"the setting {name} has no sentence"


@of_each
def test_a_forged_hook_is_refused(case: Case) -> None:
    channel = case.open()
    for body in case.real.values():
        hook = case.sign(body)
        for act in (channel.read, channel.check):
            with pytest.raises(BadSignature):
                act(case.forge(hook))


@of_each
def test_the_same_hook_twice_names_the_same_messages(case: Case) -> None:
    if not case.real:
        lacking(case, "hooks")
    for label, body in case.real.items():
        one, two = (case.open().read(case.sign(body)) for _ in range(2))
        assert one.events or one.skipped or one.response.body, label
        assert ids(one) == ids(two), label


@of_each
def test_every_entry_of_a_batch_is_read_in_order(case: Case) -> None:
    if case.batch is None:
        lacking(case, "batch")
        return
    body, expected = case.batch
    assert len(expected) > 1
    assert ids(case.open().read(case.sign(body))) == list(expected)


@of_each
def test_what_means_nothing_to_us_is_passed_over_and_named(case: Case) -> None:
    if case.unknown is None:
        lacking(case, "unknown")
        return
    reading = case.open().read(case.sign(case.unknown))
    assert reading.events == ()
    assert reading.skipped
    assert reading.response.status == 200


@of_each
def test_garbage_is_malformed_and_never_a_mistake_of_ours(case: Case) -> None:
    for body in case.garbage:
        read = partial(case.open().read, case.sign(body))
        if case.refuses_garbage:
            with pytest.raises(Malformed, match=r"\w"):
                read()
        else:
            assert read().events == ()


def mutated(data: st.DataObject, value: Any) -> Any:
    """Change one place of a JSON value: another type, gone, doubled, or odd words."""
    odd = st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20),
        st.just([]), st.just({}), st.just([{}]), st.just("\ud800"), st.just("9" * 400),
    )  # fmt: skip
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(value)))
        match data.draw(st.integers(0, 3)):
            case 0:
                return {name: one for name, one in value.items() if name != key}
            case _:
                return value | {key: mutated(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.integers(0, 5)):
        at = data.draw(st.integers(0, len(value) - 1))
        if data.draw(st.integers(0, 3)) == 0:
            return [*value, value[at]]
        return [*value[:at], mutated(data, value[at]), *value[at + 1 :]]
    return data.draw(odd)


def as_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


@of_each
@settings(deadline=None)
@given(data=st.data())
def test_a_spoiled_hook_is_read_or_refused_and_nothing_else(case: Case, data: st.DataObject) -> None:
    if not case.real:
        lacking(case, "hooks")
    body = data.draw(st.sampled_from(list(case.real.values())))
    whole = as_json(body)
    if whole is None:
        at = data.draw(st.integers(0, len(body)))
        cut = data.draw(st.binary(max_size=8))
        spoiled = body[:at] + cut + body[at + data.draw(st.integers(0, 8)) :]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            whole = mutated(data, whole)
        spoiled = json.dumps(whole).encode()
    try:
        reading = case.open().read(case.sign(spoiled))
    except ChannelError:
        return
    for event in reading.events:
        assert isinstance(getattr(event, "address", ""), str)
        assert isinstance(getattr(event, "external_id", ""), str)
        assert isinstance(getattr(event, "text", ""), str)
        assert event.sent_at.tzinfo is not None


@of_each
def test_every_status_word_of_the_provider_is_known(case: Case) -> None:
    if not case.statuses:
        lacking(case, "statuses")
    assert set(case.statuses) <= set(case.known_statuses)


TROUBLES: list[Any] = [
    pytest.param(Fault(kind="throttle", retry_after=7), Throttled, id="slow down"),
    pytest.param(Fault(kind="drop_before"), (Unreachable, Uncertain), id="cut before"),
    pytest.param(Fault(kind="drop_after"), Uncertain, id="cut after"),
    pytest.param(Fault(kind="status", status=500), (Unreachable, Uncertain), id="500"),
    pytest.param(Fault(kind="status", status=503), (Unreachable, Uncertain), id="503"),
    pytest.param(Fault(kind="html", status=502), (Unreachable, Uncertain), id="a page in place of an answer"),
]


@of_each
@pytest.mark.parametrize(("fault", "error"), TROUBLES)
async def test_trouble_has_its_verdict(case: Case, fault: Fault, error: type[ChannelError]) -> None:
    if case.provider is None:
        lacking(case, "provider")
        return
    async with case.talking() as (channel, provider):
        provider.faults.add(aimed(fault, case))
        with pytest.raises(error) as raised:
            await channel.send(case.out("Hello"))
        assert raised.value.verdict is not Verdict.GIVE_UP
        if isinstance(raised.value, Throttled) and fault.kind == "throttle":
            assert raised.value.retry_after == 7
        assert_silent(case, f"{raised.value!r} {raised.value} {raised.value.reason}")


def aimed(fault: Fault, case: Case) -> Fault:
    return Fault(kind=fault.kind, where=case.send_path, status=fault.status, retry_after=fault.retry_after)


@of_each
async def test_an_answer_that_does_not_come_is_uncertain(case: Case) -> None:
    if case.provider is None:
        lacking(case, "provider")
        return
    async with case.talking() as (_, provider):
        channel = case.open(**{**provider.section, case.timeout: 0.2})
        provider.faults.add(Fault(kind="slow", where=case.send_path, seconds=3))
        try:
            with pytest.raises(Uncertain):
                await channel.send(case.out("Hello"))
        finally:
            await channel.stop()


@of_each
async def test_who_said_stop_at_the_provider_is_opted_out(case: Case) -> None:
    if case.provider is None or "opt out" in case.without:
        lacking(case, "provider" if case.provider is None else "opt out")
        return
    async with case.talking() as (channel, provider):
        provider.opts_out()
        with pytest.raises(OptedOut):
            await channel.send(case.out("Hello"))


@of_each
async def test_a_long_text_arrives_whole_and_in_order(case: Case) -> None:
    if case.provider is None:
        lacking(case, "provider")
        return
    words = " ".join(f"word{number}é" for number in range(2_000))
    async with case.talking() as (channel, provider):
        spec = channel.spec
        parts = split(words[: int(spec.text_limit * 2.5)].strip(), spec.text_limit, spec.text_unit)
        for number, part in enumerate(parts):
            sent = await channel.send(case.out(part, key=f"reply:1:{number}"))
            assert sent.external_id
        together = " ".join(" ".join(provider.texts()).split())
    assert " ".join(parts) in together


@of_each
async def test_it_says_who_we_are(case: Case) -> None:
    if case.provider is None:
        lacking(case, "provider")
        return
    async with case.talking() as (channel, _):
        line = await channel.who()
    assert line
    assert "\n" not in line
    assert_silent(case, line)


@of_each
async def test_no_secret_is_in_a_repr_a_log_or_an_error(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel = case.open()
    hook = case.sign(next(iter(case.real.values()), b"{}"))
    shown = [repr(channel), repr(bots.find(case.kind).Settings.model_validate(case.section))]
    with pytest.raises(BadSignature) as raised:
        channel.read(case.forge(hook))
    shown += [repr(raised.value), str(raised.value)]
    if case.provider is not None:
        shown += await spoken(case)
    await asyncio.sleep(0)
    assert_silent(case, "\n".join([*shown, caplog.text]))


async def spoken(case: Case) -> list[str]:
    """Send well and badly; list what the errors say."""
    shown = []
    async with case.talking() as (channel, provider):
        await channel.send(case.out("Hello"))
        for fault in (Fault(kind="status", status=500), Fault(kind="status", status=401)):
            provider.faults.add(aimed(fault, case))
            with pytest.raises(ChannelError) as raised:
                await channel.send(case.out("Hello", key=f"reply:2:{fault.status}"))
            shown += [repr(raised.value), str(raised.value), repr(raised.value.__cause__)]
    return shown


def assert_silent(case: Case, shown: str) -> None:
    assert [secret for secret in case.secrets if secret in shown] == []
