"""The web chat wakes the pages that look, and proves who a visitor is."""

import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

import bots
from bots.channel import Attachment, Channel, MessageOut
from bots.errors import BadSignature, Refused
from bots.webchat import SPEC, Settings
from bots.webchat.identity import Identities, address_of, visitor_at
from bots.webchat.origins import origin_of
from tests.bots.webchat.test_read import chat

NOW = datetime(2026, 11, 24, 14, 38, tzinfo=UTC)


def out(address: str = "web:v") -> MessageOut:
    return MessageOut(key="reply:7:1", address=address, text="Yes", owed_at=NOW)


def test_it_is_found_by_its_folder() -> None:
    assert bots.find("webchat").SPEC is SPEC
    channel: Channel = chat()
    assert channel.spec.scheme == "web"


async def test_what_is_sent_is_named_by_its_visitor_and_its_delivery() -> None:
    assert (await chat().send(out())).external_id == "v:reply:7:1"
    assert await chat().look_up(out()) == await chat().send(out())


async def test_sending_editing_and_deleting_wake_those_who_look_and_nobody_else() -> None:
    web = chat()
    with web.listen("web:v") as mine, web.listen("web:w") as theirs:
        for act in (web.send(out()), web.edit("v:1", out()), web.delete("v:1", "web:v")):
            mine.clear()
            await act
            assert mine.is_set()
        assert not theirs.is_set()
        assert web.listeners.count("web:v") == 1
    assert web.listeners.count("web:v") == 0


async def test_an_uploaded_file_is_streamed_and_one_that_is_gone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cup"
    path.write_bytes(b"x" * 100_000)
    read = [chunk async for chunk in chat().fetch(Attachment(kind="image", ref=str(path)))]
    assert b"".join(read) == path.read_bytes()
    for ref in ("", str(tmp_path / "gone"), str(tmp_path)):
        with pytest.raises(Refused):
            _ = [chunk async for chunk in chat().fetch(Attachment(kind="image", ref=ref))]


def test_a_site_proves_its_customer_with_the_shared_secret() -> None:
    identities = chat().identities
    proof = hmac.new(b"shared with the site", b"lucia@oliva.example", hashlib.sha256).hexdigest()
    visitor = identities.of_site("lucia@oliva.example", proof)
    assert address_of(visitor) == "web:id:lucia@oliva.example"
    assert visitor_at(address_of(visitor)) == visitor


@pytest.mark.parametrize(
    ("secret", "customer", "proof"),
    [
        pytest.param("s", "lucia", "", id="no proof"),
        pytest.param("s", "lucia", "0" * 64, id="a guess"),
        pytest.param("s", "lucia", "é", id="letters no proof has"),
        pytest.param("", "lucia", hmac.new(b"", b"lucia", "sha256").hexdigest(), id="no secret is shared"),
        pytest.param("s", "", hmac.new(b"s", b"", "sha256").hexdigest(), id="nobody"),
        pytest.param("s", "a\0b", hmac.new(b"s", b"a\0b", "sha256").hexdigest(), id="a NUL in the name"),
    ],
)
def test_a_name_without_proof_is_nobody(secret: str, customer: str, proof: str) -> None:
    with pytest.raises(BadSignature):
        Identities([b"a secret of ours"], site_secrets=[secret]).of_site(customer, proof)


def test_a_form_key_fits_one_visitor() -> None:
    identities = chat().identities
    key = identities.form_key("v")
    assert identities.is_form_of(key, "v")
    assert not identities.is_form_of(key, "w")
    assert not identities.is_form_of("", "v")
    assert len({identities.new_visitor() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.Example:443/a?b#c", "https://shop.example"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://a:99999/", ""),
        ("ftp://a/", ""),
        ("null", ""),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("site", ["shop.example", "https://shop.example/", "https://*.example/x", "*"])
def test_a_site_that_is_no_origin_is_a_mistake(site: str) -> None:
    with pytest.raises(ValidationError, match="is not an origin"):
        Settings.model_validate({"secret_key": "k" * 16, "sites": [site]})


def test_secrets_are_not_shown() -> None:
    assert "application" not in repr(chat().settings)
