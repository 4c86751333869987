"""The doors: signed HTTP only, sockets that never hurry, nothing acknowledged that is not kept."""

from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier

from inbox.desk.slack import sockets
from inbox.desk.slack.manifest import manifest
from inbox.desk.slack.sockets import Socket
from storage.database import StorageFull
from tests.inbox.desk.slack.bureau import Bureau, bureau


async def test_over_http_the_whole_road_is_the_same(tmp_path: Path) -> None:
    async with bureau(tmp_path, socket_mode=False) as desk:
        card = await desk.opened()
        await desk.ana.types(card, "hello")
        assert await desk.sent() == ["hello"]
        await desk.ana.clicks(card, "snooze")
        await desk.ana.submits(await desk.ana.sees_view("tidings_snooze"))
        await desk.until(lambda: "snoozed until" in card.text)
        assert desk.slack.sockets.connects == 0


@pytest.mark.parametrize("fault", ["forged", "stale", "unsigned"])
async def test_a_bad_old_or_missing_signature_is_401_and_nothing_is_kept(tmp_path: Path, fault: str) -> None:
    async with bureau(tmp_path, socket_mode=False) as desk:
        body = '{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}'
        stamp = str(int(desk.slack.clock.now()) - (301 if fault == "stale" else 0))
        secret = "another" if fault == "forged" else desk.slack.signing_secret
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        headers = {"Content-Type": "application/json", "X-Slack-Request-Timestamp": stamp}
        if fault != "unsigned":
            headers["X-Slack-Signature"] = str(signature)
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{desk.url}/slack/events", data=body, headers=headers) as answer,
        ):
            assert answer.status == 401
        assert await desk.house.rows("SELECT count(*) FROM hooks WHERE channel = 'slack'") == [(0,)]


@pytest.mark.parametrize(("secret", "status"), [("", 200), ("of before", 200), ("of nobody", 401)])
async def test_the_signing_secret_of_before_is_still_good(tmp_path: Path, secret: str, status: int) -> None:
    async with bureau(tmp_path, socket_mode=False, old_signing_secret=SecretStr("of before")) as desk:
        body = '{"type":"event_callback","event_id":"Ev1","event":{"type":"tomorrow","event_ts":"1.1"}}'
        stamp = str(int(desk.slack.clock.now()))
        verifier = SignatureVerifier(secret or desk.slack.signing_secret)
        headers = {"Content-Type": "application/json", "X-Slack-Request-Timestamp": stamp}
        headers["X-Slack-Signature"] = str(verifier.generate_signature(timestamp=stamp, body=body))
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{desk.url}/slack/events", data=body, headers=headers) as answer,
        ):
            assert answer.status == status


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "٣", "9" * 13, "1e9"])
async def test_a_time_that_is_none_is_401(tmp_path: Path, stamp: str) -> None:
    async with bureau(tmp_path, socket_mode=False) as desk:
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=é"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{desk.url}/slack/events", data=b"{}", headers=headers) as answer,
        ):
            assert answer.status == 401


async def test_without_a_signing_secret_there_is_no_http_door(tmp_path: Path) -> None:
    async with bureau(tmp_path, signing_secret="") as desk:
        assert desk.face.routes() == []


async def test_a_body_over_a_megabyte_is_413(tmp_path: Path) -> None:
    async with (
        bureau(tmp_path, socket_mode=False) as desk,
        aiohttp.ClientSession() as session,
        session.post(f"{desk.url}/slack/events", data=b"x" * 1_000_001) as answer,
    ):
        assert answer.status == 413


async def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bureau(tmp_path, socket_mode=False) as desk:
        card = await desk.opened()
        desk.slack.delivery.pusher.retry_seconds = (0.05,)
        keep, tries = desk.face.working.keep, []

        async def full_once(payload: object) -> None:
            tries.append(payload)
            if len(tries) == 1:
                raise StorageFull("no space left")
            await keep(payload)  # type: ignore[arg-type]

        monkeypatch.setattr(desk.face.hearing, "_keep", full_once)
        await desk.ana.types(card, "hello")
        assert await desk.sent() == ["hello"]
        statuses = [push.status for push in desk.slack.delivery.pusher.pushes if push.url.endswith("events")]
        assert (statuses.count(503), statuses[-1]) == (1, 200)  # our own posts come by as well
        assert len(tries) == 2


async def test_unknown_events_are_kept_and_acknowledged(desk: Bureau) -> None:
    desk.slack.delivery.send(
        desk.slack.delivery._envelope({"type": "tomorrow", "event_ts": "1.1"}, shared=False)
    )
    await desk.until_row("SELECT count(*) FROM hooks WHERE channel = 'slack' AND state = 'applied'")
    await desk.until(lambda: desk.slack.sockets.acked)


async def test_a_refresh_in_mid_burst_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LEAST_APART", 0.05)
    async with bureau(tmp_path, settle_seconds=0.3) as desk:
        card = await desk.opened()
        said = [f"line {number}" for number in range(12)]
        for number, words in enumerate(said):
            await desk.ana.types(card, words)
            if number == 4:
                await desk.slack.sockets.disconnect("refresh_requested", everyone=True)
            if number == 8:
                desk.slack.sockets.drop()
        assert sorted(await desk.sent(len(said))) == sorted(said)
        await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
        assert len(desk.house.paper.sent) == len(said)


async def test_too_many_websockets_never_opens_more_than_twice_a_minute(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False) as desk:
        workspace, slept = desk.face.workspace, []
        await workspace.calls.open()
        desk.slack.sockets.refusing = "too_many_websockets"

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            desk.slack.clock.advance(seconds)
            if len(slept) == 6:
                raise EOFError

        with pytest.raises(EOFError):
            await Socket(workspace, desk.face.hearing.bolt, 0, sleep).run()
        opened = [call.when for call in desk.slack.called("apps.connections.open")]
        assert len(opened) == 6
        assert all(later - earlier >= 30 for earlier, later in pairwise(opened))


async def test_link_disabled_ends_the_socket(tmp_path: Path) -> None:
    async with bureau(tmp_path, start=False) as desk:
        await desk.face.workspace.calls.open()
        desk.slack.sockets.refusing = "link_disabled"
        socket = Socket(desk.face.workspace, desk.face.hearing.bolt, 0)
        await socket.run()
        assert socket.state == "link_disabled"


async def test_a_modal_opens_although_the_database_sleeps(tmp_path: Path) -> None:
    async with bureau(tmp_path) as desk:
        card = await desk.opened()
        async with desk.house.database.turn:
            await desk.ana.clicks(card, "snooze")
            await desk.ana.sees_view("tidings_snooze")


async def test_an_expired_trigger_is_explained(desk: Bureau) -> None:
    from tests.providers.slack import Fault

    card = await desk.opened()
    desk.slack.fault("views.open", Fault.refuses("expired_trigger_id"))
    await desk.ana.clicks(card, "snooze")
    await desk.ana.sees("press again")


async def test_a_click_from_an_old_card_is_checked_against_the_row(desk: Bureau) -> None:
    card = await desk.opened()
    old = [dict(block) for block in card.blocks]
    await desk.ana.clicks(card, "take")
    await desk.until(lambda: "Ana has it" in card.text)
    card.blocks = old
    await desk.rui.clicks(card, "take")
    await desk.rui.sees("Ana has this conversation")
    await desk.until(lambda: "give_back" in str(card.blocks))
    revision, shown = (await desk.house.rows(
        "SELECT c.revision, t.revision FROM conversations c JOIN slack_threads t ON t.conversation_id = c.id"
    ))[0]  # fmt: skip
    assert revision == shown


async def test_a_lost_row_is_healed_by_the_cards_own_metadata(desk: Bureau) -> None:
    card = await desk.opened()
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("DELETE FROM slack_threads")
    await desk.ana.types(card, "hello")
    assert await desk.sent() == ["hello"]


def test_the_manifest_names_the_doors_over_http_only() -> None:
    assert "request_url" not in manifest()
    over_http = manifest("https://desk.example")
    assert "request_url: https://desk.example/slack/events" in over_http
    assert "request_url: https://desk.example/slack/interactivity" in over_http
    assert "socket_mode_enabled: false" in over_http
