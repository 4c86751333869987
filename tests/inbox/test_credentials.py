"""What a hook shows is kept sealed and opened to be read; what signs it is left alone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from pydantic import SecretStr

import bots
from bots.channel import Channel, Hook
from bots.errors import BadSignature
from config.sealed import Seals, is_sealed, new_key
from config.settings import Settings, load
from inbox.credentials import SHOWN, Credentials, seals_at_rest
from inbox.resealing import reseal_hooks
from storage import hooks
from storage.database import Database
from tests.inbox.house import House

MESSAGE = {
    "message_id": 5,
    "date": 1767225600,
    "chat": {"id": 42, "type": "private"},
    "from": {"id": 42, "is_bot": False, "first_name": "Ana"},
}
NOW = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)
KEY, NEW = new_key(), new_key()
HOOK = Hook(
    method="POST",
    url="https://in.example/hooks/telegram",
    headers={"x-telegram-bot-api-secret-token": "hush-hush", "content-type": "application/json"},
    body=b"{}",
    received_at=NOW,
)


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_a_credential_is_sealed_and_opens_again(name: str) -> None:
    credentials = Credentials(Seals(keys=(KEY,)))
    hook = replace(HOOK, headers={name: "hush-hush", "x-slack-signature": "v0=1"})
    closed = credentials.closed(hook)
    assert is_sealed(closed.headers[name])
    assert "hush" not in str(closed)
    assert closed.headers["x-slack-signature"] == "v0=1"
    assert credentials.opened(closed) == hook
    assert credentials.closed(hook).headers == closed.headers, "the same value is sealed once"


def test_what_shows_nothing_comes_back_as_it_is() -> None:
    credentials = Credentials(Seals(keys=(KEY,)))
    hook = replace(HOOK, headers={"x-line-signature": "s"})
    assert credentials.closed(hook) is hook
    assert credentials.opened(hook) is hook
    assert Credentials().closed(HOOK) is HOOK, "without a key nothing is sealed"


def test_what_no_key_opens_stays_sealed_and_so_convinces_nobody() -> None:
    closed = Credentials(Seals(keys=(KEY,))).closed(HOOK)
    assert Credentials(Seals(keys=(NEW,))).opened(closed) == closed


def test_many_visitors_are_forgotten_again() -> None:
    credentials = Credentials(Seals(keys=(KEY,)))
    for number in range(1_005):
        credentials.closed(replace(HOOK, headers={"authorization": f"Bearer {number}"}))
    assert len(credentials._sealed) == 1_000


def test_our_own_secret_seals_where_no_key_is_given_and_the_one_before_opens() -> None:
    alone = Settings(secret_key=SecretStr("o" * 32))
    closed = Credentials(seals_at_rest(alone)).closed(HOOK)
    assert is_sealed(closed.headers["x-telegram-bot-api-secret-token"])
    both = Settings(secret_key=SecretStr("n" * 32), old_secret_key=SecretStr("o" * 32))
    assert Credentials(seals_at_rest(both)).opened(closed) == HOOK
    other = Settings(secret_key=SecretStr("n" * 32))
    assert Credentials(seals_at_rest(other)).opened(closed) == closed


def test_a_key_of_the_environment_seals_before_our_own(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    path.touch()
    settings = load(path, {"TIDINGS_SEAL_KEY": KEY, "TIDINGS_SECRET_KEY": "k" * 32})
    assert seals_at_rest(settings).keys[0] == KEY
    assert len(seals_at_rest(settings).keys) == 2


async def test_the_journal_is_sealed_anew_in_pages(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.resealing.ROWS", 2)
    old, both = Credentials(Seals(keys=(KEY,))), Seals(keys=(NEW, KEY))
    lost = Credentials(Seals(keys=(new_key(),)))
    kept = [old.closed(HOOK)] * 5 + [replace(HOOK, headers={"x": "y"}), lost.closed(HOOK)]
    async with database.writing() as connection:
        for number, hook in enumerate(kept, start=1):
            await hooks.keep(
                connection, hook_id=number, channel="telegram", received_at=NOW, method="POST",
                url=hook.url, headers=hook.headers, body=b"{}", state="applied",
            )  # fmt: skip
    assert await reseal_hooks(database, both) == 5
    assert await reseal_hooks(database, both) == 0
    newest = Credentials(Seals(keys=(NEW,)))
    async with database.reading() as connection:
        rows = [await hooks.one(connection, number) for number in range(1, 8)]
    headers = [row.headers for row in rows if row is not None]
    assert [newest.opened(replace(HOOK, headers=one)) for one in headers[:5]] == [HOOK] * 5
    assert headers[5] == {"x": "y"}
    assert headers[6] == kept[6].headers, "what no key opens is left as it is"


def telegram() -> Channel:
    channel: Channel = bots.find("telegram").open_channel(
        bots.find("telegram").Settings(token=SecretStr("42:A"), webhook_secret=SecretStr("hush-hush")),
        "telegram",
    )
    return channel


async def test_a_hook_that_was_kept_sealed_is_replayed_also_after_a_rotation(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the real channel: it is checked once more, by the header that was sealed."""
    channel = telegram()
    house.accept.channels = {"telegram": channel}
    house.accept.applying.credentials = Credentials(Seals(keys=(KEY,)))
    update = {"update_id": 1, "message": {**MESSAGE, "text": "Olá"}}
    hook = replace(HOOK, body=orjson.dumps(update), received_at=house.clock())

    def broken(self: object, hook: Hook) -> None:
        raise KeyError("a mistake of ours")

    with monkeypatch.context() as patch:
        patch.setattr(type(channel), "read", broken)
        await house.accept.take("telegram", hook)
    async with house.database.reading() as connection:
        [failed] = await hooks.in_state(connection, ["failed"])
    assert is_sealed(failed.headers["x-telegram-bot-api-secret-token"])
    assert "hush" not in str(await house.rows("SELECT * FROM hooks"))
    house.accept.applying.credentials = Credentials(Seals(keys=(NEW,)))
    with pytest.raises(BadSignature):
        await house.accept.replay(failed.id)
    assert await reseal_hooks(house.database, Seals(keys=(NEW, KEY))) == 1
    assert await house.accept.replay(failed.id) == 1
    assert await house.rows("SELECT text FROM messages") == [("Olá",)]


async def test_a_hook_that_is_applied_at_once_is_kept_sealed_too(house: House) -> None:
    house.accept.channels = {"telegram": telegram()}
    house.accept.applying.credentials = Credentials(Seals(keys=(KEY,)))
    update = {"update_id": 1, "message": {**MESSAGE, "text": "Olá"}}
    await house.accept.take("telegram", replace(HOOK, body=orjson.dumps(update), received_at=house.clock()))
    assert await house.rows("SELECT text FROM messages") == [("Olá",)]
    [(headers,)] = await house.rows("SELECT headers FROM hooks")
    assert "hush" not in str(headers)
    assert "sealed:" in str(headers)
