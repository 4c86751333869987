"""What became of a message whose answer was lost."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.channel import MediaOut, MessageOut
from bots.errors import Refused, Uncertain, Unreachable
from bots.meta_page import MetaPage
from tests.bots.contract import Case
from tests.bots.instagram.case import CASE as INSTAGRAM
from tests.bots.messenger.case import CASE as MESSENGER
from tests.bots.meta_page_hooks import PERSON
from tests.bots.meta_page_provider import running
from tests.providers.faults import Fault
from tests.providers.meta_page import MetaPageLookAlike
from tests.providers.meta_page.records import Comment, Stored

NOW = datetime.now(UTC)
LOST = Fault(kind="drop_after", where="/v25.0/")


@pytest.fixture(params=[MESSENGER, INSTAGRAM], ids=["messenger", "instagram"])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
async def meta(case: Case) -> AsyncIterator[MetaPageLookAlike]:
    async with running("page" if case.kind == "messenger" else "instagram") as provider:
        yield provider.meta


@pytest.fixture
async def channel(case: Case, meta: MetaPageLookAlike) -> AsyncIterator[MetaPage]:
    opened = case.open(base_url=meta.base_url)
    assert isinstance(opened, MetaPage)
    yield opened
    await opened.stop()


def out(case: Case, text: str = "", **more: Any) -> MessageOut:
    return MessageOut(**{"key": "reply:1:1", "address": case.address, "text": text, "owed_at": NOW, **more})


def said(number: int, text: str, **more: Any) -> Stored:
    return Stored(**{"id": f"m_{number}", "customer": PERSON, "ours": True, "text": text, "at": NOW, **more})


async def test_what_was_taken_is_found(case: Case, channel: MetaPage, meta: MetaPageLookAlike) -> None:
    meta.faults.add(LOST)
    message = out(case, "Your *table* is\nkept")
    with pytest.raises(Uncertain):
        await channel.send(message)
    found = await channel.look_up(message)
    assert found is not None
    assert found.external_id == meta.sent[0].id


async def test_what_was_not_taken_is_not_found(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    meta.messages += [
        said(1, "Your table is kept", at=NOW - timedelta(minutes=5)),  # before it was owed
        said(2, "Your table is kept", ours=False),  # the customer's own words
        said(3, "Another thing"),
        said(4, "", files=["https://x.example/1"]),
    ]
    assert await channel.look_up(out(case, "Your table is kept")) is None


async def test_what_was_answered_is_not_taken_for_its_twin(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    first = await channel.send(out(case, "Yes"))
    assert await channel.look_up(out(case, "Yes", key="reply:2:1")) is None
    meta.faults.add(LOST)
    with pytest.raises(Uncertain):
        await channel.send(out(case, "Yes", key="reply:2:1"))
    found = await channel.look_up(out(case, "Yes", key="reply:2:1"))
    assert found is not None
    assert found.external_id != first.external_id
    assert await channel.look_up(out(case, "Yes", key="reply:3:1")) is None


async def test_of_two_the_first_is_taken(case: Case, channel: MetaPage, meta: MetaPageLookAlike) -> None:
    meta.messages += [said(1, "Yes"), said(2, "Yes", at=NOW + timedelta(seconds=1))]
    found = await channel.look_up(out(case, "Yes"))
    assert found is not None
    assert found.external_id == "m_1"


async def test_where_more_was_said_than_meta_shows_nobody_can_tell(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    lost = [said(1, "Your table is kept")]
    later = [said(number, "Hello?", ours=False) for number in range(2, 27)]
    meta.messages += [*lost, *later]
    with pytest.raises(Refused, match="does not show"):
        await channel.look_up(out(case, "Your table is kept"))
    meta.messages[1:2] = []
    found = await channel.look_up(out(case, "Your table is kept"))
    assert found is not None
    assert found.external_id == "m_1"


async def test_where_meta_shows_what_was_said_before_a_message_was_not_taken(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    before = [said(1, "Hi", at=NOW - timedelta(minutes=5))]
    meta.messages += [*before, *(said(number, "Hello?", ours=False) for number in range(2, 26))]
    assert await channel.look_up(out(case, "Your table is kept")) is None


async def test_a_file_is_found(case: Case, channel: MetaPage, meta: MetaPageLookAlike) -> None:
    meta.messages += [said(1, "Yes"), said(2, ""), said(3, "", files=["https://scontent.example/1"])]
    medium = MediaOut(
        name="a.png", content_type="image/png", size=1, path=Path("/x"), url="https://i.example/a"
    )
    found = await channel.look_up(out(case, media=(medium,)))
    assert found is not None
    assert found.external_id == "m_3"


async def test_where_meta_shows_nothing_nobody_can_tell(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    with pytest.raises(Refused):
        await channel.look_up(out(case, "Hello"))
    with pytest.raises(Refused):
        await channel.look_up(out(case, "Hello", address=f"{case.kind}:comment/88_1"))


async def test_a_public_answer_is_found_below_its_comment(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    about: dict[str, Any] = {"author": "77", "name": "Ana", "post": "88", "at": NOW}
    meta.comments["88_1"] = Comment(id="88_1", text="How much?", parent="", **about)
    meta.comments["88_2"] = Comment(id="88_2", text="It is 2 €", parent="88_1", **about)
    message = out(case, "It is 2 €", address=f"{case.kind}-comment:77:88_1", by_agent=True)
    assert await channel.look_up(message) is None
    meta.faults.add(LOST)
    with pytest.raises(Uncertain):
        await channel.send(message)
    found = await channel.look_up(message)
    assert found is not None
    assert found.external_id == meta.answers[0].id


async def test_an_unheard_look_up_may_be_asked_again(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    twice = Fault(kind="drop_after", times=2)  # the HTTP client itself asks a second time
    for fault in (twice, Fault(kind="status", status=503), Fault(kind="html", status=502)):
        meta.faults.add(fault)
        with pytest.raises(Unreachable):
            await channel.look_up(out(case, "Hello"))
