"""A run whose every secret is set and where everything goes wrong says none of them."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.telegram.registering import webhook_secrets
from bots.telegram.settings import Settings as TelegramSettings
from config.sealed import SEAL_KEY, Seals, new_key
from inbox.secret import kept as opened_keys
from tests.road.processes import Program, Told, python, running, until
from tests.road.town import BOT, SID, Town, town

FAULTS = ("html", "status", "throttle", "drop_after", "drop_before")
COMMANDS = (["check"], ["journal", "list", "--all"], ["owed", "list"])


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=True) as made:
        config = tmp_path / "tidings.toml"
        config.write_text(f'log_level = "debug"\n{config.read_text()}')
        yield made


async def _nonsense(place: Town, secret: str) -> None:
    """Say what no client says, secrets among it, to the bare socket."""
    for text in (
        f"NONSENSE /hooks/telegram?token={secret} HTTP/9\r\n\r\n",
        f"POST /hooks/telegram HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\n"
        "Content-Length: 5\r\nContent-Encoding: gzip\r\n\r\nxxxxx",
        f"GET /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\nbroken header\r\n\r\n",
        f"GET /chat HTTP/1.1\r\nHost: x\r\nCookie: tidings_session={secret}\r\nX: {'x' * 40_000}\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        writer.write(text.encode())
        await writer.drain()
        await asyncio.wait_for(reader.read(2_000), 5)
        writer.close()


async def _customers_write(place: Town, words: str) -> None:
    await place.telegram.post("say", chat_id=7001, text=words)
    await place.twilio.post(
        "say",
        url=f"{place.url}/hooks/sms",
        **{"from": "+447700900142"},
        body=words,
        media=[{"content_type": "image/png", "base64": "eA=="}],
    )


async def _said_by(place: Town, *command: str) -> str:
    whole = python("tests.road.cli", "--config", str(place.folder / "tidings.toml"), *command)
    async with running(*whole, folder=place.folder, name="-".join(command), env=place.env) as program:
        await asyncio.wait_for(program.process.wait(), 20)
        return program.output()


@pytest.mark.timeout(120)
async def test_no_secret_is_said_whatever_goes_wrong(place: Town) -> None:
    async with place.tidings() as program:
        link = place.sign_in_link(program)
        for provider in (place.telegram, place.twilio):
            for kind in FAULTS:
                await provider.post("faults", kind=kind, times=2)
        await _write_and_answer(place, program)
        async with place.client.get(f"{place.url}/metrics") as answer:
            pages = await answer.text()
        session = await _sign_in(place, link)
        await _nonsense(place, session)
        for path in ("/desk/owed", "/desk?view=all"):
            async with place.client.get(f"{place.url}{path}") as answer:
                pages += await answer.text()
        await program.end()
        said = program.output().replace(link, "")
    ids = re.findall(r"(?m)^(\d+)  ", await _said_by(place, "journal", "list", "--all"))
    assert ids
    said += "".join([await _said_by(place, *command) for command in COMMANDS])
    said += "".join([await _said_by(place, "journal", "show", one) for one in ids[:5]])
    said = said.replace(SID, "")  # no secret, and the look-alike's token is a part of it
    secrets = {name: value for name, value in place.env.items() if "TOKEN" in name or "SECRET" in name}
    secrets["the house's key"] = (place.folder / "var" / "secret.key").read_text().strip()
    secrets["the session"] = session
    secrets["the link"] = link.partition("token=")[2]
    assert "error" in said
    assert {name for name, value in secrets.items() if value in said + pages} == set()
    assert _open_to_others(place.folder / "var") == []


KEY, TOKEN = new_key(), "api-token-of-the-shop"


@pytest.mark.timeout(120)
async def test_no_secret_stands_in_clear_in_what_is_kept(tmp_path: Path) -> None:
    """A whole sign-in, three channels and a sealed value in the file; then a thief reads the disk."""
    async with town(tmp_path, slack=True, secrets={SEAL_KEY: KEY}) as place:
        config = tmp_path / "tidings.toml"
        config.write_text(f'api_token = "{Seals(keys=(KEY,)).seal(TOKEN)}"\n{config.read_text()}')
        async with place.tidings() as program:
            link = place.sign_in_link(program)
            await _customers_write(place, "Can you hear me?")
            await _arrived(place)
            session = await _sign_in(place, link)
            visitor = await _chats(place)
            called = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "1"}
            url = f"{place.url}/api/v1/customers"
            async with place.client.post(url, json={"customers": []}, headers=called) as answer:
                assert answer.status in (200, 422), await answer.text()
            await program.end()
        kept = b"".join(path.read_bytes() for path in sorted((tmp_path / "var").rglob("*")) if path.is_file())
        kept += config.read_bytes()
        secrets = {name: value for name, value in place.env.items() if "TOKEN" in name or "SECRET" in name}
    secrets |= {"seal key": KEY, "api token": TOKEN, "session": session, "visitor": visitor}
    secrets["link"] = link.partition("token=")[2]
    secrets["what Telegram repeats"] = webhook_secrets(TelegramSettings(token=SecretStr(BOT)))[0]
    [secrets["our own"]] = opened_keys(tmp_path / "var" / "secret.key", Seals(keys=(KEY,)))
    assert b"Can you hear me?" in kept, "the database was read"
    assert b'"x-telegram-bot-api-secret-token":"sealed:' in kept, "and the journal in it"
    assert {name for name, value in secrets.items() if _without_sid(value) in kept} == set()


def _without_sid(secret: str) -> bytes:
    """The look-alike's token is made of the digits of its account, which is no secret."""
    return f'"{secret}"'.encode() if secret in SID else secret.encode()


async def _chats(place: Town) -> str:
    async with place.client.post(f"{place.url}/chat/visitor", json={}) as answer:
        assert answer.status == 200, await answer.text()
        token: str = (await answer.json())["token"]
    said = {"events": [{"kind": "message", "id": "message-00000001", "text": "Is anybody there?"}]}
    headers = {"Authorization": f"Bearer {token}"}
    async with place.client.post(f"{place.url}/hooks/webchat", json=said, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    return token


async def _arrived(place: Town) -> Told:
    """Wait until both customers' words stand in Slack."""
    slack = place.slack
    assert slack is not None

    async def both_arrived() -> bool:
        posts = await slack.get(f"posts?channel={place.slack_channel}")
        return len(posts) >= 2

    await until(both_arrived)
    return slack


async def _write_and_answer(place: Town, program: Program) -> None:
    await _customers_write(place, "Can you hear me?")
    slack = await _arrived(place)
    for post in await slack.get(f"posts?channel={place.slack_channel}"):
        where = {"channel": place.slack_channel, "ts": post.get("thread_ts") or post["ts"]}
        await slack.post(f"people/{place.ana}/types", where=where, text="I hear you")

    async def trouble() -> bool:
        return "again" in program.output() or "error" in program.output()

    await until(trouble)


async def _sign_in(place: Town, link: str) -> str:
    token = link.partition("token=")[2]
    async with place.client.post(
        f"{place.url}/desk/sign-in",
        data={"token": token},
        headers={"Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
    ) as answer:
        assert answer.status == 303
        return answer.cookies["tidings_session"].value


def _open_to_others(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.stat().st_mode & 0o077]
