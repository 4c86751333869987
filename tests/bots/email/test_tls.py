"""Over TLS: with a certificate that is trusted, and with one that is not."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.errors import Misconfigured, Unreachable
from tests.bots.email.mails import channel
from tests.bots.email.test_sending import OUT
from tests.providers.mail import MailServer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate of 127.0.0.1, its key in the same file."""
    key, made = tmp_path / "key.pem", tmp_path / "made.pem"
    wanted = ["-subj", "/CN=look-alike", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = ["openssl", "req", "-x509", *curve, *wanted, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    made.write_bytes(made.read_bytes() + key.read_bytes())
    return made


@pytest.fixture
async def mail(certificate: Path) -> AsyncIterator[MailServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with MailServer(tls=context) as server:
        yield server


async def test_both_servers_are_spoken_to_over_tls(
    mail: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    us = channel(**mail.settings)
    assert await us.who() == "support@shop.example via 127.0.0.1 and 127.0.0.1"
    await us.send(OUT)
    assert len(mail.state.sent) == 1


async def test_a_certificate_that_nobody_vouches_for_gets_no_password(mail: MailServer) -> None:
    us = channel(**mail.settings, timeout=3)
    with pytest.raises(Misconfigured):
        await us.send(OUT)
    with pytest.raises(Unreachable):
        await us.who()
    assert "LOGIN" not in mail.state.commands
    assert mail.state.sent == []


async def test_a_server_that_speaks_no_tls_where_it_should_gets_no_password() -> None:
    async with MailServer() as mail:
        us = channel(**(mail.settings | {"smtp_security": "tls", "imap_security": "tls"}), timeout=3)
        for act in (us.send(OUT), us.who()):
            with pytest.raises(Unreachable):
                await act
        assert "LOGIN" not in mail.state.commands
